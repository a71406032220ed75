// SPDX-License-Identifier: Apache-2.0
internal import TopicAdministration
internal import TernConfiguration
internal import TopicPlanning
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Platform
internal import Text
internal import TopicFiles

/// Topic files as a command reads them.
struct TopicFileInput: Sendable {
    static let files = Flag(
        "file", short: "f", .file("PATH"), isRepeatable: true,
        "a topic file, or a folder of them; - is the standard input; can be repeated")
    static let prune = Flag(
        "prune", "delete topics that no file describes, but no copies of a flow and nothing internal")
    /// The same for a command that changes nothing.
    static let pruneShown = Flag(
        "prune", "topics that no file describes are differences too, but no copies of a flow and nothing internal")

    let set: TopicFileSet

    /// Reads files and folders; warnings go to stderr.
    ///
    /// - Returns: the failures instead, one for each error, when the files cannot be used.
    static func read(
        _ invocation: Invocation, _ context: CommandContext, _ configuration: MirrorConfiguration?
    ) async -> (input: TopicFileInput?, failures: [CommandFailure]) {
        let paths = invocation.all(files)
        let set = await ThreadExecutor.shared.run { TopicFolder.read(paths, in: .disk(reading: context)) }
        // Without a file of clusters every alias may be one.
        let unknown = configuration.map { set.problems(knowing: $0.clusters.map(\.alias)) } ?? []
        let problems = (set.problems + unknown).sorted(by: TopicFileProblem.precedes)
        for problem in problems where problem.severity == .warning { context.say("\(problem)", invocation) }
        let errors = problems.filter { $0.severity == .error }
        guard errors.isEmpty else {
            return (
                nil,
                errors.map { problem in
                    let place = problem.location?.description ?? problem.file
                    return CommandFailure(
                        .usage, code: "INVALID_FILE", "\(place): \(problem.what)", resource: place,
                        hint: problem.remedy)
                }
            )
        }
        return (TopicFileInput(set: set), [])
    }

    /// Reads the files that a command line names, opens the clusters and plans what makes them as the files say.
    ///
    /// - Returns: the exit status of `body`, or that of the failures when the files cannot be used.
    static func plan(
        _ invocation: Invocation, _ context: CommandContext, fallback: ClusterChoice.Fallback,
        _ body: ([ClusterTopicPlan], [OpenCluster]) async throws -> ExitStatus
    ) async throws -> ExitStatus {
        let choice = try ClusterChoice(invocation, context, fallback: fallback)
        let (files, failures) = await read(invocation, context, choice.configuration)
        guard let files else { return try context.print(failures, for: invocation) }
        return try await choice.open { clusters in
            let plans = try await files.plans(clusters, prunes: invocation.has(prune), choice.configuration)
            return try await body(plans, clusters)
        }
    }

    /// That a cluster is the one that the files mean.
    func check(_ cluster: OpenCluster, _ id: String) throws(CommandFailure) {
        guard let alias = cluster.alias, let expected = set.clusterIDs[alias], expected.value != id else { return }
        throw CommandFailure(
            .refused, code: "OTHER_CLUSTER",
            "\(cluster.name) is cluster \(id), and \(expected.location) expects \(expected.value)",
            resource: cluster.name, hint: "nothing was changed; check where bootstrap.servers leads, or the file")
    }

    /// Reads the clusters, and plans what makes them as the files say.
    func plans(
        _ clusters: [OpenCluster], prunes: Bool, _ configuration: MirrorConfiguration?
    ) async throws(CommandFailure) -> [ClusterTopicPlan] {
        let set = set
        let observed = try await clusters.askAll { cluster throws(KafkaError) in
            let names = set.specifications(on: cluster.alias).map(\.name)
            let sample = TopicSample(names)
            return try await cluster.observer.observe(
                settingsOf: { prunes || sample.includes($0) }, asking: names)
        }
        var plans: [ClusterTopicPlan] = []
        for (cluster, observation) in zip(clusters, observed) {
            try check(cluster, observation.cluster.clusterID)
            let reach = FlowReach(configuration, into: cluster.alias)
            let planner = TopicPlanner(observation.cluster) { reach.room(for: $0) }
            plans.append(
                planner.plan(set.specifications(on: cluster.alias), prune: prunes ? reach.prune : nil))
        }
        return plans
    }
}

extension TopicFileSystem {
    /// The disk, with `-` for the standard input, and with whatever else is no regular file: `-f <(generate)`.
    fileprivate static func disk(reading context: CommandContext) -> TopicFileSystem {
        struct Words: Error, CustomStringConvertible { let description: String }
        let (input, disk) = ("-", TopicFileSystem.disk)
        return TopicFileSystem(
            contents: { path in
                do throws(SystemFailure) { return try context.readFile(path == input ? "/dev/stdin" : path) } catch {
                    throw Words(description: error.reason)
                }
            },
            entries: { $0 == input ? nil : try disk.entries($0) }, absolute: disk.absolute)
    }
}

extension CommandContext {
    /// Prints failures that keep a command from starting.
    func print(_ failures: [CommandFailure], for invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        var report = Report(kind: invocation.command.kind ?? "Error", data: .null)
        report.failures = failures
        report.status = failures.first?.status ?? .failed
        return try print(report, for: invocation)
    }
}
