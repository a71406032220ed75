// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import TopicPlanning
internal import KafkaTypes

/// What the flows of a file write on one cluster: their copies are theirs, and their limits hold room for headers.
struct FlowReach: Sendable {
    private let flows: [FlowConfiguration]
    private let all: [FlowConfiguration]

    init(_ configuration: MirrorConfiguration?, into cluster: ClusterAlias?) {
        all = configuration?.flows.filter(\.isEnabled) ?? []
        flows = all.filter { $0.name.target == cluster }
    }

    /// The flow that writes a topic, by names and patterns.
    func writer(of topic: TopicName) -> FlowConfiguration? {
        flows.first { flow in
            let original = flow.naming.keepsNames ? topic : flow.naming.upstreamTopic(of: topic)
            guard let original, flow.naming.keepsNames || flow.naming.source(of: topic) == flow.name.source else {
                return false
            }
            return flow.topics.selects(original, naming: flow.naming, target: flow.name.target).isSelected
        }
    }

    /// The flow whose copy a topic is by its name; equal names do not show it.
    func mirror(of topic: TopicName) -> FlowConfiguration? {
        flows.first { !$0.naming.keepsNames && $0.naming.source(of: topic) == $0.name.source }
    }

    func room(for topic: TopicName) -> MessageRoom? { writer(of: topic).map { Self.room(of: $0, among: all) } }

    static func room(of flow: FlowConfiguration, among flows: [FlowConfiguration]) -> MessageRoom {
        guard flow.naming.keepsNames else { return MessageRoom() }
        return MessageRoom(of: flow.name, amongFlowsKeepingNames: flows.filter(\.naming.keepsNames).map(\.name))
    }

    /// What `--prune` never deletes: copies, and what belongs to mirrors.
    var prune: PruneRule {
        PruneRule { [self] topic in
            if let flow = mirror(of: topic) { return "\(flow.name) writes it" }
            return all.contains { $0.naming.internalTopics.endsLikeInternal(topic) }
                ? "its name says that it is internal" : nil
        }
    }
}

extension ComparedFlow {
    /// - Parameter flows: the enabled ones of the file.
    init(_ flow: FlowConfiguration, among flows: [FlowConfiguration], targetHasTieredStorage: Bool) {
        let room = FlowReach.room(of: flow, among: flows)
        let rules = TopicSyncRules(flow.topicSync, room: room, targetHasTieredStorage: targetHasTieredStorage)
        self.init(
            name: flow.name, isEnabled: flow.isEnabled, naming: flow.naming, selection: flow.topics,
            refreshesTopics: flow.refreshesTopics,
            rules: flow.topicSync.synchronizesConfigurations ? rules : nil, room: room)
    }
}
