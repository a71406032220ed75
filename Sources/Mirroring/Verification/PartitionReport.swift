// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// What is compared of one partition. All offsets were fixed before anything was read, the source's end first.
public struct PartitionScope: Sendable, Equatable {
    public var source: TopicPartition
    public var target: TopicPartition
    /// Of the source: from the first offset to behind the last.
    public var range: Range<Int64>
    /// Of the target: what is searched for copies.
    public var targetRange: Range<Int64>
    public var sourceLogStart: Int64
    public var targetLogStart: Int64
    /// Every record of the source before this offset has its copy, or needs none, as far as the flow's progress says.
    public var progress: Int64?
    /// Compared by the latest value of each key.
    public var isCompacted: Bool
    /// The range ends at the log's end, which may have grown since.
    public var endsAtLogEnd: Bool
    /// Equal names: records without labels are the target's own.
    public var keepsNames: Bool

    public init(
        source: TopicPartition, target: TopicPartition, range: Range<Int64>, targetRange: Range<Int64>,
        sourceLogStart: Int64 = 0, targetLogStart: Int64 = 0, progress: Int64? = nil, isCompacted: Bool = false,
        endsAtLogEnd: Bool = true, keepsNames: Bool = false
    ) {
        self.source = source
        self.target = target
        self.range = range
        self.targetRange = targetRange
        self.sourceLogStart = sourceLogStart
        self.targetLogStart = targetLogStart
        self.progress = progress
        self.isCompacted = isCompacted
        self.endsAtLogEnd = endsAtLogEnd
        self.keepsNames = keepsNames
    }
}

/// What both sides have, as it was read.
public struct PartitionCounts: Sendable, Equatable {
    /// Records of the source within the range.
    public var read: Int64 = 0
    /// Offsets of the range without a record: markers, aborted records, compacted ones.
    public var withoutRecord: Int64 = 0
    /// Records that the flow leaves out by rule.
    public var leftOut: [ForwardingPolicy.Reason: Int64] = [:]
    /// Records that the target refused, and that are in the quarantine topic until somebody replays them.
    public var quarantined: Int64 = 0
    /// Records that must have a copy.
    public var expected: Int64 = 0
    /// Records of the target that may be copies.
    public var copies: Int64 = 0
    /// Of those, records that have no label of the flow.
    public var unlabelled: Int64 = 0
    /// Records that were born on the target, under equal names.
    public var bornOnTarget: Int64 = 0
    /// Copies that other flows brought.
    public var ofOtherFlows: Int64 = 0

    public init() {}
}

/// A range of a report. Neighbouring ranges of equal content are one.
public struct ComparedRange: Sendable, Equatable {
    /// `nil` where the side has nothing there.
    public var source: RangeDigest?
    public var target: RangeDigest?
    public var isSame: Bool

    public init(source: RangeDigest?, target: RangeDigest?, isSame: Bool) {
        self.source = source
        self.target = target
        self.isSame = isSame
    }

    /// The ranges of both sides, no more than about so many.
    public static func list(
        _ source: [RangeDigest], _ target: [RangeDigest], _ alignment: RangeAlignment, most: Int = 64
    ) -> [ComparedRange] {
        let joined = max(1, alignment.matches.count / most)
        var list: [ComparedRange] = []
        var count = 0
        var next = (source: -1, target: -1)
        for match in alignment.matches {
            if match == next, count < joined, let last = list.indices.last {
                list[last].source?.append(source[match.source])
                list[last].target?.append(target[match.target])
                count += 1
            } else {
                list.append(ComparedRange(source: source[match.source], target: target[match.target], isSame: true))
                count = 1
            }
            next = (match.source + 1, match.target + 1)
        }
        for gap in alignment.gaps {
            list.append(
                ComparedRange(
                    source: joinedRange(source[gap.source]), target: joinedRange(target[gap.target]), isSame: false))
        }
        return list.sorted {
            ($0.source?.first ?? .max, $0.target?.first ?? 0) < ($1.source?.first ?? .max, $1.target?.first ?? 0)
        }
    }

    private static func joinedRange(_ ranges: ArraySlice<RangeDigest>) -> RangeDigest? {
        guard var joined = ranges.first else { return nil }
        for range in ranges.dropFirst() { joined.append(range) }
        return joined
    }
}

/// What was found out about one partition.
public struct PartitionReport: Sendable, Equatable {
    public var scope: PartitionScope
    public var counts = PartitionCounts()
    /// Originals that have a copy, altered, moved or not; keys where keys are compared.
    public var matched: Int64 = 0
    /// Copies that `tern repair` and `tern replay` wrote.
    public var repaired: Int64 = 0
    public var notCompared: [NotCompared: Int64] = [:]
    public var differences: DifferenceList
    public var ranges: [ComparedRange] = []
    /// Why the partition could not be compared, or not to its end.
    public var problem: String?

    public init(scope: PartitionScope, limit: Int = 1000) {
        self.scope = scope
        differences = DifferenceList(limit: limit)
    }

    public var isSame: Bool { differences.isEmpty && problem == nil && ranges.allSatisfy { $0.isSame || isExplained } }
    /// Records were compared one by one, or keys: a range that differs is explained by what was found.
    public var isExplained = true
}
