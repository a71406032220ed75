// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Mirroring

/// What a flow would mirror, and what it may do. `nil` plans are of flows whose clusters were not both reached.
struct FlowInspection: Sendable {
    let flow: FlowConfiguration
    /// Of the file.
    let aliases: Set<ClusterAlias>
    var plan: TopicPlan?
    var access: [AccessSummary] = []
    /// The flow's consumer, or producer, as librdkafka sees it.
    var findings: [CheckFinding] = []

    init(_ flow: FlowConfiguration, aliases: Set<ClusterAlias>) {
        self.flow = flow
        self.aliases = aliases
    }

    var place: String { "flow \(flow.name)" }

    var created: [MirroredTopic] {
        plan?.changes.compactMap { if case .create(let topic) = $0 { topic } else { nil } } ?? []
    }
    var partitionCount: Int64? { plan.map { $0.mirrored.reduce(0) { $0 + Int64($1.partitionCount) } } }

    /// What to say about the topics.
    var topicFindings: [CheckFinding] {
        guard let plan else { return [] }
        var findings = plan.warnings.compactMap(finding)
        if plan.mirrored.isEmpty {
            findings.append(
                CheckFinding(
                    .warning, at: place, code: "NO_TOPICS", "no topic of \(flow.name.source) is selected",
                    hint: "topics that Tern's user may not describe are invisible; check 'topics', and Describe there"))
        }
        return findings
    }

    private func finding(_ warning: TopicPlan.Warning) -> CheckFinding? {
        switch warning {
        case .readsAsCycle(let topic) where flow.naming.isCopy(topic, from: flow.name.target, among: aliases):
            nil
        case .readsAsCycle(let topic):
            CheckFinding(
                .warning, at: place, code: "READS_AS_CYCLE",
                "\(topic) is not mirrored: by its name it came from \(flow.name.target) (MirrorMaker's rule)",
                hint: "rename it, or choose another replication.policy.separator")
        case .sameTarget(let topic, let kept, let target):
            CheckFinding(
                .warning, at: place, code: "SAME_TARGET",
                "\(topic) is not mirrored: \(kept) is written to \(target) already",
                hint: "leave one of them out by topics.exclude")
        case .targetHasMorePartitions(let topic, let source, let target):
            CheckFinding(
                .warning, at: place, code: "MORE_PARTITIONS",
                "\(topic) has \(target) partitions on \(flow.name.target) and \(source) on \(flow.name.source): keys are "
                    + "spread differently there")
        }
    }

    var json: JSONValue {
        let created = Set(created.map(\.target))
        let topics = plan.map { plan in
            plan.mirrored.map { topic -> JSONValue in
                [
                    "topic": .string(topic.source.rawValue), "target_topic": .string(topic.target.rawValue),
                    "partitions": .integer(Int64(topic.partitionCount)),
                    "exists": .bool(!created.contains(topic.target)),
                ]
            }
        }
        return [
            "source": .string(flow.name.source.rawValue), "target": .string(flow.name.target.rawValue),
            "enabled": .bool(flow.isEnabled), "partitions": .optional(partitionCount),
            "topics": topics.map { .array($0) } ?? .null, "access": .array(access.map(\.json)),
        ]
    }
}
