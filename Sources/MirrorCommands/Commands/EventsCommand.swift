// SPDX-License-Identifier: Apache-2.0
internal import Synchronization
internal import TernAPI
internal import Text

enum EventsCommand {
    static let follow = Flag("follow", "go on with what happens, until interrupted")
    /// From the least to the most.
    fileprivate static let levels = ["info", "warning", "error"]
    static let level = Flag("level", .choice(levels), preset: "info", "leave out what matters less")

    static let command = Command(
        path: ["events"],
        summary: "show what happened: partitions that stopped, clusters that went away, lanes that moved",
        discussion: [
            "Queries a running daemon, which keeps the last 1,000 facts of its log. With --follow it goes on as things happen, and "
                + "connects again when the daemon was away; -o json then prints a line for each event."
        ],
        arguments: [DaemonQuestion.file, DaemonQuestion.flow],
        flags: [follow, level] + DaemonQuestion.reach + [.timeout] + Flag.configuration + Flag.tabular,
        examples: [
            .init(purpose: "what needs a person", line: "tern events --level error"),
            .init(
                purpose: "a flow as it goes on, on another machine",
                line: "tern events 'eu->us' --follow --url http://mirror:9470"),
            .init(purpose: "for a program", line: "tern events --follow -o json"),
        ],
        kind: EventReport.name,
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        let client = try DaemonQuestion.client(invocation, context)
        let choice = try await EventChoice(invocation, client)
        guard invocation.has(follow) else {
            let events = try await client.facts().filter(choice.includes)
            return try context.print(report(events), for: invocation)
        }
        guard [.table, .json].contains(invocation.format) else {
            throw CommandFailure.usage(
                "--follow prints lines, or with -o json documents, not \(invocation.format.rawValue)")
        }
        return try await follow(invocation, context, client, choice)
    }

    private static func follow(
        _ invocation: Invocation, _ context: CommandContext, _ client: DaemonClient, _ choice: EventChoice
    ) async throws -> ExitStatus {
        let isJSON = invocation.format == .json
        let isColored = context.paints(invocation)
        var last: String?
        var isLost = false
        while true {
            do throws(CommandFailure) {
                last = try await client.follow(after: last) { event in
                    guard choice.includes(event) else { return }
                    context.output.write((isJSON ? event.tree.compactText : event.line(isColored: isColored)) + "\n")
                }
                isLost = false
            } catch {
                // The first try shows a wrong address; later the daemon may be starting again.
                guard last != nil || isLost else { throw error }
            }
            try Task.checkCancellation()
            if !isLost { context.say("tern: \(client.address) does not answer any more; trying again", invocation) }
            isLost = true
            try await Task.sleep(for: .seconds(1))
        }
    }

    static func report(_ events: [Event]) -> Report {
        var table = TextTable([
            .init("TIME"), .init("LEVEL"), .init("EVENT"), .init("WHERE"), .init("WHAT", isSentence: true),
        ])
        table.rows = events.map { event in
            [
                .text(event.time), .text(event.level, event.tone), .text(event.event), .text(event.place),
                .text(event.what),
            ]
        }
        var report = Report(kind: EventReport.name, data: EventReport(events: events).tree, tables: [table])
        if events.isEmpty { report.notes = ["Nothing of that kind has happened since the daemon started."] }
        return report
    }
}

/// Which events are wanted.
private struct EventChoice: Sendable {
    let flows: [String]
    let least: Int

    init(_ invocation: Invocation, _ client: DaemonClient) async throws(CommandFailure) {
        flows = DaemonQuestion.flows(invocation)
        least = invocation[EventsCommand.level].flatMap(EventsCommand.levels.firstIndex) ?? 0
        guard !flows.isEmpty else { return }
        let known = try await client.report(StatusReport.self, from: .status).flows.map(\.flowName)
        try CommandFailure.requireKnown("flow", flows, among: known)
    }

    /// A level that this release does not know counts as the highest. Facts of the whole daemon belong to every flow.
    @Sendable func includes(_ event: Event) -> Bool {
        let levels = EventsCommand.levels
        guard (levels.firstIndex(of: event.level) ?? levels.count) >= least else { return false }
        guard !flows.isEmpty, let flow = event.flow else { return true }
        return flows.contains(flow)
    }
}

extension Event {
    fileprivate var time: String {
        guard case .string(let text) = at.tree else { return "" }
        return text
    }
    fileprivate var tone: TextTable.Tone { level == "error" ? .bad : level == "warning" ? .warning : .plain }
    fileprivate var place: String {
        let name = topic.map { topic in self.partition.map { "\(topic)/\($0)" } ?? topic }
        return [flow, cluster, name].compactMap(\.self).joined(separator: " ")
    }
    fileprivate var what: String {
        let sentence = [code, reason].compactMap(\.self).joined(separator: ": ")
        return [sentence, details ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// One line for people; nothing in it moves the cursor.
    fileprivate func line(isColored: Bool) -> String {
        let padded = level + String(repeating: " ", count: max(0, 7 - level.count))
        let word = isColored ? Paint.painted(padded, tone) : padded
        return [time, word].joined(separator: " ") + " "
            + [event, place, what].filter { !$0.isEmpty }.map(\.printable).joined(separator: "  ")
    }
}
