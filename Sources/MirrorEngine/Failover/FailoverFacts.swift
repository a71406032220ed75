// SPDX-License-Identifier: Apache-2.0
public import Kafka
public import KafkaTypes
public import Mirroring
public import TopicAdministration
import TopicPlanning

/// What the two clusters of a flow say before, during and after a failover.
public struct FailoverFacts: Sendable {
    /// Why the source could not be asked; `nil` when it answered, or was not to be asked.
    public var sourceProblem: KafkaError?
    public var targetProblem: KafkaError?
    public var source: TopicObservation?
    public var target: TopicObservation?
    /// What the flow mirrors. Without the source: what it has mirrored.
    public var topics: [MirroredTopic] = []
    /// By the source's partition.
    public var copies: [TopicPartition: CopyFacts] = [:]
    /// In the order of their names.
    public var groups: [GroupMove] = []
    /// Where the flow's copies are, by the source's partition; only of a look at groups.
    public var maps: [TopicPartition: OffsetMap] = [:]
    /// Records that the target refused and that are in the quarantine topic instead, by the source's topic; `nil` when unknown.
    public var quarantined: [TopicName: Int64]?
    /// Why the places of copies, or progress, could not be read.
    public var rowProblem: String?
    /// Sentences about what is not known.
    public var notes: [String] = []

    init() {}

    /// - Parameter now: milliseconds since 1970.
    /// - Returns: the topics, the furthest behind first.
    public func gaps(now: Int64) -> [CopyGap] {
        var partitions: [TopicName: [CopyFacts]] = [:]
        for (place, facts) in copies { partitions[place.topic, default: []].append(facts) }
        return topics.map { CopyGap($0, partitions[$0.source] ?? [], now: now) }.sorted(by: CopyGap.isWorse)
    }

    /// Whether the copy of a topic can be written once it is the original.
    public func state(of topic: TopicName) -> TargetTopicState {
        guard let target else { return .unreadable("the cluster does not answer") }
        if let reason = target.cluster.unreadable[topic] { return .unreadable(reason) }
        guard let description = target.descriptions[topic] else {
            return TargetTopicState(inSync: nil, replicas: 0, minimum: nil)
        }
        let minimum = target.cluster.topics[topic]?.settings["min.insync.replicas"]?.value.flatMap { Int($0) }
        return TargetTopicState(
            inSync: description.partitions.map { $0.leader == nil ? nil : $0.inSyncReplicas.count },
            replicas: description.replicationFactor, minimum: minimum)
    }
}
