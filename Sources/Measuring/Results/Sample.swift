// SPDX-License-Identifier: Apache-2.0

/// One measurement of records that moved from one cluster to another.
public struct Sample: Sendable, Codable, Equatable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// The daemon, as `tern run` has it.
        case mirror
        /// Consumer to producer with the same client settings, and nothing in between.
        case bare
        /// From the producing application to a consumer of the target, at a low rate.
        case latency
    }

    public var kind: Kind
    /// Bytes of a value.
    public var size: Int
    public var codec: String
    public var records: Int
    /// Of those from which rate and cost were taken: not the first tenth.
    public var measuredRecords: Int
    public var seconds: Double
    public var cpuSeconds: Double
    /// Of the mirroring process, preloading and clusters apart.
    public var peakBytes: Int
    /// Allocations that the whole process asked for, librdkafka included, for each record, start
    /// included; `nil` unless jemalloc counts all threads (`MALLOC_CONF=tcache:false`, which costs time).
    public var mallocs: Double?
    /// Milliseconds; only of `latency`.
    public var p50: Double?
    public var p99: Double?
    /// The same without a mirror: producer and consumer on the source.
    public var floorP50: Double?
    public var floorP99: Double?

    public init(kind: Kind, size: Int, codec: String, records: Int) {
        self.kind = kind
        self.size = size
        self.codec = codec
        self.records = records
        measuredRecords = 0
        seconds = 0
        cpuSeconds = 0
        peakBytes = 0
    }

    public var recordsPerSecond: Double { seconds > 0 ? Double(measuredRecords) / seconds : 0 }
    public var megabytesPerSecond: Double { recordsPerSecond * Double(size) / 1_000_000 }
    public var cpuSecondsPerMillion: Double {
        measuredRecords > 0 ? cpuSeconds / Double(measuredRecords) * 1_000_000 : 0
    }
}

/// What a few lines of code cost, per record or per whatever they handle.
public struct MicroSample: Sendable, Codable, Equatable {
    public var name: String
    /// What is counted, in the singular.
    public var unit: String
    public var count: Int
    public var nanoseconds: Double
    /// `nil` without jemalloc.
    public var mallocs: Double?
    public var bytes: Double?
}

/// Percentiles of values that were all kept.
enum Percentile {
    /// The smallest value that a share of all does not exceed; `nil` of nothing.
    static func of(_ sorted: [Double], _ share: Double) -> Double? {
        guard !sorted.isEmpty else { return nil }
        let rank = Int((share * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }
}
