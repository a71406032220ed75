// SPDX-License-Identifier: Apache-2.0
import Mirroring
import TernConfiguration
public import KafkaTypes

/// One request's worth of a plan for one topic.
public struct TopicOperation: Sendable, Hashable {
    /// In the order in which they are performed: nothing is deleted before everything else was tried.
    public enum Kind: String, Sendable, Hashable, CaseIterable, Comparable {
        case create
        case alter
        case addPartitions = "add-partitions"
        case delete

        public static func < (left: Kind, right: Kind) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .create: 0
            case .alter: 1
            case .addPartitions: 2
            case .delete: 3
            }
        }
    }

    /// Which of the document's clusters, by position.
    public let cluster: Int
    public let topic: TopicName
    public let kind: Kind
    /// For `alter` all settings together, else the one change.
    public let changes: [TopicChange]

    /// The steps of an incremental change of settings.
    public var configurationChanges: [ConfigurationChange] {
        changes.compactMap { change in
            switch change {
            case .set(let name, _, let value): .set(name: name, value: value)
            case .unset(let name, _, _): .delete(name: name)
            case .create, .addPartitions, .delete: nil
            }
        }
    }

    /// The topic to be created, if that is what it does; -1 stands for the broker's default.
    public var newTopic: NewTopic? {
        guard case .create(let partitions, let factor, let settings)? = changes.first else { return nil }
        return NewTopic(
            name: topic, partitionCount: partitions ?? -1, replicationFactor: factor ?? -1,
            configuration: settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    /// The total to grow to, if that is what it does.
    public var partitionTotal: Int32? {
        guard case .addPartitions(_, let total)? = changes.first else { return nil }
        return total
    }
}

/// What has become of each operation of a plan: the table at the end of an apply.
///
/// Failures are independent: one topic's leaves the others alone, and one cluster's the other clusters. Within a topic a
/// failure ends it: what follows is not tried.
public struct ApplyProgress: Sendable {
    /// What has become of an operation. Reasons are for people, in the brokers' words where they gave any.
    public enum Outcome: Sendable, Hashable {
        /// Nobody has asked for it yet.
        case pending
        /// It was asked for, and read back.
        case done
        /// It was so already: an earlier apply got that far.
        case alreadyDone
        case failed(String)
        case notTried(String)
    }

    /// One operation, and what has become of it.
    public struct Row: Sendable, Hashable {
        public let operation: TopicOperation
        public var outcome: Outcome
    }

    /// By cluster, then by kind, then by name.
    public private(set) var rows: [Row]

    /// `remaining` are the plans with what is still to be done, `planned` the same plans as they were made: what the
    /// latter have more is already done.
    public init(_ remaining: [ClusterTopicPlan], planned: [ClusterTopicPlan]? = nil) {
        rows = []
        for (index, plan) in remaining.enumerated() {
            let open = Self.operations(of: plan, at: index)
            var seen = Set(open.map { Key($0) })
            rows += open.map { Row(operation: $0, outcome: .pending) }
            guard let planned, planned.indices.contains(index) else { continue }
            for operation in Self.operations(of: planned[index], at: index) where seen.insert(Key(operation)).inserted {
                rows.append(Row(operation: operation, outcome: .alreadyDone))
            }
        }
        rows.sort { left, right in
            let (left, right) = (left.operation, right.operation)
            return (left.cluster, left.kind, left.topic) < (right.cluster, right.kind, right.topic)
        }
    }

    /// The next operations of one cluster and one kind, to be asked for in one request; empty when all are settled.
    public func nextBatch(atMost count: Int) -> [TopicOperation] {
        guard let first = rows.first(where: { $0.outcome == .pending })?.operation else { return [] }
        let same = rows.lazy.filter {
            $0.outcome == .pending && $0.operation.cluster == first.cluster && $0.operation.kind == first.kind
        }
        return same.prefix(max(1, count)).map(\.operation)
    }

    /// Settles one operation. After a failure, what was to follow on the same topic is not tried.
    public mutating func settle(_ operation: TopicOperation, _ outcome: Outcome) {
        for index in rows.indices where rows[index].outcome == .pending {
            let other = rows[index].operation
            guard other.cluster == operation.cluster, other.topic == operation.topic else { continue }
            if other.kind == operation.kind {
                rows[index].outcome = outcome
            } else if case .failed = outcome {
                rows[index].outcome = .notTried("\(operation.kind.rawValue) failed")
            }
        }
    }

    /// Gives up on what is left of a cluster: it does not answer any more.
    public mutating func abandon(cluster: Int, because reason: String) {
        for index in rows.indices where rows[index].operation.cluster == cluster && rows[index].outcome == .pending {
            rows[index].outcome = .notTried(reason)
        }
    }

    /// Nothing is left to be asked for: each operation was done, has failed or is given up.
    public var isSettled: Bool { !rows.contains { $0.outcome == .pending } }

    /// Everything is as it was planned.
    public var succeeded: Bool { rows.allSatisfy { $0.outcome == .done || $0.outcome == .alreadyDone } }

    public func count(where isCounted: (Outcome) -> Bool) -> Int { rows.count { isCounted($0.outcome) } }

    private struct Key: Hashable {
        let topic: TopicName
        let kind: TopicOperation.Kind
        init(_ operation: TopicOperation) {
            topic = operation.topic
            kind = operation.kind
        }
    }

    private static func operations(of plan: ClusterTopicPlan, at index: Int) -> [TopicOperation] {
        plan.entries.flatMap { entry in
            var byKind: [TopicOperation.Kind: [TopicChange]] = [:]
            for planned in entry.changes { byKind[Self.kind(of: planned.change), default: []].append(planned.change) }
            return byKind.map { TopicOperation(cluster: index, topic: entry.topic, kind: $0, changes: $1) }
        }
    }

    private static func kind(of change: TopicChange) -> TopicOperation.Kind {
        switch change {
        case .create: .create
        case .set, .unset: .alter
        case .addPartitions: .addPartitions
        case .delete: .delete
        }
    }
}
