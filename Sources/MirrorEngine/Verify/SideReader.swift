// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring

/// Says of each record of the source what it is to the comparison: left out by rule, set aside, or an original.
struct OriginalReader {
    private var forwarding: RecordForwarding
    private let labels: LabelReader
    private let prints: PrintReader
    private let partition: Int32
    /// Records that were set aside, by offset: when they were written.
    private let quarantined: [Int64: Int64]

    init(_ topic: VerifyTopic, partition: Int32) {
        quarantined = topic.quarantined[partition] ?? [:]
        forwarding = topic.forwarding(partition)
        labels = topic.labels
        prints = PrintReader(settingApart: LabelReader.headers, countsTimestamps: !topic.ignoresTimestamps)
        self.partition = partition
    }

    /// - Returns: `nil` for a record that the flow leaves out or has set aside; it is counted.
    mutating func print(of record: borrowing Record, _ counts: inout PartitionCounts) -> RecordPrint? {
        guard counted(record, &counts) != nil else { return nil }
        return prints.print(of: record) { _, _ in }
    }

    mutating func original(_ record: borrowing Record, _ counts: inout PartitionCounts) -> OriginalRecord? {
        guard let verdict = counted(record, &counts) else { return nil }
        let isPassed = verdict == .forwardExtended
        var passed: RecordIdentity?
        let print = prints.print(of: record) { place, value in
            if isPassed, place == 0 { passed = labels.identity(ofPassed: value) }
        }
        let identity: RecordIdentity? = isPassed ? passed : .born(partition: partition, offset: record.offset)
        return OriginalRecord(offset: record.offset, print: print, identity: identity)
    }

    /// Of a record that is left out nothing more is computed.
    mutating func counted(_ record: borrowing Record, _ counts: inout PartitionCounts) -> ForwardingPolicy.Verdict? {
        counts.read += 1
        let verdict = forwarding.verdict(of: record)
        if case .skip(let reason) = verdict {
            counts.leftOut[reason, default: 0] += 1
            return nil
        }
        if !quarantined.isEmpty, quarantined[record.offset] == record.timestamp.milliseconds {
            counts.quarantined += 1
            return nil
        }
        counts.expected += 1
        return verdict
    }
}

/// Says of each record of the target whether it may be a copy, and of what.
struct CopyReader {
    private let originName = HeaderName(OriginHeader.name)
    private let pathName = HeaderName(PathHeader.name)
    private let labels: LabelReader
    private let prints: PrintReader
    private let scope: PartitionScope
    private let takesUnlabelled: Bool
    /// What is outside the range is known by labels, where any may be outside.
    private let readsLabels: Bool

    init(_ topic: VerifyTopic, _ scope: PartitionScope, byContent: Bool, always: Bool) {
        labels = topic.labels
        prints = PrintReader(settingApart: LabelReader.headers, countsTimestamps: !topic.ignoresTimestamps)
        self.scope = scope
        takesUnlabelled = !scope.keepsNames || byContent
        readsLabels = Self.readsLabels(scope, always: always)
    }

    static func readsLabels(_ scope: PartitionScope, always: Bool) -> Bool {
        always || scope.keepsNames || scope.range.lowerBound > 0 || !scope.endsAtLogEnd
    }

    func print(of record: borrowing Record) -> RecordPrint { prints.print(of: record) { _, _ in } }

    /// - Returns: `nil` for a record that is no copy of the range; it is counted.
    /// Changes nothing; `mutating` since a call through an array would otherwise copy the reader for each record.
    mutating func copy(_ record: borrowing Record, _ report: inout PartitionReport) -> CopiedRecord? {
        guard readsLabels else {
            report.counts.copies += 1
            let print = prints.print(of: record) { _, _ in }
            return CopiedRecord(offset: record.offset, print: print, identity: nil)
        }
        let label = label(of: record)
        var isRepair = false
        let print = prints.print(of: record) { place, _ in if place == 2 { isRepair = true } }
        return judged(label, record.offset, print, isRepair, &report)
    }

    func label(of record: borrowing Record) -> CopyLabel {
        guard record.hasHeaders else { return .none }
        let path = pathName
        let label = record.withLastHeader(named: originName) { origin -> CopyLabel? in
            record.withLastHeader(named: path) { labels.label(origin: origin, path: $0) }
        }
        if let label { return label ?? .none }
        return record.withLastHeader(named: path) { labels.label(origin: nil, path: $0) } ?? .none
    }

    private func judged(
        _ label: CopyLabel, _ offset: Int64, _ print: RecordPrint, _ isRepair: Bool, _ report: inout PartitionReport
    ) -> CopiedRecord? {
        var identity: RecordIdentity?
        switch label {
        case .ours(let known): identity = known
        case .none, .otherFlow:
            guard takesUnlabelled, label == .none || !scope.keepsNames else {
                if label == .none { report.counts.bornOnTarget += 1 } else { report.counts.ofOtherFlows += 1 }
                return nil
            }
            report.counts.unlabelled += 1
        }
        if case .born(let partition, let origin)? = identity, partition == scope.source.partition {
            guard origin >= scope.range.lowerBound else {
                report.notCompared[.beforeRange, default: 0] += 1
                return nil
            }
            guard origin < scope.range.upperBound else {
                report.notCompared[.afterRange, default: 0] += 1
                return nil
            }
        }
        report.counts.copies += 1
        return CopiedRecord(offset: offset, print: print, identity: identity, isRepair: isRepair)
    }
}
