// SPDX-License-Identifier: Apache-2.0
import Mirroring
import TernConfiguration
public import KafkaTypes

/// Compares the topics of two clusters, under the names that a flow gives them, and says of each difference whether the
/// flow mends it by itself.
///
/// Effective values are compared, wherever they come from. Internal topics are left out, and so are topics that came from
/// the second cluster themselves: their originals are there under other names.
public struct TopicComparison: Sendable {
    /// In the order of topics, then fields.
    public private(set) var differences: [TopicDifference] = []
    /// Topics that exist on both sides, or on one where the other should have them.
    public private(set) var compared = 0
    /// Those of them that do not differ.
    public private(set) var identical = 0

    private let from: ObservedCluster
    private let to: ObservedCluster
    private let flow: ComparedFlow?

    /// - Parameters:
    ///   - flow: from the first cluster to the second; without one, topics of equal names are compared.
    ///   - includes: which topics of the first cluster (or of the second, where the first has none) are looked at.
    public init(
        from: ObservedCluster, to: ObservedCluster, flow: ComparedFlow? = nil,
        includes: (TopicName) -> Bool = { _ in true }
    ) {
        self.from = from
        self.to = to
        self.flow = flow
        var met: Set<TopicName> = []
        for topic in from.names.sorted() where includes(topic) && !isInternal(topic) {
            let verdict = flow.map { $0.selection.selects(topic, naming: $0.naming, target: $0.name.target) }
            if verdict == .cycle, let flow,
                flow.naming.original(of: topic, on: flow.name.target).map(to.names.contains) ?? true
            {
                continue
            }
            let counterpart = flow?.naming.remoteTopic(for: topic) ?? topic
            met.insert(counterpart)
            count { $0.compare(topic, counterpart, verdict) }
        }
        for counterpart in to.names.sorted() where !met.contains(counterpart) && !isInternal(counterpart) {
            guard let topic = upstream(of: counterpart), includes(topic) else { continue }
            count {
                $0.add(
                    topic, counterpart, .presence, .missing, $0.presence(of: counterpart, on: to), .no(.neverDeleted))
            }
        }
        differences.sort { left, right in
            left.topic == right.topic ? left.field.order < right.field.order : left.topic < right.topic
        }
    }

    private mutating func count(_ compare: (inout TopicComparison) -> Void) {
        let before = differences.count
        compare(&self)
        compared += 1
        if differences.count == before { identical += 1 }
    }

    private func isInternal(_ topic: TopicName) -> Bool {
        TopicNameRule.belongsToKafka(topic) || (flow?.naming.internalTopics ?? InternalTopics()).isInternal(topic)
    }

    /// What a topic of the second cluster is called on the first, if it should be there.
    private func upstream(of counterpart: TopicName) -> TopicName? {
        guard let flow else { return counterpart }
        guard flow.naming.source(of: counterpart) == flow.name.source else { return nil }
        return flow.naming.upstreamTopic(of: counterpart)
    }

    private mutating func compare(_ topic: TopicName, _ counterpart: TopicName, _ verdict: TopicSelection.Verdict?) {
        guard let left = from.topics[topic], let right = to.topics[counterpart] else {
            let (left, right) = (presence(of: topic, on: from), presence(of: counterpart, on: to))
            add(topic, counterpart, .presence, left, right, right == .missing ? creation(verdict) : .no(.unreadable))
            return
        }
        if left.partitions != right.partitions {
            let isMore = right.partitions > left.partitions
            add(
                topic, counterpart, .partitions, .number(Int64(left.partitions)), .number(Int64(right.partitions)),
                isMore ? .no(.neverShrunk) : growth(verdict))
        }
        if left.replicationFactor != right.replicationFactor {
            add(
                topic, counterpart, .replicationFactor, .number(Int64(left.replicationFactor)),
                .number(Int64(right.replicationFactor)), .no(.chosenAtCreation))
        }
        for name in Set(left.settings.keys).union(right.settings.keys).sorted() {
            compare(name, left, right, verdict)
        }
    }

    private mutating func compare(
        _ name: String, _ left: ObservedTopic, _ right: ObservedTopic, _ verdict: TopicSelection.Verdict?
    ) {
        let (source, target) = (left.settings[name], right.settings[name])
        // A setting that only one side's brokers know matters when somebody set it.
        if source == nil, target?.source != .dynamicTopic { return }
        if target == nil, source?.source != .dynamicTopic { return }
        if let one = source?.value, let other = target?.value, isEqual(name, one, other) { return }
        if source?.value == nil, target?.value == nil { return }
        func side(_ entry: ConfigurationEntry?) -> TopicDifference.Side {
            entry.map { .setting(SettingState(value: $0.value, source: $0.source)) } ?? .unknown
        }
        add(left.name, right.name, .setting(name), side(source), side(target), sync(of: source, right, verdict))
    }

    private func isEqual(_ name: String, _ one: String, _ other: String) -> Bool {
        if let flow, name == MessageRoom.setting, let limit = Int64(one), let have = Int64(other) {
            // A flow that syncs wants the room; one that does not leaves the limit as it is.
            return !(flow.rules?.filter.keeps(name) ?? false)
                ? flow.room.isRoomOnly(target: have, above: limit) : flow.room.accepts(target: have, forSource: limit)
        }
        return TopicSettingCatalogue.isEqual(name, one, other)
    }

    private func sync(
        of entry: ConfigurationEntry?, _ target: ObservedTopic, _ verdict: TopicSelection.Verdict?
    ) -> TopicDifference.Sync {
        if let reason = reasonAgainst(verdict) { return .no(reason) }
        guard let rules = flow?.rules else { return .no(.settingsNotSynced) }
        guard let entry else { return .no(.exception(.unknownToTarget)) }
        switch TopicConfigurationSync.decision(for: entry, target, rules, Set(target.settings.keys)) {
        case .nothing: return .no(.exception(.brokerDefaults))
        case .exception(let exception): return .no(.exception(exception))
        case .change(.set): return .willSet
        case .change(.delete): return .willUnset
        }
    }

    private func creation(_ verdict: TopicSelection.Verdict?) -> TopicDifference.Sync {
        if let reason = reasonAgainst(verdict) { return .no(reason) }
        return flow?.refreshesTopics == true ? .willCreate : .no(.topicsNotRefreshed)
    }

    private func growth(_ verdict: TopicSelection.Verdict?) -> TopicDifference.Sync {
        if let reason = reasonAgainst(verdict) { return .no(reason) }
        return flow?.refreshesTopics == true ? .willAddPartitions : .no(.topicsNotRefreshed)
    }

    private func reasonAgainst(_ verdict: TopicSelection.Verdict?) -> TopicDifference.Reason? {
        guard let flow, let verdict else { return .noFlow }
        if !flow.isEnabled { return .flowDisabled }
        return verdict.isSelected ? nil : .notMirrored(verdict)
    }

    private func presence(of topic: TopicName, on cluster: ObservedCluster) -> TopicDifference.Side {
        if let reason = cluster.unreadable[topic] { return .unreadable(reason) }
        return cluster.topics[topic] == nil ? .missing : .present
    }

    private mutating func add(
        _ topic: TopicName, _ counterpart: TopicName, _ field: TopicDifference.Field, _ from: TopicDifference.Side,
        _ to: TopicDifference.Side, _ sync: TopicDifference.Sync
    ) {
        differences.append(
            TopicDifference(topic: topic, counterpart: counterpart, field: field, from: from, to: to, sync: sync))
    }
}

extension TopicDifference.Field {
    /// Presence, partitions, replication, then settings by name.
    fileprivate var order: String {
        switch self {
        case .presence: "0"
        case .partitions: "1"
        case .replicationFactor: "2"
        case .setting(let name): "3\(name)"
        }
    }
}
