// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernConfiguration
internal import Text

enum ReplayCommand {
    static let until = Flag("until", .duration, "to before the first record that is not older; with --since")
    static let into = Flag(
        "into", .name("TOPIC", .topic), "a topic of the target, instead of the copy; it must be there")

    static let command = Command(
        path: ["replay"],
        summary: "copy a range of the source once more, into the copy or another topic",
        discussion: [
            "Appends records of the source's topic to the same partitions of the copy, or of the topic that --into names, with "
                + "Tern's headers and one more, tern.repair. The flow's rules hold: what it leaves out is left out here. Shows first "
                + "what it would do, and asks. In the copy the records are then there twice, and tern verify counts "
                + "them as repaired."
        ],
        arguments: [ConfigurationFile.argument],
        flags: [
            VerificationFlags.flow, VerificationFlags.topic, VerificationFlags.offsets, VerificationFlags.since, until,
            into, RepairRun.yes, RepairRun.dryRun,
        ] + VerificationFlags.connection + Flag.tabular,
        examples: [
            .init(
                purpose: "a thousand records of one partition into the copy",
                line: "tern replay mirror.properties --flow 'eu->us' --offsets orders/3:5000-6000 --dry-run"),
            .init(
                purpose: "what was written between two hours and one hour ago, into another topic",
                line: "tern replay mirror.properties --topic orders --since 2h --until 1h --into orders.replayed --yes"),
        ],
        statuses: [
            (.failed, "something could not be read or written"),
            (.refused, "nobody agreed"),
        ],
        kind: "RepairReport",
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        let now = context.milliseconds()
        var selection = try VerificationFlags.selection(invocation, now: now)
        let topics = selection.topics.union(selection.offsets.keys.map(\.topic))
        guard topics.count == 1, let name = topics.first else {
            throw CommandFailure.usage("which topic?", hint: "--topic or --offsets names one")
        }
        guard selection.since != nil || !selection.offsets.isEmpty else {
            throw CommandFailure.usage("which records?", hint: "--offsets or --since says where they begin")
        }
        if let duration = invocation.duration(until) {
            guard let since = selection.since, now - Int64(duration / .milliseconds(1)) > since else {
                throw CommandFailure.usage("--until needs --since, and lies behind it, as in --since 2h --until 1h")
            }
            selection.until = now - Int64(duration / .milliseconds(1))
        }
        return try await OpenFlow.with(invocation, context) { open in
            let plan = try await open.planner.plan(selection, stop: open.stop)
            if let problem = plan.impossible.first {
                throw CommandFailure(
                    .failed, code: "NOT_REPLAYED", "\(problem.topic): \(problem.reason)", resource: name.rawValue)
            }
            guard let topic = plan.topics.first else {
                throw CommandFailure(
                    .failed, code: "NOT_REPLAYED", "\(name) has no such partition", resource: name.rawValue)
            }
            var replay = RepairRun(
                open: open, sourceID: plan.sourceID, targetID: plan.targetID, parts: [])
            let target = try await target(invocation, topic, open)
            for scope in topic.partitions where !scope.range.isEmpty {
                let task = CopyTask(
                    source: scope.source, target: TopicPartition(target, scope.source.partition),
                    ranges: [scope.range.lowerBound...(scope.range.upperBound - 1)],
                    forwarding: topic.forwarding(scope.source.partition))
                replay.parts.append(RepairRun.Part(task: task, count: Int64(scope.range.count)))
            }
            return try await replay.run(invocation, context)
        }
    }

    private static func target(
        _ invocation: Invocation, _ topic: VerifyTopic, _ open: OpenFlow
    ) async throws -> TopicName {
        guard let name = invocation[into].map({ TopicName($0) }), let cluster = open.cluster(open.flow.name.target)
        else {
            return topic.target
        }
        let found = try await cluster.admin.topics(within: open.limit).first { $0.name == name && $0.error == nil }
        guard let found else {
            throw CommandFailure(
                .failed, code: "UNKNOWN_TOPIC", "\(open.flow.name.target) has no topic '\(name)'",
                resource: name.rawValue,
                hint: "make it first, as with tern topic create")
        }
        let needed = (topic.partitions.map(\.source.partition).max() ?? 0) + 1
        guard found.partitions.count >= needed else {
            throw CommandFailure(
                .failed, code: "FEWER_PARTITIONS",
                "\(name) has \(found.partitions.count) partitions, and \(needed) are needed", resource: name.rawValue)
        }
        return name
    }
}
