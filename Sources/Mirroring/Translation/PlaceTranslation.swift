// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes
public import TernConfiguration

/// Translates what a group has committed on a flow's source, by the offset maps of both directions.
public enum PlaceTranslation {
    /// Places among the copies that the flow has made.
    ///
    /// - Parameters:
    ///   - topics: the topics that the flow mirrors, with their names on the target.
    ///   - maps: of the flow, by the source's partition.
    /// - Returns: by the source's partition; what is not mirrored is missing.
    public static func forward(
        _ offsets: [TopicPartition: GroupOffset], topics: [TopicName: TopicName], maps: [TopicPartition: OffsetMap]
    ) -> [TopicPartition: TranslatedOffset] {
        offsets.compactMapKeysAndValues { place, offset in
            guard let name = topics[place.topic] else { return nil }
            return TranslatedOffset(
                partition: TopicPartition(name, place.partition),
                translation: maps[place]?.translate(offset.offset) ?? .unknown)
        }
    }

    /// Places among the target's own records, of which the source has copies.
    ///
    /// - Parameters:
    ///   - naming: of the flow.
    ///   - target: the flow's.
    ///   - maps: of the flow that goes back, by the target's partition.
    /// - Returns: by the source's partition; what is no copy from the target is missing.
    public static func back(
        _ offsets: [TopicPartition: GroupOffset], naming: any ReplicationNaming, target: ClusterAlias,
        maps: [TopicPartition: OffsetMap]
    ) -> [TopicPartition: TranslatedOffset] {
        offsets.compactMapKeysAndValues { place, offset in
            guard let name = naming.keepsNames ? place.topic : naming.original(of: place.topic, on: target) else {
                return nil
            }
            let original = TopicPartition(name, place.partition)
            guard let map = maps[original] else { return nil }
            return TranslatedOffset(partition: original, translation: map.translateBack(offset.offset))
        }
    }

    /// Both together: where they mean the same partition of the target, the earlier place counts.
    public static func merged(
        _ forward: [TopicPartition: TranslatedOffset], _ back: [TopicPartition: TranslatedOffset]
    ) -> [TopicPartition: TranslatedOffset] {
        forward.merging(back) { copies, own in
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
