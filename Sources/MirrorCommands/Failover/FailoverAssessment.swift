// SPDX-License-Identifier: Apache-2.0
internal import TopicAdministration
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernAPI
internal import TernConfiguration
internal import TopicPlanning

/// One look at a flow's clusters, and what it comes to.
struct FailoverAssessment: Sendable {
    let scene: FailoverScene
    let facts: FailoverFacts
    /// Milliseconds since 1970.
    let now: Int64
    let asksSource: Bool
    let sourceProblem: String?
    let targetProblem: String?
    /// Partitions that a daemon has stopped; `nil` when none could be asked.
    let stops: [String]?
    /// Without heartbeats, of which one is always under way.
    let gaps: [CopyGap]
    let loss: CopyLoss
    /// When the newest copied record was written, heartbeats included: they show when the copy was current last.
    let copiedUntil: Int64?

    static func make(
        _ scene: FailoverScene, _ probe: FlowProbe, asksSource: Bool, _ context: CommandContext
    ) async -> FailoverAssessment {
        async let stops = Self.stops(scene)
        let facts = await probe.look(.init(asksSource: asksSource))
        return FailoverAssessment(
            scene: scene, facts: facts, now: context.milliseconds(), asksSource: asksSource,
            sourceProblem: facts.sourceProblem.map { scene.reason($0, scene.flow.name.source, probe) },
            targetProblem: facts.targetProblem.map { scene.reason($0, scene.flow.name.target, probe) },
            stops: await stops)
    }

    private init(
        scene: FailoverScene, facts: FailoverFacts, now: Int64, asksSource: Bool, sourceProblem: String?,
        targetProblem: String?, stops: [String]?
    ) {
        self.scene = scene
        self.facts = facts
        self.now = now
        self.asksSource = asksSource
        self.sourceProblem = sourceProblem
        self.targetProblem = targetProblem
        self.stops = stops
        let all = facts.gaps(now: now)
        gaps = all.filter { !scene.flow.naming.isHeartbeats($0.topic) }
        copiedUntil = all.compactMap(\.copiedUntil).max()
        loss = CopyLoss(gaps, copiedUntil: copiedUntil, now: now)
    }

    private static func stops(_ scene: FailoverScene) async -> [String]? {
        guard let daemon = scene.daemon else { return nil }
        let status: StatusReport
        do throws(CommandFailure) {
            status = try await daemon.report(StatusReport.self, from: .status)
        } catch { return nil }
        guard let flow = status.flows.first(where: { $0.flowName == scene.flow.name.description }) else { return nil }
        return flow.stopped.map { "\($0.topic)/\($0.partition) \($0.status): \($0.stop.text)" }
    }

    func state(of gap: CopyGap) -> TargetTopicState { facts.state(of: gap.targetTopic) }

    /// What must be put right before anything is moved, in sentences.
    var obstacles: [String] {
        let target = scene.flow.name.target
        if let targetProblem { return ["\(target) cannot be reached: \(targetProblem)"] }
        var sentences: [String] = []
        if let problem = facts.rowProblem { sentences.append("the rows of the flow cannot be read: \(problem)") }
        // A cluster that took over may have no topics of its own: its groups' progress in copies goes back all the same.
        if facts.topics.isEmpty, facts.groups.isEmpty {
            sentences.append(
                asksSource && sourceProblem == nil
                    ? "no topic of \(scene.flow.name.source) is selected, and no group has progress to move"
                    : "\(target) holds no progress of \(scene.flow.name): nothing was copied by it")
        }
        let bad = gaps.compactMap { gap in state(of: gap).problem.map { "\(gap.targetTopic) on \(target) \($0)" } }
        sentences += Self.short(bad, "topic")
        sentences += Self.short(stops ?? [], "stopped partition")
        return sentences
    }

    private static func short(_ sentences: [String], _ noun: String) -> [String] {
        let most = 5
        guard sentences.count > most else { return sentences }
        return sentences.prefix(most) + ["and \(NumberText.counted(sentences.count - most, noun)) more"]
    }

    var verdict: FailoverVerdict { FailoverVerdict(obstacles: obstacles, loss: loss, groups: facts.groups) }

    var notes: [String] {
        var notes = facts.notes
        let aside = (facts.quarantined ?? [:]).filter { $0.value > 0 }.sorted { $0.key < $1.key }
        if !aside.isEmpty {
            let topics = aside.prefix(5).map { "\($0.value) of \($0.key)" }.joined(separator: ", ")
            notes.append(
                "\(NumberText.counted(Int(aside.reduce(0) { $0 + $1.value }), "record")) quarantined (\(topics)"
                    + (aside.count > 5 ? " and more" : "")
                    + "): not in the copies, but in \(scene.flow.quarantineTopic) on "
                    + "\(scene.flow.name.target); tern quarantine list shows them, tern quarantine replay writes them")
        }
        if stops == nil {
            notes.append("no daemon was asked: whether it has stopped partitions is not known")
        }
        return notes
    }

    var differences: [FailoverCheckReport.Difference] {
        guard let source = facts.source, let target = facts.target else { return [] }
        let enabled = scene.configuration.flows.filter(\.isEnabled)
        let flow = ComparedFlow(scene.flow, among: enabled, targetHasTieredStorage: false)
        let topics = Set(facts.topics.map(\.source))
        return TopicComparison(from: source.cluster, to: target.cluster, flow: flow, includes: topics.contains)
            .differences.filter { $0.field != .presence }.map { difference in
                .init(
                    topic: difference.topic.rawValue, field: difference.field.name, source: difference.from.text,
                    target: difference.to.text, reason: difference.sync.reason)
            }
    }

    var document: FailoverCheckReport {
        let name = scene.flow.name
        var report = FailoverCheckReport(
            generatedAt: DateTime(milliseconds: now), source: name.source.rawValue, target: name.target.rawValue)
        report.verdict = verdict.word
        report.reasons = verdict.reasons
        report.sourceReachable = asksSource && sourceProblem == nil && targetProblem == nil
        report.sourceProblem = sourceProblem
        report.lossRecords = loss.records
        report.lossSeconds = loss.seconds
        report.copiedUntil = copiedUntil.map { DateTime(milliseconds: $0) }
        report.topics = gaps.map { gap in
            let state = state(of: gap)
            var topic = FailoverCheckReport.Topic(
                topic: gap.topic.rawValue, targetTopic: gap.targetTopic.rawValue, state: state.word)
            topic.lagRecords = gap.records
            topic.heldRecords = gap.held
            topic.lagSeconds = gap.seconds
            topic.quarantinedRecords = facts.quarantined.map { $0[gap.topic] ?? 0 }
            topic.problem = state.problem
            return topic
        }
        report.groups = facts.groups.map { move in
            var group = FailoverCheckReport.Group(
                id: move.id.rawValue, state: move.state.rawValue, partitions: Int64(move.partitions))
            group.reason = move.advice(on: name.source)
            group.unmapped = Int64(move.unmapped)
            group.readAgainRecords = move.readAgain
            group.behindRecords = move.behind
            group.furtherPartitions = Int64(move.further)
            return group
        }
        report.stops = stops
        report.differences = differences
        report.notes = notes
        return report
    }
}

extension GroupMove {
    /// Why it is not ready, or what its consumers on the source would do.
    func advice(on source: ClusterAlias) -> String? {
        guard isUsedOnSource, state != .failed else { return reason }
        let used = "consumers still use it on \(source): what they read from now on they read again"
        return reason.map { "\($0); \(used)" } ?? used
    }
}

extension TopicDifference.Side {
    /// The value as a text.
    fileprivate var text: String {
        switch self {
        case .present: "present"
        case .missing: "missing"
        case .unreadable(let reason): "unreadable: \(reason)"
        case .number(let number): "\(number)"
        case .setting(let state): state.value ?? "hidden"
        case .unknown: "unknown"
        }
    }
}
