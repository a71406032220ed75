// SPDX-License-Identifier: Apache-2.0
import KafkaTypes

/// Which broker leads each partition, as the source said last.
struct PartitionLeaders: Sendable {
    /// `nil` for a partition that has no leader.
    private var leaders: [TopicPartition: Int32?] = [:]
    private var askedAt: Int?

    /// Ticks between two looks, while there is something to learn.
    private static let pause = 5
    /// Stands for whoever leads partitions that are not known yet.
    private static let unknownBroker: Int32 = -1

    func isDue(_ tick: Int) -> Bool { askedAt.map { tick - $0 >= Self.pause } ?? true }

    mutating func asked(_ tick: Int) { askedAt = tick }

    func knows(_ place: TopicPartition) -> Bool { leaders[place] != nil }

    /// Partitions by the broker to be asked about them. One without a leader is in no group: nobody could answer.
    func groups(of places: [TopicPartition]) -> [Int32: [TopicPartition]] {
        var groups: [Int32: [TopicPartition]] = [:]
        for place in places {
            switch leaders[place] {
            case .some(.some(let broker)): groups[broker, default: []].append(place)
            case .some(.none): continue
            case .none: groups[Self.unknownBroker, default: []].append(place)
            }
        }
        return groups
    }

    mutating func learn(_ topics: [TopicDescription], of places: Set<TopicPartition>) {
        var found: [TopicPartition: Int32?] = [:]
        for topic in topics where topic.error == nil {
            for partition in topic.partitions {
                let place = TopicPartition(topic.name, partition.index)
                if places.contains(place) { found.updateValue(partition.leader, forKey: place) }
            }
        }
        leaders = found
    }
}
