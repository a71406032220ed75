// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernConfiguration

/// `tern quarantine list` and `show`: they change nothing.
enum QuarantineListCommand {
    static let list = Command(
        path: ["quarantine", "list"],
        summary: "list the records that a flow has set aside",
        discussion: [
            "Reads mm2-tern-quarantine.SOURCE.internal on the flow's target, which a flow with errors.tolerance=all writes. CONTENT is "
                + "kept where the record itself is there, and on the source where it was too large or cannot be read."
        ],
        arguments: [ConfigurationFile.argument],
        flags: [VerificationFlags.flow, VerificationFlags.topic] + VerificationFlags.connection + Flag.listing,
        examples: [
            .init(purpose: "all of one flow", line: "tern quarantine list mirror.properties --flow 'eu->us'"),
            .init(
                purpose: "how many of a topic, for a script",
                line: "tern quarantine list mirror.properties --topic orders -o name | wc -l"),
        ],
        statuses: [(.failed, "the topic cannot be read")],
        kind: QuarantineFamily.kind,
        body: runList)

    static let show = Command(
        path: ["quarantine", "show"],
        summary: "show a record that a flow has set aside: why, its headers and its content",
        discussion: [
            "Content is shown as text where it is text and in hexadecimal where it is not, the beginning only; -o json has all of it, in "
                + "base64."
        ],
        arguments: [ConfigurationFile.argument],
        flags: [VerificationFlags.flow, QuarantineFamily.record] + VerificationFlags.connection + Flag.tabular,
        examples: [
            .init(purpose: "one record", line: "tern quarantine show mirror.properties --record orders/3:42"),
            .init(
                purpose: "with all of its content, as data",
                line: "tern quarantine show mirror.properties --record orders/3:42 -o json"),
        ],
        statuses: [(.failed, "the topic cannot be read, or the record is not there")],
        kind: QuarantineFamily.kind,
        body: runShow)

    @Sendable private static func runList(
        _ invocation: Invocation, _ context: CommandContext
    ) async throws -> ExitStatus {
        let selection = try QuarantineSelection(invocation)
        return try await OpenFlow.with(invocation, context) { open in
            let contents = try await open.quarantined()
            var view = QuarantineView(
                flow: open.flow, action: "list", now: context.milliseconds(),
                entries: contents.entries.filter { selection.isEmpty || selection.takes($0) })
            if contents.foreign > 0 {
                view.notes.append(
                    "\(NumberText.counted(contents.foreign, "message")) of \(open.flow.quarantineTopic) are none that Tern wrote."
                )
            }
            if view.entries.isEmpty { view.notes.append("Nothing is set aside.") }
            if !open.flow.quarantines {
                view.notes.append("\(open.flow.name) sets nothing aside: errors.tolerance is none.")
            }
            var report = view.report
            report.names = view.entries.map(QuarantineView.name)
            return try context.print(report, for: invocation)
        }
    }

    @Sendable private static func runShow(
        _ invocation: Invocation, _ context: CommandContext
    ) async throws -> ExitStatus {
        let selection = try QuarantineSelection(invocation)
        guard !selection.isEmpty else {
            throw CommandFailure.usage("which record?", hint: "--record names one, as in --record orders/3:42")
        }
        return try await OpenFlow.with(invocation, context) { open in
            let entries = try await open.quarantined().entries.filter(selection.takes)
            let view = QuarantineView(
                flow: open.flow, action: "show", now: context.milliseconds(), entries: entries,
                bodies: try await open.quarantine.bodies(of: entries), failures: selection.missing(among: entries))
            return try context.print(view.report, for: invocation)
        }
    }
}
