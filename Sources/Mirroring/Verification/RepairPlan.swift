// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// What a report says that can be repaired: records of the source that the copy lacks.
public struct RepairPlan: Sendable, Equatable {
    /// Neighbouring records that are missing.
    public struct Run: Sendable, Equatable {
        public var offsets: ClosedRange<Int64>
        public var count: Int64
        /// The ``RangeDigest`` of the records, which the source must still have.
        public var digest: UInt64

        public init(offsets: ClosedRange<Int64>, count: Int64, digest: UInt64) {
            self.offsets = offsets
            self.count = count
            self.digest = digest
        }
    }
    /// What must still hold of a partition, or the report is stale.
    public struct Partition: Sendable, Equatable {
        public var source: TopicPartition
        public var target: TopicPartition
        /// Behind the last record that was compared.
        public var sourceEnd: Int64
        public var targetEnd: Int64
        public var runs: [Run]
        public var isCompacted: Bool

        public init(
            source: TopicPartition, target: TopicPartition, sourceEnd: Int64, targetEnd: Int64, runs: [Run],
            isCompacted: Bool
        ) {
            self.source = source
            self.target = target
            self.sourceEnd = sourceEnd
            self.targetEnd = targetEnd
            self.runs = runs.sorted { $0.offsets.lowerBound < $1.offsets.lowerBound }
            self.isCompacted = isCompacted
        }

        public var count: Int64 { runs.reduce(0) { $0 + $1.count } }
    }
    public var partitions: [Partition]
    /// Differences that appending cannot repair, by kind.
    public var beyondRepair: [String: Int64]
    /// The report lists fewer differences than it counts.
    public var isTruncated: Bool

    public init(partitions: [Partition], beyondRepair: [String: Int64], isTruncated: Bool) {
        self.partitions = partitions
        self.beyondRepair = beyondRepair
        self.isTruncated = isTruncated
    }

    public var count: Int64 { partitions.reduce(0) { $0 + $1.count } }

    /// Why a report is no longer about what is there; `nil` while it is.
    ///
    /// - Parameters: where the logs start and end now; `nil` for a partition that is not there.
    public static func staleness(
        of partition: Partition, sourceStart: Int64?, sourceEnd: Int64?, targetEnd: Int64?
    ) -> String? {
        guard let sourceStart, let sourceEnd else { return "\(partition.source) is not there any more" }
        guard let targetEnd else { return "\(partition.target) is not there any more" }
        if sourceEnd < partition.sourceEnd {
            return "\(partition.source) ended at \(partition.sourceEnd), and ends at \(sourceEnd) now"
        }
        if targetEnd < partition.targetEnd {
            return "\(partition.target) ended at \(partition.targetEnd), and ends at \(targetEnd) now"
        }
        if let first = partition.runs.first?.offsets.lowerBound, first < sourceStart {
            return "\(partition.source) starts at \(sourceStart) now: offset \(first) is no longer there"
        }
        return nil
    }
}
