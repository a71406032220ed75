// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import TopicPlanning
internal import KafkaTypes
internal import Mirroring
internal import Text

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
                .text(difference.topic.rawValue), .text(difference.counterpart.rawValue), difference.field.cell,
                difference.cell(difference.from), difference.cell(difference.to),
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
        report.failures = comparison.differences.flatMap { difference in
            [
                difference.from.failure(difference.topic, on: from),
                difference.to.failure(difference.counterpart, on: to),
            ].compactMap { $0 }
        }
        if !report.failures.isEmpty { report.status = .failed }
        return report
    }
}

extension TopicDifference.Field {
    /// A dash for people, a word for programs.
    fileprivate var cell: TextTable.Cell {
        self == .presence ? TextTable.Cell(text: name, raw: "presence") : .text(name)
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
                text: PlanLine.shown(field.name, state).printable, raw: (state.value ?? "hidden").printable)
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
    /// A topic that may not be read may differ in anything, so it never counts as equal.
    fileprivate func failure(_ topic: TopicName, on cluster: String) -> CommandFailure? {
        guard case .unreadable(let reason) = self else { return nil }
        return .unreadable(topic, on: cluster, reason)
    }

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

extension CommandFailure {
    static func unreadable(_ topic: TopicName, on cluster: String, _ reason: String) -> CommandFailure {
        CommandFailure(
            .failed, code: "UNREADABLE", "\(topic) on \(cluster) cannot be read: \(reason)",
            resource: topic.rawValue, hint: "grant Describe and DescribeConfigs on it")
    }
}
