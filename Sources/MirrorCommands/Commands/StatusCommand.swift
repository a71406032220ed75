// SPDX-License-Identifier: Apache-2.0
internal import TernAPI

enum StatusCommand {
    static let fleet = Flag(
        "fleet", "show the daemon and those of its dashboard.peers as one; `-o json` prints a FleetReport")

    static let command = Command(
        path: ["status"],
        summary: "show what the daemon and its flows are doing, on one screen",
        discussion: [
            "Queries a running daemon. P99 is the time from a record's own time stamp to its acknowledgement by the target; "
                + "while a flow catches up, it is the age of the backlog. Lines under the table say what needs attention, and "
                + "what to do.",
            "With --fleet the daemon answers for its peers, too: who carries which flow, and which daemon is not heard. A sum that lacks "
                + "lanes has ≥ before it.",
        ],
        arguments: [DaemonQuestion.file, DaemonQuestion.flow],
        flags: [fleet] + DaemonQuestion.flags + Flag.tabular,
        examples: [
            .init(purpose: "the daemon of this machine", line: "tern status"),
            .init(
                purpose: "the daemon that runs with this file, kept on the screen",
                line: "tern status mirror.properties --watch"),
            .init(purpose: "one flow, as data", line: "tern status 'eu->us' -o json"),
            .init(purpose: "all daemons that it knows", line: "tern status --fleet --url https://mirror-eu:9470"),
        ],
        kind: StatusReport.name,
        body: { invocation, context in
            try await DaemonQuestion.answer(invocation, context) { client throws(CommandFailure) in
                let flows = DaemonQuestion.flows(invocation)
                var report: Report
                if invocation.has(fleet) {
                    report = try FleetScreen(try await client.report(FleetReport.self, from: .fleet), flows: flows)
                        .report
                } else {
                    report = try StatusScreen(try await client.report(StatusReport.self, from: .status), flows: flows)
                        .report
                }
                // The clusters' own table is for who wants to see more: what is wrong with one is said in any case.
                if invocation.format == .table { report.tables.removeLast() }
                return report
            }
        })
}
