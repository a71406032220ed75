// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// Computes what would change on one cluster.
///
/// Equal values are never changes: a wanted value is compared with the effective one, wherever that comes from. So a file
/// that states the broker's default plans to nothing, and a value of the topic's own that equals what it would inherit
/// is left where it is.
public struct TopicPlanner: Sendable {
    private let cluster: ObservedCluster
    private let room: @Sendable (TopicName) -> MessageRoom?
    private let knownSettings: Set<String>
    /// What topics without a value of their own have, read off the topics that have none.
    private let brokerDefaults: [String: SettingState]

    /// `room` is asked for topics that a flow writes here: their `max.message.bytes` may be larger by it.
    public init(
        _ cluster: ObservedCluster, room: @escaping @Sendable (TopicName) -> MessageRoom? = { _ in nil }
    ) {
        self.cluster = cluster
        self.room = room
        knownSettings = cluster.knownSettings
        brokerDefaults = cluster.topics.values.reduce(into: [:]) { defaults, topic in
            for entry in topic.settings.values where entry.source != .dynamicTopic {
                defaults[entry.name] = SettingState(value: entry.value, source: entry.source)
            }
        }
    }

    /// What makes the cluster as specified. Topics that no specification names are deleted only by a prune rule.
    public func plan(_ specifications: [TopicSpecification], prune: PruneRule? = nil) -> ClusterTopicPlan {
        var taken: [TopicName: TopicName] = [:]
        var entries = specifications.map { wanted in
            let key = TopicNameRule.collisionKey(wanted.name)
            if let other = taken[key], other != wanted.name, cluster.topics[wanted.name] == nil {
                return TopicPlanEntry(
                    topic: wanted.name, changes: [], obstacles: [.nameTaken(by: other)], basis: TopicBasis())
            }
            if wanted.state != .absent { taken[key] = wanted.name }
            return entry(for: wanted)
        }
        if let prune {
            let named = Set(specifications.map(\.name))
            for topic in cluster.names.subtracting(named) where prune.reasonToKeep(topic) == nil {
                entries.append(deletion(of: topic))
            }
        }
        return plan(of: entries)
    }

    /// What makes some changes to topics that are there.
    public func plan(altering alterations: [TopicAlteration]) -> ClusterTopicPlan {
        plan(of: alterations.map { entry(for: $0) })
    }

    /// What deletes topics; one that is not there is an obstacle.
    public func plan(deleting topics: [TopicName]) -> ClusterTopicPlan {
        plan(
            of: topics.map { topic in
                cluster.names.contains(topic)
                    ? deletion(of: topic)
                    : TopicPlanEntry(topic: topic, changes: [], obstacles: [missing(topic)], basis: TopicBasis())
            })
    }

    private func plan(of entries: [TopicPlanEntry]) -> ClusterTopicPlan {
        let shown = entries.filter { !$0.changes.isEmpty || !$0.obstacles.isEmpty || !$0.notes.isEmpty }
        return ClusterTopicPlan(
            cluster: cluster.alias, clusterID: cluster.clusterID, brokers: cluster.brokers,
            entries: shown.sorted { $0.topic < $1.topic }, unchanged: entries.count - shown.count)
    }

    private func entry(for wanted: TopicSpecification) -> TopicPlanEntry {
        if wanted.state == .absent {
            return cluster.names.contains(wanted.name)
                ? deletion(of: wanted.name) : TopicPlanEntry(topic: wanted.name, changes: [], basis: TopicBasis())
        }
        if let reason = cluster.unreadable[wanted.name] {
            return TopicPlanEntry(
                topic: wanted.name, changes: [], obstacles: [.unreadable(reason)], basis: TopicBasis())
        }
        guard let topic = cluster.topics[wanted.name] else { return creation(of: wanted) }
        var draft = Draft(topic)
        if let factor = wanted.replicationFactor, factor != topic.replicationFactor {
            draft.obstacles.append(.replicationFactor(have: topic.replicationFactor, wanted: factor))
        }
        for (name, value) in wanted.settings.sorted(by: { $0.key < $1.key }) { set(name, to: value, in: &draft) }
        for name in topic.overrides.keys.sorted()
        where wanted.settings[name] == nil && !wanted.leavesAlone(name) && !isHarmless(name, in: topic) {
            unset(name, in: &draft)
        }
        if let partitions = wanted.partitions { grow(to: partitions, in: &draft) }
        return draft.entry
    }

    private func entry(for alteration: TopicAlteration) -> TopicPlanEntry {
        guard let topic = cluster.topics[alteration.name] else {
            let reason = cluster.unreadable[alteration.name].map { TopicObstacle.unreadable($0) }
            return TopicPlanEntry(
                topic: alteration.name, changes: [], obstacles: [reason ?? missing(alteration.name)],
                basis: TopicBasis())
        }
        var draft = Draft(topic)
        for (name, value) in alteration.set.sorted(by: { $0.key < $1.key }) { set(name, to: value, in: &draft) }
        for name in alteration.unset.sorted() where topic.settings[name]?.source == .dynamicTopic {
            unset(name, in: &draft)
        }
        for name in alteration.unset.sorted() where topic.settings[name] == nil && !isKnown(name) {
            draft.obstacles.append(.unknownSetting(name))
        }
        if let partitions = alteration.partitions { grow(to: partitions, in: &draft) }
        return draft.entry
    }

    private func missing(_ name: TopicName) -> TopicObstacle {
        let near = TopicSettingCatalogue.nearest(to: name.rawValue, among: cluster.names.map(\.rawValue).sorted())
        return .missing(near: near.map { TopicName($0) })
    }

    private func deletion(of name: TopicName) -> TopicPlanEntry {
        if let reason = cluster.unreadable[name] {
            return TopicPlanEntry(topic: name, changes: [], obstacles: [.unreadable(reason)], basis: TopicBasis())
        }
        guard let topic = cluster.topics[name] else {
            return TopicPlanEntry(topic: name, changes: [], basis: TopicBasis())
        }
        var draft = Draft(topic)
        draft.changes.append(.delete(partitions: topic.partitions))
        return draft.entry
    }

    private func creation(of wanted: TopicSpecification) -> TopicPlanEntry {
        var obstacles: [TopicObstacle] = []
        let key = TopicNameRule.collisionKey(wanted.name)
        if let other = cluster.names.filter({ TopicNameRule.collisionKey($0) == key }).min() {
            obstacles.append(.nameTaken(by: other))
        }
        if let factor = wanted.replicationFactor, Int(factor) > cluster.brokers {
            obstacles.append(.tooFewBrokers(have: cluster.brokers, wanted: factor))
        }
        var settings: [String: String] = [:]
        for (name, value) in wanted.settings.sorted(by: { $0.key < $1.key }) {
            if !isKnown(name) {
                obstacles.append(.unknownSetting(name))
            } else if let problem = durability(name, value, factor: wanted.replicationFactor) {
                obstacles.append(problem)
            } else {
                settings[name] = value
            }
        }
        let isBlocked = obstacles.contains(where: \.blocksTopic)
        let change = TopicChange.create(
            partitions: wanted.partitions, replicationFactor: wanted.replicationFactor, settings: settings)
        return TopicPlanEntry(
            topic: wanted.name, changes: isBlocked ? [] : [PlannedChange(change)], obstacles: obstacles,
            basis: TopicBasis())
    }

    private func set(_ name: String, to value: String, in draft: inout Draft) {
        guard isKnown(name) else { return draft.obstacles.append(.unknownSetting(name)) }
        let entry = draft.topic.settings[name]
        if let entry, entry.value == nil { return draft.obstacles.append(.hiddenSetting(name)) }
        if let now = entry?.value,
            TopicSettingCatalogue.isEqual(name, now, value) || isRoom(now, above: value, name, draft)
        {
            return
        }
        if entry?.isReadOnly == true { return draft.obstacles.append(.readOnlySetting(name)) }
        if let problem = durability(name, value, factor: draft.topic.replicationFactor) {
            return draft.obstacles.append(problem)
        }
        draft.changes.append(.set(name, from: draft.topic.state(of: name), to: value))
    }

    private func unset(_ name: String, in draft: inout Draft) {
        guard let from = draft.topic.state(of: name) else { return }
        draft.changes.append(.unset(name, from: from, to: inherited(name, by: draft.topic)))
    }

    private func grow(to wanted: Int32, in draft: inout Draft) {
        let have = draft.topic.partitions
        if wanted > have { draft.changes.append(.addPartitions(from: have, to: wanted)) }
        if wanted < have { draft.obstacles.append(.fewerPartitions(have: have, wanted: wanted)) }
    }

    /// A value of the topic's own that changes nothing: it equals what would be inherited, or is a mirror's room.
    private func isHarmless(_ name: String, in topic: ObservedTopic) -> Bool {
        guard let now = topic.settings[name]?.value else { return false }
        let below = inherited(name, by: topic)?.value
        if let below, TopicSettingCatalogue.isEqual(name, now, below) { return true }
        guard name == MessageRoom.setting, let room = room(topic.name) else { return false }
        // Without the inherited value nobody can say that it is not the room.
        guard let below, let limit = Int64(below), let target = Int64(now) else { return true }
        return room.isRoomOnly(target: target, above: limit)
    }

    private func isRoom(_ now: String, above wanted: String, _ name: String, _ draft: Draft) -> Bool {
        guard name == MessageRoom.setting, let room = room(draft.topic.name), let target = Int64(now),
            let limit = Int64(wanted)
        else { return false }
        return room.isRoomOnly(target: target, above: limit)
    }

    private func inherited(_ name: String, by topic: ObservedTopic) -> SettingState? {
        topic.inherited(name) ?? brokerDefaults[name]
    }

    /// A cluster whose topics could not be described knows everything, and its brokers decide.
    private func isKnown(_ name: String) -> Bool {
        knownSettings.isEmpty || knownSettings.contains(name) || name.hasPrefix("internal.")
    }

    private func durability(_ name: String, _ value: String, factor: Int16?) -> TopicObstacle? {
        guard name == "min.insync.replicas", let minimum = Int64(value), let factor, minimum > Int64(factor) else {
            return nil
        }
        return .minimumAboveReplication(minimum: minimum, factor: factor)
    }

    /// The changes of one existing topic, as they are found.
    private struct Draft {
        let topic: ObservedTopic
        var changes: [TopicChange] = []
        var obstacles: [TopicObstacle] = []

        init(_ topic: ObservedTopic) { self.topic = topic }

        /// What a change does besides, and no class of risk is about.
        private var notes: [String] {
            // Kafka 4 has dropped this one, so a topic that has it is on older brokers, which keep no such list.
            guard changes.contains(where: { $0.setting == "min.insync.replicas" }),
                topic.settings["message.downconversion.enable"] == nil
            else { return [] }
            return [
                "a change of min.insync.replicas clears the topic's eligible leader replicas (ELR, Kafka 4): until they have "
                    + "formed anew, a partition that loses its in-sync replicas waits for the last of them"
            ]
        }

        var entry: TopicPlanEntry {
            let assessment = RiskAssessment(of: topic, changes: changes)
            // Settings by name, then partitions.
            let changes = changes.sorted { left, right in
                guard let left = left.setting else { return false }
                return right.setting.map { left < $0 } ?? true
            }
            return TopicPlanEntry(
                topic: topic.name, changes: changes.map { PlannedChange($0, risks: assessment.risks(of: $0)) },
                obstacles: obstacles, notes: notes, basis: TopicBasis(topic, changes: changes))
        }
    }
}
