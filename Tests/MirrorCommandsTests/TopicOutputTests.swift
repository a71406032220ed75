// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import TernConfiguration
import TopicAdministration
import TopicPlanning
import Foundation
import Kafka
import KafkaTypes
import MirrorEngine
import Testing
import Text

@testable import MirrorCommands

/// Every format of every command that lists topics or groups, from values: no broker is asked.
@Suite struct TopicOutputTests {
    private func text(_ report: Report, _ path: String, _ format: OutputFormat) throws -> String {
        let command = try #require(CommandTable.standard.match(path.split(separator: " ").map(String.init))?.command)
        let output = MemoryOutput()
        let context = CommandContext(variables: [:], output: output, diagnostics: MemoryOutput())
        _ = try context.print(report, for: Invocation(command: command, values: ["output": [format.rawValue]]))
        return output.text
    }

    private func expectGolden(_ report: Report, _ path: String, _ name: String, _ format: OutputFormat) throws {
        let text = try text(report, path, format)
        expectSnapshot(text, "\(name)-\(format.rawValue).\(snapshotEnding(format.rawValue))")
        #expect(!text.contains("\u{1B}"), "nothing is coloured in a pipe")
        guard format == .json else { return }
        let document = try JSONValue(parsing: text.utf8)
        let schema = try SchemaFile(kind: report.kind)
        #expect(schema.problems(in: document) == [])
        let kind = CommandTable.standard.match(path.split(separator: " ").map(String.init))?.command.kind
        #expect(report.kind == kind)
    }

    @Test(arguments: OutputFormat.allCases)
    func `a list of topics`(format: OutputFormat) throws {
        var list = TopicList(readsSettings: true)
        let chosen = ChosenCluster(alias: "eu", name: "eu", properties: [:])
        list.add(Samples.observation, of: chosen, NameFilter()) { _, _ in true }
        list.failures = [
            CommandFailure(
                .failed, code: "_TRANSPORT", "cluster us: it cannot be reached: Connection refused", resource: "us",
                hint: "is it running, and is bootstrap.servers right?")
        ]
        try expectGolden(list.report(NameFilter()), "topic list", "topic-list", format)
    }

    @Test(arguments: OutputFormat.allCases)
    func `a description of a topic`(format: OutputFormat) throws {
        let observation = Samples.observation
        let detail = TopicDetail(
            cluster: "eu", alias: "eu", clusterID: observation.cluster.clusterID,
            description: try #require(observation.descriptions["orders"]),
            observed: try #require(observation.cluster.topics["orders"]), starts: [0: 100, 1: 0],
            ends: [0: 1_250_100, 1: 0])
        let report = TopicDescribeCommand.report([detail], [], showing: "all")
        try expectGolden(report, "topic describe", "topic-describe", format)
    }

    @Test(arguments: OutputFormat.allCases)
    func `a plan`(format: OutputFormat) throws {
        let plans = Samples.plans
        var report = try PlanReport.report(plans, ["eu"], at: 1_790_000_000_000)
        report.text = PlanText(plans: plans, names: ["eu"], isColored: false).text
        try expectGolden(report, "topic plan", "topic-plan", format)
    }

    @Test(arguments: OutputFormat.allCases)
    func `what has become of a plan`(format: OutputFormat) throws {
        let plans = Samples.plans
        var progress = ApplyProgress(plans)
        var isFirst = true
        while case let batch = progress.nextBatch(atMost: 1), let operation = batch.first {
            progress.settle(operation, isFirst ? .done : .failed("Policy refuses it. (POLICY_VIOLATION)"))
            isFirst = false
        }
        var report = Report(
            kind: "TopicChanges",
            data: [
                "dry_run": false, "plan": try PlanReport.json(plans, at: 1_790_000_000_000), "results": .null,
            ])
        PlanReport.add(progress, ["eu"], to: &report)
        try expectGolden(report, "topic apply", "topic-apply", format)
    }

    @Test(arguments: [false, true])
    func `each stream is coloured for itself: what goes into a pipe never is`(isOutputTerminal: Bool) throws {
        let output = MemoryOutput(terminalColumns: isOutputTerminal ? 200 : nil)
        let diagnostics = MemoryOutput(terminalColumns: isOutputTerminal ? nil : 200)
        let context = CommandContext(variables: ["TERM": "xterm"], output: output, diagnostics: diagnostics)
        let command = try #require(CommandTable.standard.match(["topic", "delete"])?.command)
        let invocation = Invocation(command: command)
        #expect(context.paints(invocation) == isOutputTerminal)
        #expect(context.paints(invocation, on: diagnostics) == !isOutputTerminal)
    }

    @Test(arguments: OutputFormat.allCases)
    func `a comparison of two clusters`(format: OutputFormat) throws {
        let flow = ComparedFlow(
            name: FlowName(source: "eu", target: "us"), naming: IdentityNaming(source: "eu"),
            selection: TopicSelection(include: try NamePatternList(["orders.*"])),
            rules: TopicSyncRules(
                filter: ConfigurationFilter(exclude: try NamePatternList(["min[.]insync[.]replicas"]))))
        let comparison = TopicComparison(from: Samples.cluster("eu"), to: Samples.cluster("us"), flow: flow)
        let report = ClusterDifferences(comparison: comparison, from: "eu", to: "us", flow: flow.name).report
        try expectGolden(report, "topic diff", "topic-diff", format)
    }

    @Test(arguments: OutputFormat.allCases)
    func `a comparison of files and a cluster`(format: OutputFormat) throws {
        let report = FileDifferences(plans: Samples.plans, names: ["eu"]).report
        try expectGolden(report, "topic diff", "topic-diff-files", format)
    }

    @Test func `a pattern finds no topic that is called like an internal one, where something is changed`() throws {
        let cluster = ObservedCluster(
            alias: "eu", clusterID: "x", brokers: 1,
            topics: [
                "orders", "orders-internal", "connect-offsets.internal", "__consumer_offsets",
                "mm2-offsets.us.internal",
            ].map { Samples.topic($0, 1, []) })
        #expect(NameChoice(patterns: try NamePatternList([".*"])).topics(of: cluster) == ["orders"])
    }

    @Test(arguments: OutputFormat.allCases)
    func `a list of groups`(format: OutputFormat) throws {
        let eu = GroupListings(
            groups: [
                GroupListing(id: "billing", state: .stable, isSimple: false),
                GroupListing(id: "audit", state: .empty, isSimple: false),
            ], problems: [])
        let us = GroupListings(groups: [GroupListing(id: "billing", state: .empty, isSimple: true)], problems: [])
        let report = GroupListCommand.report(
            [("eu", .success(eu)), ("us", .success(us))], NameChoice(patterns: .none))
        try expectGolden(report, "group list", "group-list", format)
    }

    @Test(arguments: OutputFormat.allCases)
    func `a group on both clusters`(format: OutputFormat) throws {
        var flow = FlowConfiguration(
            name: FlowName(source: "eu", target: "us"), isEnabled: true,
            topics: TopicSelection(include: try NamePatternList([".*"])))
        flow.replicationFactor = 1
        var view = GroupView(names: GroupTopicNames(flows: [flow], first: "eu"), now: 1_790_000_060_000)
        let member = GroupDescription.Member(
            clientID: "app-1", consumerID: "app-1-5f", host: "/10.0.0.7", instanceID: nil,
            assignment: (0...2).map { TopicPartition("orders", $0) })
        view.sides = [
            (
                "eu", "eu",
                [
                    GroupDetail(
                        group: "billing", state: .stable, members: [member], assignor: "range",
                        positions: [
                            TopicPartition("orders", 0): .init(committed: 10, end: 25, timestamp: 1_790_000_000_000),
                            TopicPartition("orders", 1): .init(committed: 7, metadata: "x", end: 7),
                            TopicPartition("orders", 2): .init(end: 3),
                        ])
                ]
            ),
            (
                "us", "us",
                [
                    GroupDetail(
                        group: "billing", state: .empty, members: nil, assignor: nil,
                        positions: [TopicPartition("eu.orders", 0): .init(committed: 10)])
                ]
            ),
        ]
        try expectGolden(view.report(asked: ["billing"]), "group describe", "group-describe", format)
    }
}

/// Topics of a cluster, and a plan that has one of everything.
enum Samples {
    static func topic(_ name: TopicName, _ partitions: Int32, _ settings: [ConfigurationEntry]) -> ObservedTopic {
        ObservedTopic(name: name, partitions: partitions, replicationFactor: 2, leastInSync: 2, settings: settings)
    }

    static func entry(
        _ name: String, _ value: String?, _ source: ConfigurationEntry.Source = .dynamicTopic
    ) -> ConfigurationEntry { ConfigurationEntry(name: name, value: value, source: source) }

    static func cluster(_ alias: ClusterAlias) -> ObservedCluster {
        let isFirst = alias == "eu"
        return ObservedCluster(
            alias: alias, clusterID: isFirst ? "4L6g3nShT-eMCtK--X86sw" : "bT7xWv1yQMeKFV3iPqkJ9Q", brokers: 3,
            topics: [
                topic(
                    "orders", isFirst ? 2 : 4,
                    [
                        entry("cleanup.policy", "delete", .default),
                        entry("min.insync.replicas", isFirst ? "2" : "1", isFirst ? .dynamicTopic : .staticBroker),
                        entry("retention.ms", isFirst ? "604800000" : "259200000"),
                    ]),
                topic("orders.dlq", 1, [entry("retention.ms", "604800000", .default)]),
            ] + (isFirst ? [topic("tmp.load-test", 3, [])] : []), unreadable: isFirst ? ["secret": "denied"] : [:])
    }

    static var observation: TopicObservation {
        let cluster = cluster("eu")
        let descriptions = cluster.topics.values.map { topic in
            TopicDescription(
                name: topic.name,
                partitions: (0..<topic.partitions).map { index in
                    PartitionDescription(
                        index: index, leader: topic.name == "tmp.load-test" && index == 1 ? nil : 1, replicas: [1, 2],
                        inSyncReplicas: index == 1 ? [1] : [1, 2])
                })
        }
        return TopicObservation(
            cluster: cluster,
            brokers: (1...3).map { BrokerDescription(id: Int32($0), host: "b\($0)", port: 9092) },
            descriptions: Dictionary(descriptions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
    }

    static var plans: [ClusterTopicPlan] {
        let wanted = [
            TopicSpecification(
                name: "orders", partitions: 12, replicationFactor: 3,
                settings: ["retention.ms": "259200000", "min.insync.replicas": "2"]),
            TopicSpecification(
                name: "payments", partitions: 6, replicationFactor: 3, settings: ["cleanup.policy": "compact"]),
            TopicSpecification(name: "secret", partitions: 1),
            TopicSpecification(name: "orders.dlq", partitions: 1),
        ]
        return [TopicPlanner(cluster("eu")).plan(wanted, prune: PruneRule())]
    }
}
