// SPDX-License-Identifier: Apache-2.0

/// Writes the primitive types of Kafka's protocol: big-endian numbers, and text as a length of two bytes and UTF-8
/// (reference: org.apache.kafka.common.protocol.types.Type).
public struct ProtocolWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func append(_ number: some FixedWidthInteger) {
        var rest = number.bigEndian
        for _ in 0..<(number.bitWidth / 8) {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    /// - Returns: `false`, with nothing written, when the text has more than 32,767 bytes, which the length cannot say.
    public mutating func append(_ text: String) -> Bool {
        guard let count = Int16(exactly: text.utf8.count) else { return false }
        append(count)
        bytes += text.utf8
        return true
    }
}

/// Reads what ``ProtocolWriter`` writes. Bytes behind what was asked for do not matter, as for Java.
public struct ProtocolReader: Sendable {
    private var rest: ArraySlice<UInt8>

    public init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// `nil` when fewer bytes are left.
    public mutating func number<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
        take(Number.bitWidth / 8)?.reduce(Number.zero) { ($0 << 8) | Number(truncatingIfNeeded: $1) }
    }

    /// `nil` when the length is negative, longer than what is there, or the bytes are no UTF-8.
    public mutating func text() -> String? { textBytes().flatMap { String(validating: $0, as: UTF8.self) } }

    /// The bytes of a text, whatever they are; `nil` when the length is negative or longer than what is there.
    public mutating func textBytes() -> ArraySlice<UInt8>? { number(Int16.self).flatMap { take(Int($0)) } }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
