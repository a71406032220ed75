// SPDX-License-Identifier: Apache-2.0
internal import Text

/// One line of a log, before it has a shape.
struct LogLine {
    let time: Int64
    let level: LogLevel
    let event: String
    let fields: [LogField]

    /// Fields of both lists; where a key occurs twice the later one wins, since JSON readers differ on duplicates.
    static func merge(_ earlier: [LogField], _ later: [LogField]) -> [LogField] {
        if earlier.isEmpty { return later }
        return earlier.filter { field in !later.contains { $0.key == field.key } } + later
    }

    /// The line with its newline.
    func bytes(in format: LogFormat) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        switch format {
        case .logfmt: appendLogfmt(to: &bytes)
        case .json: appendJSON(to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private func appendLogfmt(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "time=".utf8)
        UTCText.append(milliseconds: time, to: &bytes)
        bytes.append(contentsOf: " level=\(level) event=".utf8)
        Logfmt.append(event, to: &bytes)
        for field in fields {
            bytes.append(UInt8(ascii: " "))
            bytes.append(contentsOf: field.key.utf8)
            bytes.append(UInt8(ascii: "="))
            switch field.value {
            case .text(let text): Logfmt.append(text, to: &bytes)
            case .integer(let number): bytes.append(contentsOf: String(number).utf8)
            case .number(let number): bytes.append(contentsOf: number.description.utf8)
            case .flag(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
            }
        }
    }

    private func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object { json in
            json["time"] = .string(UTCText.text(milliseconds: time))
            json["level"] = .string(level.description)
            json["event"] = .string(event)
            for field in fields {
                switch field.value {
                case .text(let text): json[field.key] = .string(text)
                case .integer(let number): json[field.key] = .integer(number)
                case .number(let number): json[field.key] = .number(number)
                case .flag(let flag): json[field.key] = .bool(flag)
                }
            }
        }
        bytes.append(contentsOf: json.bytes)
    }
}

/// Values of a logfmt line: bare where no reader can mistake them, else quoted.
enum Logfmt {
    static func append(_ text: String, to bytes: inout [UInt8]) {
        if isBare(text) {
            bytes.append(contentsOf: text.utf8)
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars { append(scalar, to: &bytes) }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isBare(_ text: String) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy { scalar in
                scalar != " " && scalar != "=" && scalar != "\"" && scalar != "\\" && !isHostile(scalar)
            }
    }

    private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        switch scalar {
        case "\"": bytes.append(contentsOf: "\\\"".utf8)
        case "\\": bytes.append(contentsOf: "\\\\".utf8)
        case "\n": bytes.append(contentsOf: "\\n".utf8)
        case "\r": bytes.append(contentsOf: "\\r".utf8)
        case "\t": bytes.append(contentsOf: "\\t".utf8)
        case let scalar where isHostile(scalar): bytes.append(contentsOf: JSONWriter.escape(scalar).utf8)
        default: bytes.append(contentsOf: String(scalar).utf8)
        }
    }

    /// Also spaces that are none of ASCII's: a reader that splits at white space would take them for the end of a value.
    private static func isHostile(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isHostile || scalar != " " && scalar.properties.generalCategory == .spaceSeparator
    }
}
