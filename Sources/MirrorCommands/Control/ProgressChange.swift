// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernConfiguration
internal import Text

/// `tern progress set` and `tern progress reset`: shows what it comes to, and orders it.
struct ProgressChange {
    enum Verb: String { case set, reset }

    /// What is to become of one partition.
    struct Step {
        let place: TopicPartition
        let stored: Int64?
        let log: Range<Int64>?
        /// Of the row that is to be; `nil`: none.
        let offset: Int64?
        var effect: String
        var outcome: Outcome?

        enum Outcome: Equatable {
            case done
            case refused(String)
            /// Nobody has carried it out yet.
            case ordered
        }
    }

    let verb: Verb
    private let invocation: Invocation
    private let context: CommandContext

    init(verb: Verb, _ invocation: Invocation, _ context: CommandContext) {
        self.verb = verb
        self.invocation = invocation
        self.context = context
    }

    func run() async throws -> ExitStatus {
        let scope = try ControlFlags.scope(invocation)
        guard scope != .flow else { throw CommandFailure.usage("which topic?", hint: "--topic names one") }
        try checkFlags(scope)
        return try await OpenFlow.with(invocation, context) { open in
            try await open.withDesk { desk in
                let look = try await ProgressLook.make(open, desk, scope)
                guard let sourceID = look.sourceID, look.sourceProblem == nil else {
                    throw look.sourceProblem
                        ?? CommandFailure(.failed, code: "NO_ANSWER", "\(open.flow.name.source) does not answer")
                }
                guard !look.rows.isEmpty else {
                    throw CommandFailure(
                        .failed, code: "UNKNOWN_TOPIC",
                        "\(open.flow.name) has no \(scope): neither on \(open.flow.name.source), nor in its progress",
                        resource: "\(scope)")
                }
                var steps = try look.rows.map { row throws(CommandFailure) in try step(row, open.flow) }
                let isExecuted = invocation.has(ProgressFamily.execute)
                if isExecuted { try await carryOut(&steps, sourceID, desk) }
                return try context.print(
                    report(steps, open.flow, sourceID, isExecuted: isExecuted), for: invocation)
            }
        }
    }

    private func checkFlags(_ scope: ControlScope) throws(CommandFailure) {
        guard verb == .set else { return }
        let hasOffset = invocation.has(ProgressFamily.offset)
        guard hasOffset != invocation.has(ProgressFamily.to) else {
            throw .usage("where to?", hint: "one of --offset and --to says where")
        }
        guard !hasOffset || scope.partition != nil else {
            throw .usage("--offset is of one partition", hint: "name it by --partition, or use --to")
        }
    }

    // MARK: the plan

    private func step(_ row: ProgressLook.Row, _ flow: FlowConfiguration) throws(CommandFailure) -> Step {
        let stored = row.stored?.offset
        guard verb == .set else {
            return Step(
                place: row.place, stored: stored, log: row.log, offset: nil, effect: Self.effectOfReset(flow.start))
        }
        guard let log = row.log else {
            throw CommandFailure(
                .refused, code: "NO_LOG",
                "\(flow.name.source) has no \(row.place), so no offset of it can be checked",
                resource: "\(row.place)", hint: "'tern progress reset' forgets its progress")
        }
        let offset = try wanted(row.place, log, flow)
        return Step(
            place: row.place, stored: stored, log: log, offset: offset,
            effect: Self.effect(of: offset, after: stored, log))
    }

    private func wanted(
        _ place: TopicPartition, _ log: Range<Int64>, _ flow: FlowConfiguration
    ) throws(CommandFailure) -> Int64 {
        if let to = invocation[ProgressFamily.to] { return (to == "latest" ? log.upperBound : log.lowerBound) - 1 }
        guard let offset = invocation[ProgressFamily.offset].flatMap({ Int64($0) }) else {
            throw .usage("--offset is missing: \(ProgressFamily.offset.summary)")
        }
        guard offset >= log.lowerBound - 1, offset < log.upperBound else {
            throw CommandFailure(
                .refused, code: "OFFSET_OUT_OF_RANGE",
                "\(place) on \(flow.name.source) has offsets \(log.lowerBound) to \(log.upperBound - 1): behind \(offset) there is "
                    + "nothing to go on with, and it would stop again",
                resource: "\(place)", hint: "--to earliest or --to latest chooses an end of the log")
        }
        return offset
    }

    static func effect(of offset: Int64, after stored: Int64?, _ log: Range<Int64>) -> String {
        let (next, before) = (offset + 1, stored.map { $0 + 1 })
        guard let before, before != next else {
            return before == nil ? "begins at offset \(next)" : "goes on at offset \(next), as before"
        }
        if next > before {
            let gone = max(0, min(log.lowerBound, next) - before)
            let skipped = next - max(before, min(log.lowerBound, next))
            let parts = [
                gone > 0 ? "\(gone) offsets that the source no longer has are given up" : nil,
                skipped > 0 ? "offsets \(next - skipped) to \(next - 1) are never copied" : nil,
            ].compactMap(\.self)
            return parts.joined(separator: ", ")
        }
        let last = min(before, log.upperBound) - 1
        return last >= next
            ? "offsets \(next) to \(last) are copied again" : "goes on at offset \(next)"
    }

    static func effectOfReset(_ start: StartPosition) -> String {
        switch start {
        case .earliest: "all that the source has is copied again (auto.offset.reset=earliest)"
        case .latest: "goes on at the end that the log had when the daemon started (auto.offset.reset=latest)"
        case .none: "stops until progress is set (auto.offset.reset=none)"
        }
    }

    // MARK: the order

    private func carryOut(_ steps: inout [Step], _ sourceID: String, _ desk: ControlDesk) async throws {
        let order = ControlFlags.order(invocation, context)
        let id = "\(order.at)-\(order.by)-\(UInt32.random(in: 0 ... .max))"
        let isRunning = try await desk.hasDaemon()
        try await desk.order(
            steps.map { step in
                (
                    .init(.progress, .partition(step.place)),
                    ControlRow.value(ProgressOrder(id: id, order: order, offset: step.offset, sourceID: sourceID))
                )
            })
        for index in steps.indices { steps[index].outcome = .ordered }
        guard isRunning else { return }
        let deadline = ContinuousClock.now + (invocation.duration(ProgressFamily.wait) ?? .seconds(30))
        repeat {
            let orders = try await desk.orders()
            for index in steps.indices {
                guard let found = orders.progressOrders[steps[index].place] else { continue }
                guard found.id == id else {
                    steps[index].outcome = .refused("\(found.order.by) has ordered something else meanwhile")
                    continue
                }
                switch found.answer {
                case .done?: steps[index].outcome = .done
                case .refused(let problem)?: steps[index].outcome = .refused(problem)
                case nil: break
                }
            }
            if !steps.contains(where: { $0.outcome == .ordered }) { return }
            try await ContinuousClock().sleep(for: .milliseconds(200))
        } while ContinuousClock.now < deadline
        isLate.value = true
    }

    /// Daemons run, and have not carried it out in time.
    private let isLate = Late()
    private final class Late { var value = false }

    // MARK: the report

    private func report(
        _ steps: [Step], _ flow: FlowConfiguration, _ sourceID: String, isExecuted: Bool
    ) -> Report {
        var table = TextTable(
            [
                .init("TOPIC"), .init("PART", .right), .init("STORED", .right), .init("NEW", .right),
                .init("LOG-START", .right), .init("LOG-END", .right), .init("OUTCOME"),
                .init("EFFECT", isSentence: true),
            ])
        for step in steps {
            table.rows.append([
                .text(step.place.topic.rawValue), .count(Int64(step.place.partition)), .count(step.stored),
                .count(step.offset), .count(step.log?.lowerBound), .count(step.log?.upperBound),
                .text(Self.word(step.outcome)), .text(step.effect),
            ])
        }
        var report = Report(
            kind: "ProgressPlan",
            data: [
                "flow": .string("\(flow.name)"), "source_id": .string(sourceID), "executed": .bool(isExecuted),
                "partitions": .array(steps.map(Self.json)),
            ], tables: [table])
        report.notes.append("Source \(flow.name.source) is cluster \(sourceID).")
        guard isExecuted else {
            report.notes.append("Nothing was changed. The same with --execute does it.")
            return report
        }
        for step in steps {
            if case .refused(let problem)? = step.outcome {
                report.failures.append(
                    CommandFailure(
                        .refused, code: "NOT_SET", "\(step.place): \(problem)", resource: "\(step.place)"))
            }
        }
        let open = steps.count { $0.outcome == .ordered }
        if !report.failures.isEmpty { report.status = .refused }
        if isLate.value {
            report.status = .failed
            report.failures.append(
                CommandFailure(
                    .failed, code: "NOT_CARRIED_OUT",
                    "no daemon has carried the order out yet for \(open) partitions; it stays, and is carried out as soon as one "
                        + "has let go of what is in flight"))
        } else if open > 0 {
            report.notes.append("No daemon runs \(flow.name) now: the next one that starts begins so.")
        }
        return report
    }

    private static func word(_ outcome: Step.Outcome?) -> String? {
        switch outcome {
        case .done?: "done"
        case .refused?: "refused"
        case .ordered?: "ordered"
        case nil: nil
        }
    }

    private static func json(_ step: Step) -> JSONValue {
        [
            "topic": .string(step.place.topic.rawValue), "partition": .integer(Int64(step.place.partition)),
            "stored": .optional(step.stored), "new": .optional(step.offset),
            "source_start": .optional(step.log?.lowerBound), "source_end": .optional(step.log?.upperBound),
            "effect": .string(step.effect), "outcome": .optional(word(step.outcome)),
        ]
    }
}
