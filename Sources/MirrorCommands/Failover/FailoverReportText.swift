// SPDX-License-Identifier: Apache-2.0
internal import TernAPI
internal import Text

/// A report of a failover, for people.
struct FailoverReportText {
    private let report: FailoverReport

    init(_ report: FailoverReport) { self.report = report }

    var title: String {
        "\(report.direction == "failback" ? "Failback" : "Failover") \(report.flowName), \(report.mode)"
    }

    var text: String {
        var text = title + "\n"
        text += "began \(moment(report.startedAt))" + (report.endedAt.map { ", ended \(moment($0))" } ?? "")
        text += report.resumed > 0 ? ", resumed \(report.resumed) times\n" : "\n"
        text += "\n" + steps.text(.init()) + "\n"
        text += outcome + "\n"
        if !report.groups.isEmpty { text += "\n" + groups.text(.init()) }
        if let late = report.lateWrites { text += "\n" + lateWrites(late) }
        if let hooks = report.hooks, !hooks.isEmpty { text += "\n" + Self.hooks(hooks) }
        for note in report.notes { text += "\nnote: \(note.printable)\n" }
        return text
    }

    /// Recovery time and point, or what did not go on.
    var outcome: String {
        guard report.isDone else {
            guard let failure = report.failure else { return "NOT DONE YET" }
            let done = report.steps.filter { $0.state == "done" }.map(\.step)
            let open = report.steps.filter { $0.state != "done" }.map(\.step)
            return "FAILED at \(failure.printable)\ndone: \(done.isEmpty ? "nothing" : done.joined(separator: ", "))"
                + "; not done: \(open.joined(separator: ", "))"
        }
        let records = report.rpoRecords.map { NumberText.counted(Int($0), "record") } ?? "unknown records"
        let seconds = report.rpoSeconds.map { (report.rpoRecords == nil ? "at most " : "") + AgeText.age(seconds: $0) }
        let until = report.copiedUntil.map { ", newest copy of \(moment($0))" } ?? ""
        return "DONE. RTO \(report.rtoSeconds.map { AgeText.age(seconds: $0) } ?? "unknown"), "
            + "RPO \(records), \(seconds ?? "unknown time")\(report.rpoRecords == 0 ? "" : until)"
    }

    var steps: TextTable {
        TextTable(
            [.init("STEP"), .init("STATE"), .init("BEGAN"), .init("TOOK", .right), .init("OUTCOME", isSentence: true)],
            rows: report.steps.map { step in
                [
                    .text(step.step), .text(step.state, step.state == "failed" ? .bad : .plain),
                    .text(step.startedAt.map(moment)), .latency(seconds: step.seconds), .text(step.outcome),
                ]
            })
    }

    var groups: TextTable {
        TextTable(
            [
                .init("GROUP"), .init("OUTCOME"), .init("WRITTEN", .right), .init("READ-AGAIN", .right),
                .init("REASON", isSentence: true),
            ],
            rows: report.groups.map { group in
                [
                    .text(group.id), .text(group.outcome, group.tone), .count(group.written),
                    .count(group.readAgainRecords), .text(group.reason),
                ]
            })
    }

    private func lateWrites(_ late: [FailoverReport.LateWrites]) -> String {
        guard !late.isEmpty else { return "No late writes: \(report.target) took nothing after the last copy.\n" }
        let table = TextTable(
            [.init("LATE-WRITES-IN"), .init("RECORDS", .right), .init("NOT-COPIED", .right)],
            rows: late.map { [.text($0.topic), .count($0.records), .count($0.notCopied)] })
        return table.text(.init())
            + "\(report.target) took these after the last copy; nothing is truncated, and they stay there.\n"
    }

    static func hooks(_ hooks: [HookRun]) -> String {
        let table = TextTable(
            [
                .init("HOOK"), .init("STAGE"), .init("TOOK", .right), .init("TRY", .right),
                .init("OUTCOME", isSentence: true),
            ],
            rows: hooks.map { hook in
                [
                    .text(hook.command), .text(hook.stage), .latency(seconds: hook.seconds), .count(hook.attempt),
                    .text(hook.outcome, hook.isSuccessful == false ? .bad : .plain),
                ]
            })
        let output = hooks.filter { !$0.output.isEmpty }.map { hook in
            hook.output.split(separator: "\n").map { "    \(String($0).printable)\n" }.joined()
        }
        return table.text(.init()) + output.joined()
    }

    private func moment(_ time: DateTime) -> String { UTCText.text(milliseconds: time.milliseconds) }
}

extension FailoverReport.Group {
    fileprivate var tone: TextTable.Tone {
        switch outcome {
        case "moved", "unchanged", "written": .good
        case "left": .warning
        default: .bad
        }
    }
}
