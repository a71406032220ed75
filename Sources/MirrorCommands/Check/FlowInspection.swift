// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import KafkaTypes
internal import Mirroring
internal import Text

/// What a flow would mirror, and what it may do. `nil` plans are of flows whose clusters were not both reached.
struct FlowInspection: Sendable {
    let flow: FlowConfiguration
    /// Of the file.
    let aliases: Set<ClusterAlias>
    var plan: TopicPlan?
    var ruleChanges: RuleChanges?
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
        var findings = plan.warnings.compactMap(finding) + ruleFindings + deliveryFindings
        // Equal names are promised, and these are not.
        let renamed = plan.mirrored.filter { flow.naming.keepsNames && $0.source != $0.target }
            .filter { !flow.naming.isHeartbeats($0.source) }
        if let first = renamed.first {
            findings.append(
                CheckFinding(
                    .warning, at: place, code: "RENAMED",
                    "\(Self.listed(renamed.map(\.source))): the name ends like heartbeats, so the copy gets the alias in front, as "
                        + "\(first.target) (MirrorMaker's rule)",
                    hint: "rename it where the name must be equal, or leave it out by topics.exclude"))
        }
        if plan.mirrored.isEmpty {
            findings.append(
                CheckFinding(
                    .warning, at: place, code: "NO_TOPICS", "no topic of \(flow.name.source) is selected",
                    hint: "topics that Tern's user may not describe are invisible; check 'topics', and Describe there"))
        }
        return findings
    }

    /// What readers must be like for exactly-once delivery.
    private var deliveryFindings: [CheckFinding] {
        guard flow.exactlyOnce.isEnabled else { return [] }
        return [
            CheckFinding(
                .note, at: place, code: "READ_COMMITTED",
                "records are written to \(flow.name.target) in transactions: a reader there sees each record once only with "
                    + "isolation.level=read_committed",
                hint: "set it in the consumers of the copies; Java's default is read_uncommitted")
        ]
    }

    /// What MirrorMaker up to Kafka 3.9 did otherwise with the same file.
    private var ruleFindings: [CheckFinding] {
        var findings: [CheckFinding] = []
        if let topics = ruleChanges?.broughtIn, !topics.isEmpty {
            findings.append(
                CheckFinding(
                    .note, at: place, code: "MIRRORED_SINCE_4_0",
                    "\(Self.listed(topics)): mirrored, as MirrorMaker does since Kafka 4.0; up to 3.9 it left out what ends in "
                        + "-internal or .internal",
                    hint: #"to leave them out: topics.exclude = .*[\\-\\.]internal, .*\\.replica, __.*"#))
        }
        if let topics = ruleChanges?.leftOut, !topics.isEmpty {
            findings.append(
                CheckFinding(
                    .warning, at: place, code: "LEFT_OUT_SINCE_4_4",
                    "\(Self.listed(topics)): not mirrored, as with MirrorMaker since Kafka 4.4, since by the name it came from "
                        + "\(flow.name.source) itself; up to 4.3 it was mirrored",
                    hint: "rename it, or choose another replication.policy.separator"))
        }
        return findings
    }

    private static func listed(_ topics: [TopicName]) -> String {
        let most = 5
        let names = topics.prefix(most).map(\.rawValue).joined(separator: ", ")
        return topics.count > most ? "\(names) and \(topics.count - most) more" : names
    }

    private func finding(_ warning: TopicPlan.Warning) -> CheckFinding? {
        switch warning {
        case .readsAsCycle(let topic, let cluster) where plan?.withoutOriginal[topic] != nil:
            CheckFinding(
                .warning, at: place, code: "READS_AS_CYCLE",
                "\(topic) is not mirrored: by its name it is a copy from \(cluster), where no topic "
                    + "\(plan?.withoutOriginal[topic]?.rawValue ?? "") is seen (MirrorMaker's rule)",
                hint: "if it was born on \(flow.name.source), rename it, or choose another replication.policy.separator"
            )
        case .readsAsCycle(let topic, _) where flow.naming.isCopy(topic, from: flow.name.target, among: aliases):
            nil
        // Reported for all such topics at once.
        case .readsAsCycle(let topic, _) where ruleChanges?.leftOut.contains(topic) ?? false: nil
        case .readsAsCycle(let topic, let cluster):
            CheckFinding(
                .warning, at: place, code: "READS_AS_CYCLE",
                "\(topic) is not mirrored: by its name it came from \(cluster) (MirrorMaker's rule)",
                hint: "rename it, or choose another replication.policy.separator")
        case .sameTarget(let topic, let kept, let target):
            CheckFinding(
                .warning, at: place, code: "SAME_TARGET",
                "\(topic) is not mirrored: \(kept) is written to \(target) already",
                hint: "leave one of them out by topics.exclude")
        case .undecided(let topic, let reason):
            CheckFinding(
                .error, at: place, code: "UNDECIDED", "\(topic) is not mirrored: \(reason)")
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
