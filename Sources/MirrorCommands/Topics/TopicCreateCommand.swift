// SPDX-License-Identifier: Apache-2.0
internal import TopicAdministration
internal import TopicPlanning
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine

enum TopicCreateCommand {
    static let partitions = Flag("partitions", .count("N"), "how many; the broker's default unless given")
    static let factor = Flag(
        "replication-factor", .count("N"), "copies of each partition; the broker's default unless given")
    static let ifMissing = Flag("if-not-exists", "a topic that is there already is left as it is, without an error")

    static let command = Command(
        path: ["topic", "create"],
        summary: "create topics, and read them back",
        arguments: [ClusterFlags.file, TopicFamily.required],
        flags: [
            ClusterFlags.cluster, partitions, factor, SettingText.setting, ifMissing, TopicChanger.dryRun,
        ] + ClusterFlags.connection + Flag.listing,
        examples: [
            .init(
                purpose: "one topic", line: "tern topic create orders -c eu --partitions 12 --replication-factor 3"),
            .init(
                purpose: "with settings, on every cluster of the file",
                line: "tern topic create orders -c @all -s retention.ms=7d -s min.insync.replicas=2"),
            .init(purpose: "only ask the brokers", line: "tern topic create orders -c eu --dry-run"),
        ],
        statuses: [(.failed, "a topic is there already, is refused, or cannot be read back")],
        kind: "TopicChanges",
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        let names = try NameChoice(invocation, argument: TopicFamily.required.name).names
        let wanted = try names.map { name throws(CommandFailure) in
            if let problem = TopicNameRule.problem(with: TopicName(name)) { throw .usage(problem) }
            return try specification(TopicName(name), invocation)
        }
        let choice = try ClusterChoice(invocation, context, fallback: .only)
        return try await choice.open { clusters in
            let observed = try await clusters.askAll { cluster throws(KafkaError) in
                let sample = TopicSample(wanted.map(\.name))
                return try await cluster.observer.observe(settingsOf: sample.includes, asking: wanted.map(\.name))
            }
            var plans: [ClusterTopicPlan] = []
            for (cluster, observation) in zip(clusters, observed) {
                let taken = wanted.filter { observation.cluster.topics[$0.name] != nil }
                if let first = taken.first, !invocation.has(ifMissing) {
                    throw CommandFailure(
                        .failed, code: "TOPIC_ALREADY_EXISTS", "\(first.name) is on \(cluster.name) already",
                        resource: first.name.rawValue,
                        hint: "tern topic alter changes it; --if-not-exists leaves it as it is")
                }
                let missing = wanted.filter { observation.cluster.topics[$0.name] == nil }
                plans.append(TopicPlanner(observation.cluster).plan(missing))
            }
            return try await TopicChanger(invocation, context, clusters).run(plans, allowing: RiskAllowance())
        }
    }

    private static func specification(
        _ name: TopicName, _ invocation: Invocation
    ) throws(CommandFailure) -> TopicSpecification {
        func number<Number: FixedWidthInteger>(_ flag: Flag, _: Number.Type) throws(CommandFailure) -> Number? {
            guard let count = invocation.count(flag) else { return nil }
            guard let number = Number(exactly: count) else { throw .usage("\(flag.spelling): \(count) is too many") }
            return number
        }
        return TopicSpecification(
            name: name, partitions: try number(partitions, Int32.self),
            replicationFactor: try number(factor, Int16.self), settings: try SettingText.settings(invocation))
    }
}

/// Whose settings are read: those of the named topics, and of one other, which shows what the brokers know and what their
/// defaults are.
final class TopicSample {
    private let names: Set<TopicName>
    private var other: TopicName?

    init(_ names: [TopicName]) { self.names = Set(names) }

    func includes(_ topic: TopicName) -> Bool {
        if names.contains(topic) { return true }
        if other == nil { other = topic }
        return other == topic
    }
}
