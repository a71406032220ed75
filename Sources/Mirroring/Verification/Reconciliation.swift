// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// Brings together what single stretches could not explain: a record that is missing here may be there, out of order or in
/// another partition. What is left then is missing, foreign, or beyond what can be compared.
public struct Reconciliation: Sendable {
    public struct Entry: Sendable {
        public var report: PartitionReport
        public var comparison: RecordComparison
        /// Offsets of the first and last original within ranges of equal content, and of their copies.
        public var matchedSource: ClosedRange<Int64>?
        public var matchedTarget: ClosedRange<Int64>?

        public init(
            report: PartitionReport, comparison: RecordComparison, matchedSource: ClosedRange<Int64>?,
            matchedTarget: ClosedRange<Int64>?
        ) {
            self.report = report
            self.comparison = comparison
            self.matchedSource = matchedSource
            self.matchedTarget = matchedTarget
        }
    }
    /// A record of the source.
    public struct Original: Sendable, Equatable {
        public var partition: Int32
        public var offset: Int64
        public init(partition: Int32, offset: Int64) {
            self.partition = partition
            self.offset = offset
        }
    }
    /// Where the source has what ``contentsToFind`` asks for.
    public var found: [RecordPrint: Original] = [:]

    private struct Place: Hashable {
        let entry: Int
        let missing: Int
    }

    private var entries: [Entry]
    private var isFound: [[Bool]]
    private var byIdentity: [RecordIdentity: Place] = [:]
    private var byContent: [RecordPrint: [Place]] = [:]
    private var scopes: [Int32: PartitionScope] = [:]

    /// - Parameter entries: the partitions of one topic.
    public init(_ entries: [Entry]) {
        self.entries = entries
        isFound = entries.map { [Bool](repeating: false, count: $0.comparison.missing.count) }
        for (index, entry) in entries.enumerated() {
            scopes[entry.report.scope.source.partition] = entry.report.scope
            for (place, missing) in entry.comparison.missing.enumerated() {
                if let identity = missing.record.identity { byIdentity[identity] = Place(entry: index, missing: place) }
                byContent[missing.record.print, default: []].append(Place(entry: index, missing: place))
            }
        }
    }

    /// Contents of records without a label that no missing record explains: those that the source has are repeated, the others
    /// foreign. Only the source knows.
    public var contentsToFind: Set<RecordPrint> {
        var contents: Set<RecordPrint> = []
        for entry in entries {
            for (copy, _) in entry.comparison.unplaced where copy.identity == nil && contents.count < 100_000 {
                if byContent[copy.print] == nil { contents.insert(copy.print) }
            }
        }
        return contents
    }

    public consuming func reports() -> [PartitionReport] {
        for index in entries.indices {
            entries[index].report.matched += entries[index].comparison.matched
            entries[index].report.repaired += entries[index].comparison.repaired
            entries[index].report.differences = entries[index].comparison.differences
        }
        for index in entries.indices { explainUnplaced(index) }
        for index in entries.indices {
            explainMissing(index)
            entries[index].report.differences.sort()
        }
        return entries.map(\.report)
    }

    private mutating func explainUnplaced(_ index: Int) {
        let scope = entries[index].report.scope
        for (copy, place) in entries[index].comparison.unplaced {
            if let found = partner(of: copy) {
                note(copy, index, found)
            } else {
                noteAlone(copy, place, index, scope)
            }
        }
    }

    /// The missing record that a copy is of.
    private mutating func partner(of copy: CopiedRecord) -> Place? {
        if let identity = copy.identity {
            guard let place = byIdentity[identity], !isFound[place.entry][place.missing] else { return nil }
            isFound[place.entry][place.missing] = true
            return place
        }
        guard let free = byContent[copy.print]?.first(where: { !isFound[$0.entry][$0.missing] }) else { return nil }
        isFound[free.entry][free.missing] = true
        return free
    }

    private mutating func note(_ copy: CopiedRecord, _ index: Int, _ found: Place) {
        let original = entries[found.entry].comparison.missing[found.missing].record
        let source = original.offset...original.offset
        let target = copy.offset...copy.offset
        entries[found.entry].report.matched += 1
        if copy.isRepair, found.entry == index {
            entries[index].report.repaired += 1
        } else if found.entry == index {
            entries[index].report.differences.add(Difference(.outOfOrder, source: source, target: target))
        } else {
            let partition = entries[index].report.scope.target.partition
            entries[found.entry].report.differences.add(
                Difference(.wrongPartition, source: source, target: target, foundIn: partition))
        }
        let fields = original.print.fieldsThatDiffer(from: copy.print)
        if !fields.isEmpty {
            entries[found.entry].report.differences.add(
                Difference(.altered, fields: fields, source: source, target: target))
        }
    }

    /// A copy whose original is not missing.
    private mutating func noteAlone(_ copy: CopiedRecord, _ place: Int, _ index: Int, _ scope: PartitionScope) {
        let target = copy.offset...copy.offset
        let known = found[copy.print].map { RecordIdentity.born(partition: $0.partition, offset: $0.offset) }
        guard case .born(let partition, let offset)? = copy.identity ?? known else {
            if let reason = beyond(copy, index, scope) {
                entries[index].report.notCompared[reason, default: 0] += 1
            } else {
                entries[index].report.differences.add(Difference(.foreign, target: target), place: (0, place))
            }
            return
        }
        guard let home = scopes[partition] else {
            entries[index].report.differences.add(Difference(.foreign, target: target), place: (0, place))
            return
        }
        if offset < home.range.lowerBound || offset >= home.range.upperBound {
            let reason: NotCompared = offset < home.range.lowerBound ? .beforeRange : .afterRange
            entries[index].report.notCompared[reason, default: 0] += 1
        } else if copy.isRepair {
            entries[index].report.repaired += 1
        } else if partition == scope.target.partition {
            entries[index].report.differences.add(
                Difference(.repeated, source: offset...offset, target: target), place: (Int(offset), place))
        } else if scope.keepsNames {
            // An application that copies headers onto records of its own.
            entries[index].report.counts.bornOnTarget += 1
        } else {
            entries[index].report.differences.add(
                Difference(
                    .wrongPartition, source: offset...offset, target: target, foundIn: scope.target.partition))
        }
    }

    /// Without a label only the place says that an original may be outside the range.
    private func beyond(_ copy: CopiedRecord, _ index: Int, _ scope: PartitionScope) -> NotCompared? {
        let first = Self.least(entries[index].matchedTarget?.lowerBound, nil)
        let last = entries[index].matchedTarget?.upperBound
        if scope.range.lowerBound > 0, copy.offset < first ?? .max { return .beforeRange }
        if copy.offset > last ?? -1, !scope.endsAtLogEnd { return .afterRange }
        return nil
    }

    private static func least(_ left: Int64?, _ right: Int64?) -> Int64? {
        [left, right].compactMap(\.self).min()
    }

    private mutating func explainMissing(_ index: Int) {
        let entry = entries[index]
        let scope = entry.report.scope
        let first = Self.least(entry.matchedSource?.lowerBound, entry.comparison.firstMatched)
        let last = [entry.matchedSource?.upperBound, entry.comparison.lastMatched].compactMap(\.self).max()
        for (number, (record, place)) in entry.comparison.missing.enumerated() where !isFound[index][number] {
            if scope.targetLogStart > 0, record.offset < first ?? .max {
                entries[index].report.notCompared[.expiredOnTarget, default: 0] += 1
            } else if scope.progress.map({ record.offset >= $0 }) ?? (record.offset > last ?? -1) {
                entries[index].report.notCompared[.inFlight, default: 0] += 1
            } else {
                entries[index].report.differences.add(
                    Difference(.missing, source: record.offset...record.offset), place: (place, 0),
                    combined: record.print.combined)
            }
        }
    }
}
