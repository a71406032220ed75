// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernConfiguration
internal import Text

/// Shows what would be appended, has it agreed to, and does it: for `tern repair` and `tern replay`.
struct RepairRun {
    static let yes = Flag("yes", "append without asking")
    static let dryRun = TopicChanger.dryRun

    struct Part {
        var task: CopyTask
        /// How many records the plan wants, those that are there already among them.
        var count: Int64
        var outcome: CopyOutcome?
    }

    let open: OpenFlow
    let sourceID: String
    let targetID: String
    var parts: [Part]
    var notRepaired: [String: Int64] = [:]
    var notes: [String] = []

    private var records: Int64 { parts.reduce(0) { $0 + $1.count } }
    private var present: Int64 { parts.reduce(0) { $0 + Int64($1.task.except.count) } }

    mutating func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        let isDryRun = invocation.has(Self.dryRun)
        let wanted = records - present
        guard !isDryRun, wanted > 0 else { return try context.print(report(isDryRun: isDryRun), for: invocation) }
        for line in planLines { context.say(line.printable, invocation) }
        if !invocation.has(Self.yes) {
            let question =
                "Append \(Self.records(wanted)) on \(open.flow.name.target)? Type yes to go on: "
            guard let ask = context.ask, ask(question) == "yes" else {
                throw CommandFailure(
                    .refused, code: "NOT_CONFIRMED", "nothing was written: nobody agreed to it",
                    hint: "--yes agrees; --dry-run shows what would be written")
            }
        }
        let copier = RangeCopier(
            open.flow, mark: UTCText.text(milliseconds: context.milliseconds()), patience: open.limit, stop: open.stop)
        let outcomes = try await copier.run(parts.map(\.task))
        for index in parts.indices { parts[index].outcome = outcomes[index] }
        return try context.print(report(isDryRun: false), for: invocation)
    }

    private static func records(_ count: Int64) -> String {
        count == 1 ? "1 record" : "\(NumberText.grouped(count)) records"
    }

    /// What it does, and what that costs.
    private var planLines: [String] {
        var lines = parts.filter { $0.count > Int64($0.task.except.count) }.prefix(20).map { part in
            let ranges = part.task.ranges
            let offsets = ranges.prefix(3).map {
                $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)..\($0.upperBound)"
            }
            return
                "+ \(part.task.target): \(Self.records(part.count - Int64(part.task.except.count))), source "
                + offsets.joined(separator: ", ") + (ranges.count > 3 ? " and \(ranges.count - 3) more ranges" : "")
        }
        if parts.count > 20 { lines.append("and more partitions") }
        lines.append(
            "They are appended at the end, behind records that follow them on the source: readers of the copy see them late and "
                + "out of order, also where the key is the same. Nothing is deleted or changed.")
        return lines + notes
    }

    private func report(isDryRun: Bool) -> Report {
        let written = parts.reduce(0) { $0 + ($1.outcome?.written ?? 0) }
        var report = Report(kind: "RepairReport", data: json(isDryRun, written))
        var table = TextTable([
            .init("TOPIC"), .init("PART", .right), .init("TARGET"), .init("RECORDS", .right), .init("THERE", .right),
            .init("WRITTEN", .right), .init("OFFSETS"), .init("PROBLEM", isSentence: true),
        ])
        for part in parts {
            table.rows.append([
                .text(part.task.source.topic.rawValue), .count(Int64(part.task.source.partition)),
                .text(part.task.target.topic.rawValue), .count(part.count), .count(Int64(part.task.except.count)),
                .count(part.outcome?.written),
                .text(part.outcome?.offsets.map { "\($0.lowerBound)..\($0.upperBound)" }),
                .text(part.outcome?.problem, .bad),
            ])
            if let problem = part.outcome?.problem {
                report.failures.append(
                    CommandFailure(
                        .failed, code: "NOT_WRITTEN", "\(part.task.target): \(problem)",
                        resource: "\(part.task.target)",
                        hint: "make a new report; what was written counts there"))
            }
        }
        report.tables = [table]
        if !report.failures.isEmpty { report.status = .failed }
        if isDryRun { report.notes += planLines } else { report.notes += notes }
        report.notes.append(
            records == 0
                ? "Nothing to append."
                : isDryRun ? "Nothing was written." : "Wrote \(Self.records(written)).")
        return report
    }

    private func json(_ isDryRun: Bool, _ written: Int64) -> JSONValue {
        [
            "flow": .string("\(open.flow.name)"), "dry_run": .bool(isDryRun),
            "source": ["alias": .string(open.flow.name.source.rawValue), "cluster_id": .string(sourceID)],
            "target": ["alias": .string(open.flow.name.target.rawValue), "cluster_id": .string(targetID)],
            "partitions": .array(
                parts.map { part in
                    [
                        "topic": .string(part.task.source.topic.rawValue),
                        "target_topic": .string(part.task.target.topic.rawValue),
                        "partition": .integer(Int64(part.task.source.partition)), "records": .integer(part.count),
                        "already_there": .integer(Int64(part.task.except.count)),
                        "left_out": .integer(part.outcome?.leftOut ?? 0),
                        "written": .integer(part.outcome?.written ?? 0),
                        "first_offset": .optional(part.outcome?.offsets?.lowerBound),
                        "last_offset": .optional(part.outcome?.offsets?.upperBound),
                        "problem": .optional(part.outcome?.problem),
                    ]
                }),
            "records": .integer(records), "written": .integer(written), "already_there": .integer(present),
            "not_repaired": .object(
                notRepaired.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .integer($0.value)) }),
            "notes": .array(notes.map { .string($0) }),
        ]
    }
}
