// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring

/// What a lane tells about itself: published under a lock once per burst, read by the meter and the status board.
struct LaneSnapshot: Sendable {
    var partitions: [TopicPartition: PartitionSnapshot] = [:]
    /// What partitions had counted that it has let go of.
    var releasedCounters: [TopicName: TopicCounters] = [:]
    var totals = LaneTotals()
    var bufferedBytes: Int64 = 0
    /// By how many connections it reads and writes, and what these carry at most; `nil` where a cluster is near.
    var sourceConnections = 0
    var targetConnections = 0
    var mostReadPerSecond: Double?
    var mostWrittenPerSecond: Double?
    /// The lane has ended; `isDrained` tells whether everything it had taken was acknowledged and its progress written.
    var hasEnded = false
    var isDrained = false
    /// Of a lane that was given up: what the target has, and no row says.
    var unwritten: [TopicPartition: UnwrittenProgress] = [:]
}

/// Totals of a lane since it started, beside those of its partitions.
struct LaneTotals: Sendable {
    var replicationLatency = HistogramSnapshot()
    var recordAge = HistogramSnapshot()
    /// All but `request`, which is the flow's to tell.
    var stages = StageDurations()
    var backpressure = Duration.zero
    /// How long the lane's thread has run.
    var busy = Duration.zero
    var produceErrors: [String: Int64] = [:]
    var fetchErrors: [String: Int64] = [:]
    var timestampsMissing: Int64 = 0
    var timestampsInFuture: Int64 = 0
    var timestampsZero: Int64 = 0
    var echoedHeaders: Int64 = 0
    var headersLeftOut: Int64 = 0
    var producerRestarts: Int64 = 0
    var progressWrites: Int64 = 0
    var progressWriteErrors: Int64 = 0
    var transactionsCommitted: Int64 = 0
    var transactionsAborted: Int64 = 0
    /// Rows of the offset map.
    var mapWriteErrors: Int64 = 0
    var lastAcknowledgedAt: Int64?
    /// Why the lane cannot work at present, such as a target that denies every write.
    var problem: String?

    /// Adds what only grows in another's life.
    mutating func add(_ other: LaneTotals) {
        replicationLatency.add(other.replicationLatency)
        recordAge.add(other.recordAge)
        stages.add(other.stages)
        backpressure += other.backpressure
        busy += other.busy
        produceErrors.merge(other.produceErrors, uniquingKeysWith: +)
        fetchErrors.merge(other.fetchErrors, uniquingKeysWith: +)
        timestampsMissing += other.timestampsMissing
        timestampsInFuture += other.timestampsInFuture
        timestampsZero += other.timestampsZero
        echoedHeaders += other.echoedHeaders
        headersLeftOut += other.headersLeftOut
        producerRestarts += other.producerRestarts
        progressWrites += other.progressWrites
        progressWriteErrors += other.progressWriteErrors
        transactionsCommitted += other.transactionsCommitted
        transactionsAborted += other.transactionsAborted
        mapWriteErrors += other.mapWriteErrors
        if let at = other.lastAcknowledgedAt { lastAcknowledgedAt = max(at, lastAcknowledgedAt ?? at) }
    }
}

struct PartitionSnapshot: Sendable {
    var targetTopic: TopicName
    /// The next source offset to mirror: all before it is acknowledged, skipped or known to be no record.
    var nextOffset: Int64?
    /// Timestamp of the oldest record taken and not yet acknowledged, milliseconds.
    var oldestPendingTimestamp: Int64?
    var inFlight: Int
    var counters: TopicCounters
    var traffic = PartitionTraffic()
    var lastReplicatedTimestamp: Int64?
    var lastTargetOffset: Int64?
    var stop: PartitionStop?
    /// A person has paused it.
    var isPaused = false
    /// When the prefix last moved, milliseconds.
    var lastMovedAt: Int64?
}
