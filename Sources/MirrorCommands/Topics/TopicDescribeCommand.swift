// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import Text

enum TopicDescribeCommand {
    static let show = Flag(
        "show", .choice(["all", "partitions", "settings"]), preset: "all",
        "which of the tables; -o tsv prints the first one only")

    static let command = Command(
        path: ["topic", "describe"],
        aliases: [["topic", "show"]],
        summary: "show a topic's partitions, replicas, offsets and settings",
        discussion: [
            "RECORDS counts offsets between a partition's start and its end: compaction and transactions leave gaps, so there "
                + "may be fewer records. Each setting has its effective value and where the value comes from: the topic "
                + "itself, a broker, the cluster, server.properties, or Kafka's default. Bytes on disk are unknown: "
                + "librdkafka 2.0.2 has no request for them."
        ],
        arguments: [ClusterFlags.file, TopicFamily.name],
        flags: [ClusterFlags.cluster, ClusterFlags.regex, show] + ClusterFlags.connection + Flag.listing,
        examples: [
            .init(purpose: "one topic on every cluster of the file", line: "tern topic describe orders"),
            .init(
                purpose: "the settings of several, as data",
                line: "tern topic describe -c eu --regex 'orders.*' --show settings -o tsv"),
        ],
        statuses: [(.failed, "a cluster does not answer, or no cluster has a topic that was named")],
        kind: "TopicDescription",
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        let names = try NameChoice(
            invocation, needing: TopicFamily.name, hint: "name it, or name several by --regex")
        let choice = try ClusterChoice(invocation, context, fallback: .every)
        let asked = names.names.map { TopicName($0) }
        return try await choice.open { clusters in
            let answers = await clusters.ask { cluster throws(KafkaError) in
                try await TopicDetail.read(try await cluster.observe(names), cluster) { names.includes($0.rawValue) }
            }
            for reading in answers.compactMap({ try? $0.answer.get() }) { try names.patterns.check(reading.names) }
            return try context.print(report(answers, asked, invocation), for: invocation)
        }
    }

    private static func report(
        _ answers: [(cluster: OpenCluster, answer: Result<TopicDetail.Reading, CommandFailure>)], _ asked: [TopicName],
        _ invocation: Invocation
    ) -> Report {
        var failures: [CommandFailure] = []
        var details: [TopicDetail] = []
        var all: Set<TopicName> = []
        for (cluster, answer) in answers {
            switch answer {
            case .failure(let failure): failures.append(failure)
            case .success(let reading):
                details += reading.details
                all.formUnion(reading.names)
                for (topic, reason) in reading.unreadable.sorted(by: { $0.key < $1.key }) {
                    failures.append(.unreadable(topic, on: cluster.name, reason))
                }
            }
        }
        if answers.allSatisfy({ if case .success = $0.answer { true } else { false } }) {
            let met = Set(details.map(\.name)).union(failures.compactMap { $0.resource.map { TopicName($0) } })
            for topic in asked where !met.contains(topic) {
                failures.append(.unknownTopic(topic, among: Array(all)))
            }
        }
        return TopicDescribeCommand.report(details, failures, showing: invocation[show] ?? "all")
    }

    static func report(_ details: [TopicDetail], _ failures: [CommandFailure], showing what: String) -> Report {
        var report = Report(
            kind: "TopicDescription", data: ["topics": .array(details.map(\.json))],
            tables: TopicDetail.tables(details, showing: what))
        report.names = details.map(\.name.rawValue)
        report.failures = failures
        if details.isEmpty, failures.isEmpty { report.notes = ["No topic matches."] }
        if !failures.isEmpty { report.status = .failed }
        return report
    }
}
