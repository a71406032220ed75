// SPDX-License-Identifier: Apache-2.0

extension StatusReport {
    public struct Flow: Document {
        public static let name = "Flow of a status report"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case source, target
            case isEnabled = "enabled"
            case delivery
            case state, reason, since
            case hasBothClusters = "both_clusters_known"
            case lanes
            case lanesOwned = "lanes_owned"
            case ownedLanes = "owned_lanes"
            case topics, partitions
            case lagRecords = "lag_records"
            case lagSeconds = "lag_seconds"
            case lagHeldRecords = "lag_held_records"
            case lagUnknownPartitions = "lag_unknown_partitions"
            case carriedLagRecords = "carried_lag_records"
            case carriedLagSeconds = "carried_lag_seconds"
            case isCaughtUp = "caught_up"
            case etaSeconds = "eta_seconds"
            case recordsPerSecond = "records_per_second"
            case bytesPerSecond = "bytes_per_second"
            case limit
            case sourceConnections = "source_connections"
            case targetConnections = "target_connections"
            case mostReadPerSecond = "source_most_bytes_per_second"
            case mostWrittenPerSecond = "target_most_bytes_per_second"
            case latencyP50 = "replication_latency_p50_seconds"
            case latencyP99 = "replication_latency_p99_seconds"
            case retentionHeadroomSeconds = "retention_headroom_seconds"
            case lastAcknowledgedAt = "last_acknowledged_at"
            case replicatedRecords = "replicated_records"
            case replicatedBytes = "replicated_bytes"
            case filteredRecords = "filtered_records"
            case lostRecords = "lost_records"
            case quarantinedRecords = "quarantined_records"
            case openLosses = "open_losses"
            case stoppedPartitions = "stopped_partitions"
            case stopped
            case pausedPartitions = "paused_partitions"
            case pauses
            case topicsNotMirrored = "topics_not_mirrored"
            case notMirrored = "not_mirrored"
            case failoverController = "failover_controller"
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Flow>] = [
            .init(.source, \.source, "the cluster that is read"),
            .init(.target, \.target, "the cluster that is written"),
            .init(.isEnabled, \.isEnabled, "whether it mirrors; a pair may be there for its heartbeats alone"),
            .init(
                .delivery, \.delivery, "how often a committed reader of the target sees a record that was written once",
                words: StateWords.delivery, omitsNull: true),
            .init(.state, \.state, "what the flow is doing", words: StateWords.flow),
            .init(.reason, \.reason, "why it is not running, in a sentence"),
            .init(.since, \.since, "since when it has this state"),
            .init(.hasBothClusters, \.hasBothClusters, "whether both clusters answered and the topics are known"),
            .init(.lanes, \.lanes, "lanes that the flow has"),
            .init(.lanesOwned, \.lanesOwned, "lanes that this process runs"),
            .init(.ownedLanes, \.ownedLanes, "their numbers, from 0", omitsNull: true),
            .init(.topics, \.topics, "topics that it mirrors"),
            .init(.partitions, \.partitions, "partitions that it mirrors"),
            .init(.lagRecords, \.lagRecords, "sum over the partitions; null while any is unknown"),
            .init(.lagSeconds, \.lagSeconds, "the worst of the partitions; null while any is unknown"),
            .init(.lagHeldRecords, \.lagHeldRecords, "records behind open transactions; null while any is unknown"),
            .init(.lagUnknownPartitions, \.lagUnknownPartitions, "partitions whose lag is unknown"),
            .init(
                .carriedLagRecords, \.carriedLagRecords,
                "as `lag_records`, of the lanes that this process runs: where several share them, the sum is the flow's; not there while unknown",
                omitsNull: true),
            .init(
                .carriedLagSeconds, \.carriedLagSeconds,
                "as `lag_seconds`, of the lanes that this process runs; not there while unknown", omitsNull: true),
            .init(.isCaughtUp, \.isCaughtUp, "whether the lag is 0; null while it is unknown"),
            .init(
                .etaSeconds, \.etaSeconds,
                "seconds until it has caught up at the present rate; null when it does not catch up"),
            .init(.recordsPerSecond, \.recordsPerSecond, "records acknowledged per second, over the last seconds"),
            .init(.bytesPerSecond, \.bytesPerSecond, "bytes acknowledged per second, over the last seconds"),
            .init(
                .limit, \.limit, "what keeps it from going faster; null while that cannot be told",
                words: StateWords.limit),
            .init(
                .sourceConnections, \.sourceConnections, "connections by which this process reads the source",
                omitsNull: true),
            .init(
                .targetConnections, \.targetConnections, "connections by which this process writes the target",
                omitsNull: true),
            .init(
                .mostReadPerSecond, \.mostReadPerSecond,
                "bytes a second that these can carry from the source at most; null where it is near"),
            .init(
                .mostWrittenPerSecond, \.mostWrittenPerSecond,
                "bytes a second that these can carry to the target at most; null where it is near"),
            .init(
                .latencyP50, \.latencyP50,
                "acknowledgement minus the record's own time, the median; null before the first record"),
            .init(.latencyP99, \.latencyP99, "the same, of all but one in a hundred"),
            .init(
                .retentionHeadroomSeconds, \.retentionHeadroomSeconds,
                "seconds until unread records fall to the source's retention, the worst topic's, an estimate"),
            .init(.lastAcknowledgedAt, \.lastAcknowledgedAt, "when the target last acknowledged a record"),
            .init(.replicatedRecords, \.replicatedRecords, "records acknowledged since the process started"),
            .init(.replicatedBytes, \.replicatedBytes, "bytes acknowledged since the process started"),
            .init(.filteredRecords, \.filteredRecords, "records passed over on purpose since the process started"),
            .init(.lostRecords, \.lostRecords, "records that left the source before they were copied"),
            .init(
                .quarantinedRecords, \.quarantinedRecords,
                "records that the target refused for good and that were set aside since the process started",
                omitsNull: true),
            .init(
                .openLosses, \.openLosses,
                "events of loss in the ledger that nobody has acknowledged and that have not ended",
                omitsNull: true),
            .init(.stoppedPartitions, \.stoppedPartitions, "partitions that stopped"),
            .init(.stopped, \.stopped, "the first 20 of them, by topic"),
            .init(
                .pausedPartitions, \.pausedPartitions,
                "partitions that people have paused; stopped ones are not counted",
                omitsNull: true),
            .init(
                .pauses, \.pauses, "the first 20 pauses, the flow's own first; not there when there are none",
                omitsNull: true),
            .init(.topicsNotMirrored, \.topicsNotMirrored, "topics that are selected and not mirrored"),
            .init(.notMirrored, \.notMirrored, "the first 20 of them, by name"),
            .init(
                .failoverController, \.failoverController, "the failover controller; not there where it is off",
                omitsNull: true),
        ]

        public var source: String
        public var target: String
        public var isEnabled: Bool
        public var delivery: String?
        public var state: String
        public var reason: String?
        public var since: DateTime
        public var hasBothClusters = false
        public var lanes: Int64 = 0
        public var lanesOwned: Int64 = 0
        /// `nil`: of an older daemon.
        public var ownedLanes: [Int64]?
        public var topics: Int64 = 0
        public var partitions: Int64 = 0
        public var lagRecords: Int64?
        public var lagSeconds: Double?
        public var lagHeldRecords: Int64?
        public var lagUnknownPartitions: Int64 = 0
        public var carriedLagRecords: Int64?
        public var carriedLagSeconds: Double?
        public var isCaughtUp: Bool?
        public var etaSeconds: Double?
        public var recordsPerSecond: Double?
        public var bytesPerSecond: Double?
        public var limit: String?
        /// `nil`: of an older daemon.
        public var sourceConnections: Int64?
        public var targetConnections: Int64?
        public var mostReadPerSecond: Double?
        public var mostWrittenPerSecond: Double?
        public var latencyP50: Double?
        public var latencyP99: Double?
        public var retentionHeadroomSeconds: Double?
        public var lastAcknowledgedAt: DateTime?
        public var replicatedRecords: Int64 = 0
        public var replicatedBytes: Int64 = 0
        public var filteredRecords: Int64 = 0
        public var lostRecords: Int64 = 0
        /// `nil`: of an older daemon.
        public var quarantinedRecords: Int64?
        public var openLosses: Int64?
        public var stoppedPartitions: Int64 = 0
        public var stopped: [StoppedPartition] = []
        public var pausedPartitions: Int64?
        public var pauses: [Pause]?
        public var topicsNotMirrored: Int64 = 0
        public var notMirrored: [TopicNotMirrored] = []
        public var failoverController: FailoverControllerState?

        /// `source->target`.
        public var flowName: String { "\(source)->\(target)" }

        public init(source: String, target: String, isEnabled: Bool, state: String, since: DateTime) {
            self.source = source
            self.target = target
            self.isEnabled = isEnabled
            self.state = state
            self.since = since
        }
    }

    public struct StoppedPartition: Document {
        public static let name = "StoppedPartition"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case topic, partition, status, code, offset, limit, since, text
        }
        public typealias Key = CodingKeys
        public static let members: [Member<StoppedPartition>] =
            [
                .init(.topic, \.topic, "the source's name for the topic"),
                .init(.partition, \.partition, "its number, from 0"),
                .init(.status, \.status, "why it stopped, in a word", words: StateWords.partition),
            ]
            + Stop.members.compactMap { member in
                CodingKeys(rawValue: member.name).map { .init($0, member, of: \.stop) }
            }

        public var topic: String
        public var partition: Int64
        public var status: String
        public var stop: Stop

        public init(topic: String, partition: Int64, status: String, stop: Stop) {
            self.topic = topic
            self.partition = partition
            self.status = status
            self.stop = stop
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            topic = try container.decode(String.self, forKey: .topic)
            partition = try container.decode(Int64.self, forKey: .partition)
            status = try container.decode(String.self, forKey: .status)
            stop = try Stop(from: decoder)
        }
    }

    public struct TopicNotMirrored: Document {
        public static let name = "TopicNotMirrored"
        public enum CodingKeys: String, CodingKey, CaseIterable { case topic, reason }
        public typealias Key = CodingKeys
        public static let members: [Member<TopicNotMirrored>] = [
            .init(.topic, \.topic, "the source's name for the topic"),
            .init(.reason, \.reason, "why it is not mirrored, in a sentence"),
        ]

        public var topic: String
        public var reason: String

        public init(topic: String, reason: String) {
            self.topic = topic
            self.reason = reason
        }
    }
}
