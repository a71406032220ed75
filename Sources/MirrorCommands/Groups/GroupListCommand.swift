// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes
internal import Mirroring
internal import Text

enum GroupListCommand {
    static let command = Command(
        path: ["group", "list"],
        aliases: [["group", "ls"], ["groups"]],
        summary: "list consumer groups and their state on each cluster",
        discussion: [
            "A dash means that the cluster does not have the group. A cluster hides groups that the user may not "
                + "describe, and it lists no share groups."
        ],
        arguments: [ClusterFlags.file, GroupFamily.name],
        flags: [ClusterFlags.cluster, ClusterFlags.regex] + ClusterFlags.connection + Flag.listing,
        examples: [
            .init(purpose: "every cluster of the file", line: "tern group list mirror.properties"),
            .init(purpose: "without any file", line: "tern group list --bootstrap localhost:9092 -o name"),
        ],
        statuses: [(.failed, "a cluster or one of its brokers does not answer")],
        kind: "GroupList",
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        let names = try NameChoice(invocation, argument: GroupFamily.name.name)
        let choice = try ClusterChoice(invocation, context, fallback: .every)
        return try await choice.open { clusters in
            let answers = await clusters.ask { cluster throws(KafkaError) in
                try await cluster.groups()
            }
            for listing in answers.compactMap({ try? $0.answer.get() }) {
                try names.patterns.check(listing.groups.map(\.id.rawValue))
            }
            return try context.print(report(answers.map { ($0.cluster.name, $0.answer) }, names), for: invocation)
        }
    }

    static func report(
        _ answers: [(cluster: String, answer: Result<GroupListings, CommandFailure>)], _ names: NameChoice
    ) -> Report {
        var failures: [CommandFailure] = []
        var listings: [(cluster: String, groups: [GroupID: GroupListing])] = []
        for (cluster, answer) in answers {
            switch answer {
            case .failure(let failure): failures.append(failure)
            case .success(let listing):
                failures += listing.problems.map { .brokerFailed($0, of: cluster) }
                let groups = listing.groups.filter { names.includesOrIsEmpty($0.id.rawValue) }
                listings.append(
                    (cluster, Dictionary(groups.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })))
            }
        }
        let groups = Set(listings.flatMap(\.groups.keys)).sorted()
        var table = TextTable([.init("GROUP")] + listings.map { TextTable.Column($0.cluster.uppercased()) })
        table.rows = groups.map { group in
            [.text(group.rawValue)] + listings.map { .text($0.groups[group]?.state.word) }
        }
        let data: [JSONValue] = groups.map { group in
            let states = listings.map { listing -> JSONValue in
                [
                    "cluster": .string(listing.cluster),
                    "state": .optional(listing.groups[group]?.state.word),
                ]
            }
            return ["group": .string(group.rawValue), "clusters": .array(states)]
        }
        var report = Report(kind: "GroupList", data: ["groups": .array(data)], tables: [table])
        report.names = groups.map(\.rawValue)
        report.failures = failures
        if failures.isEmpty {
            for name in names.names where !groups.contains(GroupID(name)) {
                report.failures.append(.unknownGroup(name))
            }
        }
        if !report.failures.isEmpty { report.status = .failed }
        report.notes = [NumberText.counted(groups.count, "group") + "."]
        return report
    }
}

extension OpenCluster {
    /// The groups of all brokers that answer.
    ///
    /// - Throws: when none of them does: a cluster that is away would look like one without groups.
    func groups() async throws(KafkaError) -> GroupListings {
        let listings = try await admin.listGroups(within: limit)
        guard listings.groups.isEmpty, let problem = listings.problems.first else { return listings }
        throw KafkaError(._fail, during: "list groups", reason: problem)
    }
}

extension CommandFailure {
    /// One of several brokers did not list its groups.
    static func brokerFailed(_ problem: String, of cluster: String) -> CommandFailure {
        CommandFailure(.failed, code: "BROKER_FAILED", "cluster \(cluster): \(problem)", resource: cluster)
    }

    static func unknownGroup(_ name: String) -> CommandFailure {
        CommandFailure(
            .failed, code: "GROUP_ID_NOT_FOUND", "there is no group '\(name)', or it may not be described",
            resource: name, hint: "tern group list shows what is there")
    }
}
