// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// Which lane carries which partition. The rule looks at the partition alone, so that a new topic moves nothing.
public enum LanePlan {
    /// The partitions of a topic go round the lanes, from a place that the topic's name decides: topics of one partition
    /// spread too.
    public static func lane(of place: TopicPartition, laneCount: Int) -> Int {
        let first = Murmur2.hash(Array(place.topic.rawValue.utf8)) & 0x7fff_ffff
        return Int((UInt64(first) + UInt64(max(0, place.partition))) % UInt64(max(1, laneCount)))
    }
}
