// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import Platform
internal import TernConfiguration
internal import Text

enum RepairCommand {
    static let plan = Flag("plan", .file("REPORT"), "the report that tern verify --report saved")
    static let maximumAge = Flag("max-age", .duration, preset: "24h", "a report that is older is refused")

    static let command = Command(
        path: ["repair"],
        summary: "copy again what a report of tern verify calls missing",
        discussion: [
            "Appends the missing records to the copy, with Tern's headers and one more, tern.repair. Shows first what it "
                + "would do and what that costs, and asks. It deletes and changes nothing: records that are repeated, altered, "
                + "foreign or out of order are named and left as they are. For compacted topics it appends each key's latest value.",
            "Refuses a report when a cluster is another one, when a log ends before the report's end, when the source no longer "
                + "has the same records there, or when the report is too old. Copies that have come since are not written again.",
        ],
        arguments: [ConfigurationFile.argument],
        flags: [plan, VerificationFlags.flow, maximumAge, RepairRun.yes, RepairRun.dryRun]
            + VerificationFlags.connection + Flag.tabular,
        examples: [
            .init(
                purpose: "what would be written",
                line: "tern repair mirror.properties --plan verify-report.json --dry-run"),
            .init(
                purpose: "write it, in a script", line: "tern repair mirror.properties --plan verify-report.json --yes"),
        ],
        statuses: [
            (.failed, "something could not be read or written"),
            (.usage, "the report is no report, or of another flow"),
            (.refused, "the report is stale, a cluster is another one, or nobody agreed"),
        ],
        kind: "RepairReport",
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        guard let path = invocation[plan] else {
            throw CommandFailure.usage("what is to be repaired?", hint: "--plan names a report of tern verify --report")
        }
        let bytes = try context.bytes(of: path)
        let saved = try SavedVerification(path, bytes)
        let age = Duration.milliseconds(max(0, context.milliseconds() - saved.startedAt))
        if let limit = invocation.duration(maximumAge), age > limit {
            throw stale(path, "it is \(AgeText.age(seconds: age / .seconds(1))) old")
        }
        var named = invocation
        if !invocation.has(VerificationFlags.flow) { named.give(saved.flow, to: VerificationFlags.flow) }
        return try await OpenFlow.with(named, context) { open in
            guard "\(open.flow.name)" == saved.flow else {
                throw CommandFailure.usage("\(path) is of \(saved.flow), and --flow names \(open.flow.name)")
            }
            var repair = try await prepare(saved, path, open)
            return try await repair.run(invocation, context)
        }
    }

    private static func stale(_ path: String, _ reason: String) -> CommandFailure {
        CommandFailure(
            .refused, code: "STALE_REPORT", "\(path) is stale: \(reason)", resource: path,
            hint: "nothing was written; make it again with tern verify --report")
    }

    private static func prepare(
        _ saved: SavedVerification, _ path: String, _ open: OpenFlow
    ) async throws -> RepairRun {
        var selection = VerifySelection()
        selection.topics = Set(saved.plan.partitions.map(\.source.topic))
        let now = try await open.planner.plan(selection, stop: open.stop)
        for (was, isNow, alias) in [
            (saved.sourceID, now.sourceID, open.flow.name.source),
            (saved.targetID, now.targetID, open.flow.name.target),
        ] where was != isNow {
            throw CommandFailure(
                .refused, code: "OTHER_CLUSTER", "\(path) is about cluster \(was), and \(alias) is \(isNow)",
                resource: alias.rawValue, hint: "nothing was written; check where bootstrap.servers leads")
        }
        var repair = RepairRun(
            open: open, sourceID: now.sourceID, targetID: now.targetID, parts: [], notRepaired: saved.plan.beyondRepair)
        let survey = RepairSurvey(VerifySides(open.flow, patience: open.limit), stop: open.stop)
        for partition in saved.plan.partitions {
            let topic = now.topics.first { $0.source == partition.source.topic && $0.target == partition.target.topic }
            let scope = topic?.partitions.first { $0.source == partition.source }
            if let reason = RepairPlan.staleness(
                of: partition, sourceStart: scope?.sourceLogStart, sourceEnd: scope?.range.upperBound,
                targetEnd: scope?.targetRange.upperBound)
            {
                throw stale(path, reason)
            }
            guard let topic, let scope else { continue }
            let finding = try await survey.look(at: partition, of: topic, targetEnd: scope.targetRange.upperBound)
            if let reason = finding.staleness { throw stale(path, reason) }
            var task = CopyTask(
                source: partition.source, target: partition.target, ranges: partition.runs.map(\.offsets),
                forwarding: topic.forwarding(partition.source.partition))
            task.except = finding.present
            task.quarantined = Set((topic.quarantined[partition.source.partition] ?? [:]).keys)
            repair.parts.append(RepairRun.Part(task: task, count: partition.count))
        }
        if !saved.plan.beyondRepair.isEmpty {
            let kinds = saved.plan.beyondRepair.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            repair.notes.append("Not repaired, since nothing is deleted or changed: \(kinds.joined(separator: ", ")).")
        }
        if saved.plan.isTruncated {
            repair.notes.append("The report lists only a part of the differences: verify and repair again after this.")
        }
        return repair
    }
}
