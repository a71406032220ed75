// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// The latest record of each key of a compacted partition. What does not fit into memory is left to further passes over the
/// log: each pass takes the keys whose hash falls to it.
public struct KeyTable: Sendable {
    struct Entry: Sendable {
        var print: RecordPrint
        var offset: Int64
        var isDeleted: Bool
        /// The flow's copy, and not somebody else's record under an equal name.
        var isOfFlow: Bool
    }
    var entries: [UInt64: Entry] = [:]
    public private(set) var passes: UInt64
    public let pass: UInt64
    private let capacity: Int

    /// - Parameter passes: 1 to find out; what was found out for further passes.
    public init(pass: UInt64 = 0, of passes: UInt64 = 1, capacity: Int = 200_000) {
        self.pass = pass
        self.passes = passes
        self.capacity = capacity
    }

    public mutating func add(_ print: RecordPrint, offset: Int64, isDeleted: Bool, isOfFlow: Bool = true) {
        guard print.key % passes == pass else { return }
        entries[print.key] = Entry(print: print, offset: offset, isDeleted: isDeleted, isOfFlow: isOfFlow)
        if entries.count > capacity, pass == 0 { divide(into: passes * 2) }
    }

    /// Leaves what does not belong to the first of so many passes to the others.
    public mutating func divide(into more: UInt64) {
        guard more > passes else { return }
        passes = more
        entries = entries.filter { $0.key % more == pass }
    }

    /// Compares the latest values, and adds what is found to a report.
    public static func compare(_ source: KeyTable, _ target: KeyTable, _ report: inout PartitionReport) {
        for (key, original) in source.entries.sorted(by: { $0.value.offset < $1.value.offset }) {
            let offsets = original.offset...original.offset
            guard let copy = target.entries[key] else {
                if original.isDeleted {
                    report.matched += 1
                } else if report.scope.progress.map({ original.offset >= $0 }) ?? false {
                    report.notCompared[.inFlight, default: 0] += 1
                } else {
                    report.differences.add(
                        Difference(.missing, source: offsets), combined: original.print.combined)
                }
                continue
            }
            guard copy.isOfFlow else {
                report.counts.ofOtherFlows += 1
                continue
            }
            var fields = original.print.fieldsThatDiffer(from: copy.print)
            if original.isDeleted, copy.isDeleted { fields = [] }
            if fields.isEmpty {
                report.matched += 1
            } else if report.scope.progress.map({ original.offset >= $0 }) ?? false {
                report.notCompared[.inFlight, default: 0] += 1
            } else {
                report.differences.add(
                    Difference(.staleKey, fields: fields, source: offsets, target: copy.offset...copy.offset),
                    combined: original.print.combined)
            }
        }
        for (key, copy) in target.entries.sorted(by: { $0.value.offset < $1.value.offset })
        where source.entries[key] == nil && !copy.isDeleted && copy.isOfFlow {
            report.differences.add(Difference(.foreign, target: copy.offset...copy.offset))
        }
        report.differences.sort()
    }
}
