// SPDX-License-Identifier: Apache-2.0

/// What a failover would come to now: the `data` of `tern failover check -o json`.
public struct FailoverCheckReport: ReportDocument {
    public static let name = "FailoverCheckReport"
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case generatedAt = "generated_at"
        case source, target, verdict, reasons
        case sourceReachable = "source_reachable"
        case sourceProblem = "source_problem"
        case lossRecords = "loss_records"
        case lossSeconds = "loss_seconds"
        case copiedUntil = "copied_until"
        case topics, groups, stops, differences, notes
    }
    public typealias Key = CodingKeys
    public static let members: [Member<FailoverCheckReport>] = [
        .init(.generatedAt, \.generatedAt, "when the clusters were looked at"),
        .init(.source, \.source, "the cluster that would be left"),
        .init(.target, \.target, "the cluster that would take over"),
        .init(
            .verdict, \.verdict,
            "`ready`: nothing would be lost and every group can go on; `ready_with_loss`: what is not copied would be lost with the "
                + "source; `not_ready`: the reasons say what is in the way",
            words: FailoverWords.verdict),
        .init(.reasons, \.reasons, "what is in the way, in sentences; empty unless `not_ready`"),
        .init(.sourceReachable, \.sourceReachable, "whether the source answered"),
        .init(.sourceProblem, \.sourceProblem, "why it did not, in a sentence; null when it did"),
        .init(
            .lossRecords, \.lossRecords,
            "records that are not on the target, with those of open transactions; null while the source does not answer"
        ),
        .init(
            .lossSeconds, \.lossSeconds,
            "age of the oldest of them in seconds; without the source, how long ago the newest copied record was written; null "
                + "when unknown"),
        .init(.copiedUntil, \.copiedUntil, "when the newest copied record was written; null when unknown"),
        .init(.topics, \.topics, "what the flow mirrors, the furthest behind first"),
        .init(.groups, \.groups, "the groups that would move, by id"),
        .init(
            .stops, \.stops,
            "partitions that the daemon has stopped, in sentences; null when no daemon could be asked"),
        .init(.differences, \.differences, "settings in which the topics differ between the clusters"),
        .init(.notes, \.notes, "what could not be found out, in sentences"),
    ]

    public var generatedAt: DateTime
    public var source: String
    public var target: String
    public var verdict = "not_ready"
    public var reasons: [String] = []
    public var sourceReachable = false
    public var sourceProblem: String?
    public var lossRecords: Int64?
    public var lossSeconds: Double?
    public var copiedUntil: DateTime?
    public var topics: [Topic] = []
    public var groups: [Group] = []
    public var stops: [String]?
    public var differences: [Difference] = []
    public var notes: [String] = []

    public init(generatedAt: DateTime, source: String, target: String) {
        self.generatedAt = generatedAt
        self.source = source
        self.target = target
    }
}

/// The words of failovers. A reader takes others too: a later release may have more.
public enum FailoverWords {
    public static let verdict = ["ready", "ready_with_loss", "not_ready"]
    public static let topic = ["writable", "missing", "unreadable", "leaderless", "under_min_isr"]
    public static let group = ["ready", "ahead", "bounded", "unmapped", "active", "failed"]
    public static let mode = ["planned", "emergency"]
    public static let step = ["check", "source-still", "copied", "groups", "verify"]
    public static let stepState = ["pending", "running", "done", "failed"]
    public static let direction = ["failover", "failback"]
}

extension FailoverCheckReport {
    public struct Topic: Document {
        public static let name = "Topic of a failover check"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case topic
            case targetTopic = "target_topic"
            case lagRecords = "lag_records"
            case heldRecords = "held_records"
            case lagSeconds = "lag_seconds"
            case quarantinedRecords = "quarantined_records"
            case state, problem
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Topic>] = [
            .init(.topic, \.topic, "the source's name for it"),
            .init(.targetTopic, \.targetTopic, "the target's name for it"),
            .init(.lagRecords, \.lagRecords, "records that are not copied; null when unknown"),
            .init(
                .heldRecords, \.heldRecords,
                "records behind open transactions, which cannot be copied; null when unknown"),
            .init(.lagSeconds, \.lagSeconds, "age of the oldest record that is not copied; null when unknown"),
            .init(
                .quarantinedRecords, \.quarantinedRecords,
                "records that the target refused and that are in the flow's quarantine topic instead; null when unknown",
                omitsNull: true),
            .init(
                .state, \.state, "whether applications can write to the copy", words: FailoverWords.topic),
            .init(.problem, \.problem, "why they cannot, in a sentence; null when they can"),
        ]

        public var topic: String
        public var targetTopic: String
        public var lagRecords: Int64?
        public var heldRecords: Int64?
        public var lagSeconds: Double?
        public var quarantinedRecords: Int64?
        public var state: String
        public var problem: String?

        public init(topic: String, targetTopic: String, state: String) {
            self.topic = topic
            self.targetTopic = targetTopic
            self.state = state
        }
    }

    public struct Group: Document {
        public static let name = "Group of a failover check"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case id, state, reason, partitions, unmapped
            case readAgainRecords = "read_again_records"
            case behindRecords = "behind_records"
            case furtherPartitions = "further_partitions"
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Group>] = [
            .init(.id, \.id, "the group's name"),
            .init(
                .state, \.state,
                "`ready`; `ahead`: it has read what is not copied yet; `bounded`: some records are read again; `unmapped`: no place is "
                    + "known in some partitions; `active`: consumers use it on the target; `failed`: it cannot be read or written",
                words: FailoverWords.group),
            .init(.reason, \.reason, "why it is not ready, in a sentence; null when it is"),
            .init(.partitions, \.partitions, "partitions in which it would go on"),
            .init(.unmapped, \.unmapped, "those of them without a place on the target"),
            .init(
                .readAgainRecords, \.readAgainRecords,
                "records that it has read and reads again after the move; null when only bounded"),
            .init(
                .behindRecords, \.behindRecords,
                "how far its offsets on the target are behind: what a move writes, and what it would read again without one"
            ),
            .init(
                .furtherPartitions, \.furtherPartitions,
                "partitions where it is further on the target than on the source; it is never set back"),
        ]

        public var id: String
        public var state: String
        public var reason: String?
        public var partitions: Int64
        public var unmapped: Int64 = 0
        public var readAgainRecords: Int64?
        public var behindRecords: Int64 = 0
        public var furtherPartitions: Int64 = 0

        public init(id: String, state: String, partitions: Int64) {
            self.id = id
            self.state = state
            self.partitions = partitions
        }
    }

    public struct Difference: Document {
        public static let name = "Difference of a failover check"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case topic, field, source, target, reason
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Difference>] = [
            .init(.topic, \.topic, "the source's name of the topic"),
            .init(.field, \.field, "the setting, `partitions` or `replication-factor`"),
            .init(.source, \.source, "what the source has"),
            .init(.target, \.target, "what the target has"),
            .init(.reason, \.reason, "whether the flow brings them together, and if not, why"),
        ]

        public var topic: String
        public var field: String
        public var source: String
        public var target: String
        public var reason: String

        public init(topic: String, field: String, source: String, target: String, reason: String) {
            self.topic = topic
            self.field = field
            self.source = source
            self.target = target
            self.reason = reason
        }
    }
}
