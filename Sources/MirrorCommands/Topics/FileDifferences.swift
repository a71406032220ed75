// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import TopicPlanning
internal import KafkaTypes
internal import Mirroring
internal import Text

/// How clusters differ from what files say.
struct FileDifferences {
    let plans: [ClusterTopicPlan]
    let names: [String]

    var report: Report {
        var table = TextTable([
            .init("CLUSTER"), .init("TOPIC"), .init("FIELD"), .init("FILES"), .init("CLUSTER-HAS"),
            .init("NOTE", isSentence: true),
        ])
        var comparisons: [JSONValue] = []
        var total = 0
        var identical = 0
        var topics: Set<TopicName> = []
        for (plan, name) in zip(plans, names) {
            let rows = plan.entries.flatMap(FileDifference.all)
            let differing = Set(rows.map(\.topic)).count
            let compared = plan.unchanged + plan.entries.count
            table.rows += rows.map { $0.cells(name) }
            comparisons.append([
                "from": "files", "to": .string(name), "flow": .null, "compared": .integer(Int64(compared)),
                "identical": .integer(Int64(compared - differing)), "differences": .array(rows.map(\.json)),
            ])
            total += rows.count
            identical += compared - differing
            topics.formUnion(rows.map(\.topic))
        }
        var report = Report(kind: "TopicDiff", data: ["comparisons": .array(comparisons)], tables: [table])
        report.names = topics.sorted().map(\.rawValue)
        report.notes = [
            "\(NumberText.counted(total, "difference")) in \(NumberText.counted(topics.count, "topic")), "
                + "\(identical) identical."
        ]
        report.failures = unreadable
        if !report.failures.isEmpty { report.status = .failed }
        return report
    }

    /// A topic that may not be read may differ in anything, so it never counts as equal.
    private var unreadable: [CommandFailure] {
        zip(plans, names).flatMap { plan, name in
            plan.entries.flatMap { entry in
                entry.obstacles.compactMap { obstacle -> CommandFailure? in
                    guard case .unreadable(let reason) = obstacle else { return nil }
                    return .unreadable(entry.topic, on: name, reason)
                }
            }
        }
    }
}

/// One field in which a cluster is not as files want it.
private struct FileDifference {
    /// A value for people, in their units, and for programs, as brokers have it.
    struct Side {
        var text: String?
        var raw: JSONValue = .null
        var source: ConfigurationEntry.Source?

        static let nothing = Side()
        static func word(_ word: String) -> Side { Side(text: word, raw: .string(word)) }
        static func number(_ number: some BinaryInteger) -> Side {
            Side(text: "\(number)", raw: .integer(Int64(number)))
        }
        static func setting(_ name: String, _ state: SettingState) -> Side {
            Side(text: PlanLine.shown(name, state), raw: .optional(state.value), source: state.source)
        }

        var cell: TextTable.Cell {
            let plain: String? =
                switch raw {
                case .string(let text): text
                case .integer(let number): "\(number)"
                default: text
                }
            return TextTable.Cell(text: (text ?? "").printable, raw: (plain ?? "").printable)
        }

        var json: JSONValue {
            text == nil ? .null : ["value": raw, "source": .optional(source?.rawValue)]
        }
    }

    static let presence = "presence"
    static let factor = "replication-factor"

    let topic: TopicName
    let field: String
    let files: Side
    let cluster: Side
    var note: String?

    static func all(_ entry: TopicPlanEntry) -> [FileDifference] {
        entry.changes.map { change(of: entry.topic, $0) } + entry.obstacles.map { obstacle(of: entry.topic, $0) }
    }

    private static func change(of topic: TopicName, _ planned: PlannedChange) -> FileDifference {
        let risks = planned.risks.map(\.riskClass.rawValue).joined(separator: ",")
        let note = risks.isEmpty ? nil : "mending it needs --allow \(risks)"
        func row(_ field: String, _ files: Side, _ cluster: Side) -> FileDifference {
            FileDifference(topic: topic, field: field, files: files, cluster: cluster, note: note)
        }
        switch planned.change {
        case .create: return row(presence, .word("present"), .word("missing"))
        case .delete: return row(presence, .word("absent"), .word("present"))
        case .addPartitions(let from, let to): return row("partitions", .number(to), .number(from))
        case .set(let name, let from, let to):
            let wanted = Side(text: TopicSettingCatalogue.human(name, to), raw: .string(to))
            return row(name, wanted, from.map { .setting(name, $0) } ?? .word("unknown"))
        case .unset(let name, let from, let to):
            let wanted = to.map { Side.setting(name, $0) } ?? Side(text: "the broker's default")
            return row(name, wanted, .setting(name, from))
        }
    }

    private static func obstacle(of topic: TopicName, _ obstacle: TopicObstacle) -> FileDifference {
        func row(_ field: String, _ files: Side, _ cluster: Side, isClear: Bool = false) -> FileDifference {
            let note = isClear ? obstacle.remedy : "it \(obstacle.what); \(obstacle.remedy)"
            return FileDifference(topic: topic, field: field, files: files, cluster: cluster, note: note)
        }
        switch obstacle {
        case .fewerPartitions(let have, let wanted):
            return row("partitions", .number(wanted), .number(have), isClear: true)
        case .replicationFactor(let have, let wanted):
            return row(factor, .number(wanted), .number(have), isClear: true)
        case .tooFewBrokers(_, let wanted): return row(factor, .number(wanted), .nothing)
        case .minimumAboveReplication(let minimum, _): return row("min.insync.replicas", .number(minimum), .nothing)
        case .unknownSetting(let name), .readOnlySetting(let name): return row(name, .nothing, .nothing)
        case .hiddenSetting(let name): return row(name, .nothing, .word("hidden"))
        case .unreadable: return row(presence, .word("present"), .word("unreadable"))
        case .nameTaken, .missing, .told: return row(presence, .word("present"), .word("missing"))
        }
    }

    func cells(_ name: String) -> [TextTable.Cell] {
        let shown = field == Self.presence ? TextTable.Cell(text: "–", raw: field) : .text(field)
        return [.text(name), .text(topic.rawValue), shown, files.cell, cluster.cell, .text(note)]
    }

    var json: JSONValue {
        [
            "topic": .string(topic.rawValue), "counterpart": .string(topic.rawValue), "field": .string(field),
            "from": files.json, "to": cluster.json, "synced": .null, "reason": .optional(note),
        ]
    }
}
