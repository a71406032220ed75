// SPDX-License-Identifier: Apache-2.0

/// How large a record is for the broker that decides whether to take it: a batch of this record alone, not compressed.
///
/// A broker compares the stored batch with the topic's `max.message.bytes`. Data that does not compress is sent as it is,
/// so the size without compression is the one that can be promised (measured against 4.3.1 and 3.9.1: with a limit of
/// 100000 a key of 1 byte and a value of 99927 pass, one byte more is refused).
public struct RecordSize: Sendable, Hashable {
    /// What a batch has before its first record.
    public static let batchOverhead = 61

    /// Key and value with their lengths, attributes, and the two deltas, which are 0 in a batch of one.
    private var body: Int
    private var headerBytes = 0
    public private(set) var headerCount = 0

    /// - Parameters: counts of bytes; `nil` for null.
    public init(keyCount: Int?, valueCount: Int?) {
        body = 3 + Self.lengthPrefixed(keyCount) + Self.lengthPrefixed(valueCount)
    }

    public mutating func addHeader(nameCount: Int, valueCount: Int?) {
        headerBytes += Self.lengthPrefixed(nameCount) + Self.lengthPrefixed(valueCount)
        headerCount += 1
    }

    public func addingHeader(nameCount: Int, valueCount: Int?) -> RecordSize {
        var result = self
        result.addHeader(nameCount: nameCount, valueCount: valueCount)
        return result
    }

    /// Bytes of the record in a batch, its own length included.
    public var recordBytes: Int {
        let length = body + Self.variableLength(of: headerCount) + headerBytes
        return Self.variableLength(of: length) + length
    }

    /// Bytes of a batch of this record alone: what is compared with `max.message.bytes`.
    public var batchBytes: Int { Self.batchOverhead + recordBytes }

    public func fits(into limit: Int64) -> Bool { Int64(batchBytes) <= limit }

    private static func lengthPrefixed(_ count: Int?) -> Int {
        variableLength(of: count ?? -1) + (count ?? 0)
    }

    /// Bytes of a number in zigzag encoding, 7 bits to a byte.
    private static func variableLength(of number: Int) -> Int {
        var rest = UInt64(bitPattern: Int64(number << 1)) ^ UInt64(bitPattern: Int64(number >> 63))
        var length = 1
        while rest >= 0x80 {
            rest >>= 7
            length += 1
        }
        return length
    }
}
