// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
package import Mirroring
package import Platform
import TernConfiguration

/// Looks, before anything is repaired, whether the source still has what a report calls missing, and whether the target has it by
/// now.
package struct RepairSurvey: Sendable {
    package struct Finding: Sendable, Equatable {
        /// Why the report is stale.
        package var staleness: String?
        /// Source offsets whose copies have come since the report.
        package var present: Set<Int64> = []
    }
    let source: LogScan
    let target: LogScan

    package init(_ sides: VerifySides, stop: StopFlag) {
        (source, target) = sides.scans(for: "repair", stop: stop)
    }

    private struct Sum: Sendable {
        var reader: OriginalReader
        var range: RangeDigest?
        var offsets: [RecordIdentity: Int64] = [:]

        mutating func take(_ original: OriginalRecord) {
            if let identity = original.identity { offsets[identity] = original.offset }
            range = RangeDigest.joined(range, original.print.combined, offset: original.offset)
        }
    }

    /// - Parameter targetEnd: where the target's log ends now.
    package func look(
        at partition: RepairPlan.Partition, of topic: VerifyTopic, targetEnd: Int64
    ) async throws -> Finding {
        let stretches = partition.runs.map {
            LogScan.Stretch(place: partition.source, offsets: $0.offsets.lowerBound..<($0.offsets.upperBound + 1))
        }
        let sums = partition.runs.map { _ in
            Sum(reader: OriginalReader(topic, partition: partition.source.partition))
        }
        let (read, ends) = try await source.read(stretches, keeping: sums) { sums, index, record in
            var counts = PartitionCounts()
            guard let original = sums[index].reader.original(record, &counts) else { return }
            sums[index].take(original)
        }
        for (index, run) in partition.runs.enumerated() {
            if let failure = ends[index].failure { return Finding(staleness: "\(partition.source): \(failure)") }
            guard let range = read[index].range, range.count == run.count, range.digest == run.digest else {
                return Finding(
                    staleness:
                        "\(partition.source) has other records at \(run.offsets.lowerBound)..\(run.offsets.upperBound) now"
                )
            }
        }
        var wanted: [RecordIdentity: Int64] = [:]
        for sum in read { wanted.merge(sum.offsets) { first, _ in first } }
        return try await present(wanted, partition, topic, targetEnd)
    }

    /// What is behind the report's end and is a copy of what was missing.
    private func present(
        _ wanted: [RecordIdentity: Int64], _ partition: RepairPlan.Partition, _ topic: VerifyTopic, _ targetEnd: Int64
    ) async throws -> Finding {
        struct State: Sendable {
            var reader: CopyReader
            var present: Set<Int64> = []
        }
        let scope = PartitionScope(
            source: partition.source, target: partition.target, range: 0..<Int64.max, targetRange: 0..<Int64.max)
        let state = State(reader: CopyReader(topic, scope, byContent: false, always: true))
        let stretch = LogScan.Stretch(
            place: partition.target, offsets: partition.targetEnd..<max(partition.targetEnd, targetEnd))
        let (read, ends) = try await target.read([stretch], keeping: state) { state, _, record in
            guard case .ours(let identity?) = state.reader.label(of: record), let offset = wanted[identity] else {
                return
            }
            state.present.insert(offset)
        }
        return Finding(staleness: ends.first?.failure, present: read.present)
    }
}
