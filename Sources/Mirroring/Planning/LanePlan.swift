// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// Which lane mirrors which source partition.
///
/// The rule looks at one partition alone, so that a new topic or partition moves no other, and every daemon comes to the
/// same answer. The partitions of one topic spread evenly; where a topic starts is its name's hash.
public enum LanePlan {
    /// - Returns: 0 up to `laneCount`, exclusive.
    public static func lane(of place: TopicPartition, laneCount: Int) -> Int {
        guard laneCount > 1 else { return 0 }
        let start = UInt64(Murmur2.hash(Array(place.topic.rawValue.utf8)))
        return Int((start + UInt64(max(0, place.partition))) % UInt64(laneCount))
    }
}
