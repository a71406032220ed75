// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernConfiguration
internal import Text

/// `tern flow`: pauses and restarts.
enum FlowFamily {
    static let family = Command(path: ["flow"], summary: "pause, resume and restart flows, topics and partitions")

    static let commands: [Command] = [
        family,
        command(
            .pause, "stop copying for a while, and keep the place",
            "What is in flight is acknowledged and noted, then nothing more is read. Lag goes on being measured. Flow, topic and "
                + "partition are paused each for itself: a partition flows when none of the three is paused.",
            [
                .init(
                    purpose: "one topic",
                    line: "tern flow pause mirror.properties --flow 'eu->us' --topic orders --reason 'bad deploy'"),
                .init(purpose: "the whole flow", line: "tern pause mirror.properties --flow 'eu->us'"),
            ]),
        command(
            .resume, "go on where a pause began",
            "Ends the pause of the flow, topic or partition that is named, and no other. Each partition proves first that its log "
                + "is still the one that was mirrored.",
            [.init(purpose: "one topic", line: "tern flow resume mirror.properties --flow 'eu->us' --topic orders")]),
        command(
            .restart, "drain, read the stored progress again, and go on from there",
            "Repeats nothing and loses nothing. A partition that has stopped for a reason that is gone looks at its log again at "
                + "once. Whatever is paused stays paused.",
            [
                .init(
                    purpose: "one partition",
                    line: "tern flow restart mirror.properties --flow 'eu->us' --topic orders --partition 3")
            ]),
    ]

    private static func command(
        _ action: FlowOrder.Action, _ summary: String, _ explanation: String, _ examples: [Command.Example]
    ) -> Command {
        Command(
            path: ["flow", action.rawValue], aliases: [[action.rawValue]], summary: summary,
            discussion: [
                explanation,
                "Writes the order to the flow's control topic on the target, so it needs no daemon's address, holds for all daemons "
                    + "of the flow, and survives their restarts. Running daemons carry it out within about a second.",
                "With --url a daemon writes the order: that takes an operator's token and TLS instead of a login to the clusters.",
            ],
            arguments: [ConfigurationFile.argument],
            flags: [
                ControlFlags.flow, ControlFlags.topic, ControlFlags.partition, ControlFlags.reason,
                ControlFlags.dryRun, .timeout,
            ] + DaemonQuestion.reach + Flag.configuration + [.output([.table, .json, .yaml])],
            examples: examples,
            statuses: [(.failed, "the source has no such topic, or the target does not take the order")],
            kind: "FlowOrder",
            body: { try await FlowOrder(action: action, $0, $1).run() })
    }
}

/// One run of such a command.
struct FlowOrder {
    enum Action: String { case pause, resume, restart }

    let action: Action
    let invocation: Invocation
    let context: CommandContext

    init(action: Action, _ invocation: Invocation, _ context: CommandContext) {
        self.action = action
        self.invocation = invocation
        self.context = context
    }

    func run() async throws -> ExitStatus {
        let scope = try ControlFlags.scope(invocation)
        let limit = invocation.duration(.timeout) ?? .seconds(10)
        if let daemon = try DaemonQuestion.remote(invocation, context, timeout: limit) {
            return try await order(of: daemon, scope)
        }
        return try await OpenFlow.with(invocation, context) { open in
            // What is over, or mistyped long ago, can be resumed.
            let problem = action == .resume ? nil : try await open.checkNames(scope)
            if let problem { context.say("note: \(problem)".printable, invocation) }
            return try await open.withDesk { desk in
                let before = try await desk.orders()
                let order = ControlFlags.order(invocation, context)
                let outcome = Outcome(action, scope, before, order, open.flow.name)
                if outcome.isChange, !invocation.has(ControlFlags.dryRun) {
                    try await desk.order(.init(action == .restart ? .restart : .pause, scope), outcome.value)
                }
                return try context.print(
                    outcome.report(isDryRun: invocation.has(ControlFlags.dryRun)), for: invocation)
            }
        }
    }
}

extension FlowOrder {
    /// What an order comes to, by what was ordered before.
    struct Outcome {
        let action: Action
        let scope: ControlScope
        let order: ControlOrder
        let flow: FlowName
        let pauses: [ControlScope: ControlOrder]

        init(
            _ action: Action, _ scope: ControlScope, _ before: ControlTable, _ order: ControlOrder, _ flow: FlowName
        ) {
            self.action = action
            self.scope = scope
            self.order = order
            self.flow = flow
            pauses = before.pauses
        }

        var isChange: Bool { action != .resume || pauses[scope] != nil }
        var value: [UInt8]? { action == .resume ? nil : ControlRow.value(order) }

        /// Pauses that go on to hold something of the scope.
        var remaining: [(scope: ControlScope, order: ControlOrder)] {
            guard action != .pause else { return [] }
            return pauses.filter { $0.key != scope || action == .restart }.filter { pause in
                scope.wider.contains(pause.key) || pause.key == scope || pause.key.wider.contains(scope)
            }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }

        private var sentence: String {
            switch action {
            case .pause:
                let was = pauses[scope].map { " (it was paused before, by \($0.summary))" } ?? ""
                return "\(flow): \(scope) is paused\(was). Running daemons take it up within about a second."
            case .resume where !isChange: return "\(flow): \(scope) was not paused."
            case .resume: return "\(flow): \(scope) goes on. Running daemons take it up within about a second."
            case .restart: return "\(flow): \(scope) restarts. Running daemons take it up within about a second."
            }
        }

        func report(isDryRun: Bool) -> Report {
            var report = Report(
                kind: "FlowOrder",
                data: [
                    "flow": .string("\(flow)"), "action": .string(action.rawValue), "scope": .string(scope.word),
                    "topic": .optional(scope.topic?.rawValue),
                    "partition": .optional(scope.partition.map { Int64($0) }), "by": .string(order.by),
                    "reason": .optional(order.reason), "dry_run": .bool(isDryRun),
                    "changed": .bool(isChange && !isDryRun),
                    "still_paused": .array(
                        remaining.map { pause in
                            [
                                "scope": .string(pause.scope.word), "topic": .optional(pause.scope.topic?.rawValue),
                                "partition": .optional(pause.scope.partition.map { Int64($0) }),
                                "by": .string(pause.order.by), "reason": .optional(pause.order.reason),
                            ]
                        }),
                ])
            var lines = isDryRun && isChange ? ["Nothing was ordered. Without --dry-run:"] : []
            lines.append(sentence)
            lines += remaining.map { "! \($0.scope) stays paused, by \($0.order.summary)" }
            report.text = lines.map { $0.printable + "\n" }.joined()
            return report
        }
    }
}
