// SPDX-License-Identifier: Apache-2.0
internal import TopicPlanning
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import Text

/// Plans, and what has become of them, as programs read them.
enum PlanReport {
    /// The saved form of a plan without its head: clusters, their topics and changes, and the fingerprint.
    static func json(_ plans: [ClusterTopicPlan], at milliseconds: Int64) throws -> JSONValue {
        let saved = try JSONValue(parsing: TopicPlanDocument(createdAt: milliseconds, clusters: plans).encoded())
        return .object((saved.object ?? []).filter { $0.name != "kind" && $0.name != "version" })
    }

    /// What `tern topic plan` prints for programs.
    static func report(_ plans: [ClusterTopicPlan], _ names: [String], at milliseconds: Int64) throws -> Report {
        var report = Report(
            kind: TopicPlanDocument.kind, data: try json(plans, at: milliseconds), tables: [table(plans, names)])
        report.names = plans.flatMap(\.entries).filter { !$0.changes.isEmpty }.map(\.topic.rawValue)
        report.failures = obstacles(plans, names)
        report.failuresAreInTables = true
        if !report.failures.isEmpty { report.status = .failed }
        return report
    }

    /// One row for each field that would change, and for each thing that cannot be done.
    static func table(_ plans: [ClusterTopicPlan], _ names: [String]) -> TextTable {
        var table = TextTable([
            .init("CLUSTER"), .init("TOPIC"), .init("ACTION"), .init("FIELD"), .init("FROM"), .init("TO"),
            .init("RISKS"),
        ])
        for (plan, name) in zip(plans, names) {
            for entry in plan.entries {
                for planned in entry.changes {
                    for line in PlanLine.lines(planned) {
                        table.rows.append(
                            [.text(name), .text(entry.topic.rawValue), .text(entry.action.rawValue)] + line.cells
                                + [.text(line.risks.map(\.riskClass.rawValue).joined(separator: ","))])
                    }
                }
                for obstacle in entry.obstacles {
                    table.rows.append([
                        .text(name), .text(entry.topic.rawValue), .text("impossible"), .empty, .empty,
                        .text(obstacle.what), .empty,
                    ])
                }
            }
        }
        return table
    }

    /// What cannot be done, each with the tool or the step that can.
    static func obstacles(_ plans: [ClusterTopicPlan], _ names: [String]) -> [CommandFailure] {
        zip(plans, names).flatMap { plan, name in
            plan.entries.flatMap { entry in
                entry.obstacles.map { obstacle in
                    CommandFailure(
                        .failed, code: obstacle.code, "\(entry.topic) on \(name) \(obstacle.what)",
                        resource: entry.topic.rawValue, hint: obstacle.remedy)
                }
            }
        }
    }

    /// One row for each operation, in the order in which they were performed.
    static func table(_ progress: ApplyProgress, _ names: [String]) -> TextTable {
        var table = TextTable([
            .init("CLUSTER"), .init("TOPIC"), .init("OPERATION"), .init("OUTCOME"), .init("REASON", isSentence: true),
        ])
        table.rows = progress.rows.map { row in
            let outcome = row.outcome.words
            return [
                .text(names[row.operation.cluster]), .text(row.operation.topic.rawValue),
                .text(row.operation.kind.rawValue), .text(outcome.word, outcome.tone), .text(outcome.reason),
            ]
        }
        return table
    }

    /// What has become of plans; `report` has what could not be done from the start.
    static func add(_ progress: ApplyProgress, _ names: [String], to report: inout Report) {
        report.data = report.data.setting(["results": json(progress, names)])
        report.tables = [table(progress, names)]
        report.names = progress.rows.map(\.operation.topic.rawValue)
        report.failures += failures(progress, names)
        report.failuresAreInTables = true
        report.notes = [
            progress.rows.isEmpty
                ? report.failures.isEmpty ? "Nothing to change." : "Nothing was changed." : summary(progress)
        ]
        guard !report.failures.isEmpty else { return }
        report.status = .failed
        if !progress.succeeded { report.notes.append("Running it again does the rest.") }
    }

    static func json(_ progress: ApplyProgress, _ names: [String]) -> JSONValue {
        .array(
            progress.rows.map { row in
                [
                    "cluster": .string(names[row.operation.cluster]), "topic": .string(row.operation.topic.rawValue),
                    "operation": .string(row.operation.kind.rawValue), "outcome": .string(row.outcome.words.word),
                    "reason": .optional(row.outcome.words.reason),
                ]
            })
    }

    static func failures(_ progress: ApplyProgress, _ names: [String]) -> [CommandFailure] {
        progress.rows.compactMap { row in
            let place = "\(row.operation.topic) on \(names[row.operation.cluster])"
            switch row.outcome {
            case .done, .alreadyDone, .pending: return nil
            case .failed(let reason):
                return CommandFailure(
                    .failed, code: "FAILED", "\(row.operation.kind.rawValue) \(place): \(reason)",
                    resource: row.operation.topic.rawValue)
            case .notTried(let reason):
                return CommandFailure(
                    .failed, code: "NOT_TRIED", "\(row.operation.kind.rawValue) \(place) was not tried: \(reason)",
                    resource: row.operation.topic.rawValue)
            }
        }
    }

    /// `3 done, 1 failed, 2 not tried.`
    static func summary(_ progress: ApplyProgress) -> String {
        let done = progress.count { $0 == .done }
        let before = progress.count { $0 == .alreadyDone }
        let failed = progress.count { if case .failed = $0 { true } else { false } }
        let left = progress.count { if case .notTried = $0 { true } else { false } }
        return "\(done) done\(before > 0 ? " (\(before) were done already)" : ""), \(failed) failed, \(left) not tried."
    }
}

extension ApplyProgress.Outcome {
    var words: (word: String, reason: String?, tone: TextTable.Tone) {
        switch self {
        case .pending: ("pending", nil, .plain)
        case .done: ("done", nil, .good)
        case .alreadyDone: ("already-done", nil, .good)
        case .failed(let reason): ("failed", reason, .bad)
        case .notTried(let reason): ("not-tried", reason, .warning)
        }
    }
}

extension TopicObstacle {
    /// A stable word.
    var code: String {
        switch self {
        case .fewerPartitions: "FEWER_PARTITIONS"
        case .replicationFactor: "REPLICATION_FACTOR"
        case .tooFewBrokers: "TOO_FEW_BROKERS"
        case .nameTaken: "NAME_TAKEN"
        case .minimumAboveReplication: "MIN_ISR_ABOVE_REPLICATION"
        case .unknownSetting: "UNKNOWN_SETTING"
        case .hiddenSetting: "HIDDEN_SETTING"
        case .readOnlySetting: "READ_ONLY_SETTING"
        case .unreadable: "UNREADABLE"
        case .missing: "UNKNOWN_TOPIC_OR_PARTITION"
        case .told: "IMPOSSIBLE"
        }
    }
}
