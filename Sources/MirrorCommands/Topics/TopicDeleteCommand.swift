// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import TopicAdministration
internal import TopicPlanning
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import Text

enum TopicDeleteCommand {
    static let ifExists = Flag("if-exists", "a topic that is not there is no error")
    static let confirm = Flag(
        "confirm", .text("NAME"), isRepeatable: true,
        "the name, or the pattern, once more: what a terminal asks for otherwise; can be repeated")
    static let noInput = Flag("no-input", "ask nothing, even on a terminal")

    static let command = Command(
        path: ["topic", "delete"],
        summary: "delete topics and all their records, and check that they are gone",
        discussion: [
            "A deletion needs the name again, by --confirm or typed on a terminal. With --regex the command shows the list, "
                + "--execute deletes it, and the pattern is needed again. A mirror creates its copy again while its flow selects "
                + "the topic."
        ],
        arguments: [ClusterFlags.file, TopicFamily.name],
        flags: [
            ClusterFlags.cluster, ClusterFlags.regex, confirm, noInput, ifExists, TopicChanger.execute,
            TopicChanger.dryRun,
        ] + ClusterFlags.connection + Flag.listing,
        examples: [
            .init(purpose: "one topic, asked for on the terminal", line: "tern topic delete tmp.load-test -c eu"),
            .init(
                purpose: "one topic, in a script",
                line: "tern topic delete tmp.load-test -c eu --confirm tmp.load-test"),
            .init(purpose: "what a pattern would delete", line: "tern topic delete -c eu --regex 'tmp[.].*'"),
            .init(
                purpose: "the same, done",
                line: "tern topic delete -c eu --regex 'tmp[.].*' --execute --confirm 'tmp[.].*'"),
        ],
        statuses: [
            (.failed, "a topic is unknown, is refused, or is still there"),
            (.refused, "the name was not given once more"),
        ],
        kind: "TopicChanges",
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        let names = try NameChoice(
            invocation, needing: TopicFamily.name, hint: "name it, or show several by --regex")
        let choice = try ClusterChoice(invocation, context, fallback: .only)
        return try await choice.open { clusters in
            let observed = try await clusters.askAll { cluster throws(KafkaError) in try await cluster.observe(names) }
            for observation in observed { try names.patterns.check(observation.cluster.names) }
            let plans = observed.map { observation in
                let topics = names.topics(of: observation.cluster)
                    .filter { !invocation.has(ifExists) || observation.cluster.names.contains($0) }
                return TopicPlanner(observation.cluster).plan(deleting: topics)
            }
            var changer = TopicChanger(invocation, context, clusters)
            if !names.patterns.isEmpty, !invocation.has(TopicChanger.execute) {
                changer.isDryRun = true
                let again = names.patterns.entries.map { " --confirm \(CommandLineText.quoted($0))" }.joined()
                changer.next =
                    TopicChanger.nothing(in: plans) ?? "Nothing was deleted. The same with --execute\(again) does it."
            }
            if !changer.isDryRun, plans.contains(where: { !$0.isEmpty }) {
                changer.show(plans)
                try confirmed(names, plans, clusters, invocation, context)
            }
            return try await changer.run(plans, allowing: RiskAllowance([.deleteTopic, .deleteState]))
        }
    }

    /// - Throws: a refusal unless each name and pattern was given once more.
    private static func confirmed(
        _ names: NameChoice, _ plans: [ClusterTopicPlan], _ clusters: [OpenCluster], _ invocation: Invocation,
        _ context: CommandContext
    ) throws(CommandFailure) {
        let given = invocation.all(confirm)
        let doomed = Set(plans.flatMap(\.entries).filter { !$0.changes.isEmpty }.map(\.topic.rawValue))
        let wanted = names.names.filter(doomed.contains) + names.patterns.entries
        for name in wanted where !given.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
            let places = clusters.map(\.name).joined(separator: " and ")
            let isPattern = !names.names.contains(name)
            let count = isPattern ? "\(doomed.count) topics" : "the topic"
            let question = "This deletes \(count) on \(places) with all records. Type \(name.printable) to go on: "
            if !invocation.has(noInput), let ask = context.ask, ask(question)?.utf8.elementsEqual(name.utf8) == true {
                continue
            }
            throw CommandFailure(
                .refused, code: "NOT_CONFIRMED", "nothing was deleted: '\(name)' was not given once more",
                resource: name, hint: "--confirm '\(name)' gives it; --dry-run shows what would be deleted")
        }
    }
}
