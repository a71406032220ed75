// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
public import KafkaTypes

/// A topic of the source that is mirrored, and its counterpart.
public struct MirroredTopic: Sendable, Hashable {
    public var source: TopicName
    public var target: TopicName
    /// Of the source.
    public var partitionCount: Int32

    public init(source: TopicName, target: TopicName, partitionCount: Int32) {
        self.source = source
        self.target = target
        self.partitionCount = partitionCount
    }
}

/// What a flow does about topics: which are mirrored, and what the target lacks (MirrorMaker's
/// `computeAndCreateTopicPartitions`). Only ever grows: nothing is deleted, no partition removed.
public struct TopicPlan: Sendable, Equatable {
    public enum Change: Sendable, Hashable {
        case create(MirroredTopic)
        case addPartitions(TopicName, total: Int32)
    }

    /// What a person should know; none of it stops the flow.
    public enum Warning: Sendable, Hashable {
        /// By its name the cycle rule takes a topic for one that came from the target, as `x-A.B.y` with a cluster B, or from the
        /// source itself.
        case readsAsCycle(TopicName, from: ClusterAlias)
        /// Two topics of the source would be written into one; the second is not mirrored.
        case sameTarget(TopicName, kept: TopicName, target: TopicName)
        /// Neither mirrored nor left out on purpose: a pattern gives no answer.
        case undecided(TopicName, UndecidedName)
        /// The target has more partitions: keys are spread differently there.
        case targetHasMorePartitions(TopicName, source: Int32, target: Int32)
    }

    public var mirrored: [MirroredTopic]
    public var changes: [Change]
    public var warnings: [Warning]
    /// Topics whose names are those of a copy from the target, and what that would be a copy of: no topic of that name is there, so
    /// they may have been born on the source, and nothing else would carry them.
    public var withoutOriginal: [TopicName: TopicName] = [:]

    /// - Parameters:
    ///   - source: partition counts of the source's topics.
    ///   - target: partition counts of the target's topics.
    public init(
        source: [TopicName: Int32], target: [TopicName: Int32], selection: TopicSelection,
        naming: any ReplicationNaming, targetAlias: ClusterAlias
    ) {
        mirrored = []
        changes = []
        warnings = []
        var taken: [TopicName: TopicName] = [:]
        for (topic, count) in source.sorted(by: { $0.key < $1.key }) where count > 0 {
            switch selection.selects(topic, naming: naming, target: targetAlias) {
            case .selected: break
            case .cycle:
                if let original = naming.original(of: topic, on: targetAlias), target[original] == nil {
                    withoutOriginal[topic] = original
                }
                warnings.append(.readsAsCycle(topic, from: naming.cycle(topic, target: targetAlias) ?? targetAlias))
                continue
            case .undecided:
                if let reason = selection.undecided(topic) { warnings.append(.undecided(topic, reason)) }
                continue
            case .notIncluded, .excluded, .internalTopic: continue
            }
            let remote = naming.remoteTopic(for: topic)
            if let kept = taken[remote] {
                warnings.append(.sameTarget(topic, kept: kept, target: remote))
                continue
            }
            taken[remote] = topic
            let pair = MirroredTopic(source: topic, target: remote, partitionCount: count)
            mirrored.append(pair)
            note(pair, existing: target[remote])
        }
    }

    private mutating func note(_ pair: MirroredTopic, existing: Int32?) {
        guard let existing else {
            changes.append(.create(pair))
            return
        }
        if existing < pair.partitionCount {
            changes.append(.addPartitions(pair.target, total: pair.partitionCount))
        } else if existing > pair.partitionCount {
            warnings.append(.targetHasMorePartitions(pair.target, source: pair.partitionCount, target: existing))
        }
    }
}
