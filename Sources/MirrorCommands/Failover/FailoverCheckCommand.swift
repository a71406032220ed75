// SPDX-License-Identifier: Apache-2.0
internal import Text
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernAPI
internal import TernConfiguration

enum FailoverCheckCommand {
    static let command = Command(
        path: ["failover", "check"],
        summary: "show what a failover would come to now, without changing anything",
        discussion: [
            "Asks the clusters themselves; neither the daemon nor the source has to be up. Shows what is not copied, the furthest "
                + "behind first; how each consumer group would go on; whether the copies can be written; how their settings "
                + "differ; and what a daemon has stopped, where one answers.",
            "Ends with one verdict. READY: nothing would be lost and every group can go on. READY WITH LOSS: what is not copied would "
                + "be lost with the source. NOT READY: the reasons are listed. It does not try to write, so a missing permission "
                + "on a group shows only when it is moved.",
        ],
        arguments: [FailoverFamily.file],
        flags: [FailoverFamily.flow] + DaemonQuestion.reach + FailoverFamily.connection + FailoverFamily.tabular,
        examples: [
            .init(purpose: "before a failover", line: "tern failover check mirror.properties --flow 'eu->us'"),
            .init(purpose: "from cron, as data", line: "tern failover check mirror.properties --flow 'eu->us' -o json"),
        ],
        statuses: [
            (.done, "READY"), (.failed, "NOT READY"), (.found, "READY WITH LOSS"),
        ],
        kind: FailoverCheckReport.name,
        body: { invocation, context in
            let scene = try FailoverScene(invocation, context)
            return try await scene.probe { probe in
                let look = await FailoverAssessment.make(scene, probe, asksSource: true, context)
                return try context.print(FailoverCheckText(look).report(invocation, context), for: invocation)
            }
        })
}

/// A check, for people and for programs.
struct FailoverCheckText {
    /// Topics and groups that are shown to people: the furthest behind, and those that are not ready.
    private static let shown = 12
    private let look: FailoverAssessment
    private let document: FailoverCheckReport

    init(_ look: FailoverAssessment) {
        self.look = look
        document = look.document
    }

    func report(_ invocation: Invocation, _ context: CommandContext) -> Report {
        var report = Report(
            kind: FailoverCheckReport.name, data: document.tree,
            tables: [topics(document.topics), groups(document.groups), differences])
        report.notes = document.notes + [verdict]
        if invocation.format == .table { report.text = text(context, invocation) }
        switch look.verdict {
        case .ready: report.status = .done
        case .readyWithLoss: report.status = .found
        case .notReady(let reasons):
            report.status = .failed
            report.failuresAreInTables = true
            report.failures = reasons.map {
                CommandFailure(.failed, code: "NOT_READY", $0, resource: look.scene.flow.name.description)
            }
        }
        return report
    }

    /// The last line: one word, and what it costs.
    var verdict: String {
        switch look.verdict {
        case .ready: "READY"
        case .readyWithLoss(let loss): "READY WITH LOSS (\(Self.words(of: loss)))"
        case .notReady(let reasons): "NOT READY: " + reasons.joined(separator: "; ")
        }
    }

    static func words(of loss: CopyLoss) -> String {
        let records = loss.records.map { "\(NumberText.grouped($0)) record\($0 == 1 ? "" : "s")" } ?? "unknown records"
        let seconds = loss.seconds.map { (loss.records == nil ? "of at most " : "") + AgeText.age(seconds: $0) }
        return "\(records), \(seconds ?? "unknown time")"
    }

    private func text(_ context: CommandContext, _ invocation: Invocation) -> String {
        let name = look.scene.flow.name
        let style = TextTable.Style(
            showsHeaders: !invocation.has(.noHeaders), width: context.tableWidth, isColored: context.paints(invocation))
        var text = "\(name.source): " + (look.sourceProblem.map { "NOT REACHABLE: \($0)" } ?? "reachable") + "\n"
        let bad = document.topics.filter { $0.lagRecords != 0 || $0.heldRecords != 0 || $0.problem != nil }
        text += "\n" + heading("topic", document.topics.count, bad.count, "copied to the end and writable") + "\n"
        if !bad.isEmpty { text += topics(Array(bad.prefix(Self.shown))).text(style) }
        text += more(bad.count)
        let unready = document.groups.filter { $0.state != "ready" || $0.reason != nil }
        text += "\n" + heading("group", document.groups.count, unready.count, "ready") + "\n"
        if !unready.isEmpty { text += groups(Array(unready.prefix(Self.shown))).text(style) }
        text += more(unready.count)
        let behind = document.groups.filter { $0.behindRecords > 0 }
        if !behind.isEmpty {
            text += "\nOffsets of \(NumberText.counted(behind.count, "group")) are behind on \(name.target), by "
            text +=
                "\(NumberText.grouped(behind.map(\.behindRecords).saturatedSum)) records: tern failover run writes them.\n"
        }
        if !document.differences.isEmpty {
            text += "\n\(NumberText.counted(document.differences.count, "difference")) between the topics' settings"
            text += " (-o wide shows them, tern topic diff explains them)\n"
        }
        for stop in document.stops ?? [] { text += "\nstopped: \(stop.printable)\n" }
        for note in document.notes { text += "\nnote: \(note.printable)\n" }
        return text + "\n" + verdict.printable + "\n"
    }

    private func heading(_ noun: String, _ all: Int, _ bad: Int, _ good: String) -> String {
        "\(NumberText.counted(all, noun)), \(NumberText.grouped(Int64(all - bad))) \(good)" + (bad > 0 ? ":" : ".")
    }

    private func more(_ count: Int) -> String {
        count > Self.shown ? "and \(count - Self.shown) more (-o wide shows all)\n" : ""
    }

    private func topics(_ topics: [FailoverCheckReport.Topic]) -> TextTable {
        TextTable(
            [
                .init("TOPIC"), .init("COPY"), .init("NOT-COPIED", .right), .init("HELD", .right),
                .init("BEHIND", .right), .init("COPY-IS"),
            ],
            rows: topics.map { topic in
                [
                    .text(topic.topic), .text(topic.targetTopic),
                    .count(topic.lagRecords, topic.lagRecords == 0 ? .good : .warning), .count(topic.heldRecords),
                    .age(seconds: topic.lagSeconds), .text(topic.state, topic.problem == nil ? .good : .bad),
                ]
            })
    }

    private func groups(_ groups: [FailoverCheckReport.Group]) -> TextTable {
        TextTable(
            [
                .init("GROUP"), .init("STATE"), .init("PARTS", .right, isWide: true),
                .init("UNMAPPED", .right, isWide: true), .init("READ-AGAIN", .right), .init("TO-WRITE", .right),
                .init("REASON", isSentence: true),
            ],
            rows: groups.map { group in
                [
                    .text(group.id), .text(group.state, group.tone), .count(group.partitions), .count(group.unmapped),
                    .count(group.readAgainRecords), .count(group.behindRecords), .text(group.reason),
                ]
            })
    }

    private var differences: TextTable {
        TextTable(
            [
                .init("TOPIC"), .init("FIELD"), .init(document.source.uppercased()),
                .init(document.target.uppercased()), .init("SYNCED-BY-FLOW", isSentence: true),
            ],
            rows: document.differences.map { difference in
                [
                    .text(difference.topic), .text(difference.field), .text(difference.source),
                    .text(difference.target), .text(difference.reason),
                ]
            })
    }
}

extension FailoverCheckReport.Group {
    fileprivate var tone: TextTable.Tone {
        switch state {
        case "ready", "active": .good
        case "ahead", "bounded": .warning
        default: .bad
        }
    }
}
