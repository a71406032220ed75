// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes

/// What an independent reader finds when both sides are read to their ends by committed readers. The words are those of Jepsen's tests
/// of Kafka, where it has one.
struct ChaosComparison: CustomStringConvertible {
    /// Records of the source.
    var records = 0
    /// Lost writes.
    var lost = 0
    /// Records whose key, value, headers or timestamp differ.
    var altered = 0
    /// Aborted reads: what no committed reader sees on the source.
    var aborted = 0
    /// First copies that come after a first copy of a later record.
    var reordered = 0
    /// Duplicates, and how many records the longest step back has brought again.
    var duplicates = 0
    var longestStepBack = 0
    /// How often duplicates came among later records: what an owner before had sent reached the target after its successor's.
    var late = 0

    /// What no delivery may leave; duplicates are allowed where records are delivered at least once.
    var isWhole: Bool { lost == 0 && altered == 0 && aborted == 0 && reordered == 0 }

    var description: String {
        "\(records) records: \(lost) lost, \(altered) altered, \(aborted) aborted reads, \(reordered) reordered, "
            + "\(duplicates) duplicates (at most \(longestStepBack) at a time, \(late) times late)"
    }

    /// - Parameters:
    ///   - originals: of one topic, by partition and offset.
    ///   - copies: the same.
    init(_ originals: [OwnedRecord], _ copies: [OwnedRecord], partitions: Int) {
        let (sources, targets) = (
            Dictionary(grouping: originals, by: \.partition), Dictionary(grouping: copies, by: \.partition)
        )
        for partition in 0..<Int32(partitions) {
            compare(sources[partition] ?? [], targets[partition] ?? [])
        }
    }

    private mutating func compare(_ originals: [OwnedRecord], _ copies: [OwnedRecord]) {
        var places: [Int64: Int] = [:]
        for (place, original) in originals.enumerated() { places[original.offset] = place }
        var run: [Int64] = []
        for copy in copies {
            guard let place = copy.bornAt.flatMap({ places[$0] }) else {
                aborted += 1
                continue
            }
            if Content(originals[place]) != Content(copy) { altered += 1 }
            run.append(Int64(place))
        }
        var seen: Set<Int64> = []
        var highest: Int64 = -1
        for place in run where seen.insert(place).inserted {
            if place < highest { reordered += 1 }
            highest = max(highest, place)
        }
        let found = Run(of: run, count: originals.count)
        records += originals.count
        lost += found.missing
        duplicates += run.count - seen.count
        late += found.gaps
        longestStepBack = max(longestStepBack, Int(found.stepsBack.max() ?? 0))
    }
}
