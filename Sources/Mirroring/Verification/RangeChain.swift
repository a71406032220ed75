// SPDX-License-Identifier: Apache-2.0

/// Consecutive records of a partition, by one number that also says in which order they are.
///
/// The digest of a sequence of records: `d = 0`; for each `d = (d · M + combined mod P) mod P`, with `P = 2^61 − 1` and
/// `M = 0x9E3779B97F4A7C1 mod P`; `combined` as ``RecordPrint`` has it. So digests of neighbours join to that of both, two
/// records that change places always change it, and other changes stay unseen once in 2^61.
public struct RangeDigest: Sendable, Hashable {
    public static let prime: UInt64 = (1 << 61) - 1
    public static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C1 % prime
    /// What reports call it.
    public static let name = "xxh64-poly61"

    /// Offsets of the first and the last record.
    public var first: Int64
    public var last: Int64
    public var count: Int64
    public var digest: UInt64
    /// `combined` of the first record: decides where ranges begin.
    var head: UInt64

    init(_ combined: UInt64, offset: Int64) {
        first = offset
        last = offset
        count = 1
        digest = combined % Self.prime
        head = combined
    }

    /// A range with one record more; a new one where there is none.
    public static func joined(_ range: RangeDigest?, _ combined: UInt64, offset: Int64) -> RangeDigest {
        guard var range else { return RangeDigest(combined, offset: offset) }
        range.add(combined, offset: offset)
        return range
    }

    mutating func add(_ combined: UInt64, offset: Int64) {
        digest = Self.join(digest, Self.multiplier, combined % Self.prime)
        last = offset
        count += 1
    }

    /// Takes in the range that follows.
    mutating func append(_ next: RangeDigest) {
        digest = Self.join(digest, Self.power(next.count), next.digest)
        last = next.last
        count += next.count
    }

    /// Same records in the same order, wherever they are.
    func hasSameContent(as other: RangeDigest) -> Bool { digest == other.digest && count == other.count }

    private static func join(_ left: UInt64, _ factor: UInt64, _ right: UInt64) -> UInt64 {
        let sum = multiply(left, factor) + right
        return sum >= prime ? sum - prime : sum
    }

    private static func multiply(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (high, low) = left.multipliedFullWidth(by: right)
        let sum = (low & prime) + (low >> 61 | high << 3)
        return sum >= prime ? sum - prime : sum
    }

    private static func power(_ exponent: Int64) -> UInt64 {
        var (result, base, rest): (UInt64, UInt64, Int64) = (1, multiplier, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result = multiply(result, base) }
            base = multiply(base, base)
            rest >>= 1
        }
        return result
    }
}

/// Cuts a stream of records into ranges at places that the records themselves decide, so that both sides of a mirror cut alike
/// without knowing of each other, and do so again behind a fault. Memory is bounded: ranges become coarser instead of more.
public struct RangeChain: Sendable {
    public private(set) var ranges: [RangeDigest] = []
    private var open: RangeDigest?
    /// A record whose hash has none of these bits begins a range.
    public private(set) var mask: UInt64
    private let capacity: Int

    /// - Parameters:
    ///   - expected: about so many records will come; both sides must be told the same.
    ///   - capacity: no more ranges than this.
    public init(expecting expected: Int64, capacity: Int = 4096) {
        var size: UInt64 = 32
        while size < 4096, Int64(size) * 512 < expected { size *= 2 }
        mask = size - 1
        self.capacity = max(16, capacity)
    }

    /// A record, by its combined hash.
    public mutating func add(_ combined: UInt64, offset: Int64) {
        guard combined & mask != 0 || open == nil else {
            close()
            open = RangeDigest(combined, offset: offset)
            return
        }
        if open == nil { open = RangeDigest(combined, offset: offset) } else { open?.add(combined, offset: offset) }
    }

    /// No more records come.
    public mutating func finish() { close() }

    private mutating func close() {
        if let range = open.take() { ranges.append(range) }
        while ranges.count > capacity, mask < 1 << 60 { coarsen(to: mask << 1 | 1) }
    }

    /// Joins ranges as though they had been cut by the coarser mask.
    public mutating func coarsen(to coarser: UInt64) {
        guard coarser > mask else { return }
        mask = coarser
        var joined: [RangeDigest] = []
        for range in ranges {
            if joined.isEmpty || range.head & coarser == 0 {
                joined.append(range)
            } else {
                joined[joined.count - 1].append(range)
            }
        }
        ranges = joined
    }
}
