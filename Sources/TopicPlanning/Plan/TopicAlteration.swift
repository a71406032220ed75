// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
public import KafkaTypes

/// Changes to a topic that leave everything else as it is: the arguments of `tern topic alter`.
public struct TopicAlteration: Sendable, Hashable {
    public var name: TopicName
    /// The total to grow to; `nil` leaves it.
    public var partitions: Int32?
    /// Raw values by setting.
    public var set: [String: String]
    /// Settings whose own values are taken away.
    public var unset: Set<String>

    public init(name: TopicName, partitions: Int32? = nil, set: [String: String] = [:], unset: Set<String> = []) {
        self.name = name
        self.partitions = partitions
        self.set = set
        self.unset = unset
    }
}

/// Which topics that no file describes are deleted, when that was asked for.
public struct PruneRule: Sendable {
    /// Why a topic is kept although no file describes it; `nil` for one that may go.
    private let protection: @Sendable (TopicName) -> String?

    /// Kafka's own topics are always kept; `keeps` says what else is: what a flow writes, what a selection leaves out.
    public init(keeps: @escaping @Sendable (TopicName) -> String? = { _ in nil }) { protection = keeps }

    /// Why a topic that no file describes stays, for people; `nil` for one that is deleted.
    public func reasonToKeep(_ topic: TopicName) -> String? {
        if TopicNameRule.belongsToKafka(topic) { return "it is one of Kafka's own" }
        if topic.rawValue.hasPrefix("_") {
            return "it begins with an underscore, as what tools keep for themselves does"
        }
        if InternalTopics().endsLikeInternal(topic) { return "its name says that it is internal" }
        if topic == InternalTopics().heartbeats { return "MirrorMaker's heartbeats are in it" }
        return protection(topic)
    }
}
