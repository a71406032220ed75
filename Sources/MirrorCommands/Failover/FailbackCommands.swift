// SPDX-License-Identifier: Apache-2.0
internal import Text
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernAPI
internal import TernConfiguration

/// `tern failback`: the way back by the flow in the other direction.
enum FailbackCommands {
    private static let discussion = [
        "Name the flow that the failover went by: the way back is by the flow in the other direction, which must be in the file and "
            + "enabled. What the old primary took after the last copy is not truncated: it stays there, its flow copies it as "
            + "always, and the report counts it by topic, from the report of the failover where that is found.",
        "Positions in copies translate back into positions in the originals, and positions in the other cluster's own topics "
            + "into those of their copies. The way back is always planned: it refuses until everything is copied.",
    ]

    static let plan = Command(
        path: ["failback", "plan"],
        summary: "show what moving groups back would do, and the late writes of the old primary",
        discussion: discussion,
        arguments: [FailoverFamily.file],
        flags: [
            FailoverFamily.flow, FailoverFamily.limit, FailoverFamily.window, FailoverFamily.report,
        ] + DaemonQuestion.reach + FailoverFamily.connection + FailoverFamily.tabular,
        examples: [
            .init(purpose: "after a failover eu->us", line: "tern failback plan mirror.properties --flow 'eu->us'")
        ],
        statuses: [
            (.failed, "something is in the way"), (.refused, "there is no flow that goes back"),
        ],
        kind: FailoverReport.name,
        body: { invocation, context in
            let scene = try FailoverScene(invocation, context, reversed: true)
            return try await FailoverRun(scene, "failback", invocation, context).run(planOnly: true)
        })

    static let run = Command(
        path: ["failback", "run"],
        summary: "move the consumer groups back, step by step, with a report",
        discussion: discussion,
        arguments: [FailoverFamily.file],
        flags: [
            FailoverFamily.flow, FailoverFamily.yes, TopicChanger.dryRun, FailoverFamily.limit, FailoverFamily.window,
            FailoverFamily.report, FailoverFamily.resume,
        ] + DaemonQuestion.reach + FailoverFamily.connection + FailoverFamily.tabular,
        examples: [
            .init(
                purpose: "after a failover eu->us", line: "tern failback run mirror.properties --flow 'eu->us' --yes")
        ],
        statuses: [
            (.failed, "a step did not get done, or a group could not be written"),
            (.refused, "it was not confirmed, or there is no flow that goes back"),
        ],
        kind: FailoverReport.name,
        body: { invocation, context in
            let scene = try FailoverScene(invocation, context, reversed: true)
            return try await FailoverRun(scene, "failback", invocation, context).run()
        })
}

/// Counts what the old primary took after the last copy.
struct LateWritesCount {
    struct Answer: Sendable {
        var topics: [FailoverReport.LateWrites]
        var notes: [String]

        func text(_ cluster: ClusterAlias) -> String {
            let sum = topics.reduce(0) { $0 + $1.records }
            guard sum > 0 else { return "No late writes are known on \(cluster)." }
            let named = topics.prefix(5).map { "\($0.topic) \(NumberText.grouped($0.records))" }
                .joined(separator: ", ")
            return "\(NumberText.counted(Int(sum), "late write")) on \(cluster), which stay there: "
                + named.printable + (topics.count > 5 ? " and \(topics.count - 5) topics more" : "")
        }
    }

    private let scene: FailoverScene
    private let folder: String
    private let context: CommandContext

    /// - Parameters:
    ///   - scene: of the flow that goes back.
    ///   - folder: where the report of the failover is.
    init(_ scene: FailoverScene, in folder: String, _ context: CommandContext) {
        self.scene = scene
        self.folder = folder
        self.context = context
    }

    func counted() async -> Answer {
        let back = scene.flow.name
        let name = FlowName(source: back.target, target: back.source)
        guard let forward = scene.configuration.flow(name), forward.isEnabled else {
            return Answer(topics: [], notes: ["\(name) is not enabled: late writes on \(name.source) are not known"])
        }
        guard
            let facts = try? await scene.probe(
                forward,
                { probe in
                    await probe.look(.init(asksSource: true, groups: false, settings: false, ages: false))
                }), facts.sourceProblem == nil, facts.targetProblem == nil
        else {
            return Answer(topics: [], notes: ["late writes on \(name.source) are not known: a cluster does not answer"])
        }
        let failover = FailoverRecorder.newest(of: name.description, in: folder, context)
        let copies = await ownCopies(forward)
        var notes: [String] = []
        var before: [TopicPartition: Int64] = [:]
        if let failover {
            notes.append("late writes are counted from \(failover.path)")
            for row in failover.report.topics {
                let place = TopicPartition(TopicName(row.topic), Int32(clamping: row.partition))
                before[place] = row.copiedOffset
            }
        } else {
            notes.append(
                "no report of a failover \(name) is in \(folder): late writes that are copied "
                    + "by now are not counted (--report names the folder)")
        }
        var late: [TopicName: (records: Int64, open: Int64?)] = [:]
        for (place, facts) in facts.copies where !forward.naming.isHeartbeats(place.topic) {
            guard let end = facts.end, let position = facts.position else { continue }
            let start = max(before[place] ?? (failover == nil ? position : facts.start ?? 0), facts.start ?? 0)
            let records = max(0, end - start - (copies[place]?.copyCount(from: start) ?? 0))
            let known = late[place.topic] ?? (0, 0)
            late[place.topic] = (
                known.records + records, known.open.flatMap { open in facts.missing.map { open + $0 } }
            )
        }
        let rows = late.filter { $0.value.records > 0 }.map { topic, count in
            FailoverReport.LateWrites(
                topic: topic.rawValue, records: count.records, notCopied: count.open.map { min($0, count.records) })
        }
        return Answer(topics: rows.sorted { $0.records > $1.records }, notes: notes)
    }

    /// Under equal names the old primary's logs also hold copies of what the other cluster took: these are no late writes.
    private func ownCopies(_ forward: FlowConfiguration) async -> [TopicPartition: OffsetMap] {
        guard forward.naming.keepsNames else { return [:] }
        let facts = try? await scene.probe { probe in
            await probe.look(.init(asksSource: true, groups: true, settings: false, ages: false))
        }
        return facts?.maps ?? [:]
    }
}
