// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Mirroring
internal import KafkaTypes
public import Text

/// Plans for several clusters, as they are saved and shown.
public struct TopicPlanDocument: Sendable, Hashable {
    /// The `kind` of the JSON document.
    public static let kind = "TopicPlan"
    /// The `version` of the JSON document; others are not read.
    public static let version = 1

    /// Wall-clock milliseconds since 1970.
    public var createdAt: Int64
    /// One plan for each cluster.
    public var clusters: [ClusterTopicPlan]

    public init(createdAt: Int64, clusters: [ClusterTopicPlan]) {
        self.createdAt = createdAt
        self.clusters = clusters
    }

    /// Nothing would change on any cluster.
    public var isEmpty: Bool { clusters.allSatisfy(\.isEmpty) }

    /// Of the states that the plan was computed from, and of its changes.
    public var fingerprint: Fingerprint {
        var fingerprint = Fingerprint()
        for cluster in clusters {
            fingerprint.add(cluster.cluster?.rawValue ?? "")
            fingerprint.add(cluster.clusterID)
            for entry in cluster.entries {
                fingerprint.add(entry.topic.rawValue)
                fingerprint.add("\(entry.basis.partitions ?? -1)/\(entry.basis.replicationFactor ?? -1)")
                for (name, state) in entry.basis.settings.sorted(by: { $0.key < $1.key }) {
                    fingerprint.add("\(name)=\(state.value ?? "\u{0}")=\(state.source.rawValue)")
                }
                for change in entry.changes { change.change.add(to: &fingerprint) }
            }
        }
        return fingerprint
    }
}

extension TopicChange {
    fileprivate func add(to fingerprint: inout Fingerprint) {
        switch self {
        case .create(let partitions, let factor, let settings):
            fingerprint.add("create \(partitions ?? -1) \(factor ?? -1)")
            for (name, value) in settings.sorted(by: { $0.key < $1.key }) { fingerprint.add("\(name)=\(value)") }
        case .addPartitions(let from, let to): fingerprint.add("partitions \(from) \(to)")
        case .set(let name, _, let value): fingerprint.add("set \(name)=\(value)")
        case .unset(let name, _, _): fingerprint.add("unset \(name)")
        case .delete: fingerprint.add("delete")
        }
    }
}
