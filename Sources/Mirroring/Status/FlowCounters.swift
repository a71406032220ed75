// SPDX-License-Identifier: Apache-2.0

/// Totals since the process started.
public struct FlowCounters: Sendable, Equatable {
    public var produceErrors: [String: Int64] = [:]
    public var fetchErrors: [String: Int64] = [:]
    public var timestampAnomalies: [String: Int64] = [:]
    public var echoedHeaders: Int64 = 0
    public var headersLeftOut: Int64 = 0
    public var laneRestarts: Int64 = 0
    public var progressWrites: Int64 = 0
    public var progressWriteErrors: Int64 = 0
    /// Of lanes that deliver exactly once. What an aborted one had is sent again.
    public var transactionsCommitted: Int64 = 0
    public var transactionsAborted: Int64 = 0
    /// Rows of the map of copies that the target did not take.
    public var mapWriteErrors: Int64 = 0
    /// Rows for MirrorMaker's readers that a cluster has acknowledged.
    public var heartbeatsWritten: Int64 = 0
    public var offsetSyncsWritten: Int64 = 0
    public var checkpointsWritten: Int64 = 0
    /// Offsets of groups that the target has taken, by partition.
    public var groupOffsetsWritten: Int64 = 0
    /// Requests of the lanes, repeated ones included.
    public var fetchRequests: Int64 = 0
    public var produceRequests: Int64 = 0
    /// Seconds for which brokers throttled the lanes for a quota, by their answers.
    public var fetchThrottledSeconds: Double = 0
    public var produceThrottledSeconds: Double = 0
    /// For so long, in seconds, lanes took nothing because they had as much unacknowledged as they may have.
    public var backpressureSeconds: Double = 0
    /// Events of loss after which a policy has a partition continue, by policy.
    public var lossesContinued: [String: Int64] = [:]
    public var topicSyncChanges: [String: Int64] = [:]
    public var topicSyncErrors: Int64 = 0

    public init() {}
}

/// Where time goes: one sample a batch, never one a record.
///
/// There is no stage of fetching: a fetch waits at the broker for records, so that its time says how quiet the topic is, and
/// how long a record lay in the client until the lane took it, librdkafka does not report.
public struct StageDurations: Sendable, Equatable {
    /// Records that were there, taken from the client until the last of them was handed to the producer.
    public var transform = HistogramSnapshot()
    /// The last record of a batch handed to the producer until its acknowledgement was taken from it.
    public var produce = HistogramSnapshot()
    /// A produce request sent until it was answered: a part of ``produce``.
    public var request = HistogramSnapshot()
    /// Progress handed to the producer until its acknowledgement was taken from it; until the transaction was committed, where
    /// there is one.
    public var progress = HistogramSnapshot()

    public init() {}

    public mutating func add(_ other: StageDurations) {
        transform.add(other.transform)
        produce.add(other.produce)
        request.add(other.request)
        progress.add(other.progress)
    }
}
