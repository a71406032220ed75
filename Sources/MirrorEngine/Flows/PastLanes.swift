// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring

/// What lanes that have ended leave behind: their totals, which people see as counters that never fall, and where their
/// partitions stood, from where lag goes on growing until somebody runs them again.
struct PastLanes: Sendable {
    /// Sums over the lanes.
    private(set) var totals = LaneTotals()
    private(set) var counters: [TopicName: TopicCounters] = [:]
    private(set) var partitions: [TopicPartition: PartitionSnapshot] = [:]

    /// Takes over a lane that has ended.
    mutating func add(_ snapshot: LaneSnapshot) {
        totals.add(snapshot.totals)
        for (topic, released) in snapshot.releasedCounters { counters[topic, default: TopicCounters()].add(released) }
        for (place, partition) in snapshot.partitions {
            counters[place.topic, default: TopicCounters()].add(partition.counters)
            var last = partition
            last.counters = TopicCounters()
            partitions[place] = last
        }
    }

    /// Their next owner tells where these stand.
    mutating func forgetPositions(where isKnown: (TopicPartition) -> Bool) {
        guard !partitions.isEmpty else { return }
        partitions = partitions.filter { !isKnown($0.key) }
    }
}
