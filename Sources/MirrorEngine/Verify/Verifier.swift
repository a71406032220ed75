// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
package import Mirroring
package import Platform
import TernConfiguration

/// Compares topics with their copies: reads both sides once, range by range, and again, record by record, where ranges differ.
///
/// Memory: the digests of ranges, at most 100,000 a side; the records of the ranges that differ, at most 200,000 at once as
/// numbers; records without a partner, as numbers.
package struct Verifier: Sendable {
    let topics: [VerifyTopic]
    let mode: VerifyMode
    /// Records without labels may be copies also under equal names.
    let byContent: Bool
    /// So many differences of a partition are kept.
    let limit: Int
    let source: LogScan
    let target: LogScan

    /// All partitions that are not compacted, and their topics.
    struct Item: Sendable {
        var topic: Int
        var scope: PartitionScope
    }

    package init(
        _ sides: VerifySides, _ topics: [VerifyTopic], mode: VerifyMode, byContent: Bool, limit: Int, stop: StopFlag
    ) {
        self.topics = topics
        self.mode = mode
        self.byContent = byContent
        self.limit = limit
        (source, target) = sides.scans(for: "verify", stop: stop)
    }

    private static let partitionsAtOnce = 1000

    /// - Parameter said: called with what is going on, for people.
    /// - Returns: a report of each partition, in the order of the topics.
    package func run(_ said: @escaping @Sendable (String) -> Void = { _ in }) async throws -> [PartitionReport] {
        var reports: [PartitionReport] = []
        var items: [Item] = []
        for (index, topic) in topics.enumerated() {
            for scope in topic.partitions where !scope.isCompacted || mode == .counts {
                items.append(Item(topic: index, scope: scope))
            }
        }
        var start = 0
        while start < items.count {
            let part = Array(items[start..<min(items.count, start + Self.partitionsAtOnce)])
            start += part.count
            said("reading \(part.count) partitions on both sides")
            reports += try await verify(part, said)
        }
        guard mode != .counts else { return reports }
        for topic in topics {
            for scope in topic.partitions where scope.isCompacted {
                said("comparing the keys of \(scope.source)")
                reports.append(try await compareKeys(topic, scope))
            }
        }
        return reports.sorted { $0.scope.source < $1.scope.source }
    }

    private func verify(_ items: [Item], _ said: @Sendable (String) -> Void) async throws -> [PartitionReport] {
        async let left = readOriginals(items)
        async let right = readCopies(items)
        let (originals, copies) = try await (left, right)
        var sides: [BothSides] = []
        for index in items.indices {
            sides.append(BothSides(items[index], originals[index], copies[index], mode, limit: limit))
        }
        guard mode == .records else { return sides.map(\.report) }
        try await compareGaps(&sides, said)
        return try await reconcile(sides, said)
    }

    // MARK: the first reading

    /// What was read of one side of a partition.
    struct SideSum: Sendable {
        var chain: RangeChain
        var report: PartitionReport
        var failure: String?
    }

    private func chain(_ item: Item, _ count: Int) -> RangeChain {
        RangeChain(
            expecting: Int64(item.scope.range.count), capacity: max(64, 100_000 / max(1, count)))
    }

    private func readOriginals(_ items: [Item]) async throws -> [SideSum] {
        struct State: Sendable {
            var sums: [SideSum]
            var readers: [OriginalReader]
        }
        let state = State(
            sums: items.map {
                SideSum(chain: chain($0, items.count), report: PartitionReport(scope: $0.scope, limit: limit))
            },
            readers: items.map { OriginalReader(topics[$0.topic], partition: $0.scope.source.partition) })
        let stretches = items.map { LogScan.Stretch(place: $0.scope.source, offsets: $0.scope.range) }
        let counts = mode == .counts
        let (read, ends) = try await source.read(stretches, keeping: state) { state, index, record in
            if counts {
                _ = state.readers[index].counted(record, &state.sums[index].report.counts)
            } else if let print = state.readers[index].print(of: record, &state.sums[index].report.counts) {
                state.sums[index].chain.add(print.combined, offset: record.offset)
            }
        }
        return Self.finished(read.sums, ends)
    }

    private func readCopies(_ items: [Item]) async throws -> [SideSum] {
        struct State: Sendable {
            var sums: [SideSum]
            var readers: [CopyReader]
        }
        let state = State(
            sums: items.map {
                SideSum(chain: chain($0, items.count), report: PartitionReport(scope: $0.scope, limit: limit))
            },
            readers: items.map { CopyReader(topics[$0.topic], $0.scope, byContent: byContent, always: false) })
        let stretches = items.map { LogScan.Stretch(place: $0.scope.target, offsets: $0.scope.targetRange) }
        let (read, ends) = try await target.read(stretches, keeping: state) { state, index, record in
            if let copy = state.readers[index].copy(record, &state.sums[index].report) {
                state.sums[index].chain.add(copy.print.combined, offset: copy.offset)
            }
        }
        return Self.finished(read.sums, ends)
    }

    private static func finished(_ sums: [SideSum], _ ends: [LogScan.End]) -> [SideSum] {
        var sums = sums
        for index in sums.indices {
            sums[index].chain.finish()
            sums[index].failure = ends[index].failure
        }
        return sums
    }
}

/// What is known of a partition after the first reading.
struct BothSides: Sendable {
    var topic: Int
    var report: PartitionReport
    var source: [RangeDigest]
    var target: [RangeDigest]
    var gaps: [RangeAlignment.Gap]
    var comparison: RecordComparison
    /// Of the ranges of equal content.
    var matchedSource: ClosedRange<Int64>?
    var matchedTarget: ClosedRange<Int64>?

    init(
        _ item: Verifier.Item, _ left: Verifier.SideSum, _ right: Verifier.SideSum, _ mode: VerifyMode, limit: Int
    ) {
        topic = item.topic
        report = left.report
        report.counts.withoutRecord = Int64(item.scope.range.count) - report.counts.read
        report.counts.copies = right.report.counts.copies
        report.counts.unlabelled = right.report.counts.unlabelled
        report.counts.bornOnTarget = right.report.counts.bornOnTarget
        report.counts.ofOtherFlows = right.report.counts.ofOtherFlows
        report.notCompared = right.report.notCompared
        let problems = [left.failure.map { "source: \($0)" }, right.failure.map { "target: \($0)" }]
        report.problem = problems.compactMap(\.self).first
        comparison = RecordComparison(limit: limit)
        (source, target, gaps) = ([], [], [])
        guard mode != .counts else {
            if report.counts.copies != report.counts.expected, report.problem == nil { report.isExplained = false }
            report.ranges = [ComparedRange(source: nil, target: nil, isSame: report.isExplained)]
            return
        }
        var (one, other) = (left.chain, right.chain)
        one.coarsen(to: other.mask)
        other.coarsen(to: one.mask)
        (source, target) = (one.ranges, other.ranges)
        let alignment = RangeAlignment(source: source, target: target)
        gaps = alignment.gaps
        for match in alignment.matches { report.matched += source[match.source].count }
        report.ranges = ComparedRange.list(source, target, alignment)
        report.isExplained = mode == .records
        if let first = alignment.matches.first, let last = alignment.matches.last {
            matchedSource = source[first.source].first...source[last.source].last
            matchedTarget = target[first.target].first...target[last.target].last
        }
    }
}
