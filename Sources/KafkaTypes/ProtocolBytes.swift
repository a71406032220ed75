// SPDX-License-Identifier: Apache-2.0

/// Writes the primitive types of Kafka's protocol, as MirrorMaker's rows use them: big-endian numbers, and text as a length
/// of two bytes and UTF-8 (reference: org.apache.kafka.common.protocol.types.Type).
struct ConnectWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ number: some FixedWidthInteger) {
        var rest = number.bigEndian
        for _ in 0..<(number.bitWidth / 8) {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    /// - Returns: `false`, with nothing written, when the text has more than 32,767 bytes, which the length cannot say.
    mutating func append(_ text: String) -> Bool {
        guard let count = Int16(exactly: text.utf8.count) else { return false }
        append(count)
        bytes += text.utf8
        return true
    }
}

/// Reads what `ConnectWriter` writes. Bytes behind what was asked for do not matter, as for Java.
struct ConnectReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
        let width = Number.bitWidth / 8
        guard rest.count >= width else { return nil }
        let number = rest.prefix(width).reduce(Number.zero) { ($0 << 8) | Number(truncatingIfNeeded: $1) }
        rest = rest.dropFirst(width)
        return number
    }

    /// `nil` when the length is negative, longer than what is there, or the bytes are no UTF-8.
    mutating func text() -> String? {
        guard let count = number(Int16.self), count >= 0, rest.count >= Int(count) else { return nil }
        let text = String(validating: rest.prefix(Int(count)), as: UTF8.self)
        rest = rest.dropFirst(Int(count))
        return text
    }
}
