// SPDX-License-Identifier: Apache-2.0
import Mirroring
public import TernConfiguration
public import KafkaTypes

/// What would change on one cluster: a value that can be shown, saved (`TopicPlanDocument`), held against the cluster as it is
/// later (`refusal(now:)`), and performed (`TopicApplier` of MirrorEngine).
public struct ClusterTopicPlan: Sendable, Hashable {
    /// `nil` for a cluster that was named by its addresses.
    public var cluster: ClusterAlias?
    /// What the cluster calls itself; a plan is for no other.
    public var clusterID: String
    /// How many brokers were there when it was read.
    public var brokers: Int
    /// In the order of names; only topics with changes, obstacles or notes.
    public var entries: [TopicPlanEntry]
    /// Topics that are as they should be.
    public var unchanged: Int

    public init(
        cluster: ClusterAlias?, clusterID: String, brokers: Int, entries: [TopicPlanEntry], unchanged: Int
    ) {
        self.cluster = cluster
        self.clusterID = clusterID
        self.brokers = brokers
        self.entries = entries
        self.unchanged = unchanged
    }

    /// Nothing would change. There may be obstacles all the same.
    public var isEmpty: Bool { entries.allSatisfy { $0.changes.isEmpty } }

    /// How many topics would be created, changed, deleted.
    public func count(of action: TopicPlanEntry.Action) -> Int { entries.count { $0.action == action } }

    /// Everything that may break, topic by topic.
    public var risks: [Risk] { entries.flatMap { $0.changes.flatMap(\.risks) } }

    /// The classes of risk that `--allow` must name, in the order of their list.
    public var riskClasses: [RiskClass] {
        let present = Set(risks.map(\.riskClass))
        return RiskClass.allCases.filter(present.contains)
    }

    /// The risks that nobody has agreed to, by topic.
    public func refusals(allowing allowance: RiskAllowance) -> [(topic: TopicName, risk: Risk)] {
        entries.flatMap { entry in
            entry.changes.flatMap(\.risks).filter { !allowance.allows($0) }.map { (entry.topic, $0) }
        }
    }
}

/// What would change on one topic.
public struct TopicPlanEntry: Sendable, Hashable {
    /// What becomes of the topic as a whole.
    public enum Action: String, Sendable, Hashable, CaseIterable {
        case create, update, delete
        /// Only obstacles or notes.
        case none
    }

    public var topic: TopicName
    /// Settings in the order of their names, then partitions.
    public var changes: [PlannedChange]
    /// What is wanted and cannot be had, with what can be done instead; the changes go on without it.
    public var obstacles: [TopicObstacle]
    /// Worth knowing, nothing to do.
    public var notes: [String]
    /// What the changes were computed from.
    public var basis: TopicBasis

    public init(
        topic: TopicName, changes: [PlannedChange], obstacles: [TopicObstacle] = [], notes: [String] = [],
        basis: TopicBasis
    ) {
        self.topic = topic
        self.changes = changes
        self.obstacles = obstacles
        self.notes = notes
        self.basis = basis
    }

    /// Derived from the changes.
    public var action: Action {
        switch changes.first?.change {
        case nil: .none
        case .create: .create
        case .delete: .delete
        case .addPartitions, .set, .unset: .update
        }
    }
}

/// A change and what it may break.
public struct PlannedChange: Sendable, Hashable {
    public let change: TopicChange
    /// Empty for a change that can only do what it says.
    public let risks: [Risk]

    public init(_ change: TopicChange, risks: [Risk] = []) {
        self.change = change
        self.risks = risks
    }
}

/// The state of one topic that changes were computed from; a plan is stale once it differs.
public struct TopicBasis: Sendable, Hashable {
    /// `nil` when there was no such topic.
    public var partitions: Int32?
    /// `nil` when there was no such topic.
    public var replicationFactor: Int16?
    /// The topic's own values, and the effective values of the settings that would change.
    public var settings: [String: SettingState]

    public init(partitions: Int32? = nil, replicationFactor: Int16? = nil, settings: [String: SettingState] = [:]) {
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.settings = settings
    }

    init(_ topic: ObservedTopic?, changes: [TopicChange]) {
        self.init(partitions: topic?.partitions, replicationFactor: topic?.replicationFactor)
        guard let topic else { return }
        let changed = Set(changes.compactMap(\.setting))
        for entry in topic.settings.values where entry.source == .dynamicTopic || changed.contains(entry.name) {
            settings[entry.name] = SettingState(value: entry.value, source: entry.source)
        }
    }
}
