// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import TopicPlanning
internal import TopicAdministration
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernAPI
internal import TernConfiguration

/// Performs a failover or failback step by step, and keeps its report.
struct FailoverRunner {
    struct Options: Sendable {
        var direction: String
        var mode: FailoverProcedure.Mode
        var limit: Duration
        var window: Duration
    }

    /// Why a step did not get done.
    private struct Obstacle: Error { let reason: String }

    /// Groups that are written between two states of the report.
    private static let batch = 50

    let scene: FailoverScene
    let probe: FlowProbe
    let options: Options
    let context: CommandContext
    let recorder: FailoverRecorder
    /// Says what goes on, for people.
    let say: @Sendable (String) -> Void
    private(set) var report: FailoverReport
    private(set) var procedure: FailoverProcedure
    private var outcomes: [FailoverProcedure.Step: String] = [:]
    private var topics: [MirroredTopic] = []
    private var moves: [GroupMove] = []

    init(
        _ scene: FailoverScene, _ probe: FlowProbe, _ options: Options, _ report: FailoverReport,
        _ procedure: FailoverProcedure, _ recorder: FailoverRecorder, _ context: CommandContext,
        say: @escaping @Sendable (String) -> Void
    ) {
        self.scene = scene
        self.probe = probe
        self.options = options
        self.report = report
        self.procedure = procedure
        self.recorder = recorder
        self.context = context
        self.say = say
        for row in report.steps {
            if let step = FailoverProcedure.Step(rawValue: row.step) { outcomes[step] = row.outcome }
        }
    }

    private var name: FlowName { scene.flow.name }
    private var isPlanned: Bool { options.mode == .planned }

    /// Goes on until every step is done, or one is not.
    mutating func run() async throws -> FailoverReport {
        while let step = procedure.next {
            try procedure.begin(step, at: context.milliseconds())
            try save()
            do throws(Obstacle) {
                let outcome = try await perform(step)
                outcomes[step] = outcome
                try? procedure.finish(step, at: context.milliseconds())
                say("\(step.rawValue): \(outcome)")
            } catch {
                try procedure.fail(step, reason: error.reason, at: context.milliseconds())
            }
            try save()
        }
        return report
    }

    private mutating func save() throws(CommandFailure) {
        report.take(procedure, outcomes)
        try recorder.save(report)
    }

    private mutating func perform(_ step: FailoverProcedure.Step) async throws(Obstacle) -> String {
        switch step {
        case .check: try await check()
        case .sourceStill: try await waitUntilStill()
        case .copied: try await waitUntilCopied()
        case .groups: try await writeGroups()
        case .verify: try await verifyGroups()
        }
    }

    // MARK: check

    private mutating func check() async throws(Obstacle) -> String {
        let look = await FailoverAssessment.make(scene, probe, asksSource: isPlanned, context)
        if isPlanned, let problem = look.sourceProblem {
            throw Obstacle(
                reason:
                    "\(name.source) cannot be reached: \(problem); where it is lost, --mode emergency goes on without it"
            )
        }
        if let first = look.obstacles.first {
            let others = look.obstacles.count > 1 ? "; and \(look.obstacles.count - 1) more (tern failover check)" : ""
            throw Obstacle(reason: first + others)
        }
        let (source, target) = (look.facts.source?.cluster.clusterID, look.facts.target?.cluster.clusterID)
        for (known, found, alias) in [
            (report.sourceClusterID, source, name.source), (report.targetClusterID, target, name.target),
        ] {
            guard let known, let found, known != found else { continue }
            throw Obstacle(reason: "\(alias) is another cluster than at the beginning: \(found), not \(known)")
        }
        report.sourceClusterID = source ?? report.sourceClusterID
        report.targetClusterID = target ?? report.targetClusterID
        report.notes = look.facts.notes
        topics = look.facts.topics
        take(look.facts, look.copiedUntil, look.loss)
        return isPlanned
            ? "both clusters answer, \(NumberText.counted(topics.count, "topic")) can be written on \(name.target)"
            : "\(name.target) answers, \(NumberText.counted(topics.count, "topic")) can be written"
    }

    /// Where copying stands, and what would be lost.
    private mutating func take(_ facts: FailoverFacts, _ copiedUntil: Int64?, _ loss: CopyLoss) {
        report.rpoRecords = loss.records
        report.rpoSeconds = loss.records == 0 ? 0 : report.rpoSeconds ?? loss.seconds
        report.copiedUntil = copiedUntil.map { DateTime(milliseconds: $0) }
        report.topics = facts.copies.sorted { $0.key < $1.key }.map { place, copy in
            .init(
                topic: place.topic.rawValue, partition: Int64(place.partition), copiedOffset: copy.position,
                endOffset: copy.end)
        }
    }

    // MARK: waiting

    /// Heartbeats never stop, and copies from a third cluster stop when that one does.
    private var born: [MirroredTopic] {
        topics.filter { !scene.flow.naming.isHeartbeats($0.source) && scene.flow.naming.source(of: $0.source) == nil }
    }

    private func waitUntilStill() async throws(Obstacle) -> String {
        var watch = StandstillWatch(window: options.window)
        let began = ContinuousClock.now
        let expected = born.reduce(0) { $0 + Int($1.partitionCount) }
        guard expected > 0 else { return "no topic of \(name.source) itself is copied" }
        while true {
            let ends = await probe.sourceEnds(of: born)
            if watch.isStill(ends, of: expected, at: .now - began) {
                return
                    "\(NumberText.counted(born.count, "topic")) on \(name.source) stood still for \(options.window.text)"
            }
            guard ContinuousClock.now - began < options.limit else {
                let growing = watch.growing.map(\.rawValue)
                let what =
                    ends.count < expected
                    ? "the ends of \(expected - ends.count) partitions on \(name.source) cannot be read"
                    : growing.isEmpty
                        ? "the logs on \(name.source) have not stood still for \(options.window.text)"
                        : "\(Self.listed(growing)) on \(name.source) still grow\(growing.count == 1 ? "s" : "")"
                throw Obstacle(
                    reason: "\(what) after \(options.limit.text); stop the producers and resume; nothing was changed")
            }
            await pause()
        }
    }

    private mutating func waitUntilCopied() async throws(Obstacle) -> String {
        let began = ContinuousClock.now
        let waited = Set(born.map(\.source))
        while true {
            let facts = await probe.look(.init(asksSource: true, groups: false, settings: false, ages: false))
            let problem = facts.sourceProblem ?? facts.targetProblem
            let gaps = facts.gaps(now: context.milliseconds()).filter { waited.contains($0.topic) }
            let open = gaps.filter { !$0.isClosed }
            if problem == nil, facts.rowProblem == nil, gaps.count == waited.count, open.isEmpty {
                take(facts, gaps.compactMap(\.copiedUntil).max(), CopyLoss(records: 0, seconds: 0))
                return "everything is on \(name.target)"
            }
            guard ContinuousClock.now - began < options.limit else {
                let what = problem.map { "\($0.reason)" } ?? facts.rowProblem ?? Self.words(of: open)
                throw Obstacle(
                    reason: "not everything is on \(name.target) after \(options.limit.text): \(what); "
                        + "is the daemon of \(name) running? Nothing was changed")
            }
            await pause()
        }
    }

    private static func words(of gaps: [CopyGap]) -> String {
        listed(
            gaps.map { gap in
                let held = gap.held.map { $0 > 0 ? ", \($0) in open transactions" : "" } ?? ""
                return "\(gap.topic) (\(gap.records.map { "\($0) records" } ?? "unknown")\(held))"
            })
    }

    private static func listed(_ names: [String]) -> String {
        let most = 5
        return names.prefix(most).joined(separator: ", ")
            + (names.count > most ? " and \(names.count - most) more" : "")
    }

    private func pause() async { try? await ContinuousClock().sleep(for: .milliseconds(250)) }

    // MARK: groups

    private mutating func writeGroups() async throws(Obstacle) -> String {
        let facts = await probe.look(.init(asksSource: isPlanned, groups: true, settings: false, ages: false))
        if let problem = facts.targetProblem ?? facts.sourceProblem {
            throw Obstacle(reason: "the groups cannot be looked at: \(problem.reason); no offset was written")
        }
        if let problem = facts.rowProblem {
            throw Obstacle(reason: "the places of copies cannot be read: \(problem); no offset was written")
        }
        moves = facts.groups
        let earlier = Dictionary(report.groups.map { ($0.id, $0) }) { first, _ in first }
        report.groups = moves.map { move in row(of: move, earlier[move.id.rawValue]) }
        let pending = moves.filter { !$0.writes.isEmpty }
        var rest = pending[...]
        var refusals: [GroupID: String] = [:]
        while !rest.isEmpty {
            let part = Array(rest.prefix(Self.batch))
            rest = rest.dropFirst(Self.batch)
            let refused = await probe.write(part)
            for move in part { note(move.id, refused[move.id].map { ("failed", $0) } ?? ("written", nil)) }
            refusals.merge(refused) { first, _ in first }
            // What is known is on disk before more is written.
            try? save()
        }
        for index in moves.indices {
            if let reason = refusals[moves[index].id] { moves[index].fail(reason) }
        }
        let written = pending.count - refusals.count
        let left = report.groups.count { $0.outcome == "left" || $0.outcome == "failed" }
        return "offsets of \(NumberText.counted(written, "group")) written on \(name.target), "
            + "\(report.groups.count - written - left) had them already, \(left) left or failed"
    }

    private func row(of move: GroupMove, _ earlier: FailoverReport.Group?) -> FailoverReport.Group {
        let isMoved = earlier?.outcome == "written" || earlier?.outcome == "moved"
        let outcome: String =
            switch move.state {
            case .failed: "failed"
            case .active: isMoved ? "moved" : "left"
            case .unmapped where move.writes.isEmpty: "left"
            default: isMoved ? "written" : "unchanged"
            }
        var row = FailoverReport.Group(id: move.id.rawValue, state: move.state.rawValue, outcome: outcome)
        row.reason = move.advice(on: name.source)
        row.readAgainRecords = move.readAgain
        row.written = Int64(move.writes.count) + (move.writes.isEmpty && isMoved ? earlier?.written ?? 0 : 0)
        return row
    }

    private mutating func note(_ id: GroupID, _ outcome: (word: String, reason: String?)) {
        guard let index = report.groups.firstIndex(where: { $0.id == id.rawValue }) else { return }
        report.groups[index].outcome = outcome.word
        if let reason = outcome.reason {
            report.groups[index].reason = reason
            report.groups[index].state = "failed"
            report.groups[index].written = 0
        }
    }

    private mutating func verifyGroups() async throws(Obstacle) -> String {
        if moves.isEmpty, !report.groups.isEmpty {
            // Resumed behind the writing: what must be there is worked out again.
            let facts = await probe.look(.init(asksSource: isPlanned, groups: true, settings: false, ages: false))
            if let problem = facts.targetProblem ?? facts.sourceProblem { throw Obstacle(reason: problem.reason) }
            moves = facts.groups
        }
        let problems = await probe.verify(moves.filter { $0.state != .failed && $0.state != .active })
        for group in report.groups where group.outcome == "written" { note(GroupID(group.id), ("moved", nil)) }
        for (id, reason) in problems { note(id, ("failed", reason)) }
        if let (id, reason) = problems.min(by: { $0.key < $1.key }) {
            throw Obstacle(reason: "\(NumberText.counted(problems.count, "group")) not as written: \(id): \(reason)")
        }
        let failed = report.groups.filter { $0.outcome == "failed" }
        if let first = failed.first {
            throw Obstacle(
                reason: "\(NumberText.counted(failed.count, "group")) failed: \(first.id): \(first.reason ?? "")")
        }
        let checked = moves.count { !$0.wanted.isEmpty }
        return "\(NumberText.counted(checked, "group")) read back from \(name.target)"
    }
}

extension Duration {
    /// `3 s`, `5m`.
    var text: String { AgeText.age(seconds: self / .seconds(1)) }
}
