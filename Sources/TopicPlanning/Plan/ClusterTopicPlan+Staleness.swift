// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// One thing that is no longer as it was when a plan was made.
public struct StaleFact: Sendable, Hashable, CustomStringConvertible {
    public let topic: TopicName
    /// A setting, `partitions`, `replication-factor`, or `nil` for the topic as a whole.
    public let field: String?
    /// In human units.
    public let planned: String
    /// In human units.
    public let now: String

    /// `topic "orders" retention.ms was 7d when planned, now 1d`
    public var description: String {
        "topic \"\(topic)\"\(field.map { " \($0)" } ?? "") was \(planned) when planned, now \(now)"
    }
}

/// Why a plan must not be applied to a cluster.
public enum PlanRefusal: Sendable, Hashable {
    /// The cluster is another one.
    case otherCluster(expected: String, found: String)
    /// Topics of the plan have been changed by somebody else since.
    case stale([StaleFact])
}

extension ClusterTopicPlan {
    /// Why this plan must not be applied to the cluster as it is now; `nil` when it may.
    ///
    /// What already is as the plan would leave it does not count: an apply that was cut short is finished by running it
    /// again.
    public func refusal(now cluster: ObservedCluster) -> PlanRefusal? {
        guard cluster.clusterID == clusterID else {
            return .otherCluster(expected: clusterID, found: cluster.clusterID)
        }
        let facts = entries.filter { !$0.changes.isEmpty }.flatMap { $0.staleFacts(now: cluster) }
        return facts.isEmpty ? nil : .stale(facts)
    }

    /// What is still to be done, with the risks as the cluster is now.
    public func remaining(now cluster: ObservedCluster) -> ClusterTopicPlan {
        var plan = self
        plan.entries = entries.map { entry in
            let topic = cluster.topics[entry.topic]
            let open = entry.changes.map(\.change).filter { !$0.isDone(by: topic) }
            let assessment = topic.map { RiskAssessment(of: $0, changes: open) }
            var entry = entry
            entry.changes = open.map { PlannedChange($0, risks: assessment?.risks(of: $0) ?? []) }
            return entry
        }
        return plan
    }
}

extension TopicPlanEntry {
    fileprivate func staleFacts(now cluster: ObservedCluster) -> [StaleFact] {
        if let reason = cluster.unreadable[topic] {
            return [fact(nil, basis.partitions == nil ? "missing" : "readable", "unreadable: \(reason)")]
        }
        let now = cluster.topics[topic]
        if changes.allSatisfy({ $0.change.isDone(by: now) }) { return [] }
        switch (basis.partitions, now) {
        case (nil, nil): return []
        case (nil, .some): return [fact(nil, "missing", "there, and not as planned")]
        case (.some, nil): return [fact(nil, "there", "missing")]
        case (.some(let partitions), .some(let now)): return staleFacts(partitions, now)
        }
    }

    private func staleFacts(_ partitions: Int32, _ now: ObservedTopic) -> [StaleFact] {
        var facts: [StaleFact] = []
        if now.partitions != partitions,
            !isDone(by: now, where: { if case .addPartitions = $0 { true } else { false } })
        {
            facts.append(fact("partitions", "\(partitions)", "\(now.partitions)"))
        }
        if let factor = basis.replicationFactor, factor != now.replicationFactor {
            facts.append(fact("replication-factor", "\(factor)", "\(now.replicationFactor)"))
        }
        let names = Set(basis.settings.keys).union(now.overrides.keys)
        for name in names.sorted() where !isDone(by: now, where: { $0.setting == name }) {
            let planned = basis.settings[name]
            let state = now.state(of: name)
            // A broker's value below the topic's own is nobody's change to the topic.
            guard !Self.isSame(name, planned, state) else { continue }
            facts.append(fact(name, Self.shown(name, planned), Self.shown(name, state)))
        }
        return facts
    }

    private func isDone(by now: ObservedTopic, where isMeant: (TopicChange) -> Bool) -> Bool {
        let meant = changes.map(\.change).filter(isMeant)
        return !meant.isEmpty && meant.allSatisfy { $0.isDone(by: now) }
    }

    private static func isSame(_ name: String, _ planned: SettingState?, _ now: SettingState?) -> Bool {
        guard let planned else { return now == nil || now?.source != .dynamicTopic }
        guard let now, (planned.source == .dynamicTopic) == (now.source == .dynamicTopic) else { return false }
        switch (planned.value, now.value) {
        case (nil, nil): return true
        case (.some(let left), .some(let right)): return TopicSettingCatalogue.isEqual(name, left, right)
        case (nil, .some), (.some, nil): return false
        }
    }

    private static func shown(_ name: String, _ state: SettingState?) -> String {
        guard let state else { return "not set" }
        let value = state.value.map { TopicSettingCatalogue.human(name, $0) } ?? "hidden"
        return state.source == .dynamicTopic ? value : "\(value) (\(state.source.rawValue))"
    }

    private func fact(_ field: String?, _ planned: String, _ now: String) -> StaleFact {
        StaleFact(topic: topic, field: field, planned: planned, now: now)
    }
}
