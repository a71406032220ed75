// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring

/// What single stretches could not explain, and topics that are compared by their keys.
extension Verifier {
    func reconcile(_ sides: [BothSides], _ said: @Sendable (String) -> Void) async throws -> [PartitionReport] {
        var reports: [PartitionReport] = []
        for topic in topics.indices {
            let own = sides.filter { $0.topic == topic }
            guard !own.isEmpty else { continue }
            var reconciliation = Reconciliation(
                own.map {
                    Reconciliation.Entry(
                        report: $0.report, comparison: $0.comparison, matchedSource: $0.matchedSource,
                        matchedTarget: $0.matchedTarget)
                })
            let unexplained = reconciliation.contentsToFind
            if !unexplained.isEmpty {
                said("looking for the originals of \(unexplained.count) records without a label")
                reconciliation.found = try await find(unexplained, topics[topic], own.map(\.report.scope))
            }
            reports += reconciliation.reports()
        }
        return reports
    }

    /// Where the source has records of these contents.
    private func find(
        _ contents: Set<RecordPrint>, _ topic: VerifyTopic, _ scopes: [PartitionScope]
    ) async throws -> [RecordPrint: Reconciliation.Original] {
        struct State: Sendable {
            var readers: [OriginalReader]
            var found: [RecordPrint: Reconciliation.Original] = [:]
            var counts = PartitionCounts()
        }
        let state = State(readers: scopes.map { OriginalReader(topic, partition: $0.source.partition) })
        // Also what came after the range's end was fixed, and what is before it: the log's end ends the reading.
        let stretches = scopes.map { LogScan.Stretch(place: $0.source, offsets: $0.sourceLogStart..<Int64.max) }
        let (read, _) = try await source.read(stretches, keeping: state) { state, index, record in
            guard let print = state.readers[index].print(of: record, &state.counts), contents.contains(print),
                state.found[print] == nil
            else { return }
            state.found[print] = Reconciliation.Original(partition: record.partition, offset: record.offset)
        }
        return read.found
    }

    // MARK: keys

    func compareKeys(_ topic: VerifyTopic, _ scope: PartitionScope) async throws -> PartitionReport {
        var report = PartitionReport(scope: scope, limit: limit)
        var pass: UInt64 = 0
        var passes: UInt64 = 1
        repeat {
            let (own, all) = (pass, passes)
            async let left = readKeys(ofOriginals: topic, scope, own, all)
            async let right = readKeys(ofCopies: topic, scope, own, all)
            var (originals, copies) = try await (left, right)
            if pass == 0 {
                report.counts = originals.report.counts
                report.counts.withoutRecord = Int64(scope.range.count) - report.counts.read
                report.counts.copies = copies.report.counts.copies
                report.counts.bornOnTarget = copies.report.counts.bornOnTarget
                report.notCompared = copies.report.notCompared
                passes = max(originals.table.passes, copies.table.passes)
                originals.table.divide(into: passes)
                copies.table.divide(into: passes)
            }
            if let failure = originals.failure ?? copies.failure { report.problem = failure }
            KeyTable.compare(originals.table, copies.table, &report)
            pass += 1
        } while pass < passes
        return report
    }

    private struct KeySum: Sendable {
        var table: KeyTable
        var report: PartitionReport
        var failure: String?
    }

    private func readKeys(
        ofOriginals topic: VerifyTopic, _ scope: PartitionScope, _ pass: UInt64, _ passes: UInt64
    ) async throws -> KeySum {
        struct State: Sendable {
            var reader: OriginalReader
            var sum: KeySum
        }
        let state = State(
            reader: OriginalReader(topic, partition: scope.source.partition),
            sum: KeySum(table: KeyTable(pass: pass, of: passes), report: PartitionReport(scope: scope)))
        var (read, ends) = try await source.read(
            [.init(place: scope.source, offsets: scope.range)], keeping: state
        ) { state, _, record in
            guard let print = state.reader.print(of: record, &state.sum.report.counts) else { return }
            state.sum.table.add(print, offset: record.offset, isDeleted: record.valueCount == nil)
        }
        read.sum.failure = ends[0].failure.map { "source: \($0)" }
        return read.sum
    }

    private func readKeys(
        ofCopies topic: VerifyTopic, _ scope: PartitionScope, _ pass: UInt64, _ passes: UInt64
    ) async throws -> KeySum {
        struct State: Sendable {
            var reader: CopyReader
            var sum: KeySum
        }
        let state = State(
            reader: CopyReader(topic, scope, byContent: byContent, always: true),
            sum: KeySum(table: KeyTable(pass: pass, of: passes), report: PartitionReport(scope: scope)))
        var (read, ends) = try await target.read(
            [.init(place: scope.target, offsets: scope.targetRange)], keeping: state
        ) { state, _, record in
            if let copy = state.reader.copy(record, &state.sum.report) {
                state.sum.table.add(copy.print, offset: copy.offset, isDeleted: record.valueCount == nil)
            } else if scope.keepsNames {
                state.sum.table.add(
                    state.reader.print(of: record), offset: record.offset, isDeleted: record.valueCount == nil,
                    isOfFlow: false)
            }
        }
        read.sum.failure = ends[0].failure.map { "target: \($0)" }
        return read.sum
    }
}
