// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes

/// How many lanes the daemons of a flow share.
///
/// The lanes topic is as large as the largest `tasks.max` that a daemon was ever started with, and never smaller again. Partitions
/// go to lanes by as many as the group has shared out. That is not what this daemon's file says: daemons with another `tasks.max`
/// run beside it during each rolling change. Nor is it what the topic has by now: it may have grown since, and who asks it a
/// moment later would count other lanes than a daemon of the same generation of the group, and carry partitions of that one.
public enum LaneCount {
    /// What a daemon that starts makes the lanes topic, and shows until lanes are assigned.
    /// - Parameter topic: the partitions of the lanes topic; `nil` when it is not there.
    public static func atStart(topic: Int?, tasksMax: Int) -> Int { max(tasksMax, topic ?? 0) }

    /// The number by which partitions go to lanes, asked at each assignment.
    /// - Parameters:
    ///   - lanes: of all members of the group, as its coordinator has them; `nil` while it shares out anew.
    ///   - owned: the lanes that this daemon was told to be its own.
    /// - Returns: `nil` where that is not the assignment that this daemon was told of: no lane may start.
    public static func atAssignment(sharedOut lanes: Set<Int>?, owned: Set<Int>) -> Int? {
        guard let lanes, let last = lanes.max(), lanes.count == last + 1, owned.isSubset(of: lanes) else { return nil }
        return lanes.count
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
