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
        let forward = maps.withTable { PlaceTranslation.forward(offsets, topics: topics, maps: $0.maps) }
        guard let returningMaps else { return forward }
        let back = returningMaps.withTable {
            PlaceTranslation.back(offsets, naming: naming, target: target, maps: $0.maps)
        }
        return PlaceTranslation.merged(forward, back)
    }
}
