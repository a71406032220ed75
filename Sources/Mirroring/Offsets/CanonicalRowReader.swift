// SPDX-License-Identifier: Apache-2.0

/// Reads rows in the very form in which Java and this program write them. A progress topic that is yet to be compacted holds
/// one row per partition and second: reading it at the start must not take a JSON decoder for each.
struct CanonicalRowReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard rest.count >= count else { return false }
        let isEqual = rest.prefix(count).elementsEqual(text.description.utf8)
        if isEqual { rest = rest.dropFirst(count) }
        return isEqual
    }

    /// The text up to a quotation mark, which stays; `nil` when anything in it is escaped or no text.
    mutating func takeString() -> String? {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        let text = rest[..<end]
        guard text.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\\") }) else { return nil }
        rest = rest[end...]
        return String(validating: text, as: UTF8.self)
    }

    /// A number that is not negative, without leading zeros.
    mutating func takeNumber() -> Int64? {
        let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        let number = digits.withRawSpan { $0.decimal(from: 0, to: $0.byteCount) }
        if number != nil { rest = rest.dropFirst(digits.count) }
        return number
    }
}
