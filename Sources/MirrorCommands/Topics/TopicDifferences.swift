// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Mirroring

/// How two clusters differ.
struct ClusterDifferences {
    let comparison: TopicComparison
    let from: String
    let to: String
    let flow: FlowName?

    var report: Report {
        var table = TextTable([
            .init("TOPIC"), .init("COUNTERPART", isWide: true), .init("FIELD"), .init(from.uppercased()),
            .init(to.uppercased()), .init("SYNCED-BY-FLOW", isSentence: true),
        ])
        table.rows = comparison.differences.map { difference in
            [
                .text(difference.topic.rawValue), .text(difference.counterpart.rawValue),
                .text(difference.field.name), difference.cell(difference.from), difference.cell(difference.to),
                .text(
                    "\(difference.sync.isSynced ? "yes" : "no")  (\(difference.sync.reason))",
                    difference.sync.isSynced ? .plain : .warning),
            ]
        }
        let topics = Set(comparison.differences.map(\.topic))
        var report = Report(
            kind: "TopicDiff",
            data: [
                "comparisons": [
                    [
                        "from": .string(from), "to": .string(to), "flow": .optional(flow?.description),
                        "compared": .integer(Int64(comparison.compared)),
                        "identical": .integer(Int64(comparison.identical)),
                        "differences": .array(comparison.differences.map(\.json)),
                    ]
                ]
            ], tables: [table])
        report.names = topics.sorted().map(\.rawValue)
        report.notes = [
            "\(NumberText.counted(comparison.differences.count, "difference")) in "
                + "\(NumberText.counted(topics.count, "topic")), \(comparison.identical) identical."
        ]
        if flow == nil {
            report.notes.append("No flow leads from \(from) to \(to): topics of equal names are compared.")
        }
        return report
    }
}

extension TopicDifference {
    fileprivate func cell(_ side: Side) -> TextTable.Cell {
        switch side {
        case .present: .text("present")
        case .missing: .text("missing", .warning)
        case .unreadable: .text("unreadable", .warning)
        case .number(let number): .count(number)
        case .unknown: .text("unknown")
        case .setting(let state):
            TextTable.Cell(
                text: PlanLine.shown(field.name, state).singleLine, raw: (state.value ?? "hidden").singleLine)
        }
    }

    fileprivate var json: JSONValue {
        [
            "topic": .string(topic.rawValue), "counterpart": .string(counterpart.rawValue),
            "field": field == .presence ? "presence" : .string(field.name), "from": from.json, "to": to.json,
            "synced": .bool(sync.isSynced), "reason": .string(sync.reason),
        ]
    }
}

extension TopicDifference.Side {
    fileprivate var json: JSONValue {
        switch self {
        case .present: ["value": "present", "source": .null]
        case .missing: ["value": "missing", "source": .null]
        case .unreadable(let reason): ["value": "unreadable", "source": .string(reason)]
        case .unknown: .null
        case .number(let number): ["value": .integer(number), "source": .null]
        case .setting(let state): ["value": .optional(state.value), "source": .string(state.source.rawValue)]
        }
    }
}

/// How clusters differ from what files say.
struct FileDifferences {
    let plans: [ClusterTopicPlan]
    let names: [String]

    private struct Row {
        let topic: TopicName
        let field: String
        let files: String
        let cluster: String?
        let note: String?
    }

    var report: Report {
        var table = TextTable([
            .init("CLUSTER"), .init("TOPIC"), .init("FIELD"), .init("FILES"), .init("CLUSTER-HAS"),
            .init("NOTE", isSentence: true),
        ])
        var comparisons: [JSONValue] = []
        var total = 0
        var topics: Set<TopicName> = []
        for (plan, name) in zip(plans, names) {
            let rows = plan.entries.flatMap(Self.rows)
            total += rows.count
            topics.formUnion(rows.map(\.topic))
            table.rows += rows.map { row in
                [
                    .text(name), .text(row.topic.rawValue), .text(row.field), .text(row.files), .text(row.cluster),
                    .text(row.note),
                ]
            }
            let differing = Set(rows.map(\.topic)).count
            comparisons.append([
                "from": "files", "to": .string(name), "flow": .null,
                "compared": .integer(Int64(plan.unchanged + plan.entries.count)),
                "identical": .integer(Int64(plan.unchanged + plan.entries.count - differing)),
                "differences": .array(rows.map(Self.json)),
            ])
        }
        var report = Report(kind: "TopicDiff", data: ["comparisons": .array(comparisons)], tables: [table])
        report.names = topics.sorted().map(\.rawValue)
        report.notes = [
            "\(NumberText.counted(total, "difference")) in \(NumberText.counted(topics.count, "topic")), "
                + "\(plans.reduce(0) { $0 + $1.unchanged }) identical."
        ]
        return report
    }

    private static func rows(_ entry: TopicPlanEntry) -> [Row] {
        let changes = entry.changes.flatMap { planned -> [Row] in
            switch planned.change {
            case .create:
                return [Row(topic: entry.topic, field: "–", files: "present", cluster: "missing", note: nil)]
            case .delete: return [Row(topic: entry.topic, field: "–", files: "absent", cluster: "present", note: nil)]
            case .addPartitions, .set, .unset:
                return PlanLine.lines(planned).map { line in
                    let risks = line.risks.map(\.riskClass.rawValue).joined(separator: ",")
                    return Row(
                        topic: entry.topic, field: line.field, files: line.to, cluster: line.from,
                        note: risks.isEmpty ? nil : "mending it needs --allow \(risks)")
                }
            }
        }
        return changes
            + entry.obstacles.map { obstacle in
                Row(
                    topic: entry.topic, field: obstacle.code.lowercased(), files: obstacle.what, cluster: nil,
                    note: obstacle.remedy)
            }
    }

    private static func json(_ row: Row) -> JSONValue {
        [
            "topic": .string(row.topic.rawValue), "counterpart": .string(row.topic.rawValue),
            "field": .string(row.field == "–" ? "presence" : row.field),
            "from": ["value": .string(row.files), "source": .null],
            "to": row.cluster.map { ["value": .string($0), "source": .null] } ?? .null, "synced": .null,
            "reason": .optional(row.note),
        ]
    }
}
