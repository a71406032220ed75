// SPDX-License-Identifier: Apache-2.0
internal import TernAPI

enum LagCommand {
    static let by = Flag("by", .choice(LagRows.Level.allCases.map(\.rawValue)), preset: "partition", "what a row is")
    static let sort = Flag(
        "sort", .choice(LagRows.Order.allCases.map(\.rawValue)), preset: "lag",
        "most records first, or longest behind first; what is unknown comes before both")
    static let top = Flag("top", .count("N"), "show the first N rows only")
    static let topic = Flag(
        "topic", .name("TOPIC", .topic), isRepeatable: true, "show this topic only; can be repeated")
    static let failAbove = Flag(
        "fail-above", .text("60s|10000"),
        "end with 3 when a row is further behind than this time, or this many records, or when its lag is unknown; "
            + "with --watch as soon as that is so")

    static let command = Command(
        path: ["lag"],
        summary: "show how far flows, topics and partitions are behind",
        discussion: [
            "Queries a running daemon. LAG counts records that the target has not acknowledged yet; BEHIND is the age of the "
                + "oldest of them. An unknown value is a dash here and null in JSON, never 0."
        ],
        arguments: [DaemonQuestion.file, DaemonQuestion.flow],
        flags: [by, sort, top, topic, failAbove] + DaemonQuestion.flags + Flag.tabular,
        examples: [
            .init(
                purpose: "the three partitions of a flow that are furthest behind", line: "tern lag 'eu->us' --top 3"),
            .init(purpose: "one line for each topic, longest behind first", line: "tern lag --by topic --sort time"),
            .init(purpose: "for a check that pages somebody", line: "tern lag mirror.properties -q --fail-above 60s"),
            .init(
                purpose: "waits, and ends when a flow falls behind: for a change that is watched",
                line: "tern lag --by flow --watch --fail-above 60s"),
            .init(
                purpose: "a daemon elsewhere, as data",
                line: "tern lag --url https://mirror:9470 --token-file token -o json"),
        ],
        statuses: [(.found, "a row is above --fail-above, or its lag is unknown")],
        kind: LagReport.name,
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        let threshold = try threshold(invocation)
        return try await DaemonQuestion.answer(invocation, context, endsWatch: threshold != nil) {
            client throws(CommandFailure) in
            let answer = try await client.report(
                LagReport.self, from: .lag, ["level": LagLevel.partition.rawValue])
            return try report(answer, query(invocation), threshold, invocation[failAbove])
        }
    }

    private static func query(_ invocation: Invocation) -> LagRows {
        LagRows(
            flows: DaemonQuestion.flows(invocation), topics: invocation.all(topic),
            level: invocation[by].flatMap(LagRows.Level.init) ?? .partition,
            order: invocation[sort].flatMap(LagRows.Order.init) ?? .lag, limit: invocation.count(top))
    }

    private static func threshold(_ invocation: Invocation) throws(CommandFailure) -> LagRows.Threshold? {
        guard let text = invocation[failAbove] else { return nil }
        guard let threshold = LagRows.Threshold(text) else {
            throw .usage("--fail-above: '\(text)' is neither a time such as 60s nor a number of records")
        }
        return threshold
    }

    /// - Parameter text: the threshold as it was written.
    static func report(
        _ answer: LagReport, _ query: LagRows, _ threshold: LagRows.Threshold?, _ text: String? = nil
    ) throws(CommandFailure) -> Report {
        let rows = try query.rows(of: answer)
        let shown = query.limit.map { Array(rows.prefix($0)) } ?? rows
        var report = Report(
            kind: LagReport.name, data: query.document(of: shown, from: answer).tree,
            tables: [table(shown, query.level)])
        report.notes = LagTable.notes(of: shown, query.selected(of: answer), answer)
        if rows.isEmpty { report.notes.append("No partition is mirrored yet.") }
        guard let threshold else { return report }
        for row in LagRows.exceeding(threshold, rows) {
            let lag =
                switch threshold {
                case .records: row.lagRecords.map { "\(NumberText.grouped($0)) records behind" }
                case .seconds: row.lagSeconds.map { "\(AgeText.age(seconds: $0)) behind" }
                }
            report.failures.append(
                CommandFailure(
                    .found, code: lag == nil ? "LAG_UNKNOWN" : "LAG_ABOVE_THRESHOLD",
                    lag.map { "\(row.name) is \($0), more than \(text ?? "allowed")" }
                        ?? "the lag of \(row.name) is unknown",
                    resource: row.name))
        }
        for flow in query.untold(rows, of: answer) {
            report.failures.append(
                CommandFailure(
                    .found, code: "LAG_UNKNOWN", "the lag of \(flow.flowName) is unknown", resource: flow.flowName))
        }
        if !report.failures.isEmpty { report.status = .found }
        return report
    }

    private static func table(_ rows: [LagRows.Row], _ level: LagRows.Level) -> TextTable {
        switch level {
        case .flow: LagTable.flows(rows)
        case .topic: LagTable.topics(rows)
        case .partition: LagTable.partitions(rows)
        }
    }
}
