// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import TopicPlanning
internal import Kafka
internal import KafkaTypes
internal import Mirroring
internal import Platform

/// Everything that `tern check` found out by connecting.
struct CheckResult: Sendable {
    var findings: [CheckFinding] = []
    var clusters: [ClusterInspection] = []
    var flows: [FlowInspection] = []
}

/// Checks a configuration against librdkafka and against its clusters.
struct Checker: Sendable {
    let file: String
    let configuration: MirrorConfiguration
    let timeout: Duration

    /// What librdkafka refuses of the clients' properties, without connecting.
    func properties() async -> [CheckFinding] {
        var findings: [CheckFinding] = []
        for cluster in configuration.clusters {
            findings += await problems(cluster.adminProperties, .admin, of: "cluster \(cluster.alias)")
        }
        for flow in configuration.flows where flow.isEnabled {
            findings += await problems(flow.consumerProperties, .consumer, of: "flow \(flow.name)")
            findings += await problems(flow.producerProperties, .producer, of: "flow \(flow.name)")
        }
        return findings
    }

    /// Reads certificate files and makes clients: not for Swift's threads.
    private func problems(_ properties: ClientProperties, _ kind: ClientKind, of place: String) async -> [CheckFinding]
    {
        let problems = await ThreadExecutor.shared.run {
            PropertyCheck.problems(in: properties, for: kind).map { Refused(key: $0.key, reason: $0.reason) }
        }
        let unknown = NewerProperties.unknown(in: properties).map { key, since in
            CheckFinding(
                .warning, at: place, code: "UNKNOWN_PROPERTY",
                "\(key) is not passed to the \(kind): librdkafka \(Clients.libraryVersion) has no such setting",
                hint: "it takes \(since) or newer")
        }
        return unknown
            + problems.map { problem in
                let key = problem.key.isEmpty ? "" : " \(problem.key)"
                let complaint = KeyStoreComplaint(problem.reason)
                return CheckFinding(
                    .error, at: place, code: "REFUSED_PROPERTY",
                    "librdkafka refuses the \(kind)'s\(key): \(complaint?.message ?? problem.reason)",
                    hint: complaint?.hint, status: .usage)
            }
    }

    private struct Refused: Sendable {
        let key: String
        let reason: String
    }

    /// Connects to every cluster at once, then tries what every flow would do.
    func connect() async throws(KafkaError) -> CheckResult {
        var admins: [ClusterAlias: AdminClient] = [:]
        for cluster in configuration.clusters {
            admins[cluster.alias] = try AdminClient(cluster.adminProperties, clientID: "tern|\(cluster.alias)|check")
        }
        var result = CheckResult()
        result.clusters = await inspect(admins)
        result.findings += result.clusters.flatMap(\.findings)
        result.findings += ClusterInspection.sameClusters(result.clusters, file: file)
        result.flows = await probe(result.clusters, admins)
        for flow in result.flows { result.findings += flow.findings + flow.topicFindings + flow.accessFindings }
        for admin in admins.values { await ThreadExecutor.shared.run { admin.close() } }
        return result
    }

    private func inspect(_ admins: [ClusterAlias: AdminClient]) async -> [ClusterInspection] {
        let inspector = ClusterInspector(timeout: timeout)
        let inspections = await withTaskGroup(of: ClusterInspection.self) { group in
            for cluster in configuration.clusters {
                guard let admin = admins[cluster.alias] else { continue }
                group.addTask { await inspector.inspect(cluster, admin) }
            }
            return await group.reduce(into: [ClusterAlias: ClusterInspection]()) { $0[$1.alias] = $1 }
        }
        return configuration.clusters.compactMap { inspections[$0.alias] }
    }

    private func probe(
        _ clusters: [ClusterInspection], _ admins: [ClusterAlias: AdminClient]
    ) async -> [FlowInspection] {
        let reached = Dictionary(clusters.map { ($0.alias, $0) }) { first, _ in first }
        let aliases = Set(configuration.clusters.map(\.alias))
        let inspections = await withTaskGroup(of: (Int, FlowInspection).self) { group in
            for (index, flow) in configuration.flows.enumerated() {
                group.addTask {
                    let empty = FlowInspection(flow, aliases: aliases)
                    guard let source = reached[flow.name.source]?.description,
                        let target = reached[flow.name.target]?.description,
                        let sourceAdmin = admins[flow.name.source], let targetAdmin = admins[flow.name.target],
                        flow.isEnabled
                    else { return (index, empty) }
                    return (index, await inspect(empty, source, target, sourceAdmin, targetAdmin))
                }
            }
            return await group.reduce(into: [Int: FlowInspection]()) { $0[$1.0] = $1.1 }
        }
        return configuration.flows.indices.compactMap { inspections[$0] }
    }

    private func inspect(
        _ empty: FlowInspection, _ source: ClusterDescription, _ target: ClusterDescription,
        _ sourceAdmin: AdminClient, _ targetAdmin: AdminClient
    ) async -> FlowInspection {
        var inspection = empty
        let flow = empty.flow
        let plan = TopicPlan(
            source: source.partitionCounts, target: target.partitionCounts, selection: flow.topics, naming: flow.naming,
            targetAlias: flow.name.target)
        inspection.plan = plan
        inspection.ruleChanges = RuleChanges(
            of: source.topics.map(\.name), selection: flow.topics, naming: flow.naming, target: flow.name.target)
        inspection.access = await AccessProbe(
            flow: flow, plan: plan, source: sourceAdmin, target: targetAdmin,
            existing: Set(target.topics.map(\.name)), timeout: timeout
        ).run()
        inspection.findings += await progressFindings(flow, target, targetAdmin)
        return inspection
    }

    /// A progress topic that was there before Tern must keep its rows.
    private func progressFindings(
        _ flow: FlowConfiguration, _ target: ClusterDescription, _ admin: AdminClient
    ) async -> [CheckFinding] {
        let (topic, place) = (flow.progressTopic.name, "flow \(flow.name)")
        guard target.topics.contains(where: { $0.name == topic }) else { return [] }
        let settings: Result<[ConfigurationEntry], KafkaError>?
        do {
            settings = try await admin.describeConfigurations(topics: [topic], within: timeout)[topic]
        } catch { settings = .failure(error) }
        switch settings {
        case .success(let entries):
            guard let complaint = ProgressTopicComplaint(topic, on: flow.name.target, settings: entries) else {
                return []
            }
            return [
                CheckFinding(.error, at: place, code: "PROGRESS_TOPIC", complaint.message, hint: complaint.cure)
            ]
        case .failure(let error):
            return [
                CheckFinding(
                    .note, at: place, code: "NOT_SEEN",
                    "whether \(topic) on \(flow.name.target) keeps its rows (cleanup.policy=compact) cannot be seen: "
                        + error.reason)
            ]
        case nil: return []
        }
    }
}

extension ClusterDescription {
    fileprivate var partitionCounts: [TopicName: Int32] {
        Dictionary(topics.map { ($0.name, Int32(clamping: $0.partitions.count)) }) { first, _ in first }
    }
}

extension FlowInspection {
    /// What the probes came to: what the flow cannot do without is an error.
    var accessFindings: [CheckFinding] {
        access.flatMap { summary in
            switch (summary.operation, summary.kind) {
            case ("DescribeConfigs", _):
                summary.findings(
                    at: place, .warning,
                    hint: "without it topics are created with the target's own settings, and stay so")
            case ("Read", "group") where summary.cluster == flow.name.source:
                summary.findings(
                    at: place, .warning,
                    hint:
                        "without it tools on \(summary.cluster) do not see the progress; emit.source.group.offsets=false "
                        + "ends the attempt")
            case (_, "transactional id"):
                summary.findings(
                    at: place, .error,
                    hint:
                        "grant Write on transactional ids that begin with \(flow.transactionalIDPrefix) (a prefixed rule) to "
                        + "Tern's user on \(summary.cluster)")
            default:
                summary.findings(
                    at: place, .error,
                    hint: "grant \(summary.operation) to Tern's user on \(summary.cluster)")
            }
        }
    }
}
