// SPDX-License-Identifier: Apache-2.0

/// A histogram with the bucket bounds that all of Tern's latencies share.
public struct HistogramSnapshot: Sendable, Equatable {
    /// Upper bounds in seconds; one more bucket holds what is above the last.
    public static let bounds: [Double] = [
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800,
    ]
    /// Per bucket, not cumulative; `bounds.count + 1` of them.
    public var counts: [Int64]
    public var sum: Double

    public init() {
        counts = Array(repeating: 0, count: Self.bounds.count + 1)
        sum = 0
    }

    public var count: Int64 { counts.reduce(0, +) }

    public mutating func record(_ seconds: Double, count: Int64 = 1) {
        var bucket = 0
        while bucket < Self.bounds.count, seconds > Self.bounds[bucket] { bucket += 1 }
        counts[bucket] += count
        sum += seconds * Double(count)
    }

    public mutating func add(_ other: HistogramSnapshot) {
        for bucket in counts.indices { counts[bucket] += other.counts[bucket] }
        sum += other.sum
    }

    /// The upper bound of the bucket in which the quantile falls, interpolated; `nil` when nothing was recorded.
    public func quantile(_ q: Double) -> Double? {
        let total = count
        guard total > 0 else { return nil }
        let rank = q * Double(total)
        var seen = 0.0
        for (bucket, inBucket) in counts.enumerated() where inBucket > 0 {
            let next = seen + Double(inBucket)
            if next >= rank {
                guard bucket < Self.bounds.count else { return Self.bounds.last }
                let low = bucket == 0 ? 0 : Self.bounds[bucket - 1]
                return low + (Self.bounds[bucket] - low) * ((rank - seen) / Double(inBucket))
            }
            seen = next
        }
        return Self.bounds.last
    }
}
