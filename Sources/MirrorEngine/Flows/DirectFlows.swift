// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import TopicPlanning
import KafkaTypes
import Synchronization

/// The enabled flows of the file, seen as "which clusters send this topic straight to that one". Under the identity
/// policy a flow leaves to a direct flow what that one carries, so that each record arrives once.
final class DirectFlows: Sendable {
    private struct Direct: Sendable {
        var source: ClusterAlias
        var selection: TopicSelection
        var naming: any ReplicationNaming
    }
    private let byTarget: [ClusterAlias: [Direct]]
    private let clusters: [ClusterAlias: Cluster]

    init(_ flows: [FlowConfiguration], clusters: [ClusterAlias: Cluster]) {
        self.clusters = clusters
        var byTarget: [ClusterAlias: [Direct]] = [:]
        for flow in flows where flow.isEnabled {
            byTarget[flow.name.target, default: []].append(
                Direct(source: flow.name.source, selection: flow.topics, naming: flow.naming))
        }
        self.byTarget = byTarget
    }

    /// The ids of the clusters with a flow of their own to the target, as far as they are known.
    func knownIDs(to target: ClusterAlias) -> [ClusterAlias: String] {
        (byTarget[target] ?? []).reduce(into: [:]) { $0[$1.source] = clusters[$1.source]?.clusterID }
    }

    /// The ids of the clusters other than `source` that have a flow of their own to the target which selects the topic. A
    /// cluster that has not answered yet has none: policies are made anew when it does.
    func clusterIDs(of topic: TopicName, to target: ClusterAlias, besides source: ClusterAlias) -> [String] {
        (byTarget[target] ?? []).filter { direct in
            direct.source != source && Self.carries(topic, target, direct.naming, direct.selection)
        }.compactMap { clusters[$0.source]?.clusterID }
    }

    /// The same clusters by alias, for who has the flows alone.
    static func sources(
        of topic: TopicName, to target: ClusterAlias, besides source: ClusterAlias, among flows: [FlowConfiguration]
    ) -> [ClusterAlias] {
        flows.filter { flow in
            flow.isEnabled && flow.name.target == target && flow.name.source != source
                && carries(topic, target, flow.naming, flow.topics)
        }.map(\.name.source)
    }

    private static func carries(
        _ topic: TopicName, _ target: ClusterAlias, _ naming: any ReplicationNaming, _ selection: TopicSelection
    ) -> Bool {
        // One that calls it something else there does not carry it to the same place.
        naming.remoteTopic(for: topic) == topic
            && selection.selects(topic, naming: naming, target: target).isSelected
    }
}
