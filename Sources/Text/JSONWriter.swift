// SPDX-License-Identifier: Apache-2.0

/// Writes JSON as it goes: members stand in the order they are set, nothing is kept but the bytes.
///
///     var json = JSONWriter()
///     json.object { json in
///         json["topic"] = .string(name)
///         json["lag_seconds"] = .number(lag)      // nil is null
///         json.array("partitions", of: partitions) { json, partition in json.object { … } }
///     }
public struct JSONWriter: Sendable {
    /// A value without inner structure.
    public enum Value: Sendable {
        case null
        case bool(Bool)
        case integer(Int64?)
        /// Not a number and the infinities have no JSON form: they become `null`.
        case number(Double?)
        case string(String?)
    }

    /// What is between values: nothing for programs, a space behind commas and colons for people.
    public enum Spacing: Sendable { case none, afterSeparators }

    public private(set) var bytes: [UInt8] = []
    private var needsComma = false
    private let separator: String
    private let colon: String

    public init(_ spacing: Spacing = .none) {
        separator = spacing == .none ? "," : ", "
        colon = spacing == .none ? ":" : ": "
    }

    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Writes one member of the object that is open.
    public subscript(_ key: String) -> Value {
        @available(*, unavailable, message: "a writer does not read") get { .null }
        set {
            member(key)
            value(newValue)
        }
    }

    /// Writes an array: the value of a member, or an element of the open array.
    public mutating func array(_ body: (inout JSONWriter) -> Void) { nested("[", "]", body) }

    /// Writes an object: an element of the open array, or the document itself.
    public mutating func object(_ body: (inout JSONWriter) -> Void) {
        nested("{", "}", body)
    }

    public mutating func object(_ key: String, _ body: (inout JSONWriter) -> Void) {
        member(key)
        nested("{", "}", body)
    }

    public mutating func array<Elements: Sequence>(
        _ key: String, of elements: Elements, _ body: (inout JSONWriter, Elements.Element) -> Void
    ) {
        member(key)
        nested("[", "]") { json in
            for element in elements { body(&json, element) }
        }
    }

    /// Writes one element of the array that is open, or the document itself.
    public mutating func value(_ value: Value) {
        separate()
        switch value {
        case .null, .integer(nil), .number(nil), .string(nil): append("null")
        case .bool(let flag): append(flag ? "true" : "false")
        case .integer(let number?): append(String(number))
        case .number(let number?): append(Self.text(of: number))
        case .string(let text?): quote(text)
        }
        needsComma = true
    }

    /// Writes one member, whatever its structure.
    public mutating func tree(_ key: String, _ tree: JSONValue) {
        member(key)
        self.tree(tree)
    }

    /// Writes an element of the array that is open, or the document itself, whatever its structure.
    public mutating func tree(_ tree: JSONValue) {
        switch tree {
        case .null: value(.null)
        case .bool(let flag): value(.bool(flag))
        case .integer(let number): value(.integer(number))
        case .number(let number): value(.number(number))
        case .string(let text): value(.string(text))
        case .array(let items): nested("[", "]") { json in for item in items { json.tree(item) } }
        case .object(let members):
            nested("{", "}") { json in for member in members { json.tree(member.name, member.value) } }
        }
    }

    private mutating func nested(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONWriter) -> Void) {
        separate()
        append(String(open))
        needsComma = false
        body(&self)
        append(String(close))
        needsComma = true
    }

    /// Writes the name of a member; its value is to be written next.
    public mutating func member(_ key: String) {
        separate()
        quote(key)
        append(colon)
        needsComma = false
    }

    private mutating func separate() {
        if needsComma { append(separator) }
        needsComma = false
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private static func text(of number: Double) -> String {
        guard number.isFinite else { return "null" }
        // 2^53: the whole numbers that every JSON reader keeps exactly; they need no ".0".
        if number == number.rounded(), abs(number) < 9_007_199_254_740_992 { return String(Int64(number)) }
        return number.description
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            bytes.append(contentsOf: text.utf8)
            bytes.append(UInt8(ascii: "\""))
            return
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": append("\\\"")
            case "\\": append("\\\\")
            case "\n": append("\\n")
            case "\r": append("\\r")
            case "\t": append("\\t")
            case let scalar where Self.mustEscape(scalar): append(Self.escape(scalar))
            default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Control characters, those that the standard leaves alone (C1) included, since terminals obey them; the line and
    /// paragraph separators, which end a line for some readers; the byte order mark.
    private static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF: true
        default: false
        }
    }

    /// A scalar as `\uXXXX`, two of them beyond the basic plane.
    public static func escape(_ scalar: Unicode.Scalar) -> String {
        String(scalar).utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}
