// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
public import KafkaTypes

/// Everything the daemon knows about itself at one moment. `/metrics`, `/api/v1/…`, `tern lag` and `tern status` are all
/// rendered from this one value, so they cannot disagree.
///
/// Times are wall-clock milliseconds since 1970; `nil` is "unknown" and is never shown as 0.
public struct MirrorStatus: Sendable {
    public var version: String
    public var startedAt: Int64
    public var generatedAt: Int64
    /// The configuration was read and the listeners are bound.
    public var isStarted: Bool
    /// A stop was requested; lanes are draining.
    public var isDraining: Bool
    public var clusters: [ClusterStatus]
    public var flows: [FlowStatus]
    public var regionCheck: RegionCheckStatus
    /// What comes round, of the daemon and of its flows. `/livez` fails when one of them is overdue.
    public var jobs: [JobStatus]
    /// The last time that the configuration was read again; `nil` before.
    public var lastReload: ReloadStatus?
    /// What became of spans; `nil` where none are exported.
    public var tracing: TracingStatus?

    public init(version: String, startedAt: Int64) {
        self.version = version
        self.startedAt = startedAt
        generatedAt = startedAt
        isStarted = false
        isDraining = false
        clusters = []
        flows = []
        regionCheck = RegionCheckStatus()
        jobs = []
    }
}

public struct ClusterStatus: Sendable {
    public var alias: ClusterAlias
    /// The id that the brokers report; `nil` until one has answered.
    public var clusterID: String?
    /// A metadata request was answered in the last interval.
    public var isUp: Bool
    public var downSince: Int64?
    /// Why it is down, in a sentence.
    public var problem: String?
    public var authenticationFailures: Int64 = 0
    /// On the network: compressed, with framing, before encryption.
    public var receivedBytes: Int64 = 0
    public var sentBytes: Int64 = 0
    /// The least that an answer took lately, in seconds; `nil` before the first.
    public var roundTripSeconds: Double?

    public init(
        alias: ClusterAlias, clusterID: String? = nil, isUp: Bool = false, roundTripSeconds: Double? = nil
    ) {
        self.alias = alias
        self.clusterID = clusterID
        self.isUp = isUp
        self.roundTripSeconds = roundTripSeconds
    }
}

/// What a flow as a whole is doing.
public enum FlowState: String, Sendable, CaseIterable {
    case starting, running, degraded, paused, failed
}

public struct FlowStatus: Sendable {
    public var name: FlowName
    public var isEnabled: Bool
    /// Records and progress are written in transactions; otherwise records are delivered at least once.
    public var deliversExactlyOnce: Bool
    public var state: FlowState
    /// Why it is not `running`, in a sentence.
    public var reason: String?
    public var since: Int64
    /// Both clusters have answered and the topics are known.
    public var hasBothClusters: Bool
    /// Which lanes this process runs is being decided, or some of them have not reported their partitions yet.
    public var isSettling = false
    /// This process has taken lanes over and has not measured their partitions yet.
    public var hasUnmeasuredLanes = false
    /// Lanes of this flow, and which of them this process runs, from 0.
    public var laneCount: Int
    public var ownedLaneNumbers: Set<Int> = []
    public var ownedLanes: Int { ownedLaneNumbers.count }
    /// Whether all that the flow mirrors is known here. Where other daemons carry lanes of it, its lag is theirs to tell, too.
    public var carriesAllLanes = true
    public var topics: [TopicStatus]
    /// What people have paused, the flow itself first.
    public var pauses: [PauseStatus] = []
    /// Selected, and not mirrored: in the order of names. Their lag is unknown, and so is the flow's.
    public var notMirrored: [TopicNotMirrored] = []
    /// The failover controller; `nil` where it is off.
    public var failover: FailoverControllerStatus?
    /// Events in the ledger that nobody has acknowledged and that have not ended, as this process knows them.
    public var openLosses = 0
    /// Consumer groups, in the order of their names; empty where another process translates their offsets.
    public var groups: [GroupStatus] = []
    public var groupTranslation = GroupTranslationPlace.off
    public var counters: FlowCounters
    /// Records and bytes per second over the last ticks.
    public var recordsPerSecond: Double
    public var bytesPerSecond: Double
    /// Acknowledgement by the target minus the record's own timestamp, in seconds.
    public var replicationLatency: HistogramSnapshot
    /// Age of a record when it was fetched, in seconds.
    public var recordAge: HistogramSnapshot
    public var stages = StageDurations()
    public var lastAcknowledgedAt: Int64?
    public var bufferedBytes: Int64 = 0
    public var bufferLimitBytes: Int64 = 0
    /// Connections by which its lanes in this process read and write.
    public var sourceConnections = 0
    public var targetConnections = 0
    /// What these can carry at most over the measured distance, bytes a second; `nil` where the cluster is near.
    public var mostReadPerSecond: Double?
    public var mostWrittenPerSecond: Double?
    /// What keeps it from going faster; `nil` while it cannot be told.
    public var limit: FlowLimit?
    /// Bytes on the network, and what they cost.
    public var link = LinkTraffic()

    public init(
        name: FlowName, isEnabled: Bool, deliversExactlyOnce: Bool = false, state: FlowState, since: Int64
    ) {
        self.name = name
        self.isEnabled = isEnabled
        self.deliversExactlyOnce = deliversExactlyOnce
        self.state = state
        self.since = since
        hasBothClusters = false
        laneCount = 0
        topics = []
        counters = FlowCounters()
        recordsPerSecond = 0
        bytesPerSecond = 0
        replicationLatency = HistogramSnapshot()
        recordAge = HistogramSnapshot()
    }
}

/// A topic that the flow should mirror and does not.
public struct TopicNotMirrored: Sendable, Hashable {
    /// The source's name for it.
    public var topic: TopicName
    /// Why, in a sentence.
    public var reason: String

    public init(topic: TopicName, reason: String) {
        self.topic = topic
        self.reason = reason
    }
}

public struct TopicStatus: Sendable {
    /// The source's name for it.
    public var topic: TopicName
    /// The target's name for it.
    public var targetTopic: TopicName
    public var partitions: [PartitionStatus]
    public var counters: TopicCounters
    public var lastReplicatedTimestamp: Int64?
    /// Settings of the target's topic that differ from what the flow would have, and stayed so after the last comparison;
    /// `nil` where this process has not compared them.
    public var driftFields: Int?

    public init(topic: TopicName, targetTopic: TopicName, partitions: [PartitionStatus] = []) {
        self.topic = topic
        self.targetTopic = targetTopic
        self.partitions = partitions
        counters = TopicCounters()
    }

    public var lagRecords: Int64? {
        var sum: Int64 = 0
        for partition in partitions {
            guard let lag = partition.lagRecords else { return nil }
            sum += lag
        }
        return sum
    }

    public var lagSeconds: Double? {
        var worst = 0.0
        for partition in partitions {
            guard let lag = partition.lagSeconds else { return nil }
            worst = max(worst, lag)
        }
        return worst
    }
}

/// Totals since the process started.
public struct TopicCounters: Sendable, Equatable {
    public var fetchedRecords: Int64 = 0
    public var fetchedBytes: Int64 = 0
    public var replicatedRecords: Int64 = 0
    public var replicatedBytes: Int64 = 0
    public var filteredCycle: Int64 = 0
    public var filteredDirect: Int64 = 0
    public var filteredHops: Int64 = 0
    /// Bytes of these records: key and value, uncompressed.
    public var filteredCycleBytes: Int64 = 0
    public var filteredDirectBytes: Int64 = 0
    public var filteredHopsBytes: Int64 = 0
    public var lostRecords: Int64 = 0
    /// Refused by the target for good, and set aside.
    public var quarantinedRecords: Int64 = 0

    public init() {}
}

/// What a partition is doing; the words are those of `/api/v1/lag`.
public enum PartitionStateWord: String, Sendable, CaseIterable {
    case ok = "OK"
    case catchingUp = "CATCHING_UP"
    case fallingBehind = "FALLING_BEHIND"
    case stalled = "STALLED"
    case held = "HELD"
    case unknown = "UNKNOWN"
    case lostData = "LOST_DATA"
    case rewound = "REWOUND"
    case sourceMissing = "SOURCE_MISSING"
    case targetReset = "TARGET_RESET"
    case refused = "REFUSED"
    case stopped = "STOPPED"
    case paused = "PAUSED"
    case empty = "EMPTY"
}

public struct PartitionStatus: Sendable {
    public var partition: Int32
    public var startOffset: Int64?
    /// The source's high watermark.
    public var endOffset: Int64?
    public var lastStableOffset: Int64?
    /// The next source offset to mirror: everything before it is acknowledged by the target.
    public var replicatedOffset: Int64?
    public var targetEndOffset: Int64?
    public var lagRecords: Int64?
    public var lagSeconds: Double?
    /// Behind an open transaction on the source: not yet readable, not part of the lag.
    public var lagHeldRecords: Int64?
    /// Seconds until unread records fall to retention, an estimate.
    public var retentionHeadroomSeconds: Double?
    public var state: PartitionStateWord
    public var stop: PartitionStop?
    /// Since a lane of this process took it; what it was before stays when the lane has let go of it.
    public var traffic = PartitionTraffic()

    public init(partition: Int32, state: PartitionStateWord = .unknown) {
        self.partition = partition
        self.state = state
    }
}

/// The last answer of the region check (`/health`).
public struct RegionCheckStatus: Sendable {
    public struct Check: Sendable {
        public var name: String
        public var isHealthy: Bool
        public var detail: String
        /// The cluster answered, and does not permit it.
        public var isRefused: Bool
        public init(name: String, isHealthy: Bool, detail: String, isRefused: Bool = false) {
            self.name = name
            self.isHealthy = isHealthy
            self.detail = detail
            self.isRefused = isRefused
        }
    }
    public var region: String = ""
    public var checkedAt: Int64?
    /// An operator drains the region.
    public var isForcedUnhealthy = false
    public var checks: [Check] = []
    public init() {}
    public var isHealthy: Bool { checkedAt != nil && !isForcedUnhealthy && checks.allSatisfy(\.isHealthy) }
}
