// SPDX-License-Identifier: Apache-2.0

/// A failover or failback, as it went: the file that `tern failover run` keeps, and the `data` of its `-o json`.
public struct FailoverReport: ReportDocument {
    public static let name = "FailoverReport"
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case direction, mode, source, target
        case sourceClusterID = "source_cluster_id"
        case targetClusterID = "target_cluster_id"
        case startedAt = "started_at"
        case endedAt = "ended_at"
        case isDone = "done"
        case failure
        case rtoSeconds = "rto_seconds"
        case rpoRecords = "rpo_records"
        case rpoSeconds = "rpo_seconds"
        case copiedUntil = "copied_until"
        case resumed, steps, topics, groups
        case lateWrites = "late_writes"
        case hooks, notes
    }
    public typealias Key = CodingKeys
    public static let members: [Member<FailoverReport>] = [
        .init(
            .direction, \.direction, "`failover`, or `failback` by the flow that goes back",
            words: FailoverWords.direction),
        .init(.mode, \.mode, "`planned`: the source lives; `emergency`: it is not asked", words: FailoverWords.mode),
        .init(.source, \.source, "the cluster that was left"),
        .init(.target, \.target, "the cluster that took over"),
        .init(.sourceClusterID, \.sourceClusterID, "the id that the source reported; null in an emergency"),
        .init(.targetClusterID, \.targetClusterID, "the id that the target reported"),
        .init(.startedAt, \.startedAt, "when it began"),
        .init(.endedAt, \.endedAt, "when it was over, or given up; null while it runs"),
        .init(.isDone, \.isDone, "whether every step is done"),
        .init(.failure, \.failure, "what did not go on, and why; null when nothing failed"),
        .init(
            .rtoSeconds, \.rtoSeconds,
            "recovery time: from the beginning to the end of the last step; null until it is done"),
        .init(
            .rpoRecords, \.rpoRecords, "recovery point: records that are not on the target; null when unknown"),
        .init(
            .rpoSeconds, \.rpoSeconds,
            "age of the oldest of them at the beginning; in an emergency, how long before the beginning the newest copied record "
                + "was written; null when unknown"),
        .init(.copiedUntil, \.copiedUntil, "when the newest copied record was written; null when unknown"),
        .init(.resumed, \.resumed, "how often it was resumed"),
        .init(.steps, \.steps, "the steps, in their order"),
        .init(.topics, \.topics, "how far the copy of each partition was"),
        .init(.groups, \.groups, "what became of each group, by id"),
        .init(
            .lateWrites, \.lateWrites,
            "of a failback: what the old primary took after the last copy, by topic; null for a failover"),
        .init(
            .hooks, \.hooks, "what a controller ran with it, in that order; not there where a person moved the groups",
            omitsNull: true),
        .init(.notes, \.notes, "what could not be found out, in sentences"),
    ]

    public var direction: String
    public var mode: String
    public var source: String
    public var target: String
    public var sourceClusterID: String?
    public var targetClusterID: String?
    public var startedAt: DateTime
    public var endedAt: DateTime?
    public var isDone = false
    public var failure: String?
    public var rtoSeconds: Double?
    public var rpoRecords: Int64?
    public var rpoSeconds: Double?
    public var copiedUntil: DateTime?
    public var resumed: Int64 = 0
    public var steps: [Step] = []
    public var topics: [Partition] = []
    public var groups: [Group] = []
    public var lateWrites: [LateWrites]?
    public var hooks: [HookRun]?
    public var notes: [String] = []

    /// `source->target`.
    public var flowName: String { "\(source)->\(target)" }

    public init(direction: String, mode: String, source: String, target: String, startedAt: DateTime) {
        self.direction = direction
        self.mode = mode
        self.source = source
        self.target = target
        self.startedAt = startedAt
    }
}

extension FailoverReport {
    public struct Step: Document {
        public static let name = "Step of a failover"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case step, state
            case startedAt = "started_at"
            case endedAt = "ended_at"
            case seconds, outcome
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Step>] = [
            .init(.step, \.step, "its name", words: FailoverWords.step),
            .init(.state, \.state, "how far it is", words: FailoverWords.stepState),
            .init(.startedAt, \.startedAt, "when it began; null while it is pending"),
            .init(.endedAt, \.endedAt, "when it was done or failed; null until then"),
            .init(.seconds, \.seconds, "how long it took; null until it ended"),
            .init(.outcome, \.outcome, "what came of it, or why it failed, in a sentence; null until it ended"),
        ]

        public var step: String
        public var state: String
        public var startedAt: DateTime?
        public var endedAt: DateTime?
        public var seconds: Double?
        public var outcome: String?

        public init(step: String, state: String) {
            self.step = step
            self.state = state
        }
    }

    /// Where copying stood in one partition: what a failback counts late writes from.
    public struct Partition: Document {
        public static let name = "Partition of a failover"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case topic, partition
            case copiedOffset = "copied_offset"
            case endOffset = "end_offset"
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Partition>] = [
            .init(.topic, \.topic, "the source's name of the topic"),
            .init(.partition, \.partition, "the partition"),
            .init(.copiedOffset, \.copiedOffset, "the next offset of the source to copy; null when none was copied"),
            .init(.endOffset, \.endOffset, "where the source's log ended; null when it was not asked"),
        ]

        public var topic: String
        public var partition: Int64
        public var copiedOffset: Int64?
        public var endOffset: Int64?

        public init(topic: String, partition: Int64, copiedOffset: Int64?, endOffset: Int64?) {
            self.topic = topic
            self.partition = partition
            self.copiedOffset = copiedOffset
            self.endOffset = endOffset
        }
    }

    public struct Group: Document {
        public static let name = "Group of a failover"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case id, state, outcome, reason
            case written
            case readAgainRecords = "read_again_records"
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Group>] = [
            .init(.id, \.id, "the group's name"),
            .init(.state, \.state, "as in the check", words: FailoverWords.group),
            .init(
                .outcome, \.outcome,
                "`moved`: its offsets were written and read back; `written`: not read back yet; `unchanged`: they were there; "
                    + "`left`: it goes on from its own offsets; `failed`",
                words: ["moved", "written", "unchanged", "left", "failed"]),
            .init(.reason, \.reason, "why it was left, failed or reads something again; null otherwise"),
            .init(.written, \.written, "partitions whose offset was written"),
            .init(
                .readAgainRecords, \.readAgainRecords, "records that it reads again; null when only bounded, or unknown"
            ),
        ]

        public var id: String
        public var state: String
        public var outcome: String
        public var reason: String?
        public var written: Int64 = 0
        public var readAgainRecords: Int64?

        public init(id: String, state: String, outcome: String) {
            self.id = id
            self.state = state
            self.outcome = outcome
        }
    }

    public struct LateWrites: Document {
        public static let name = "Late writes of a failback"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case topic, records
            case notCopied = "not_copied"
        }
        public typealias Key = CodingKeys
        public static let members: [Member<LateWrites>] = [
            .init(.topic, \.topic, "the old primary's name of the topic"),
            .init(.records, \.records, "records that it took after the last copy before the failover"),
            .init(.notCopied, \.notCopied, "those that are not on the other cluster yet; null when unknown"),
        ]

        public var topic: String
        public var records: Int64
        public var notCopied: Int64?

        public init(topic: String, records: Int64, notCopied: Int64?) {
            self.topic = topic
            self.records = records
            self.notCopied = notCopied
        }
    }
}
