// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTypes
import Mirroring

/// One source partition on its lane: its machine, and what the machine cannot hold because it belongs to a client.
final class LanePartition {
    let source: TopicPartition
    let targetTopic: TopicName
    /// Place in the lane's table; part of every token.
    let index: Int
    let progressKey: [UInt8]
    let progressPartition: Int32
    var machine: PartitionMachine
    var forwarding: RecordForwarding
    var target: TargetLimits
    /// Whether the lane's consumer has it, wherever it reads.
    var isAssigned = false
    /// Handles of the target's topic at the data producer of `route`, and at the producer of single records.
    var topic: TopicHandle?
    var route: PartitionMachine.Route
    var batching: PartitionMachine.Batching { route.batching }
    var sideTopic: TopicHandle?
    /// Notes where copies are; `nil` where nothing is translated.
    var copies: CopyRecorder?
    /// The smallest offset that somebody waits for, and what was passed behind it without a copy.
    var awaitedOffset = Int64.max
    var uncopiedWhileAwaited: [Int64: BarrierPassage] = [:]
    /// What the open transaction has been told of it.
    var held = HeldState()
    /// The record that goes singly, where it may have to be set aside.
    var kept: KeptRecord?
    /// Sampled records on their way; `nil` where spans are not exported.
    var spans: SpanNotes?
    /// The trace of the record that goes singly, for whoever looks for it in the log.
    var singleTrace: TraceContext?
    /// Records that wait to be sent singly; the machine knows their offsets.
    var parked = RecordQueue()
    var counters = TopicCounters()
    var traffic = PartitionTraffic()
    var fetchedAtWake: Int64 = 0
    var lastReplicatedTimestamp: Int64?
    /// When the prefix last moved, and since when something is in flight of which nothing was acknowledged: since the lane began.
    var lastMovedAt: Duration
    var waitsSince: Duration
    var isDirty = true
    /// Does not simply flow: it is in the lane's `attention`.
    var needsAttention = false

    init(_ assignment: LaneAssignment, index: Int, settings: LaneSettings, elapsed: Duration) {
        source = assignment.source
        targetTopic = assignment.targetTopic
        self.index = index
        forwarding = assignment.forwarding
        target = assignment.target
        copies = assignment.copies
        if settings.spans != nil { spans = SpanNotes() }
        let progress = settings.progress
        progressKey = SourceOffsetRow.key(
            .init(
                connector: progress.connectorName, cluster: settings.flow.source, topic: source.topic,
                partition: source.partition))
        progressPartition = Murmur2.partition(of: progressKey, count: progress.partitionCount)
        lastMovedAt = elapsed
        waitsSince = elapsed
        machine = PartitionMachine(
            PartitionNames(
                source: source, target: TopicPartition(assignment.targetTopic, source.partition),
                sourceCluster: settings.flow.source, targetCluster: settings.flow.target),
            start: assignment.start, batching: settings.batching(for: target),
            maximumBatchBytes: target.maximumBatchBytes, retries: settings.retries,
            isTransactional: settings.transactions != nil,
            quarantines: settings.quarantineTopic != nil,
            lossPolicy: assignment.lossPolicy)
        route = machine.route
    }

    func snapshot(_ moment: Moment) -> PartitionSnapshot {
        let age = moment.instant - lastMovedAt
        let ledger = machine.ledger
        return PartitionSnapshot(
            targetTopic: targetTopic, nextOffset: ledger.nextOffset,
            oldestPendingTimestamp: ledger.oldestPendingTimestamp,
            inFlight: ledger.pendingCount, counters: counters, traffic: traffic,
            lastReplicatedTimestamp: lastReplicatedTimestamp,
            lastTargetOffset: ledger.lastTargetOffset, stop: machine.stop,
            isPaused: machine.isPauseWanted, lastMovedAt: moment.wallClock - Int64(age / .milliseconds(1)))
    }
}
