// SPDX-License-Identifier: Apache-2.0
internal import TopicPlanning
internal import KafkaTypes
internal import Mirroring

enum TopicPlanCommand {
    static let out = Flag("out", .file("FILE"), "save the plan there, for tern topic apply")
    static let exitCode = Flag("exit-code", "end with 3 when there is something to change")

    static let command = Command(
        path: ["topic", "plan"],
        summary: "show the changes that bring clusters in line with topic files, or with another cluster",
        discussion: [
            "Compares effective values, whatever their source, and shows only differences. Each change that may lose or "
                + "refuse records is marked with its class of risk. A saved plan is valid while its topics do not change. "
                + "docs/topics-as-code.md describes the files."
        ],
        arguments: [ClusterFlags.file],
        flags: [
            TopicFileInput.files, ClusterFlags.cluster, TopicFileInput.prune, ClusterPair.from, ClusterPair.to,
            TopicFamily.topics, out, exitCode,
        ] + ClusterFlags.connection + Flag.listing,
        examples: [
            .init(purpose: "a folder on one cluster", line: "tern topic plan -f topics/ -c us --out plan.json"),
            .init(purpose: "in a pipeline", line: "tern topic plan -f topics/ -c @all --exit-code -o json"),
            .init(
                purpose: "what would make one cluster like another", line: "tern topic plan --from eu --to us"),
        ],
        statuses: [
            (.failed, "a cluster does not answer, or something that is wanted cannot be done"),
            (.usage, "a file is wrong"),
            (.found, "with --exit-code: there is something to change"),
            (.refused, "a cluster has another id than the files expect"),
        ],
        kind: "TopicPlan",
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        if let pair = try ClusterPair.given(invocation) {
            guard !invocation.has(TopicFileInput.files) else {
                throw CommandFailure.usage("--file and --from both say what is wanted")
            }
            let choice = try ClusterChoice(invocation, context, fallback: .every, aliases: [pair.from, pair.to])
            return try await choice.open { clusters in
                guard clusters.count == 2 else { throw CommandFailure.usage("--from and --to are one cluster") }
                let wanted = ClusterAsWanted(
                    from: clusters[0], to: clusters[1], configuration: choice.configuration,
                    patterns: try TopicFamily.patterns(invocation))
                return try print([try await wanted.plan()], [clusters[1]], invocation, context)
            }
        }
        guard invocation.has(TopicFileInput.files) else {
            throw CommandFailure.usage("what is wanted?", hint: "--file names files, --from and --to two clusters")
        }
        return try await TopicFileInput.plan(invocation, context, fallback: .only) { plans, clusters in
            try print(plans, clusters, invocation, context)
        }
    }

    private static func print(
        _ plans: [ClusterTopicPlan], _ clusters: [OpenCluster], _ invocation: Invocation, _ context: CommandContext
    ) throws -> ExitStatus {
        let names = clusters.map(\.name)
        let now = context.milliseconds()
        var text = PlanText(plans: plans, names: names, isColored: context.paints(invocation)).text
        let isEmpty = plans.allSatisfy(\.isEmpty)
        if let path = invocation[out] {
            try context.write(try TopicPlanDocument(createdAt: now, clusters: plans).encoded(), to: path)
            text += "Saved \(path), good as long as the topics stay as they were read.\n"
        }
        if !isEmpty { text += next(plans, invocation) }
        var report = try PlanReport.report(plans, names, at: now)
        report.text = text
        if !isEmpty, invocation.has(exitCode), report.failures.isEmpty { report.status = .found }
        return try context.print(report, for: invocation)
    }

    /// The command line that performs what was shown.
    private static func next(_ plans: [ClusterTopicPlan], _ invocation: Invocation) -> String {
        var line = CommandLineText(["tern", "topic", "apply"])
        if let path = invocation[out] {
            line.add([path])
        } else if invocation.has(TopicFileInput.files) {
            for flag in [TopicFileInput.files, ClusterFlags.cluster, TopicFileInput.prune] {
                line.add(flag, of: invocation)
            }
        } else {
            return "Nothing was saved: --out FILE saves the plan for tern topic apply.\n"
        }
        line.addConnection(of: invocation)
        if let allow = PlanText.allowance(for: plans) { line.add(["--allow", allow]) }
        return "Apply with: \(line.text)\n"
    }
}

/// `--from` and `--to`.
struct ClusterPair {
    static let from = Flag("from", .name("ALIAS", .cluster), "the cluster that is compared with another")
    static let to = Flag("to", .name("ALIAS", .cluster), "the cluster that it is compared with")

    let from: String
    let to: String

    static func given(_ invocation: Invocation) throws(CommandFailure) -> ClusterPair? {
        switch (invocation[from], invocation[to]) {
        case (nil, nil): return nil
        case (let from?, let to?): return ClusterPair(from: from, to: to)
        default: throw .usage("--from and --to belong together")
        }
    }
}
