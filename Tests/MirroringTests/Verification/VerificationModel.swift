// SPDX-License-Identifier: Apache-2.0
import KafkaTypes

@testable import Mirroring

/// A topic with several partitions and its copy, as values, and the whole comparison of the two.
struct VerificationModel {
    struct Log {
        var originals: [OriginalRecord] = []
        var copies: [CopiedRecord] = []
    }
    /// What a fault must be reported as: kind, original (partition and offset) and, for foreign records, the copy's number.
    struct Fault: Hashable, CustomStringConvertible {
        var kind: String
        var partition: Int32
        var offset: Int64
        var description: String { "\(kind) \(partition)/\(offset)" }
    }

    var logs: [Log]
    var random: SplitMix
    var isLabelled: Bool
    private var serial: UInt64 = 0

    /// - Parameter sameness: of so many records one has the content of another.
    init(partitions: Int, records: Int, seed: UInt64, isLabelled: Bool, sameness: Int = 0) {
        random = SplitMix(state: seed)
        self.isLabelled = isLabelled
        logs = []
        for partition in 0..<partitions {
            var log = Log()
            var offset: Int64 = 0
            for _ in 0..<records {
                offset += Int64.random(in: 0..<10, using: &random) == 0 ? 3 : 1
                let isSame = sameness > 0 && Int.random(in: 0..<sameness, using: &random) == 0
                let print = isSame ? log.originals.randomElement(using: &random)?.print : nil
                log.originals.append(
                    OriginalRecord(
                        offset: offset, print: print ?? self.print(),
                        identity: .born(partition: Int32(partition), offset: offset)))
            }
            log.copies = log.originals.map(copy)
            logs.append(log)
        }
    }

    mutating func print() -> RecordPrint {
        let numbers = (random.next(), random.next(), UInt64.random(in: 0..<3, using: &random))
        return Self.print(numbers.0 % 1000 + 1, numbers.1, numbers.2, 1_700_000_000_000 + Int64(numbers.1 % 1000))
    }

    static func print(_ key: UInt64, _ value: UInt64, _ headers: UInt64, _ timestamp: Int64) -> RecordPrint {
        var combined: UInt64 = 0
        for number in [key, value, headers, UInt64(timestamp)] {
            var mixer = SplitMix(state: combined ^ number)
            combined = mixer.next()
        }
        return RecordPrint(key: key, value: value, headers: headers, timestamp: timestamp, combined: combined)
    }

    func copy(_ original: OriginalRecord) -> CopiedRecord {
        CopiedRecord(offset: 0, print: original.print, identity: isLabelled ? original.identity : nil)
    }

    func altered(_ print: RecordPrint, _ field: Difference.Field) -> RecordPrint {
        switch field {
        case .key: Self.print(print.key ^ 0xFF00, print.value, print.headers, print.timestamp)
        case .value: Self.print(print.key, print.value ^ 0xFF00, print.headers, print.timestamp)
        case .headers: Self.print(print.key, print.value, print.headers ^ 0xFF00, print.timestamp)
        case .timestamp: Self.print(print.key, print.value, print.headers, print.timestamp + 5)
        }
    }

    /// Compares as the engine does.
    func reports(capacity: Int = 4096, window: Int = .max, progress: Int64? = .max, targetLogStart: Int64 = 0)
        -> [PartitionReport]
    {
        var entries: [Reconciliation.Entry] = []
        for (index, log) in logs.enumerated() {
            let place = TopicPartition("t", Int32(index))
            let end = (log.originals.last?.offset ?? -1) + 1
            let copies = log.copies.enumerated().map { number, copy in
                var copy = copy
                copy.offset = Int64(number)
                return copy
            }
            var source = RangeChain(expecting: end, capacity: capacity)
            var target = RangeChain(expecting: end, capacity: capacity)
            for original in log.originals { source.add(original.print.combined, offset: original.offset) }
            for copy in copies { target.add(copy.print.combined, offset: copy.offset) }
            source.finish()
            target.finish()
            source.coarsen(to: target.mask)
            target.coarsen(to: source.mask)
            let alignment = RangeAlignment(source: source.ranges, target: target.ranges)
            var report = PartitionReport(
                scope: PartitionScope(
                    source: place, target: place, range: 0..<end, targetRange: 0..<Int64(copies.count),
                    targetLogStart: targetLogStart, progress: progress))
            for match in alignment.matches { report.matched += source.ranges[match.source].count }
            report.ranges = ComparedRange.list(source.ranges, target.ranges, alignment)
            var comparison = RecordComparison(limit: 10_000)
            for gap in alignment.gaps {
                let lefts = source.ranges[gap.source].flatMap { range in
                    log.originals.filter { (range.first...range.last).contains($0.offset) }
                }
                let rights = target.ranges[gap.target].flatMap { range in
                    copies.filter { (range.first...range.last).contains($0.offset) }
                }
                Self.feed(lefts, rights, window, &comparison)
            }
            let first = alignment.matches.first
            let last = alignment.matches.last
            entries.append(
                Reconciliation.Entry(
                    report: report, comparison: comparison,
                    matchedSource: first.flatMap { first in
                        last.map { source.ranges[first.source].first...source.ranges[$0.source].last }
                    },
                    matchedTarget: first.flatMap { first in
                        last.map { target.ranges[first.target].first...target.ranges[$0.target].last }
                    }))
        }
        var reconciliation = Reconciliation(entries)
        for print in reconciliation.contentsToFind {
            for (index, log) in logs.enumerated() where reconciliation.found[print] == nil {
                guard let original = log.originals.first(where: { $0.print == print }) else { continue }
                reconciliation.found[print] = .init(partition: Int32(index), offset: original.offset)
            }
        }
        return reconciliation.reports()
    }

    private static func feed(
        _ lefts: [OriginalRecord], _ rights: [CopiedRecord], _ window: Int, _ comparison: inout RecordComparison
    ) {
        guard window < max(lefts.count, rights.count) else {
            comparison.add(lefts, rights)
            return comparison.finish()
        }
        var (left, right) = (0, 0)
        while left < lefts.count || right < rights.count {
            comparison.add(
                Array(lefts[left..<min(lefts.count, left + window)]),
                Array(rights[right..<min(rights.count, right + window)]))
            left = min(lefts.count, left + window)
            right = min(rights.count, right + window)
            comparison.settle()
        }
        comparison.finish()
    }

    /// What the reports say, one fault for each record.
    static func faults(_ reports: [PartitionReport], _ logs: [Log]) -> [Fault] {
        var faults: [Fault] = []
        for report in reports {
            let partition = report.scope.source.partition
            for difference in report.differences.kept {
                let names =
                    difference.kind == .altered
                    ? difference.fields.map { "altered \($0.rawValue)" } : [difference.kind.rawValue]
                let offsets: [Int64]
                if let source = difference.source {
                    offsets = logs[Int(partition)].originals.map(\.offset).filter(source.contains)
                } else {
                    offsets = difference.target.map(Array.init) ?? []
                }
                for offset in offsets {
                    for name in names { faults.append(Fault(kind: name, partition: partition, offset: offset)) }
                }
            }
        }
        return faults
    }
}
