// SPDX-License-Identifier: Apache-2.0
internal import TernAPI

enum OffsetsTranslateCommand {
    static let flow = Flag("flow", .name("FLOW", .flow), "the flow, as SOURCE->TARGET")
    static let topic = Flag("topic", .name("TOPIC", .topic), "the source's name for the topic")
    static let partition = Flag("partition", .number("N"), "the partition")
    static let offset = Flag("offset", .number("N"), "the offset on the source that a group would read next")

    static let command = Command(
        path: ["offsets", "translate"],
        summary: "show where on a flow's target an offset of its source is",
        discussion: [
            "Queries the running daemon that carries lane 0 of the flow. EXACT: nothing is read again, nothing is left out. AHEAD: "
                + "the group has read what is not copied yet, and reads it again. BOUNDED: nothing is left out, some records may "
                + "be read again. UNKNOWN: no copy is known at or before the offset."
        ],
        arguments: [DaemonQuestion.file],
        flags: [flow, topic, partition, offset] + DaemonQuestion.reach + [.timeout] + Flag.configuration + Flag.tabular,
        examples: [
            .init(
                purpose: "where a group goes on that has committed 4711",
                line: "tern offsets translate --flow 'eu->us' --topic orders --partition 0 --offset 4711"),
            .init(
                purpose: "the same, as data",
                line: "tern offsets translate --flow 'eu->us' --topic orders --partition 0 --offset 4711 -o json"),
        ],
        statuses: [(.found, "no copy is known at or before the offset")],
        kind: TranslationReport.name,
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        for flag in [flow, topic, partition, offset] where invocation[flag] == nil {
            throw CommandFailure.usage("--\(flag.name) is missing: \(flag.summary)")
        }
        let client = try DaemonQuestion.client(invocation, context)
        let answer = try await client.report(
            TranslationReport.self, from: .translate,
            [
                "flow": (invocation[flow] ?? "").replacing("→", with: "->"), "topic": invocation[topic] ?? "",
                "partition": invocation[partition] ?? "", "offset": invocation[offset] ?? "",
            ])
        return try context.print(report(answer), for: invocation)
    }

    static func report(_ answer: TranslationReport) -> Report {
        let table = TextTable(
            [
                .init("FLOW", isWide: true), .init("TOPIC", isWide: true), .init("PART", .right, isWide: true),
                .init("OFFSET", .right, isWide: true), .init("TRANSLATION"), .init("TARGET-TOPIC"),
                .init("TARGET-PART", .right), .init("TARGET-OFFSET", .right), .init("READ-AGAIN", .right),
            ],
            rows: [
                [
                    .text(answer.flowName), .text(answer.topic), .count(answer.partition), .count(answer.offset),
                    .text(answer.translation, tone(answer.translation)), .text(answer.targetTopic),
                    .count(answer.targetPartition), .count(answer.targetOffset), .count(answer.behind),
                ]
            ])
        var report = Report(kind: TranslationReport.name, data: answer.tree, tables: [table])
        guard answer.targetOffset == nil else {
            report.notes = [answer.reason]
            return report
        }
        report.status = .found
        let place = "\(answer.topic)/\(answer.partition)"
        report.failures = [
            CommandFailure(
                .found, code: "OFFSET_UNKNOWN",
                "where offset \(answer.offset) of \(place) is on \(answer.target) is unknown: \(answer.reason)",
                resource: place)
        ]
        return report
    }

    private static func tone(_ word: String) -> TextTable.Tone {
        switch word {
        case "exact": .good
        case "ahead", "bounded": .warning
        default: .bad
        }
    }
}
