// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// MirrorMaker's `DefaultReplicationPolicy`: `orders` of A is `A.orders` elsewhere.
public struct PrefixNaming: ReplicationNaming {
    public let sourceAlias: ClusterAlias
    public let separator: String
    public let internalTopics: InternalTopics

    /// - Parameters:
    ///   - separator: `replication.policy.separator`; `nil` when the file does not set it.
    ///   - internalSeparatorEnabled: `replication.policy.internal.topic.separator.enabled`.
    public init(source: ClusterAlias, separator: String? = nil, internalSeparatorEnabled: Bool = true) {
        sourceAlias = source
        self.separator = separator ?? InternalTopics.defaultSeparator
        internalTopics = InternalTopics(separator: separator, internalSeparatorEnabled: internalSeparatorEnabled)
    }

    public var keepsNames: Bool { false }

    public func remoteTopic(for topic: TopicName) -> TopicName {
        TopicName(sourceAlias.rawValue + separator + topic.rawValue)
    }

    public func source(of topic: TopicName) -> ClusterAlias? {
        cut(topic).map { ClusterAlias($0.source) }
    }

    public func upstreamTopic(of topic: TopicName) -> TopicName? {
        cut(topic).map { TopicName($0.upstream) }
    }

    public func possibleOrigins(of topic: TopicName) -> [TopicName] {
        var origins: [TopicName] = []
        var current = topic
        while let upstream = upstreamTopic(of: current), upstream != current {
            origins.append(upstream)
            current = upstream
        }
        return origins
    }

    /// Cuts at the first separator the way Java's `split` does: pieces that are empty at the end do not count, so
    /// `topic.` is one piece and has no source, while `.topic` has the source "".
    private func cut(_ topic: TopicName) -> (source: String, upstream: String)? {
        guard !separator.isEmpty else { return cutOffFirstCharacter(topic.rawValue) }
        guard let (before, after) = topic.rawValue.cutAtFirst(separator), !after.consistsOnly(of: separator) else {
            return nil
        }
        return (before, after)
    }

    /// What Java's `split` makes of an empty separator: every character is a piece.
    private func cutOffFirstCharacter(_ name: String) -> (source: String, upstream: String)? {
        let scalars = name.unicodeScalars
        guard let first = scalars.first, scalars.count > 1 else { return nil }
        return (String(Character(first)), String(String.UnicodeScalarView(scalars.dropFirst())))
    }
}
