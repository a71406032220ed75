// SPDX-License-Identifier: Apache-2.0

/// A Java `.properties` file, read exactly as `java.util.Properties.load(InputStream)` reads it, with line numbers.
///
/// What surprises people, and is kept: bytes are ISO-8859-1; `#` and `!` start a comment only at the start of a line, so
/// `a = b # c` has the value `b # c`; the key ends at the first unescaped `=`, `:` or blank; blanks before the value are
/// dropped and those behind it are kept; a backslash at a line's end continues it and vanishes elsewhere; a later
/// duplicate wins. Source: the class documentation of `java.util.Properties`, compared with the class itself.
public struct PropertiesFile: Sendable {
    public struct Entry: Sendable, Equatable {
        public var key: String
        public var value: String
        /// A backslash of the value vanished without meaning anything: `\d` is `d`.
        public var hasLostBackslash = false
        /// Line of the key's first character, from 1.
        public var line: Int
    }

    /// Something that Java refuses, or reads differently than the author meant.
    public struct Remark: Sendable, Equatable {
        public enum Kind: Sendable, Equatable {
            /// `\u` without four hexadecimal digits: Java refuses the whole file.
            case malformedEscape
            /// Half of a surrogate pair: no character, replaced by U+FFFD.
            case loneSurrogate
            /// The file is UTF-8, and this is its first entry that Java therefore reads as other characters.
            case utf8ReadAsLatin1
            /// The file starts with a UTF-8 byte order mark, which Java takes for part of the first key.
            case byteOrderMark
        }
        public var kind: Kind
        public var line: Int
        public var key: String?
    }

    /// All entries in the order of the file, duplicates included.
    public let entries: [Entry]
    public let remarks: [Remark]

    public init(bytes: [UInt8]) {
        let isMistakenUTF8 = bytes.contains { $0 >= 0x80 } && String(validating: bytes, as: UTF8.self) != nil
        var entries: [Entry] = []
        var remarks: [Remark] = []
        var warned = false
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            remarks.append(Remark(kind: .byteOrderMark, line: 1, key: nil))
        }
        var reader = LogicalLineReader(bytes: bytes)
        while let line = reader.next() {
            let (rawKey, rawValue) = Self.split(line.characters)
            let key = Self.unescape(rawKey)
            let value = Self.unescape(rawValue)
            if isMistakenUTF8, !warned, line.characters.contains(where: { $0 >= 0x80 }) {
                remarks.append(Remark(kind: .utf8ReadAsLatin1, line: line.number, key: key.text))
                warned = true
            }
            if key.isMalformed || value.isMalformed {
                remarks.append(Remark(kind: .malformedEscape, line: line.number, key: key.text))
            }
            if key.isRepaired || value.isRepaired {
                remarks.append(Remark(kind: .loneSurrogate, line: line.number, key: key.text))
            }
            entries.append(
                Entry(
                    key: key.text, value: value.text, hasLostBackslash: value.hasLostBackslash, line: line.number))
        }
        self.entries = entries
        self.remarks = remarks
    }

    /// Of a file that Java reads through a reader, as UTF-8: those that `${file:…}` names.
    init(utf8 bytes: [UInt8]) {
        var latin1: [UInt8] = []
        var isEscaped = false
        for unit in String(decoding: bytes, as: UTF8.self).utf16 {
            if unit <= 0xFF {
                latin1.append(UInt8(unit))
            } else {
                // A backslash before it would vanish, and must not make the escape's own a literal one.
                if isEscaped { latin1.removeLast() }
                let digits = String(unit, radix: 16)
                latin1 += Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
            }
            isEscaped = unit == UInt16(Character.backslash) && !isEscaped
        }
        self.init(bytes: latin1)
    }

    /// The value that Java's `getProperty` would give.
    public func value(of key: String) -> String? {
        entries.last { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    private static func split(_ line: [UInt8]) -> (key: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
        var keyEnd = 0
        var isEscaped = false
        while keyEnd < line.count {
            let byte = line[keyEnd]
            if !isEscaped, byte == Character.equals || byte == Character.colon || Character.isBlank(byte) { break }
            isEscaped = byte == Character.backslash ? !isEscaped : false
            keyEnd += 1
        }
        // One separator, with blanks on both sides of it.
        var valueStart = keyEnd
        var hasSeparator = false
        while valueStart < line.count {
            let byte = line[valueStart]
            if !Character.isBlank(byte) {
                guard !hasSeparator, byte == Character.equals || byte == Character.colon else { break }
                hasSeparator = true
            }
            valueStart += 1
        }
        return (line[..<keyEnd], line[valueStart...])
    }

    private struct Unescaped {
        var text: String
        var isMalformed: Bool
        var isRepaired: Bool
        var hasLostBackslash: Bool
    }

    private static func unescape(_ bytes: ArraySlice<UInt8>) -> Unescaped {
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count)
        var isMalformed = false
        var hasLostBackslash = false
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            guard byte == Character.backslash, index < bytes.endIndex else {
                units.append(UInt16(byte))
                continue
            }
            let escaped = bytes[index]
            index += 1
            switch escaped {
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "u"):
                let digits = bytes[index...].prefix(4)
                guard digits.count == 4, let unit = hexadecimal(digits) else {
                    isMalformed = true
                    continue
                }
                units.append(unit)
                index += 4
            default:
                units.append(UInt16(escaped))
                // The others are what a value or a key may need it for.
                hasLostBackslash = hasLostBackslash || !Character.isEscapable(escaped)
            }
        }
        let text = String(validating: units, as: UTF16.self)
        return Unescaped(
            text: text ?? String(decoding: units, as: UTF16.self), isMalformed: isMalformed, isRepaired: text == nil,
            hasLostBackslash: hasLostBackslash)
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt16? {
        var value: UInt16 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt16(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt16(digit - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt16(digit - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return value
    }

    fileprivate enum Character {
        static let equals = UInt8(ascii: "=")
        static let colon = UInt8(ascii: ":")
        static let backslash = UInt8(ascii: "\\")
        static let newline = UInt8(ascii: "\n")
        static let carriageReturn = UInt8(ascii: "\r")

        /// What `Properties.store` escapes, and a backslash itself.
        static func isEscapable(_ byte: UInt8) -> Bool {
            isBlank(byte) || byte == equals || byte == colon || byte == backslash || byte == UInt8(ascii: "#")
                || byte == UInt8(ascii: "!")
        }

        /// What Java skips; a non-breaking or vertical one is text.
        static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0C }
    }
}

/// Joins continued lines; drops blank ones and comments.
private struct LogicalLineReader {
    typealias Character = PropertiesFile.Character

    struct Line {
        var characters: [UInt8]
        var number: Int
    }

    let bytes: [UInt8]
    private var index = 0
    private var lineNumber = 0
    /// The natural line that was read last ended with `\r\n`.
    private var endsWithPair = false

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Line? {
        var line = Line(characters: [], number: 0)
        while index < bytes.count {
            let natural = nextNaturalLine()
            if line.characters.isEmpty {
                // Also behind a line that was a backslash alone.
                if natural.isEmpty || natural.first == UInt8(ascii: "#") || natural.first == UInt8(ascii: "!") {
                    continue
                }
                line.number = lineNumber
            }
            guard Self.continues(natural) else {
                line.characters += natural
                return line
            }
            line.characters += natural.dropLast()
            // At the file's end a backslash continues nothing. Alone it is an empty key to Java, unless two bytes end
            // its line.
            if index == bytes.count, !line.characters.isEmpty || !endsWithPair { return line }
        }
        return nil
    }

    /// Up to a line's end, which is consumed; blanks at its start are gone.
    private mutating func nextNaturalLine() -> ArraySlice<UInt8> {
        lineNumber += 1
        let end = bytes[index...].firstIndex { $0 == Character.newline || $0 == Character.carriageReturn }
        let line = bytes[index..<(end ?? bytes.count)].drop(while: Character.isBlank)
        guard let end else {
            index = bytes.count
            endsWithPair = false
            return line
        }
        endsWithPair =
            bytes[end] == Character.carriageReturn && end + 1 < bytes.count && bytes[end + 1] == Character.newline
        index = end + (endsWithPair ? 2 : 1)
        return line
    }

    private static func continues(_ line: ArraySlice<UInt8>) -> Bool {
        line.reversed().prefix { $0 == Character.backslash }.count % 2 == 1
    }
}
