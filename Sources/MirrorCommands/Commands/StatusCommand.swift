// SPDX-License-Identifier: Apache-2.0
internal import TernAPI

enum StatusCommand {
    static let command = Command(
        path: ["status"],
        summary: "show what the daemon and its flows are doing, on one screen",
        discussion: [
            "Queries a running daemon. P99 is the time from a record's own time stamp to its acknowledgement by the target; "
                + "while a flow catches up, it is the age of the backlog. Lines under the table say what needs attention, and "
                + "what to do."
        ],
        arguments: [DaemonQuestion.file, DaemonQuestion.flow],
        flags: DaemonQuestion.flags + Flag.tabular,
        examples: [
            .init(purpose: "the daemon of this machine", line: "tern status"),
            .init(
                purpose: "the daemon that runs with this file, kept on the screen",
                line: "tern status mirror.properties --watch"),
            .init(purpose: "one flow, as data", line: "tern status 'eu->us' -o json"),
        ],
        kind: StatusReport.name,
        body: { invocation, context in
            try await DaemonQuestion.answer(invocation, context) { client throws(CommandFailure) in
                let answer = try await client.report(StatusReport.self, from: .status)
                var report = try StatusScreen(answer, flows: DaemonQuestion.flows(invocation)).report
                // The clusters' own table is for who wants to see more: what is wrong with one is said in any case.
                if invocation.format == .table { report = withoutClusters(report) }
                return report
            }
        })

    private static func withoutClusters(_ report: Report) -> Report {
        var report = report
        report.tables = Array(report.tables.prefix(1))
        return report
    }
}
