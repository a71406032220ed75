// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernAPI
internal import TernConfiguration

enum FailoverRunCommand {
    static let command = Command(
        path: ["failover", "run"],
        summary: "move the consumer groups of a flow to its target, step by step, with a report",
        discussion: [
            "Prints the plan first; --yes, or the flow's name typed on a terminal, has it done. It asks the clusters alone, so the "
                + "daemon that copies may be any. planned: waits until the ends of the source's logs stand still and everything "
                + "is copied, then writes and reads back the groups' offsets on the target. emergency: asks nothing of the "
                + "source; groups go on where their newest checkpoints lead.",
            "Only groups that nobody uses on the target are written, and none is ever set back. Each state of the run is in the "
                + "report, JSON and text, with the measured recovery time and point. A run that was killed, or failed, goes on with "
                + "--resume.",
        ],
        arguments: [FailoverFamily.file],
        flags: [
            FailoverFamily.flow, FailoverFamily.mode, FailoverFamily.yes, TopicChanger.dryRun, FailoverFamily.limit,
            FailoverFamily.window, FailoverFamily.report, FailoverFamily.resume,
        ] + DaemonQuestion.reach + FailoverFamily.connection + FailoverFamily.tabular,
        examples: [
            .init(
                purpose: "what would be done",
                line: "tern failover run mirror.properties --flow 'eu->us' --mode planned --dry-run"),
            .init(
                purpose: "the source is lost",
                line: "tern failover run mirror.properties --flow 'eu->us' --mode emergency --yes"),
            .init(
                purpose: "go on after a crash",
                line:
                    "tern failover run mirror.properties --flow 'eu->us' --resume report.json --yes"
            ),
        ],
        statuses: [
            (.failed, "a step did not get done, or a group could not be written"),
            (.refused, "it was not confirmed"),
        ],
        kind: FailoverReport.name,
        body: { invocation, context in
            let scene = try FailoverScene(invocation, context)
            return try await FailoverRun(scene, "failover", invocation, context).run()
        })
}

/// What `failover run` and `failback run` have in common: plan, confirmation, the run, its report.
struct FailoverRun {
    private let scene: FailoverScene
    private let direction: String
    private let invocation: Invocation
    private let context: CommandContext
    private let mode: FailoverProcedure.Mode
    /// The report to go on with.
    private let earlier: FailoverReport?

    init(
        _ scene: FailoverScene, _ direction: String, _ invocation: Invocation, _ context: CommandContext
    ) throws(CommandFailure) {
        self.scene = scene
        self.direction = direction
        self.invocation = invocation
        self.context = context
        if let path = invocation[FailoverFamily.resume] {
            let report = try FailoverRecorder.read(path, context)
            earlier = report
            guard let known = report.procedure?.mode else {
                throw .usage("\(path) is of a mode that this tern does not know: '\(report.mode)'")
            }
            guard report.flowName == scene.flow.name.description, report.direction == direction else {
                throw .usage(
                    "\(path) is the \(report.direction) of \(report.flowName), not the \(direction) of \(scene.flow.name)"
                )
            }
            if let asked = invocation[FailoverFamily.mode], asked != known.rawValue {
                throw .usage("\(path) is \(known.rawValue), and --mode says \(asked)", hint: "leave --mode out")
            }
            guard !report.isDone else {
                throw .usage("\(path) is of a run that is done", hint: "a new run needs no --resume")
            }
            mode = known
            return
        }
        earlier = nil
        if direction == "failback" {
            mode = .planned
        } else {
            guard let asked = invocation[FailoverFamily.mode].flatMap(FailoverProcedure.Mode.init(rawValue:)) else {
                throw .usage("--mode is missing: \(FailoverFamily.mode.summary)")
            }
            mode = asked
        }
    }

    private var options: FailoverRunner.Options {
        .init(
            direction: direction, mode: mode, limit: invocation.duration(FailoverFamily.limit) ?? .seconds(300),
            window: invocation.duration(FailoverFamily.window) ?? .seconds(3))
    }

    /// - Parameter planOnly: shows the plan, and does nothing.
    func run(planOnly: Bool = false) async throws -> ExitStatus {
        let isDryRun = planOnly || invocation.has(TopicChanger.dryRun)
        let late =
            direction == "failback"
            ? await LateWritesCount(
                scene, in: FailoverRecorder.folder(invocation, context), context
            ).counted() : nil
        return try await scene.probe { probe in
            if isDryRun || !invocation.has(FailoverFamily.yes) {
                let look = await FailoverAssessment.make(scene, probe, asksSource: mode == .planned, context)
                let plan = FailoverPlanText(look, options, late).text
                if isDryRun {
                    var report = Report(kind: FailoverReport.name, data: planned(look, late).tree)
                    report.text = plan
                    report.tables = [FailoverReportText(planned(look, late)).groups]
                    if case .notReady = look.verdict { report.status = .failed }
                    return try context.print(report, for: invocation)
                }
                context.say(plan, invocation)
                try confirmed()
            } else {
                context.say(FailoverPlanText.heading(scene.flow.name, options), invocation)
            }
            return try await perform(probe, late)
        }
    }

    private func confirmed() throws(CommandFailure) {
        let name = scene.flow.name.description
        if let ask = context.ask, ask("Type \(name) to go on: ")?.replacing("→", with: "->") == name { return }
        throw CommandFailure(
            .refused, code: "NOT_CONFIRMED", "nothing was done: the \(direction) of \(name) was not confirmed",
            resource: name, hint: "--yes confirms it; --dry-run shows the plan alone")
    }

    private func fresh(_ late: LateWritesCount.Answer?) -> FailoverReport {
        var report = FailoverReport(
            direction: direction, mode: mode.rawValue, source: scene.flow.name.source.rawValue,
            target: scene.flow.name.target.rawValue, startedAt: .init(milliseconds: context.milliseconds()))
        report.lateWrites = late?.topics
        report.notes = late?.notes ?? []
        return report
    }

    /// The report as it would begin, with what would become of the groups.
    private func planned(_ look: FailoverAssessment, _ late: LateWritesCount.Answer?) -> FailoverReport {
        var report = fresh(late)
        report.take(FailoverProcedure(mode, startedAt: report.startedAt.milliseconds), [:])
        report.rpoRecords = look.loss.records
        report.rpoSeconds = look.loss.seconds
        report.copiedUntil = look.copiedUntil.map { .init(milliseconds: $0) }
        report.notes += look.notes
        report.groups = look.facts.groups.map { move in
            var group = FailoverReport.Group(
                id: move.id.rawValue, state: move.state.rawValue,
                outcome: move.state == .failed
                    ? "failed" : !move.isMovable || move.state == .active ? "left" : "unchanged")
            if move.isMovable, !move.writes.isEmpty { group.outcome = "written" }
            group.written = Int64(move.writes.count)
            group.reason = move.advice(on: scene.flow.name.source)
            group.readAgainRecords = move.readAgain
            return group
        }
        return report
    }

    private func perform(_ probe: FlowProbe, _ late: LateWritesCount.Answer?) async throws -> ExitStatus {
        var report = earlier ?? fresh(late)
        var procedure =
            report.procedure ?? FailoverProcedure(mode, startedAt: report.startedAt.milliseconds)
        let recorder: FailoverRecorder
        if let path = invocation[FailoverFamily.resume] {
            report.resumed += 1
            procedure.resume()
            recorder = FailoverRecorder(resuming: path, context)
        } else {
            recorder = try FailoverRecorder(report, in: FailoverRecorder.folder(invocation, context), context)
        }
        context.say("The report is \(recorder.path)", invocation)
        var runner = FailoverRunner(scene, probe, options, report, procedure, recorder, context) {
            [context, invocation] in context.say($0, invocation)
        }
        let result = try await runner.run()
        return try context.print(Self.report(result, recorder), for: invocation)
    }

    private static func report(_ result: FailoverReport, _ recorder: FailoverRecorder) -> Report {
        let text = FailoverReportText(result)
        var report = Report(kind: FailoverReport.name, data: result.tree, tables: [text.groups, text.steps])
        report.text = text.text
        guard !result.isDone else { return report }
        report.status = .failed
        report.failures = [
            CommandFailure(
                .failed, code: "NOT_DONE",
                "the \(result.direction) of \(result.flowName) failed at \(result.failure ?? "?")",
                resource: result.flowName, hint: "--resume \(recorder.path) goes on from there")
        ]
        return report
    }
}
