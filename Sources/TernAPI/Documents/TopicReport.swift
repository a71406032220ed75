// SPDX-License-Identifier: Apache-2.0

/// A page of the topics of all flows, or of one: `GET /api/v1/topics`.
public struct TopicReport: ReportDocument {
    public static let name = "TopicReport"
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case generatedAt = "generated_at"
        case total, skipped, topics
    }
    public typealias Key = CodingKeys
    public static let members: [Member<TopicReport>] = [
        .init(.generatedAt, \.generatedAt, "when these figures were measured"),
        .init(.total, \.total, "topics that match, on all pages"),
        .init(.skipped, \.skipped, "those in front of this page"),
        .init(.topics, \.topics, "this page, in the order that was asked for"),
    ]

    public var generatedAt: DateTime
    public var total: Int64
    public var skipped: Int64
    public var topics: [Topic]

    public init(generatedAt: DateTime, total: Int64, skipped: Int64, topics: [Topic]) {
        self.generatedAt = generatedAt
        self.total = total
        self.skipped = skipped
        self.topics = topics
    }
}

extension TopicReport {
    public struct Topic: Document {
        public static let name = "Topic of a topic report"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case source, target, topic
            case targetTopic = "target_topic"
            case status, partitions
            case stoppedPartitions = "stopped_partitions"
            case lagRecords = "lag_records"
            case lagSeconds = "lag_seconds"
            case retentionHeadroomSeconds = "retention_headroom_seconds"
            case replicatedRecords = "replicated_records"
            case lostRecords = "lost_records"
            case quarantinedRecords = "quarantined_records"
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Topic>] = [
            .init(.source, \.source, "the cluster that is read"),
            .init(.target, \.target, "the cluster that is written"),
            .init(.topic, \.topic, "the source's name for it"),
            .init(.targetTopic, \.targetTopic, "the target's name for it"),
            .init(
                .status, \.status, "what its partitions are doing; of several the one that needs most attention",
                words: StateWords.partition),
            .init(.partitions, \.partitions, "partitions that are mirrored"),
            .init(.stoppedPartitions, \.stoppedPartitions, "those of them that stopped"),
            .init(.lagRecords, \.lagRecords, "sum over the partitions; null while any is unknown"),
            .init(.lagSeconds, \.lagSeconds, "the worst of the partitions; null while any is unknown"),
            .init(
                .retentionHeadroomSeconds, \.retentionHeadroomSeconds,
                "seconds until unread records fall to the source's retention, an estimate; null when there are none"),
            .init(.replicatedRecords, \.replicatedRecords, "records acknowledged since the process started"),
            .init(.lostRecords, \.lostRecords, "records that left the source before they were copied"),
            .init(
                .quarantinedRecords, \.quarantinedRecords,
                "records that the target refused for good and that were set aside since the process started",
                omitsNull: true),
        ]

        public var source: String
        public var target: String
        public var topic: String
        public var targetTopic: String
        public var status: String
        public var partitions: Int64 = 0
        public var stoppedPartitions: Int64 = 0
        public var lagRecords: Int64?
        public var lagSeconds: Double?
        public var retentionHeadroomSeconds: Double?
        public var replicatedRecords: Int64 = 0
        public var lostRecords: Int64 = 0
        /// `nil`: of an older daemon.
        public var quarantinedRecords: Int64?

        public init(source: String, target: String, topic: String, targetTopic: String, status: String) {
            self.source = source
            self.target = target
            self.topic = topic
            self.targetTopic = targetTopic
            self.status = status
        }
    }
}

/// The parameter `sort` of `/api/v1/topics`.
public enum TopicOrder: String, Sendable, CaseIterable {
    /// What needs most attention first.
    case attention
    case topic
    case flow
    case lagRecords = "lag_records"
    case lagSeconds = "lag_seconds"
    case partitions
}
