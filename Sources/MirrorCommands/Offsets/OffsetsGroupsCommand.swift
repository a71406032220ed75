// SPDX-License-Identifier: Apache-2.0
internal import TernAPI

enum OffsetsGroupsCommand {
    static let command = Command(
        path: ["offsets", "groups"],
        summary: "show how ready consumer groups are to go on with the target",
        discussion: [
            "Queries the running daemon that carries lane 0 of the flow: it translates the groups. READY groups go on where they "
                + "stopped; AHEAD ones read some records again, which are not copied yet; for UNMAPPED ones nothing is known of "
                + "some partitions; ACTIVE ones are used on the target, so their offsets there are left alone; FAILED ones could "
                + "not be read or written."
        ],
        arguments: [DaemonQuestion.file, DaemonQuestion.flow],
        flags: DaemonQuestion.flags + Flag.tabular,
        examples: [
            .init(purpose: "every flow of the daemon of this machine", line: "tern offsets groups"),
            .init(purpose: "before a failover, as data", line: "tern offsets groups 'eu->us' -o json"),
        ],
        kind: GroupReport.name,
        body: { invocation, context in
            try await DaemonQuestion.answer(invocation, context) { client throws(CommandFailure) in
                let answer = try await client.report(GroupReport.self, from: .groups)
                return try report(answer, flows: DaemonQuestion.flows(invocation))
            }
        })

    /// - Parameter flows: `source->target`; all when empty.
    static func report(_ answer: GroupReport, flows: [String]) throws(CommandFailure) -> Report {
        try CommandFailure.requireKnown("flow", flows, among: answer.flows.map(\.flowName))
        var answer = answer
        answer.flows.removeAll { !flows.isEmpty && !flows.contains($0.flowName) }
        var table = TextTable(
            [
                .init("FLOW", isWide: answer.flows.count <= 1), .init("GROUP"), .init("STATE"), .init("PARTS", .right),
                .init("UNMAPPED", .right), .init("IN-STEP", .right), .init("REASON", isSentence: true),
            ])
        for flow in answer.flows {
            for group in flow.groups {
                let age = group.synchronizedAt.map { answer.generatedAt.seconds(since: $0) }
                table.rows.append([
                    .text(flow.flowName), .text(group.id), state(group.state), .count(group.partitions),
                    .count(group.unmapped), .age(seconds: age), .text(group.reason),
                ])
            }
        }
        var report = Report(kind: GroupReport.name, data: answer.tree, tables: [table])
        report.notes = LagTable.staleness(answer.snapshotAgeSeconds) + answer.flows.compactMap(note)
        return report
    }

    /// Why a flow has no rows.
    private static func note(_ flow: GroupReport.Flow) -> String? {
        switch flow.translated {
        case "elsewhere":
            "! \(flow.flowName): this daemon does not carry lane 0, whose owner translates the groups: ask the daemon that does"
        case "off":
            "\(flow.flowName) translates no groups: emit.checkpoints.enabled and sync.group.offsets.enabled are false"
        default: flow.groups.isEmpty ? "\(flow.flowName): no group has offsets in the topics that are mirrored." : nil
        }
    }

    private static func state(_ word: String) -> TextTable.Cell {
        switch word {
        case "ready", "active": .text(word, .good)
        case "ahead": .text(word)
        case "unmapped": .text(word, .warning)
        default: .text(word, .bad)
        }
    }
}
