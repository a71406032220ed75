// SPDX-License-Identifier: Apache-2.0
internal import TopicAdministration
internal import TernConfiguration
internal import TopicPlanning
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Platform

enum TopicApplyCommand {
    private static let plan = Argument(
        name: "PLAN", kind: .file, accepts: { !$0.hasSuffix(".properties") },
        summary: "a plan that tern topic plan --out saved")
    private static let file = Argument(
        name: ConfigurationFile.argument.name, kind: .file, accepts: { $0.hasSuffix(".properties") },
        summary: "the properties file, where its name ends in .properties; else --config or TERN_CONFIG")

    static let command = Command(
        path: ["topic", "apply"],
        summary: "apply a saved plan, or plan topic files and apply that",
        discussion: [
            "Refuses a plan when one of its topics has changed since, or when a cluster has another id. It makes a change that "
                + "may lose or refuse records only when --allow names its class. It deletes topics that no file describes only "
                + "with --prune, which needs --allow delete-topic too. It reads each change back. A failure does not affect other "
                + "topics; run it again to do the rest."
        ],
        arguments: [file, plan],
        flags: [
            TopicFileInput.files, ClusterFlags.cluster, TopicFileInput.prune, TopicChanger.allow, TopicChanger.dryRun,
        ] + ClusterFlags.connection + Flag.listing,
        examples: [
            .init(purpose: "a saved plan", line: "tern topic apply plan.json --allow reduce-retention,add-partitions"),
            .init(purpose: "files, on one cluster", line: "tern topic apply -f topics/ -c us"),
            .init(
                purpose: "files that are the whole truth",
                line: "tern topic apply -f topics/ -c us --prune --allow delete-topic"),
        ],
        statuses: [
            (.failed, "something failed, was not tried, or cannot be done"),
            (.usage, "a file, or the plan, is wrong"),
            (.refused, "the plan is stale, a cluster is another one, or a class of risk is not named by --allow"),
        ],
        kind: "TopicChanges",
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        let allowance = try TopicChanger.allowance(invocation)
        if let path = invocation.argument(plan.name) {
            guard !invocation.has(TopicFileInput.files), !invocation.has(TopicFileInput.prune) else {
                throw CommandFailure.usage("a saved plan says itself what is to be done: no --file, no --prune")
            }
            return try await apply(saved: path, allowance, invocation, context)
        }
        guard invocation.has(TopicFileInput.files) else {
            throw CommandFailure.usage("what is to be applied?", hint: "name a saved plan, or files by --file")
        }
        return try await TopicFileInput.plan(invocation, context, fallback: .only) { plans, clusters in
            try await TopicChanger(invocation, context, clusters).run(plans, allowing: allowance)
        }
    }

    private static func apply(
        saved path: String, _ allowance: RiskAllowance, _ invocation: Invocation, _ context: CommandContext
    ) async throws -> ExitStatus {
        let document = try read(path, context)
        let aliases = document.clusters.compactMap(\.cluster?.rawValue)
        let choice = try ClusterChoice(
            invocation, context, fallback: .only,
            aliases: invocation.has(ClusterFlags.bootstrap) || aliases.isEmpty ? nil : aliases)
        guard choice.clusters.count == document.clusters.count else {
            throw CommandFailure.usage(
                "\(path) is for \(document.clusters.count) clusters, and \(choice.clusters.count) are named")
        }
        return try await choice.open { clusters in
            let plans = Dictionary(uniqueKeysWithValues: zip(clusters.map(\.name), document.clusters))
            let observed = try await clusters.askAll { cluster throws(KafkaError) in
                let names = Set(plans[cluster.name]?.entries.map(\.topic) ?? [])
                return try await cluster.observer.observe(settingsOf: names.contains, asking: names.sorted())
            }
            var refusals: [CommandFailure] = []
            for (index, plan) in document.clusters.enumerated() {
                refusals += Self.refusals(plan.refusal(now: observed[index].cluster), clusters[index].name)
            }
            guard refusals.isEmpty else { return try context.print(refusals, for: invocation) }
            let remaining = zip(document.clusters, observed).map { $0.remaining(now: $1.cluster) }
            return try await TopicChanger(invocation, context, clusters).run(
                remaining, planned: document.clusters, allowing: allowance)
        }
    }

    private static func read(_ path: String, _ context: CommandContext) throws(CommandFailure) -> TopicPlanDocument {
        let bytes = try context.bytes(of: path)
        do throws(PlanFileProblem) { return try TopicPlanDocument(decoding: bytes) } catch {
            throw CommandFailure(.usage, code: "INVALID_PLAN", "\(path): \(error)", resource: path)
        }
    }

    private static func refusals(_ refusal: PlanRefusal?, _ cluster: String) -> [CommandFailure] {
        switch refusal {
        case nil: return []
        case .otherCluster(let expected, let found):
            return [
                CommandFailure(
                    .refused, code: "OTHER_CLUSTER",
                    "the plan was made for cluster \(expected), and \(cluster) is \(found)", resource: cluster,
                    hint: "nothing was changed; check where bootstrap.servers leads")
            ]
        case .stale(let facts):
            return facts.map { fact in
                CommandFailure(
                    .refused, code: "STALE_PLAN", "the plan is stale: \(fact) on \(cluster)",
                    resource: fact.topic.rawValue, hint: "nothing was changed; make it again with tern topic plan")
            }
        }
    }
}
