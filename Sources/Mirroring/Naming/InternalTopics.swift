// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// The names of the topics that carry no data of users: MirrorMaker's, and the few of Tern's own.
public struct InternalTopics: Sendable, Hashable {
    public static let defaultSeparator = "."

    /// What stands between the pieces of the checkpoints and offset-syncs topics.
    public let separator: String

    /// - Parameters:
    ///   - separator: `replication.policy.separator`; `nil` when the file does not set it.
    ///   - internalSeparatorEnabled: `replication.policy.internal.topic.separator.enabled`: off, these topics keep the
    ///     dots they had before Kafka 3.1.
    public init(separator: String? = nil, internalSeparatorEnabled: Bool = true) {
        self.separator = internalSeparatorEnabled ? separator ?? Self.defaultSeparator : Self.defaultSeparator
    }

    /// On every target; no separator touches its name.
    public var heartbeats: TopicName { "heartbeats" }

    /// On the target.
    public func checkpoints(of source: ClusterAlias) -> TopicName {
        TopicName("\(source)\(separator)checkpoints\(separator)internal")
    }

    /// Carries the alias of the cluster it is *not* on.
    public func offsetSyncs(named other: ClusterAlias) -> TopicName {
        TopicName("mm2-offset-syncs\(separator)\(other)\(separator)internal")
    }

    /// Where a flow's progress is kept on its target, unless `offset.storage.topic` says otherwise. Always with dots.
    public static func progress(of source: ClusterAlias) -> TopicName { TopicName("mm2-offsets.\(source).internal") }

    /// Its partitions are the lanes of a flow: who owns one runs the lane. On the target.
    public static func lanes(of source: ClusterAlias) -> TopicName { TopicName("tern-lanes.\(source).internal") }

    /// What the region check writes and reads.
    public static let health: TopicName = "tern-health.internal"

    /// `S.checkpoints.internal` for whatever S; `checkpoints.internal` alone is none.
    public func isCheckpoints(_ topic: TopicName) -> Bool {
        topic.rawValue.endsWithBytes(of: "\(separator)checkpoints\(separator)internal")
    }

    /// Kafka's, Connect's and MirrorMaker's own topics, and whatever looks like one by MirrorMaker's `isInternalTopic`.
    ///
    /// This is the wide rule that the default of `topics.exclude` spells out once more: the class in Kafka 4.3 lets a
    /// user's `orders-internal` pass where that default was overridden; here it stays internal.
    public func isInternal(_ topic: TopicName) -> Bool {
        let name = topic.rawValue
        return name.endsWithBytes(of: "\(separator)internal")
            || name.startsWithBytes(of: "__") || name.startsWithBytes(of: ".")
            || name.endsWithBytes(of: "-internal") || name.endsWithBytes(of: ".internal")
    }
}
