// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import TopicAdministration
internal import TopicPlanning
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import Text

enum TopicListCommand {
    static let command = Command(
        path: ["topic", "list"],
        aliases: [["topic", "ls"], ["topics"]],
        summary: "list the topics of one cluster or several",
        discussion: [
            "Two requests for each cluster, however many topics it has; -o wide, json, yaml and tsv read the settings too. "
                + "A cluster hides topics that the user may not describe."
        ],
        arguments: [ClusterFlags.file, TopicFamily.name],
        flags: [ClusterFlags.cluster, TopicFamily.topics, TopicFamily.excludeInternal] + HealthFilter.flags
            + ClusterFlags.connection + Flag.listing,
        examples: [
            .init(purpose: "every cluster of the file", line: "tern topic list mirror.properties"),
            .init(purpose: "what is in trouble on one", line: "tern topic list --cluster eu --under-replicated"),
            .init(purpose: "without any file", line: "tern topic list --bootstrap localhost:9092 --exclude-internal"),
            .init(purpose: "names, for a script", line: "tern topic list -c eu --topics 'orders.*' -o name"),
        ],
        statuses: [(.failed, "a cluster does not answer, or has none of a topic that was named")],
        kind: "TopicList",
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        let choice = try ClusterChoice(invocation, context, fallback: .every)
        let names = NameFilter(try TopicFamily.patterns(invocation), invocation)
        let readsSettings =
            [.wide, .json, .yaml, .tsv].contains(invocation.format) || HealthFilter.needsSettings(invocation)
        return try await choice.open { clusters in
            let answers = await clusters.ask { cluster throws(KafkaError) in
                try await cluster.observer.observe { readsSettings && names.includes($0) }
            }
            var list = TopicList(readsSettings: readsSettings)
            for (cluster, answer) in answers {
                switch answer {
                case .failure(let failure): list.failures.append(failure)
                case .success(let observation):
                    try names.patterns.check(observation.descriptions.keys)
                    list.add(observation, of: cluster.chosen, names) { topic, health in
                        HealthFilter.passes(topic, health, invocation)
                    }
                }
            }
            return try context.print(list.report(names), for: invocation)
        }
    }
}

/// Which names `tern topic list` shows.
struct NameFilter: Sendable {
    let named: [TopicName]
    let patterns: NamePatternList
    let excludesInternal: Bool

    init(named: [TopicName] = [], patterns: NamePatternList = .none, excludesInternal: Bool = false) {
        self.named = named
        self.patterns = patterns
        self.excludesInternal = excludesInternal
    }

    init(_ patterns: NamePatternList, _ invocation: Invocation) {
        named = invocation.allArguments(TopicFamily.name.name).map { TopicName($0) }
        self.patterns = patterns
        excludesInternal = invocation.has(TopicFamily.excludeInternal)
    }

    func includes(_ topic: TopicName) -> Bool {
        if excludesInternal, TopicFamily.isInternal(topic) { return false }
        if named.isEmpty, patterns.isEmpty { return true }
        return named.contains(topic) || patterns.finds(topic.rawValue)
    }
}

/// What `tern topic list` shows.
struct TopicList {
    let readsSettings: Bool
    var failures: [CommandFailure] = []
    private var clusters: [JSONValue] = []
    private var rows: [[TextTable.Cell]] = []
    private var names: [String] = []
    private var found: Set<TopicName> = []
    private var partitions = 0

    init(readsSettings: Bool) { self.readsSettings = readsSettings }

    mutating func add(
        _ observation: TopicObservation, of cluster: ChosenCluster, _ names: NameFilter,
        where isShown: (ObservedTopic?, TopicHealth) -> Bool
    ) {
        var topics: [JSONValue] = []
        for topic in observation.descriptions.values.sorted(by: { $0.name < $1.name })
        where names.includes(topic.name) {
            found.insert(topic.name)
            let observed = observation.cluster.topics[topic.name]
            let health = TopicHealth(topic, observed)
            guard isShown(observed, health) else { continue }
            topics.append(json(topic, observed, health, observation.cluster.unreadable[topic.name]))
            rows.append(row(topic, observed, health, cluster))
            self.names.append(topic.name.rawValue)
            partitions += topic.partitions.count
        }
        clusters.append([
            "cluster": .optional(cluster.alias?.rawValue), "cluster_id": .string(observation.cluster.clusterID),
            "brokers": .integer(Int64(observation.brokers.count)), "topics": .array(topics),
        ])
    }

    private func row(
        _ topic: TopicDescription, _ observed: ObservedTopic?, _ health: TopicHealth, _ cluster: ChosenCluster
    ) -> [TextTable.Cell] {
        func setting(_ name: String) -> TextTable.Cell {
            guard let value = observed?.settings[name]?.value else { return .empty }
            return TextTable.Cell(text: TopicSettingCatalogue.human(name, value), raw: value)
        }
        let own = readsSettings ? observed.map { Int64($0.overrides.count) } : nil
        return [
            .text(cluster.name), .text(topic.name.rawValue), .count(Int64(topic.partitions.count)),
            .count(Int64(topic.replicationFactor)), health.cell, setting("cleanup.policy"), setting("retention.ms"),
            setting("min.insync.replicas"), .count(own),
        ]
    }

    private func json(
        _ topic: TopicDescription, _ observed: ObservedTopic?, _ health: TopicHealth, _ unreadable: String?
    ) -> JSONValue {
        let own = observed.map { topic in
            JSONValue.object(
                topic.overrides.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .optional($0.value)) })
        }
        let head: [JSONValue.Member] = [
            .init(name: "topic", value: .string(topic.name.rawValue)),
            .init(name: "partitions", value: .integer(Int64(topic.partitions.count))),
            .init(name: "replication_factor", value: .integer(Int64(topic.replicationFactor))),
        ]
        let tail: [JSONValue.Member] = [
            .init(name: "internal", value: .bool(TopicFamily.isInternal(topic.name))),
            .init(name: "settings", value: own ?? .null),
            .init(name: "problem", value: .optional(unreadable)),
        ]
        return .object(head + health.json + tail)
    }

    func report(_ filter: NameFilter) -> Report {
        var table = TextTable([
            .init("CLUSTER"), .init("TOPIC"), .init("PARTITIONS", .right), .init("RF", .right), .init("REPLICAS"),
            .init("CLEANUP", isWide: true), .init("RETENTION", .right, isWide: true),
            .init("MIN-ISR", .right, isWide: true), .init("OWN-SETTINGS", .right, isWide: true),
        ])
        table.rows = rows
        var report = Report(kind: "TopicList", data: ["clusters": .array(clusters)], tables: [table])
        report.names = names
        report.failures = failures
        // Where a cluster is silent nobody can say that it has no such topic.
        if failures.isEmpty {
            for name in filter.named where !found.contains(name) {
                report.failures.append(.unknownTopic(name, among: Array(found)))
            }
        }
        if !report.failures.isEmpty { report.status = .failed }
        if failures.isEmpty || !rows.isEmpty {
            report.notes = [
                "\(NumberText.counted(rows.count, "topic")), \(NumberText.counted(partitions, "partition"))."
            ]
        }
        return report
    }
}

extension CommandFailure {
    static func unknownTopic(_ topic: TopicName, on cluster: String? = nil, among names: [TopicName]) -> CommandFailure
    {
        let near = TopicSettingCatalogue.nearest(to: topic.rawValue, among: names.map(\.rawValue).sorted())
        return CommandFailure(
            .failed, code: "UNKNOWN_TOPIC_OR_PARTITION",
            "there is no topic '\(topic)'\(cluster.map { " on \($0)" } ?? ""), or it may not be described",
            resource: topic.rawValue, hint: near.map { "did you mean '\($0)'?" })
    }
}

extension NumberText {
    /// `1 topic`, `12 topics`.
    static func counted(_ number: Int, _ noun: String) -> String {
        "\(grouped(Int64(number))) \(noun)\(number == 1 ? "" : "s")"
    }
}
