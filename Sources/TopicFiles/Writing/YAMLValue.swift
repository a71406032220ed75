// SPDX-License-Identifier: Apache-2.0

/// A value to be written as YAML; members keep their order.
public indirect enum YAMLValue: Sendable, ExpressibleByStringLiteral {
    /// A text; it is quoted where any reader, of whatever version of YAML, might take it for something else.
    case text(String)
    /// A number, `true` or `false`.
    case literal(String)
    case null
    case list([YAMLValue])
    case mapping([(key: String, value: YAMLValue)])

    public init(stringLiteral value: String) { self = .text(value) }

    public static func number(_ value: some BinaryInteger) -> YAMLValue { .literal("\(value)") }
    public static func flag(_ value: Bool) -> YAMLValue { .literal(value ? "true" : "false") }

    /// Whether a text means itself without quotes, to readers of YAML 1.1 and 1.2 alike.
    static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 80 else { return false }
        if isQuantity(text) { return true }
        guard isLetter(first), text.utf8.last != 0x20, !ambiguous.contains(text.lowercased()) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "._/-, ()".utf8.contains($0) }
    }

    /// A number with a unit behind it, such as `7d` and `512MiB`: nobody reads that as a number.
    private static func isQuantity(_ text: String) -> Bool {
        let digits = text.utf8.prefix(while: isDigit)
        let unit = text.utf8.dropFirst(digits.count)
        guard !digits.isEmpty, let first = unit.first, unit.count <= 3 else { return false }
        // 1e5 and 0x10, 0b1, 0o7 are numbers to some.
        return unit.allSatisfy(isLetter) && !"eEx".utf8.contains(first)
            && !(digits.elementsEqual("0".utf8) && "box".utf8.contains(first))
    }

    private static let ambiguous: Set<String> = [
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf",
    ]

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
