// SPDX-License-Identifier: Apache-2.0
internal import TernAPI

enum TrafficCommand {
    static let flow = Flag(
        "flow", .name("FLOW", .flow), isRepeatable: true, "show this flow only, as the argument FLOW; can be repeated")

    static let command = Command(
        path: ["traffic"],
        summary: "show what flows have on the network, and what it costs",
        discussion: [
            "Queries a running daemon, and counts its own lanes since they were started. READ and WRITTEN are bytes on the network, "
                + "compressed as they are; DISCARDED are bytes of records that were read and not sent, uncompressed. BILLABLE bytes "
                + "crossed between regions: those of SIDE, the far one. COST is theirs by link.price.per.gb, in its currency; a "
                + "month is 30 days like the last hour. A GB is 10^9 bytes. The topics are the ten with the most bytes."
        ],
        arguments: [DaemonQuestion.file, DaemonQuestion.flow],
        flags: [flow] + DaemonQuestion.flags + Flag.tabular,
        examples: [
            .init(purpose: "every flow of the daemon of this machine", line: "tern traffic"),
            .init(purpose: "one flow, with compression ratios and the price", line: "tern traffic 'eu->us' -o wide"),
            .init(
                purpose: "a daemon elsewhere, as data",
                line: "tern traffic --url https://mirror:9470 --token-file token -o json"),
        ],
        kind: TrafficReport.name,
        body: { invocation, context in
            try await DaemonQuestion.answer(invocation, context) { client throws(CommandFailure) in
                let answer = try await client.report(TrafficReport.self, from: .traffic)
                return try report(answer, flows: DaemonQuestion.flows(invocation, and: flow))
            }
        })

    /// - Parameter flows: `source->target`; all when empty.
    static func report(_ answer: TrafficReport, flows: [String]) throws(CommandFailure) -> Report {
        try CommandFailure.requireKnown("flow", flows, among: answer.flows.map(\.flowName))
        var answer = answer
        answer.flows.removeAll { !flows.isEmpty && !flows.contains($0.flowName) }
        var report = Report(
            kind: TrafficReport.name, data: answer.tree, tables: [table(answer.flows), topics(answer.flows)])
        report.notes = LagTable.staleness(answer.snapshotAgeSeconds) + notes(answer.flows)
        return report
    }

    private static func table(_ flows: [TrafficReport.Flow]) -> TextTable {
        TextTable(
            [
                .init("FLOW"), .init("READ", .right), .init("READ-RATIO", .right, isWide: true),
                .init("WRITTEN", .right), .init("WRITE-RATIO", .right, isWide: true), .init("DISCARDED", .right),
                .init("SIDE"), .init("BILLABLE", .right), .init("PRICE/GB", .right, isWide: true),
                .init("COST", .right), .init("OF-DISCARDED", .right, isWide: true),
                .init("SAVED", .right, isWide: true), .init("BYTES/MONTH", .right), .init("COST/MONTH", .right),
            ],
            rows: flows.map { flow in
                [
                    .text(flow.flowName), .bytes(flow.read.wireBytes), .fixed(flow.read.compressionRatio, digits: 2),
                    .bytes(flow.written.wireBytes), .fixed(flow.written.compressionRatio, digits: 2),
                    .bytes(flow.discarded.reduce(0) { $0 + $1.bytes }), .text(flow.billableSide),
                    .bytes(flow.billableBytes), .fixed(flow.pricePerGigabyte, digits: 4), .money(flow.cost),
                    .money(flow.discardedCost), .money(flow.savedCost),
                    .bytes(flow.monthlyBytes), .money(flow.monthlyCost),
                ]
            })
    }

    private static func topics(_ flows: [TrafficReport.Flow]) -> TextTable {
        var table = TextTable(
            [
                .init("FLOW", isWide: flows.count <= 1), .init("TOPIC"), .init("READ", .right),
                .init("REPLICATED", .right), .init("DISCARDED", .right), .init("SHARE", .right), .init("COST", .right),
            ])
        for flow in flows {
            for topic in flow.topics {
                table.rows.append([
                    .text(flow.flowName), .text(topic.topic), .bytes(topic.fetchedBytes),
                    .bytes(topic.replicatedBytes), .bytes(topic.discardedBytes),
                    .text(topic.share.map { NumberText.fixed($0 * 100, digits: 1) + "%" }),
                    .money(topic.cost),
                ])
            }
        }
        return table
    }

    /// What the dashes stand for.
    private static func notes(_ flows: [TrafficReport.Flow]) -> [String] {
        flows.flatMap { flow -> [String] in
            var notes: [String] = []
            if flow.topicsOmitted > 0 { notes.append("\(flow.flowName): \(flow.topicsOmitted) more topics.") }
            if flow.monthlyBytes == nil {
                notes.append("\(flow.flowName): an estimate for a month comes when the flow has run for 5 minutes.")
            } else if flow.windowSeconds < 3_600 {
                notes.append(
                    "\(flow.flowName): the month is estimated from \(AgeText.age(seconds: flow.windowSeconds)) only.")
            }
            if flow.pricePerGigabyte == nil {
                notes.append("\(flow.flowName) has no price: set \(flow.flowName).link.price.per.gb for costs.")
            }
            return notes
        }
    }
}
