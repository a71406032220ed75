// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// How the topics of a flow's source are called on its target: MirrorMaker's `ReplicationPolicy`, seen from one flow.
///
/// Answers are those of the Java classes, oddities included, because unmodified Java readers ask the same questions.
public protocol ReplicationNaming: Sendable {
    /// The names of the topics that are not data; they depend on the separator.
    var internalTopics: InternalTopics { get }

    /// The cluster that the flow reads.
    var sourceAlias: ClusterAlias { get }

    /// Equal names on both sides: loops are then stopped by `tern.path` alone.
    var keepsNames: Bool { get }

    /// The target's name for a topic of the source.
    func remoteTopic(for topic: TopicName) -> TopicName

    /// The cluster a topic came from, by its name; `nil` for one that was born where it is.
    func source(of topic: TopicName) -> ClusterAlias?

    /// The name a topic had one hop earlier; `nil` when its name has none.
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

    /// MirrorMaker's cycle rule since Kafka 4.4 (KAFKA-9914): by its name the topic has been on the target before, or on the source
    /// itself, as with two files that call each other's cluster by the same names. Where names are kept only the first.
    ///
    /// - Returns: the cluster that closes the circle; `nil` where there is none.
    public func cycle(_ topic: TopicName, target: ClusterAlias) -> ClusterAlias? {
        firstHop(of: topic) { $0 == target || (!keepsNames && $0 == sourceAlias) }
    }

    /// That rule up to Kafka 4.3: the target alone closes a circle.
    public func wasCycle(_ topic: TopicName, target: ClusterAlias) -> Bool {
        firstHop(of: topic) { $0 == target } != nil
    }

    public func isCycle(_ topic: TopicName, target: ClusterAlias) -> Bool { cycle(topic, target: target) != nil }

    private func firstHop(of topic: TopicName, where isMeant: (ClusterAlias) -> Bool) -> ClusterAlias? {
        var current = topic
        while let source = source(of: current) {
            if isMeant(source) { return source }
            guard let upstream = upstreamTopic(of: current), upstream != current else { return nil }
            current = upstream
        }
        return nil
    }

    /// What the topic is a copy of, if that cluster is where its name says it came from last; `nil` for another.
    public func original(of topic: TopicName, on cluster: ClusterAlias) -> TopicName? {
        guard source(of: topic) == cluster, let upstream = upstreamTopic(of: topic), upstream != topic else {
            return nil
        }
        return upstream
    }

    /// The name alone makes the topic look like a copy, wherever it was born.
    public func readsAsRemote(_ topic: TopicName) -> Bool {
        upstreamTopic(of: topic).map { $0 != topic } ?? false
    }

    /// The clusters in the name, last hop first, as far as it can be unwrapped.
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
    /// other. What the cycle rule leaves out and is not such a copy, as `x-A.B.y`, is reported to its owner.
    public func isCopy(_ topic: TopicName, from target: ClusterAlias, among aliases: Set<ClusterAlias>) -> Bool {
        let hops = hops(of: topic)
        guard let place = hops.firstIndex(of: target) else { return false }
        return hops[..<place].allSatisfy(aliases.contains)
    }
}
