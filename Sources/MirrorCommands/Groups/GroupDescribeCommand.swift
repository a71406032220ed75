// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes
internal import Mirroring
internal import Text

enum GroupDescribeCommand {
    static let command = Command(
        path: ["group", "describe"],
        aliases: [["group", "show"]],
        summary: "show a group's members, offsets and lag, on both clusters side by side",
        discussion: [
            "LAG counts offsets between what the group has committed and the end; BEHIND is the age of the next record it will "
                + "read, by the record's own time stamp. Topics that flows copy under other names share a row, under "
                + "their name on the first cluster. An unknown value is a dash here and null in JSON, never 0."
        ],
        arguments: [ClusterFlags.file, GroupFamily.name],
        flags: [ClusterFlags.cluster, ClusterFlags.regex] + ClusterFlags.connection + Flag.listing,
        examples: [
            .init(purpose: "one group on every cluster of the file", line: "tern group describe billing"),
            .init(purpose: "several, as data", line: "tern group describe -c eu --regex 'billing.*' -o json"),
        ],
        statuses: [(.failed, "a cluster does not answer, or no cluster has a group that was named")],
        kind: "GroupDescription",
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        let names = try NameChoice(
            invocation, needing: GroupFamily.name, hint: "name it, or name several by --regex")
        let choice = try ClusterChoice(invocation, context, fallback: .every)
        let groups = names.names.map { GroupID($0) }
        return try await choice.open { clusters in
            let answers = await clusters.ask { cluster throws(KafkaError) in
                try await GroupDetail.read(groups, or: names.patterns, of: cluster)
            }
            var view = GroupView(
                names: GroupTopicNames(flows: choice.configuration?.flows ?? [], first: clusters.first?.alias),
                now: context.milliseconds())
            for (cluster, answer) in answers {
                switch answer {
                case .failure(let failure): view.failures.append(failure)
                case .success(let reading):
                    view.failures += reading.failures
                    view.sides.append((cluster.name, cluster.alias, reading.details))
                }
            }
            return try context.print(view.report(asked: groups), for: invocation)
        }
    }
}

/// Groups of several clusters, side by side.
struct GroupView {
    let names: GroupTopicNames
    let now: Int64
    var failures: [CommandFailure] = []
    var sides: [(name: String, alias: ClusterAlias?, details: [GroupDetail])] = []

    init(names: GroupTopicNames, now: Int64) {
        self.names = names
        self.now = now
    }

    func report(asked: [GroupID]) -> Report {
        let present = sides.map { side in
            side.details.filter { $0.state != nil || !$0.positions.isEmpty }
        }
        let groups = Set(present.joined().map(\.group)).sorted()
        let data: [JSONValue] = groups.map { group in
            let clusters = sides.compactMap { side in
                side.details.first { $0.group == group }?.json(side.name, now: now)
            }
            return ["group": .string(group.rawValue), "clusters": .array(clusters)]
        }
        var report = Report(
            kind: "GroupDescription", data: ["groups": .array(data)],
            tables: [offsets(groups), summary(groups), members(groups)])
        report.names = groups.map(\.rawValue)
        report.failures = failures
        if groups.isEmpty, asked.isEmpty, failures.isEmpty { report.notes = ["No group matches."] }
        if failures.isEmpty {
            report.failures += asked.filter { !groups.contains($0) }.map { .unknownGroup($0.rawValue) }
        }
        if !report.failures.isEmpty { report.status = .failed }
        return report
    }

    private func offsets(_ groups: [GroupID]) -> TextTable {
        let columns = sides.flatMap { side in
            let title = side.name.uppercased()
            return ["COMMITTED", "END", "LAG", "BEHIND"].map { TextTable.Column("\(title)-\($0)", .right) }
        }
        var table = TextTable([.init("GROUP"), .init("TOPIC"), .init("PARTITION", .right)] + columns)
        for group in groups {
            let positions = sides.map { side in
                let own = side.details.first { $0.group == group }?.positions ?? [:]
                return Dictionary(
                    own.map { (TopicPartition(names.shown($0.key.topic, on: side.alias), $0.key.partition), $0.value) },
                    uniquingKeysWith: { first, _ in first })
            }
            for place in Set(positions.flatMap(\.keys)).sorted() {
                let cells = positions.flatMap { side -> [TextTable.Cell] in
                    let position = side[place]
                    return [
                        .count(position?.committed), .count(position?.end), .count(position?.lag),
                        .age(seconds: position?.behind(now: now)),
                    ]
                }
                table.rows.append(
                    [
                        .text(group.rawValue), .text(place.topic.rawValue),
                        TextTable.Cell(text: "\(place.partition)", raw: "\(place.partition)"),
                    ] + cells)
            }
        }
        return table
    }

    private func summary(_ groups: [GroupID]) -> TextTable {
        var table = TextTable([
            .init("GROUP"), .init("CLUSTER"), .init("STATE"), .init("MEMBERS", .right), .init("LAG", .right),
            .init("ASSIGNOR", isWide: true),
        ])
        for group in groups {
            for side in sides {
                guard let detail = side.details.first(where: { $0.group == group }) else { continue }
                table.rows.append([
                    .text(group.rawValue), .text(side.name), .text(detail.state?.word ?? "absent"),
                    .count(detail.members.map { Int64($0.count) }), .count(detail.lag), .text(detail.assignor),
                ])
            }
        }
        return table
    }

    private func members(_ groups: [GroupID]) -> TextTable {
        var table = TextTable([
            .init("GROUP"), .init("CLUSTER"), .init("CLIENT"), .init("HOST"), .init("INSTANCE", isWide: true),
            .init("MEMBER", isWide: true), .init("PARTITIONS"),
        ])
        for group in groups {
            for side in sides {
                for member in side.details.first(where: { $0.group == group })?.members ?? [] {
                    table.rows.append([
                        .text(group.rawValue), .text(side.name), .text(member.clientID), .text(member.host),
                        .text(member.instanceID), .text(member.consumerID),
                        .text(member.assignment.map(\.description).joined(separator: ",")),
                    ])
                }
            }
        }
        return table
    }
}
