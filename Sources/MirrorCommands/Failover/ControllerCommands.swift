// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import MirrorEngine
internal import MirrorWeb
internal import Mirroring
internal import TernAPI
internal import TernConfiguration
internal import Text

/// `tern failover status`, `pause`, `resume` and `rearm`: the controller of a flow, by the rows on its target.
enum ControllerCommands {
    static let status = Command(
        path: ["failover", "status"],
        summary: "show what the failover controller of a flow does, and what its hooks came to",
        discussion: [
            "Reads what the process that acts has written to the control topic on the target, so it needs no daemon's address and "
                + "not the source. How old that is shows whether a process acts: it writes at each check."
        ],
        arguments: [ConfigurationFile.argument],
        flags: [FailoverFamily.flow, .timeout] + Flag.configuration + [.output([.table, .json, .yaml])],
        examples: [
            .init(purpose: "one flow", line: "tern failover status mirror.properties --flow 'eu->us'")
        ],
        statuses: [(.failed, "no controller has written anything yet, or the target does not answer")],
        kind: FailoverControllerReport.name,
        body: { invocation, context in
            try await OpenFlow.with(invocation, context) { open in
                try await open.withDesk { desk in
                    let table = try await desk.orders()
                    guard let row = table.failover?.row else {
                        throw CommandFailure(
                            .failed, code: "NO_CONTROLLER",
                            "no failover controller of \(open.flow.name) has written yet",
                            resource: "\(open.flow.name)",
                            hint: open.flow.failover.isOn
                                ? "is a daemon running with this file?"
                                : "set \(open.flow.name).failover.controller = on and run the daemon with it")
                    }
                    var status = FailoverControllerStatus(
                        state: row.state, owner: row.owner, pause: table.failoverPause)
                    status.problem = row.state.problem
                    return try context.print(
                        ControllerText(open.flow.name, row, status, context.milliseconds()).report, for: invocation)
                }
            }
        })

    static let pause = order(
        .pause, "keep the failover controller from acting",
        "It goes on checking the source, and counts. An action that is under way is ended first; nothing further begins until "
            + "tern failover resume.",
        "tern failover pause mirror.properties --flow 'eu->us' --reason 'maintenance of eu'")
    static let resume = order(
        .resume, "let the failover controller act again",
        "Where the source has failed as many checks as it takes by then, the next one that fails leads to a failover.",
        "tern failover resume mirror.properties --flow 'eu->us'")
    static let rearm = order(
        .rearm, "have the failover controller watch the source again",
        "After a failback by hand, or where nobody wants one: the controller forgets the failover and watches, as if it had just "
            + "begun. The source must serve by then, or it fails over once more.",
        "tern failover rearm mirror.properties --flow 'eu->us'")

    private enum Order: String { case pause, resume, rearm }

    private static func order(_ order: Order, _ summary: String, _ explanation: String, _ example: String) -> Command {
        Command(
            path: ["failover", order.rawValue], summary: summary,
            discussion: [
                explanation,
                "Writes the order to the flow's control topic on the target. The process that acts reads it with its next check "
                    + "(failover.check.interval.seconds).",
            ],
            arguments: [ConfigurationFile.argument],
            flags: [FailoverFamily.flow, ControlFlags.reason, .timeout] + Flag.configuration
                + [.output([.table, .json, .yaml])],
            examples: [.init(purpose: "one flow", line: example)],
            statuses: [(.failed, "the target does not take the order")],
            kind: "FailoverOrder",
            body: { invocation, context in
                try await OpenFlow.with(invocation, context) { open in
                    try await open.withDesk { desk in
                        try await give(order, open, desk, invocation, context)
                    }
                }
            })
    }

    private static func give(
        _ order: Order, _ open: OpenFlow, _ desk: ControlDesk, _ invocation: Invocation, _ context: CommandContext
    ) async throws -> ExitStatus {
        let before = try await desk.orders()
        let given = ControlFlags.order(invocation, context)
        let name = open.flow.name
        let sentence: String
        var isChange = true
        switch order {
        case .pause:
            try await desk.order(.init(.failoverPause, .flow), ControlRow.value(given))
            let was = before.failoverPause.map { " (it was paused before, by \($0.summary))" } ?? ""
            sentence = "\(name): the failover controller is paused\(was)."
        case .resume:
            isChange = before.failoverPause != nil
            if isChange { try await desk.order(.init(.failoverPause, .flow), nil) }
            sentence = "\(name): the failover controller " + (isChange ? "acts again." : "was not paused.")
        case .rearm:
            try await desk.order(.init(.failoverRearm, .flow), ControlRow.value(given))
            sentence = "\(name): the failover controller watches \(name.source) again."
        }
        var report = Report(
            kind: "FailoverOrder",
            data: [
                "flow": .string("\(name)"), "action": .string(order.rawValue), "by": .string(given.by),
                "reason": .optional(given.reason), "changed": .bool(isChange),
            ])
        let interval = AgeText.age(seconds: open.flow.failover.checkInterval / .seconds(1))
        var lines = [sentence + (isChange ? " It is read with the next check, within \(interval)." : "")]
        if !open.flow.failover.isOn {
            lines.append("! \(name).failover.controller is off in this file: nobody may be there to read it")
        }
        report.text = lines.map { $0.printable + "\n" }.joined()
        return try context.print(report, for: invocation)
    }
}

/// What `tern failover status` shows.
struct ControllerText {
    private let flow: FlowName
    private let row: FailoverRow
    private let status: FailoverControllerStatus
    private let now: Int64

    init(_ flow: FlowName, _ row: FailoverRow, _ status: FailoverControllerStatus, _ now: Int64) {
        self.flow = flow
        self.row = row
        self.status = status
        self.now = now
    }

    private var document: FailoverControllerState { FailoverControllerState(status, isActing: nil) }

    private var lines: [String] {
        let state = row.state
        var lines = ["\(flow): \(state.phase.rawValue) since \(UTCText.text(milliseconds: state.since))"]
        let owner = row.owner.map { "acts: \($0)" } ?? "no process acts"
        lines.append("\(owner), last heard of \(AgeText.age(seconds: Double(max(0, now - row.at)) / 1000)) ago")
        lines.append(
            "checks of \(flow.source) in a row: \(state.badChecks) failed, \(state.goodChecks) succeeded")
        if let reason = state.reason { lines.append("reason: \(reason)") }
        if let at = state.failedOverAt { lines.append("failed over at \(UTCText.text(milliseconds: at))") }
        if let report = state.report { lines.append("report: \(report)") }
        if let problem = state.problem { lines.append("! \(problem) (attempt \(state.attempt))") }
        if let pause = status.pause {
            lines.append("! paused since \(UTCText.text(milliseconds: pause.at)), by \(pause.summary)")
        }
        if let advice { lines.append("> \(advice)") }
        return lines
    }

    /// What a person has to do.
    private var advice: String? {
        switch row.state.phase {
        case .recovered:
            "\(flow.source) has recovered: tern failback plan --flow '\(flow)', tern failback run, then tern failover rearm"
        case .failedOver: "\(flow.target) serves; the controller waits for \(flow.source)"
        default: nil
        }
    }

    var report: Report {
        let shown = FailoverControllerReport(
            flow: "\(flow)", heardAt: DateTime(milliseconds: row.at), controller: document)
        var report = Report(kind: FailoverControllerReport.name, data: shown.tree)
        report.text = lines.map { $0.printable + "\n" }.joined()
        let hooks = document.hooks
        if !hooks.isEmpty { report.text = (report.text ?? "") + "\n" + FailoverReportText.hooks(hooks) }
        return report
    }
}
