// SPDX-License-Identifier: Apache-2.0
internal import TopicAdministration
internal import TernConfiguration
internal import TopicPlanning
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine

/// One cluster's topics as what another should have: under the names that the flow between them gives, without the
/// settings that it never carries over.
struct ClusterAsWanted {
    let from: OpenCluster
    let to: OpenCluster
    let configuration: MirrorConfiguration?
    let patterns: NamePatternList

    func plan() async throws(CommandFailure) -> ClusterTopicPlan {
        let observed = try await [from, to].askAll { cluster throws(KafkaError) in
            try await cluster.observer.observe()
        }
        let (source, target) = (observed[0].cluster, observed[1].cluster)
        try patterns.check(source.names)
        let reach = FlowReach(configuration, into: to.alias)
        let flow = flow
        let wanted = source.topics.values.sorted { $0.name < $1.name }.filter(isMeant).map { topic in
            specification(of: topic, on: target, flow, reach)
        }
        return TopicPlanner(target) { reach.room(for: $0) }.plan(wanted)
    }

    private var flow: FlowConfiguration? {
        guard let from = from.alias, let to = to.alias else { return nil }
        return configuration?.flow(FlowName(source: from, target: to))
    }

    private func isMeant(_ topic: ObservedTopic) -> Bool {
        guard patterns.isEmpty || patterns.finds(topic.name.rawValue), !TopicFamily.isInternal(topic.name) else {
            return false
        }
        guard let flow else { return true }
        return flow.topics.selects(topic.name, naming: flow.naming, target: flow.name.target).isSelected
    }

    private func specification(
        of topic: ObservedTopic, on target: ObservedCluster, _ flow: FlowConfiguration?, _ reach: FlowReach
    ) -> TopicSpecification {
        var wanted = TopicSpecification(exporting: topic)
        wanted.name = flow?.naming.remoteTopic(for: topic.name) ?? topic.name
        // Brokers are no property of a topic: the flow's, or the broker's, when the topic is created.
        wanted.replicationFactor = nil
        if target.topics[wanted.name] == nil, let factor = flow?.replicationFactor, factor > 0 {
            wanted.replicationFactor = factor
        }
        guard let filter = flow?.topicSync.filter else { return wanted }
        let own = Set(wanted.settings.keys).union(target.topics[wanted.name]?.overrides.keys.map { $0 } ?? [])
        for name in own where !filter.keeps(name) {
            wanted.settings[name] = nil
            wanted.unmanaged.insert(name)
        }
        let limit = topic.settings[MessageRoom.setting]?.value.flatMap { Int64($0) }
        if let limit, let room = reach.room(for: wanted.name), filter.keeps(MessageRoom.setting) {
            wanted.settings[MessageRoom.setting] = "\(room.wanted(forSource: limit))"
        }
        return wanted
    }
}
