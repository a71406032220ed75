// SPDX-License-Identifier: Apache-2.0

/// A drill, as it went: the file that `tern failover drill` keeps, and the `data` of its `-o json`.
public struct FailoverDrillReport: ReportDocument {
    public static let name = "FailoverDrillReport"
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case source, target, topic
        case startedAt = "started_at"
        case endedAt = "ended_at"
        case isSuccessful = "successful"
        case failure
        case rtoSeconds = "rto_seconds"
        case rpoRecords = "rpo_records"
        case rpoSeconds = "rpo_seconds"
        case writtenRecords = "written_records"
        case copiedRecords = "copied_records"
        case steps, groups, notes
    }
    public typealias Key = CodingKeys
    public static let members: [Member<FailoverDrillReport>] = [
        .init(.source, \.source, "the cluster that counted as lost"),
        .init(.target, \.target, "the cluster that took over"),
        .init(.topic, \.topic, "the topic that the drill made on the source, and deleted"),
        .init(.startedAt, \.startedAt, "when it began"),
        .init(.endedAt, \.endedAt, "when everything was deleted; null while it runs"),
        .init(
            .isSuccessful, \.isSuccessful,
            "whether every step was done, no shadow consumer missed a record or read one again, and nothing was left behind"
        ),
        .init(.failure, \.failure, "what did not go on, and why; null when nothing failed"),
        .init(
            .rtoSeconds, \.rtoSeconds,
            "recovery time: from the moment of the loss until the last shadow consumer had its first record on the target; null until "
                + "then"),
        .init(
            .rpoRecords, \.rpoRecords,
            "recovery point: records that the source had acknowledged at that moment and that were not on the target; null until then"
        ),
        .init(.rpoSeconds, \.rpoSeconds, "age of the oldest of them; null when unknown"),
        .init(.writtenRecords, \.writtenRecords, "records that the source had acknowledged; null until then"),
        .init(.copiedRecords, \.copiedRecords, "those of them that were on the target; null until then"),
        .init(.steps, \.steps, "the steps, in their order"),
        .init(.groups, \.groups, "what each shadow consumer read on the target"),
        .init(.notes, \.notes, "what could not be found out, or not be deleted, in sentences"),
    ]

    public var source: String
    public var target: String
    public var topic: String
    public var startedAt: DateTime
    public var endedAt: DateTime?
    public var isSuccessful = false
    public var failure: String?
    public var rtoSeconds: Double?
    public var rpoRecords: Int64?
    public var rpoSeconds: Double?
    public var writtenRecords: Int64?
    public var copiedRecords: Int64?
    public var steps: [FailoverReport.Step] = []
    public var groups: [Group] = []
    public var notes: [String] = []

    /// `source->target`.
    public var flowName: String { "\(source)->\(target)" }

    public init(source: String, target: String, topic: String, startedAt: DateTime) {
        self.source = source
        self.target = target
        self.topic = topic
        self.startedAt = startedAt
    }
}

extension FailoverDrillReport {
    public struct Group: Document {
        public static let name = "Group of a drill"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case id
            case expectedRecords = "expected_records"
            case readRecords = "read_records"
            case readAgainRecords = "read_again_records"
            case missedRecords = "missed_records"
            case repeatedRecords = "repeated_records"
            case firstRecordSeconds = "first_record_seconds"
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Group>] = [
            .init(.id, \.id, "the shadow group's name"),
            .init(.expectedRecords, \.expectedRecords, "records from its position on that were on the target"),
            .init(.readRecords, \.readRecords, "those of them that its consumer read"),
            .init(.readAgainRecords, \.readAgainRecords, "records before its position: read again"),
            .init(.missedRecords, \.missedRecords, "records from its position on that it did not read"),
            .init(.repeatedRecords, \.repeatedRecords, "records that are on the target more than once"),
            .init(
                .firstRecordSeconds, \.firstRecordSeconds,
                "from the moment of the loss until its consumer had its first record, or the end where there was none"),
        ]

        public var id: String
        public var expectedRecords: Int64 = 0
        public var readRecords: Int64 = 0
        public var readAgainRecords: Int64 = 0
        public var missedRecords: Int64 = 0
        public var repeatedRecords: Int64 = 0
        public var firstRecordSeconds: Double?

        public init(id: String) { self.id = id }
    }
}
