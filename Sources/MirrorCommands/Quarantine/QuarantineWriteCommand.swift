// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernConfiguration
internal import Text

/// `tern quarantine replay` and `drop`: they show first what they would write, and ask.
enum QuarantineWriteCommand {
    static let yes = Flag("yes", "write without asking")
    private static let flags =
        [
            VerificationFlags.flow, QuarantineFamily.record, VerificationFlags.topic, QuarantineFamily.all, yes,
            RepairRun.dryRun,
        ] + VerificationFlags.connection + Flag.tabular

    static let replay = Command(
        path: ["quarantine", "replay"],
        summary: "write records that were set aside to their target",
        discussion: [
            "Appends each record to the topic and partition that refused it, with its timestamp, its headers and one more, tern.repair; "
                + "when the target has it, its envelope is marked as dealt with. A record whose content is not kept is read from the "
                + "source again, and only if it is still the same. What is refused again stays set aside.",
            "Records come late and out of order, also where the key is the same. A replay that is interrupted between the two writes "
                + "leaves a record on the target and set aside: the next one writes it again.",
        ],
        arguments: [ConfigurationFile.argument], flags: flags,
        examples: [
            .init(
                purpose: "what would be written",
                line: "tern quarantine replay mirror.properties --topic orders --dry-run"),
            .init(purpose: "one record", line: "tern quarantine replay mirror.properties --record orders/3:42 --yes"),
        ],
        statuses: [(.failed, "a record was refused again, or is not there"), (.refused, "nobody agreed")],
        kind: QuarantineFamily.kind
    ) { invocation, context in try await run("replay", invocation, context) }

    static let drop = Command(
        path: ["quarantine", "drop"],
        summary: "give up records that were set aside",
        discussion: [
            "Marks them as dealt with, by tombstones in the quarantine topic: they are not on the target, and are not listed any more."
        ],
        arguments: [ConfigurationFile.argument], flags: flags,
        examples: [
            .init(purpose: "one record", line: "tern quarantine drop mirror.properties --record orders/3:42 --yes"),
            .init(purpose: "all of a flow", line: "tern quarantine drop mirror.properties --flow 'eu->us' --all"),
        ],
        statuses: [(.failed, "a mark was not written, or a record is not there"), (.refused, "nobody agreed")],
        kind: QuarantineFamily.kind
    ) { invocation, context in try await run("drop", invocation, context) }

    private static func run(
        _ action: String, _ invocation: Invocation, _ context: CommandContext
    ) async throws -> ExitStatus {
        let selection = try QuarantineSelection(invocation)
        guard !selection.isEmpty else {
            throw CommandFailure.usage("which records?", hint: "--record or --topic names them; --all is everything")
        }
        return try await OpenFlow.with(invocation, context) { open in
            let entries = try await open.quarantined().entries.filter(selection.takes)
            var view = QuarantineView(
                flow: open.flow, action: action, now: context.milliseconds(),
                isDryRun: invocation.has(RepairRun.dryRun),
                entries: entries, failures: selection.missing(among: entries))
            guard !view.isDryRun, !entries.isEmpty, view.failures.isEmpty else {
                view.notes.append(entries.isEmpty ? "Nothing to \(action)." : "Nothing was written.")
                return try context.print(view.report, for: invocation)
            }
            try confirm(action, entries, open, invocation, context)
            let outcomes =
                action == "drop" ? try await drop(entries, open, context) : try await replay(entries, open, context)
            view.outcomes = entries.map { outcomes[$0.envelope.key] ?? QuarantineOutcome(problem: "not tried") }
            let done = view.outcomes.count { $0.problem == nil }
            view.notes.append("\(action == "drop" ? "Dropped" : "Replayed") \(NumberText.counted(done, "record")).")
            return try context.print(view.report, for: invocation)
        }
    }

    private static func confirm(
        _ action: String, _ entries: [QuarantineEntry], _ open: OpenFlow, _ invocation: Invocation,
        _ context: CommandContext
    ) throws(CommandFailure) {
        let verb = action == "drop" ? "- give up" : "+ write"
        for entry in entries.prefix(20) {
            let line = "\(verb) \(QuarantineView.name(entry)) (\(entry.envelope.code)) to \(entry.envelope.target)"
            context.say(line.printable, invocation)
        }
        if entries.count > 20 { context.say("and \(entries.count - 20) more", invocation) }
        guard !invocation.has(yes) else { return }
        let what = NumberText.counted(entries.count, "record")
        let question =
            action == "drop"
            ? "Give up \(what), which \(open.flow.name.target) will not have? Type yes to go on: "
            : "Append \(what) on \(open.flow.name.target)? Type yes to go on: "
        guard let ask = context.ask, ask(question) == "yes" else {
            throw CommandFailure(
                .refused, code: "NOT_CONFIRMED", "nothing was written: nobody agreed to it",
                hint: "--yes agrees; --dry-run shows what would be written")
        }
    }

    private static func runner(_ open: OpenFlow, _ context: CommandContext) -> QuarantineReplay {
        QuarantineReplay(
            open.flow, mark: UTCText.text(milliseconds: context.milliseconds()), patience: open.limit, stop: open.stop)
    }

    private static func drop(
        _ entries: [QuarantineEntry], _ open: OpenFlow, _ context: CommandContext
    ) async throws -> [[UInt8]: QuarantineOutcome] {
        let outcomes = try await runner(open, context).run(entries.map { QuarantineTask($0, .drop) })
        return Dictionary(zip(entries.map(\.envelope.key), outcomes)) { first, _ in first }
    }

    /// So much content is held at a time, in bytes.
    private static let heldBytes = 64 << 20

    private static func replay(
        _ entries: [QuarantineEntry], _ open: OpenFlow, _ context: CommandContext
    ) async throws -> [[UInt8]: QuarantineOutcome] {
        let rules = try await FetchRules(entries.filter { $0.size == nil }, open)
        var outcomes: [[UInt8]: QuarantineOutcome] = [:]
        var rest = entries[...]
        while !rest.isEmpty {
            var bytes = 0
            let chunk = Array(
                rest.prefix { entry in
                    defer { bytes += entry.size ?? 0 }
                    return bytes < heldBytes
                })
            rest = rest.dropFirst(chunk.count)
            let bodies = try await open.quarantine.bodies(of: chunk)
            var tasks: [QuarantineTask] = []
            for entry in chunk {
                let key = entry.envelope.key
                if let body = bodies[key] {
                    tasks.append(QuarantineTask(entry, .send(body)))
                } else {
                    switch rules.step(for: entry) {
                    case .success(let step): tasks.append(QuarantineTask(entry, step))
                    case .failure(let problem): outcomes[key] = QuarantineOutcome(problem: problem.message)
                    }
                }
            }
            for (task, outcome) in zip(tasks, try await runner(open, context).run(tasks)) {
                outcomes[task.entry.envelope.key] = outcome
            }
        }
        return outcomes
    }
}

/// How records are read from the source again: as the flow reads and labels them.
private struct FetchRules {
    private var topics: [TopicName: VerifyTopic] = [:]
    private var problems: [TopicName: String] = [:]
    private var sourceID: String?

    init(_ entries: [QuarantineEntry], _ open: OpenFlow) async throws {
        guard !entries.isEmpty else { return }
        var selection = VerifySelection()
        selection.topics = Set(entries.map(\.envelope.source.topic))
        let plan = try await open.planner.plan(selection, stop: open.stop)
        sourceID = plan.sourceID
        for topic in plan.topics { topics[topic.source] = topic }
        for (topic, reason) in plan.impossible { problems[topic] = reason }
    }

    func step(for entry: QuarantineEntry) -> Result<QuarantineTask.Step, CommandFailure> {
        let envelope = entry.envelope
        if let sourceID, sourceID != envelope.witness.clusterID {
            return .failure(
                .init(
                    .failed, code: "OTHER_CLUSTER",
                    "its content is in cluster \(envelope.witness.clusterID), and \(envelope.sourceCluster) is now \(sourceID)"
                ))
        }
        guard let topic = topics[envelope.source.topic] else {
            let reason = problems[envelope.source.topic] ?? "the flow does not mirror \(envelope.source.topic) any more"
            return .failure(
                .init(.failed, code: "NOT_REPLAYED", "its content cannot be read from the source: \(reason)"))
        }
        return .success(.fetch(topic.forwarding(envelope.source.partition)))
    }
}
