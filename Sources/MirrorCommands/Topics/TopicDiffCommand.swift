// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import TopicAdministration
internal import TopicPlanning
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine

enum TopicDiffCommand {
    private static let exitCode = Flag("exit-code", "end with 3 when there is a difference")

    static let command = Command(
        path: ["topic", "diff"],
        summary: "compare the topics of two clusters, or topic files with clusters",
        discussion: [
            "Compares effective values, whatever their source. Between two clusters it pairs topics by the names that the "
                + "flow of the file gives them. Each difference says whether the flow removes it by itself, and if not, why. "
                + "The room that a mirror adds to max.message.bytes does not count."
        ],
        arguments: [ClusterFlags.file],
        flags: [
            ClusterPair.from, ClusterPair.to, TopicFileInput.files, ClusterFlags.cluster, TopicFamily.topics,
            TopicFileInput.pruneShown, exitCode,
        ] + ClusterFlags.connection + Flag.listing,
        examples: [
            .init(purpose: "two clusters", line: "tern topic diff --from eu --to us --topics 'orders.*'"),
            .init(purpose: "files and every cluster", line: "tern topic diff -f topics/ -c @all --exit-code"),
        ],
        statuses: [
            (.failed, "a cluster does not answer"), (.usage, "a file is wrong"),
            (.found, "with --exit-code: there is a difference"),
            (.refused, "a cluster has another id than the files expect"),
        ],
        kind: "TopicDiff",
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        guard !invocation.has(TopicFileInput.files) else {
            return try await TopicFileInput.plan(invocation, context, fallback: .every) { plans, clusters in
                try print(FileDifferences(plans: plans, names: clusters.map(\.name)).report, invocation, context)
            }
        }
        return try print(try await compare(invocation, context), invocation, context)
    }

    private static func print(
        _ difference: Report, _ invocation: Invocation, _ context: CommandContext
    ) throws -> ExitStatus {
        var report = difference
        if !report.names.isEmpty, invocation.has(exitCode) { report.status = .found }
        return try context.print(report, for: invocation)
    }

    private static func compare(_ invocation: Invocation, _ context: CommandContext) async throws -> Report {
        let pair = try ClusterPair.given(invocation)
        let patterns = try TopicFamily.patterns(invocation)
        let choice = try ClusterChoice(
            invocation, context, fallback: .every, aliases: pair.map { [$0.from, $0.to] })
        guard choice.clusters.count == 2 else {
            throw CommandFailure.usage(
                "two clusters are compared, and \(choice.clusters.count) are named", hint: "--from and --to name them")
        }
        return try await choice.open { clusters in
            let observed = try await clusters.askAll { cluster throws(KafkaError) in
                let observation = try await cluster.observer.observe()
                return (observation, await hasTieredStorage(cluster, observation))
            }
            for (observation, _) in observed { try patterns.check(observation.cluster.names) }
            var flow: ComparedFlow?
            if let from = clusters[0].alias, let to = clusters[1].alias,
                let configured = choice.configuration?.flow(FlowName(source: from, target: to))
            {
                let enabled = choice.configuration?.flows.filter(\.isEnabled) ?? []
                flow = ComparedFlow(configured, among: enabled, targetHasTieredStorage: observed[1].1)
            }
            let comparison = TopicComparison(from: observed[0].0.cluster, to: observed[1].0.cluster, flow: flow) {
                patterns.isEmpty || patterns.finds($0.rawValue)
            }
            return ClusterDifferences(
                comparison: comparison, from: clusters[0].name, to: clusters[1].name, flow: flow?.name
            ).report
        }
    }

    /// Unknown counts as no: a broker that does not say is asked for nothing it may refuse.
    private static func hasTieredStorage(_ cluster: OpenCluster, _ observation: TopicObservation) async -> Bool {
        guard let broker = observation.brokers.first?.id else { return false }
        let settings = try? await cluster.admin.describeConfiguration(broker: broker, within: cluster.limit)
        return settings?.contains { $0.name == "remote.log.storage.system.enable" && $0.value == "true" } ?? false
    }
}
