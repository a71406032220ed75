// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import TopicAdministration
internal import TopicPlanning
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine

enum TopicAlterCommand {
    static let command = Command(
        path: ["topic", "alter"],
        summary: "change settings of topics, or add partitions, and read them back",
        discussion: [
            "Changes only the settings that are named. It changes named topics at once; for --regex it shows the topics, and "
                + "changes them with --execute. It makes a change that may lose or refuse records only when --allow names its "
                + "class."
        ],
        arguments: [ClusterFlags.file, TopicFamily.name],
        flags: [
            ClusterFlags.cluster, ClusterFlags.regex, SettingText.setting, SettingText.unset,
            TopicCreateCommand.partitions, TopicChanger.allow, TopicChanger.execute, TopicChanger.dryRun,
        ] + ClusterFlags.connection + Flag.listing,
        examples: [
            .init(purpose: "one setting", line: "tern topic alter orders -c eu -s retention.ms=14d"),
            .init(
                purpose: "back to what the brokers say", line: "tern topic alter orders -c eu --unset retention.bytes"),
            .init(
                purpose: "many topics: shown first, then changed",
                line: "tern topic alter -c eu --regex 'logs.*' -s retention.ms=2d --execute --allow reduce-retention"),
        ],
        statuses: [
            (.failed, "a topic is unknown, is refused, or cannot be read back"),
            (.refused, "a class of risk is not named by --allow"),
        ],
        kind: "TopicChanges",
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        let names = try NameChoice(
            invocation, needing: TopicFamily.name, hint: "name it, or show several by --regex")
        let (settings, unset) = (try SettingText.settings(invocation), try SettingText.unset(invocation))
        let partitions = invocation.count(TopicCreateCommand.partitions).map { Int32(clamping: $0) }
        guard !settings.isEmpty || !unset.isEmpty || partitions != nil else {
            throw CommandFailure.usage("nothing to change", hint: "--setting, --unset or --partitions says what")
        }
        if let both = unset.first(where: { settings[$0] != nil }) {
            throw CommandFailure.usage("\(both) is both set and unset")
        }
        let allowance = try TopicChanger.allowance(invocation)
        let choice = try ClusterChoice(invocation, context, fallback: .only)
        return try await choice.open { clusters in
            let observed = try await clusters.askAll { cluster throws(KafkaError) in try await cluster.observe(names) }
            for observation in observed { try names.patterns.check(observation.cluster.names) }
            let plans = observed.map { observation in
                TopicPlanner(observation.cluster).plan(
                    altering: names.topics(of: observation.cluster).map { name in
                        TopicAlteration(name: name, partitions: partitions, set: settings, unset: unset)
                    })
            }
            var changer = TopicChanger(invocation, context, clusters)
            if !names.patterns.isEmpty, !invocation.has(TopicChanger.execute) {
                changer.isDryRun = true
                let allow = PlanText.allowance(for: plans).map { " --allow \($0)" } ?? ""
                changer.next =
                    TopicChanger.nothing(in: plans) ?? "Nothing was changed. The same with --execute\(allow) does it."
            }
            return try await changer.run(plans, allowing: allowance)
        }
    }
}

extension OpenCluster {
    /// The cluster's topics, with the settings of those that are meant.
    func observe(_ names: NameChoice) async throws(KafkaError) -> TopicObservation {
        try await observer.observe(
            settingsOf: { names.includes($0.rawValue) }, asking: names.names.map { TopicName($0) })
    }
}

extension NameChoice {
    /// The topics that are meant on a cluster: those named, there or not, and those that a pattern finds, without Kafka's
    /// and MirrorMaker's own and what is called like them, which only their names mean.
    func topics(of cluster: ObservedCluster) -> [TopicName] {
        let named = names.map { TopicName($0) }
        let found = cluster.names.filter {
            patterns.finds($0.rawValue) && !TopicFamily.isKept($0) && !named.contains($0)
        }
        return named + found.sorted()
    }
}
