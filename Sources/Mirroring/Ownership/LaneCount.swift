// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes

/// How many lanes the daemons of a flow share: as many as the lanes topic has partitions.
///
/// The topic is as large as the largest `tasks.max` that a daemon was ever started with, and never smaller again. The number is
/// not what this daemon's file says: daemons with another `tasks.max` run beside it during each rolling change, and partitions
/// go to lanes by the same number everywhere.
public enum LaneCount {
    /// What a daemon that starts makes the lanes topic, and shows until lanes are assigned.
    /// - Parameter topic: the partitions of the lanes topic; `nil` when it is not there.
    public static func atStart(topic: Int?, tasksMax: Int) -> Int { max(tasksMax, topic ?? 0) }

    /// The number by which partitions go to lanes, asked at each assignment, since every daemon is assigned anew when the
    /// topic has grown.
    /// - Parameter isShared: not where the process has all lanes for itself, and no group assigns them.
    /// - Returns: `nil` where the topic is not there, so that no lane may start.
    public static func atAssignment(topic: Int?, tasksMax: Int, isShared: Bool) -> Int? {
        guard isShared else { return tasksMax }
        return topic.flatMap { $0 > 0 ? $0 : nil }
    }
}

extension LanePlan {
    /// The partitions that a lane carries.
    public static func partitions(
        of lane: Int, laneCount: Int, topics: some Sequence<MirroredTopic>
    ) -> [(topic: MirroredTopic, partition: Int32)] {
        topics.sorted { $0.source < $1.source }.flatMap { topic in
            (0..<topic.partitionCount)
                .filter { self.lane(of: TopicPartition(topic.source, $0), laneCount: laneCount) == lane }
                .map { (topic, $0) }
        }
    }
}
