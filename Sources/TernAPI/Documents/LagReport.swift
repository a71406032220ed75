// SPDX-License-Identifier: Apache-2.0

/// How far flows, topics and partitions are behind: `GET /api/v1/lag`, and the `data` of `tern lag -o json`.
public struct LagReport: ReportDocument {
    public static let name = "LagReport"
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case generatedAt = "generated_at"
        case snapshotAgeSeconds = "snapshot_age_seconds"
        case flows
    }
    public typealias Key = CodingKeys
    public static let members: [Member<LagReport>] = [
        .init(.generatedAt, \.generatedAt, "when these figures were measured"),
        .init(.snapshotAgeSeconds, \.snapshotAgeSeconds, "how long ago that was, in seconds", isVolatile: true),
        .init(.flows, \.flows, "the flows that are enabled, by name"),
    ]

    public var generatedAt: DateTime
    public var snapshotAgeSeconds: Double
    public var flows: [Flow]

    public init(generatedAt: DateTime, snapshotAgeSeconds: Double, flows: [Flow]) {
        self.generatedAt = generatedAt
        self.snapshotAgeSeconds = snapshotAgeSeconds
        self.flows = flows
    }
}

extension LagReport {
    public struct Flow: Document {
        public static let name = "Flow of a lag report"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case source, target, state
            case lagRecords = "lag_records"
            case lagSeconds = "lag_seconds"
            case isCaughtUp = "caught_up"
            case lanes
            case lanesOwned = "lanes_owned"
            case topicsNotMirrored = "topics_not_mirrored"
            case etaSeconds = "eta_seconds"
            case recordsPerSecond = "records_per_second"
            case bytesPerSecond = "bytes_per_second"
            case topics
            case topicsOmitted = "topics_omitted"
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Flow>] = [
            .init(.source, \.source, "the cluster that is read"),
            .init(.target, \.target, "the cluster that is written"),
            .init(.state, \.state, "what the flow is doing", words: StateWords.flow),
            .init(.lagRecords, \.lagRecords, "sum over the partitions; null while any is unknown"),
            .init(.lagSeconds, \.lagSeconds, "the worst of the partitions; null while any is unknown"),
            .init(.isCaughtUp, \.isCaughtUp, "whether the lag is 0; null while it is unknown"),
            .init(.lanes, \.lanes, "the lanes of the flow, over all daemons that share it"),
            .init(.lanesOwned, \.lanesOwned, "those that this daemon carries: it tells nothing of the others"),
            .init(.topicsNotMirrored, \.topicsNotMirrored, "topics that are selected and not mirrored"),
            .init(
                .etaSeconds, \.etaSeconds,
                "seconds until it has caught up at the present rate; null when it does not catch up"),
            .init(.recordsPerSecond, \.recordsPerSecond, "records acknowledged per second, over the last seconds"),
            .init(.bytesPerSecond, \.bytesPerSecond, "bytes acknowledged per second, over the last seconds"),
            .init(.topics, \.topics, "the topics, as `sort` and `limit` want them", omitsNull: true),
            .init(
                .topicsOmitted, \.topicsOmitted, "topics that `limit` cut off; not there when it cut none",
                omitsNull: true),
        ]

        public var source: String
        public var target: String
        public var state: String
        public var lagRecords: Int64?
        public var lagSeconds: Double?
        public var isCaughtUp: Bool?
        public var lanes: Int64?
        public var lanesOwned: Int64?
        public var topicsNotMirrored: Int64?
        public var etaSeconds: Double?
        public var recordsPerSecond: Double?
        public var bytesPerSecond: Double?
        /// `nil` in what `tern lag --by flow` prints.
        public var topics: Rows<Topic>?
        public var topicsOmitted: Int64?

        /// `source->target`.
        public var flowName: String { "\(source)->\(target)" }

        /// Other daemons carry lanes of it, as far as this one was told which are its own.
        public var carriesPart: Bool {
            guard let lanes, let lanesOwned else { return false }
            return lanesOwned < lanes && state != "starting"
        }

        public init(source: String, target: String, state: String) {
            self.source = source
            self.target = target
            self.state = state
        }
    }

    public struct Topic: Document {
        public static let name = "Topic of a lag report"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case topic
            case targetTopic = "target_topic"
            case lagRecords = "lag_records"
            case lagSeconds = "lag_seconds"
            case retentionHeadroomSeconds = "retention_headroom_seconds"
            case partitions
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Topic>] = [
            .init(.topic, \.topic, "the source's name for it"),
            .init(.targetTopic, \.targetTopic, "the target's name for it"),
            .init(.lagRecords, \.lagRecords, "sum over the partitions; null while any is unknown"),
            .init(.lagSeconds, \.lagSeconds, "the worst of the partitions; null while any is unknown"),
            .init(
                .retentionHeadroomSeconds, \.retentionHeadroomSeconds,
                "seconds until unread records fall to the source's retention, an estimate; null when there are none"),
            .init(.partitions, \.partitions, "the partitions, unless `level=topic`", omitsNull: true),
        ]

        public var topic: String
        public var targetTopic: String
        public var lagRecords: Int64?
        public var lagSeconds: Double?
        public var retentionHeadroomSeconds: Double?
        public var partitions: [Partition]?

        public init(topic: String, targetTopic: String) {
            self.topic = topic
            self.targetTopic = targetTopic
        }
    }

    public struct Partition: Document {
        public static let name = "Partition of a lag report"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case partition
            case startOffset = "start_offset"
            case endOffset = "end_offset"
            case lastStableOffset = "last_stable_offset"
            case replicatedOffset = "replicated_offset"
            case targetEndOffset = "target_end_offset"
            case lagRecords = "lag_records"
            case lagSeconds = "lag_seconds"
            case lagHeldRecords = "lag_held_records"
            case status, stopped
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Partition>] = [
            .init(.partition, \.partition, "its number, from 0"),
            .init(.startOffset, \.startOffset, "the source's first offset"),
            .init(.endOffset, \.endOffset, "the source's high watermark"),
            .init(.lastStableOffset, \.lastStableOffset, "how far committed readers see the source"),
            .init(
                .replicatedOffset, \.replicatedOffset,
                "the next source offset to mirror: everything before it is acknowledged by the target"),
            .init(.targetEndOffset, \.targetEndOffset, "the target's high watermark"),
            .init(.lagRecords, \.lagRecords, "readable records that the target has not acknowledged"),
            .init(.lagSeconds, \.lagSeconds, "age of the oldest of them, in seconds"),
            .init(
                .lagHeldRecords, \.lagHeldRecords,
                "records behind an open transaction of the source: not yet readable, not part of the lag"),
            .init(.status, \.status, "what the partition is doing", words: StateWords.partition),
            .init(.stopped, \.stopped, "why it stopped; null while it has not"),
        ]

        public var partition: Int64
        public var startOffset: Int64?
        public var endOffset: Int64?
        public var lastStableOffset: Int64?
        public var replicatedOffset: Int64?
        public var targetEndOffset: Int64?
        public var lagRecords: Int64?
        public var lagSeconds: Double?
        public var lagHeldRecords: Int64?
        public var status: String
        public var stopped: Stop?

        public init(partition: Int64, status: String) {
            self.partition = partition
            self.status = status
        }
    }
}
