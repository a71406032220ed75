// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// What `tern failover drill` calls its topics and groups. No flow mirrors them by its lists: a flow carries a drill's topic while the
/// control topic says so, and nobody carries its copy on.
public enum DrillNames {
    public static let prefix = "tern-drill-"

    public static func isDrill(_ topic: TopicName) -> Bool { topic.rawValue.contains(prefix) }
    public static func isDrill(_ group: GroupID) -> Bool { group.rawValue.hasPrefix(prefix) }
}
