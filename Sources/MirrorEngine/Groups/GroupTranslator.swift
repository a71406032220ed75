// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import TernConfiguration

/// Translates positions on a flow's source by the offset maps of both directions.
struct GroupTranslator: Sendable {
    let naming: any ReplicationNaming
    let target: ClusterAlias
    /// Of this flow, on its target.
    let maps: TopicFollower<OffsetMapTable>
    /// Of the flow that goes back, on this flow's source; `nil` where there is none.
    let returningMaps: TopicFollower<OffsetMapTable>?

    /// Where a group goes on with each partition that is on both sides.
    ///
    /// - Parameters:
    ///   - offsets: what the group has committed on the source.
    ///   - topics: the topics that the flow mirrors, with their names on the target.
    /// - Returns: by the source's partition; what is not mirrored is left out.
    func translate(
        _ offsets: [TopicPartition: GroupOffset], topics: [TopicName: TopicName]
    ) -> [TopicPartition: TranslatedOffset] {
        let forward = maps.withTable { table in
            offsets.compactMapKeysAndValues { place, offset -> TranslatedOffset? in
                guard let name = topics[place.topic] else { return nil }
                return TranslatedOffset(
                    partition: TopicPartition(name, place.partition),
                    translation: table.maps[place]?.translate(offset.offset) ?? .unknown)
            }
        }
        guard let returningMaps else { return forward }
        let back = returningMaps.withTable { table in
            offsets.compactMapKeysAndValues { place, offset -> TranslatedOffset? in
                guard let name = naming.keepsNames ? place.topic : naming.original(of: place.topic, on: target) else {
                    return nil
                }
                let original = TopicPartition(name, place.partition)
                guard let map = table.maps[original] else { return nil }
                return TranslatedOffset(partition: original, translation: map.translateBack(offset.offset))
            }
        }
        return forward.merging(back) { copies, own in
            copies.partition == own.partition
                ? TranslatedOffset(
                    partition: copies.partition,
                    translation: .interleaved(copies: copies.translation, own: own.translation))
                : copies
        }
    }
}

extension Dictionary {
    /// As `compactMapValues`, with the key.
    fileprivate func compactMapKeysAndValues<Result>(_ transform: (Key, Value) -> Result?) -> [Key: Result] {
        var results: [Key: Result] = [:]
        for (key, value) in self { results[key] = transform(key, value) }
        return results
    }
}
