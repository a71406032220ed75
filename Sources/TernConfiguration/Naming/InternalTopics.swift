// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// The names of the topics that carry no data of users: MirrorMaker's, and the few of Tern's own.
public struct InternalTopics: Sendable, Hashable {
    public static let defaultSeparator = "."

    /// The separator between the pieces of the checkpoints and offset-syncs topics.
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
    ///
    /// Like all of Tern's own it begins with `mm2` and ends with `.internal`, so that MirrorMaker since Kafka 4.0 leaves it alone.
    public static func lanes(of source: ClusterAlias) -> TopicName { TopicName("mm2-tern-lanes.\(source).internal") }

    /// What ``lanes(of:)`` was called at first; MirrorMaker 4 takes it for a user's.
    public static func formerLanes(of source: ClusterAlias) -> TopicName { TopicName("tern-lanes.\(source).internal") }

    /// Where each record of the source is on the target. On the target.
    public static func offsetMap(of source: ClusterAlias) -> TopicName {
        TopicName("mm2-tern-offset-map.\(source).internal")
    }

    /// Where records are kept that the target refuses for good, with `errors.tolerance=all`. On the target.
    public static func quarantine(of source: ClusterAlias) -> TopicName {
        TopicName("mm2-tern-quarantine.\(source).internal")
    }

    /// What is known of losses, an event a row. On the target.
    public static func ledger(of source: ClusterAlias) -> TopicName { TopicName("mm2-tern-ledger.\(source).internal") }

    /// What people have ordered of a flow: pauses, restarts, progress. On the target.
    public static func control(of source: ClusterAlias) -> TopicName {
        TopicName("mm2-tern-control.\(source).internal")
    }

    /// What the region check writes and reads.
    public static let health: TopicName = "mm2-tern-health.internal"

    /// What ``health`` was called at first.
    public static let formerHealth: TopicName = "tern-health.internal"

    /// `S.checkpoints.internal` for whatever S; `checkpoints.internal` alone is none.
    public func isCheckpoints(_ topic: TopicName) -> Bool {
        topic.rawValue.endsWithBytes(of: "\(separator)checkpoints\(separator)internal")
    }

    /// Topics of Kafka's and MirrorMaker's own, by the rule of MirrorMaker since Kafka 4.0 (KIP-1074), and Tern's: never mirrored,
    /// whatever the selection says. A user's `orders-internal` is none.
    ///
    /// MirrorMaker's class knows `mm2-offsets.A.internal` by its separator only, and leaves the rest to the default of
    /// `topics.exclude`. Here it is internal with any separator: progress that is mirrored is progress that is wrong.
    public func isInternal(_ topic: TopicName) -> Bool {
        let name = topic.rawValue
        if name.startsWithBytes(of: "__") || name.startsWithBytes(of: ".") || isCheckpoints(topic) { return true }
        guard name.endsWithBytes(of: ".internal") || name.endsWithBytes(of: "\(separator)internal") else {
            return false
        }
        return name.startsWithBytes(of: "mm2") || name.startsWithBytes(of: "tern-lanes.") || topic == Self.formerHealth
    }

    /// What MirrorMaker up to Kafka 3.9 took for internal: whatever ends like one of its topics. Names of Connect clusters and of
    /// other mirrors end so, too: no pattern finds these where something is changed or deleted.
    public func endsLikeInternal(_ topic: TopicName) -> Bool {
        let name = topic.rawValue
        return isInternal(topic) || name.endsWithBytes(of: "\(separator)internal")
            || name.endsWithBytes(of: "-internal") || name.endsWithBytes(of: ".internal")
    }
}
