// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
public import KafkaTypes

/// Why a topic that is there already cannot hold a flow's progress. Kafka Connect refuses such a topic, too.
public struct ProgressTopicComplaint: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, and what would come of it.
    public let message: String
    /// What to do.
    public let cure: String

    public var description: String { "\(message); \(cure)" }

    /// - Parameters:
    ///   - target: the cluster that has the topic.
    ///   - settings: as the cluster reports them; a setting that it hides is no complaint.
    /// - Returns: `nil` when rows stay for as long as they are the newest of their key.
    public init?(_ topic: TopicName, on target: ClusterAlias, settings: some Sequence<ConfigurationEntry>) {
        guard let policy = settings.first(where: { $0.name == "cleanup.policy" })?.value,
            Set(TopicSetting.elements(policy)) != ["compact"]
        else { return nil }
        message =
            "\(topic) on \(target) has cleanup.policy=\(policy), where compact is expected: the progress of a partition "
            + "that is quiet would expire, and its records would be copied again"
        cure =
            "run: tern topic alter \(topic) -c \(target) -s cleanup.policy=compact --allow "
            + RiskClass.changeCleanupPolicy.rawValue
    }
}
