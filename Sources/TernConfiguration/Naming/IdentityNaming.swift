// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// MirrorMaker's `IdentityReplicationPolicy`: equal names on both sides, except for topics that end in `heartbeats`,
/// which are named by the default policy so that hops can still be counted.
public struct IdentityNaming: ReplicationNaming {
    private let prefixNaming: PrefixNaming

    public init(source: ClusterAlias, separator: String? = nil, internalSeparatorEnabled: Bool = true) {
        prefixNaming = PrefixNaming(
            source: source, separator: separator, internalSeparatorEnabled: internalSeparatorEnabled)
    }

    public var sourceAlias: ClusterAlias { prefixNaming.sourceAlias }
    public var internalTopics: InternalTopics { prefixNaming.internalTopics }
    public var keepsNames: Bool { true }

    public func remoteTopic(for topic: TopicName) -> TopicName {
        looksLikeHeartbeats(topic) ? prefixNaming.remoteTopic(for: topic) : topic
    }

    public func source(of topic: TopicName) -> ClusterAlias? {
        looksLikeHeartbeats(topic) ? prefixNaming.source(of: topic) : sourceAlias
    }

    public func upstreamTopic(of topic: TopicName) -> TopicName? {
        looksLikeHeartbeats(topic) ? prefixNaming.upstreamTopic(of: topic) : topic
    }

    public func possibleOrigins(of topic: TopicName) -> [TopicName] {
        looksLikeHeartbeats(topic) ? prefixNaming.possibleOrigins(of: topic) : [topic]
    }

    /// Any topic with this ending, `device-heartbeats` too: that is what the Java class asks.
    private func looksLikeHeartbeats(_ topic: TopicName) -> Bool {
        topic.rawValue.endsWithBytes(of: internalTopics.heartbeats.rawValue)
    }
}
