// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import Platform
internal import TernConfiguration
internal import Text

enum VerifyCommand {
    static let mode = Flag(
        "mode", .choice(VerifyMode.allCases.map(\.rawValue)), preset: VerifyMode.records.rawValue,
        "counts: records are counted; hashes: ranges that differ are named; records: each record that differs is named")
    static let byContent = Flag(
        "by-content",
        "under equal names: records without tern.origin are copies too, as MirrorMaker's identity policy makes them")
    static let report = Flag("report", .file("FILE"), "save the document of -o json there, for tern repair")
    static let most = Flag(
        "max-differences", .count("N"), preset: "10000", "how many differences are listed for each partition")

    static let command = Command(
        path: ["verify"],
        summary: "prove that a flow's copies are what the source has",
        discussion: [
            "Reads both sides once and compares them range by range, by digests that anybody can compute again; where ranges differ it "
                + "reads them again, record by record. For each record of the source there must be one copy, in order, with the "
                + "same key, value, headers and timestamp. Records that the flow leaves out by rule are counted by reason. "
                + "Compacted topics are compared by the latest value of each key. The range's end is fixed at the start.",
            "No daemon is needed, and none is asked. Copies that MirrorMaker made are found by their content and order. It "
                + "reads only: Read and Describe on the topics of both clusters are enough. docs/verify.md says what is proven.",
        ],
        arguments: [ConfigurationFile.argument],
        flags: [
            VerificationFlags.flow, VerificationFlags.topic, VerificationFlags.since, VerificationFlags.offsets, mode,
            byContent, report, most,
        ] + VerificationFlags.connection + Flag.tabular,
        examples: [
            .init(purpose: "a whole flow", line: "tern verify mirror.properties --flow 'eu->us'"),
            .init(
                purpose: "one topic's last hour, for a pipeline",
                line: "tern verify mirror.properties --flow 'eu->us' --topic orders --since 1h -o json"),
            .init(
                purpose: "what tern repair needs",
                line: "tern verify mirror.properties --flow 'eu->us' --report verify-report.json"),
        ],
        statuses: [
            (.done, "both sides are the same, as far as they can be compared"),
            (.failed, "something could not be read, or a topic has no copy"),
            (.found, "they differ"),
        ],
        kind: "VerificationReport",
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        let began = context.milliseconds()
        let selection = try VerificationFlags.selection(invocation, now: began)
        let mode = invocation[mode].flatMap(VerifyMode.init) ?? .records
        return try await OpenFlow.with(invocation, context) { open in
            let plan = try await open.planner.plan(selection, stop: open.stop)
            let verifier = Verifier(
                VerifySides(open.flow, patience: open.limit), plan.topics, mode: mode,
                byContent: invocation.has(byContent), limit: invocation.count(most) ?? 10_000, stop: open.stop)
            let reports = try await verifier.run { text in
                if invocation.isVerbose { context.say("tern: \(text)", invocation) }
            }
            let document = VerificationDocument(
                flow: open.flow.name, mode: mode, byContent: invocation.has(byContent), plan: plan, reports: reports,
                began: began, ended: context.milliseconds())
            var report = VerificationText.report(document)
            if let path = invocation[Self.report] {
                try context.write(Array((report.envelope.text + "\n").utf8), to: path)
                report.notes.append("Saved \(path).")
            }
            return try context.print(report, for: invocation)
        }
    }
}
