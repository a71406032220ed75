// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// How the topics of a flow's source are called on its target: MirrorMaker's `ReplicationPolicy`, seen from one flow.
///
/// Answers are those of the Java classes, oddities included, because unmodified Java readers ask the same questions.
public protocol ReplicationNaming: Sendable {
    /// The names of the topics that are not data; they depend on the separator.
    var internalTopics: InternalTopics { get }

    /// Equal names on both sides: loops are then stopped by `tern.path` alone.
    var keepsNames: Bool { get }

    /// The target's name for a topic of the source.
    func remoteTopic(for topic: TopicName) -> TopicName

    /// The cluster a topic came from, as far as its name tells; `nil` for one that was born where it is.
    func source(of topic: TopicName) -> ClusterAlias?

    /// The name a topic had one hop earlier; `nil` when its name tells of none.
    func upstreamTopic(of topic: TopicName) -> TopicName?

    /// The names a record of this topic may have been born under, if it is a copy: what `tern.origin` may say to be
    /// believed. Nearest first.
    func possibleOrigins(of topic: TopicName) -> [TopicName]
}

extension ReplicationNaming {
    /// The name before all hops; the topic itself when it was born here.
    public func originalTopic(of topic: TopicName) -> TopicName {
        var current = topic
        while let upstream = upstreamTopic(of: current), upstream != current { current = upstream }
        return current
    }

    /// `heartbeats`, or a copy of it any number of hops away.
    public func isHeartbeats(_ topic: TopicName) -> Bool {
        originalTopic(of: topic) == internalTopics.heartbeats
    }

    public func isCheckpoints(_ topic: TopicName) -> Bool {
        internalTopics.isCheckpoints(topic)
    }

    /// A topic of Kafka's or MirrorMaker's own, never mirrored whatever the selection says.
    public func isInternal(_ topic: TopicName) -> Bool {
        internalTopics.isInternal(topic)
    }

    /// A record of this topic may be a copy of one born in a topic of that name.
    public func isCopy(_ topic: TopicName, of origin: TopicName) -> Bool {
        possibleOrigins(of: topic).contains(origin)
    }

    /// MirrorMaker's cycle rule: by its name the topic has been on the target before.
    public func isCycle(_ topic: TopicName, target: ClusterAlias) -> Bool {
        var current = topic
        while let source = source(of: current) {
            if source == target { return true }
            guard let upstream = upstreamTopic(of: current), upstream != current else { return false }
            current = upstream
        }
        return false
    }

    /// The name alone makes the topic look like a copy, wherever it was born.
    public func readsAsRemote(_ topic: TopicName) -> Bool {
        upstreamTopic(of: topic).map { $0 != topic } ?? false
    }

    /// The clusters that the name tells of, last hop first, as far as it can be unwrapped.
    public func hops(of topic: TopicName) -> [ClusterAlias] {
        var hops: [ClusterAlias] = []
        var current = topic
        while let source = source(of: current), let upstream = upstreamTopic(of: current), upstream != current {
            hops.append(source)
            current = upstream
        }
        return hops
    }

    /// Whether the name is just what flows of these clusters give the copies of a target's topic, one alias after the
    /// other. What the cycle rule leaves out and is not such a copy, as `x-A.B.y`, is worth a word to its owner.
    public func isCopy(_ topic: TopicName, from target: ClusterAlias, among aliases: Set<ClusterAlias>) -> Bool {
        let hops = hops(of: topic)
        guard let place = hops.firstIndex(of: target) else { return false }
        return hops[..<place].allSatisfy(aliases.contains)
    }
}
