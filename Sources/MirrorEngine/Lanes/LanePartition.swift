// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring

/// One source partition on its lane: what is in flight, how far the target has it, and what hinders it.
final class LanePartition {
    enum Mode {
        /// Records are forwarded as they come.
        case flowing
        /// Reading again from the witness, to prove that the log is still the one that was mirrored.
        case verifying(Witness)
        /// A record is suspect: wait until what is in flight is acknowledged, then send singly up to the suspect.
        case draining
        /// Records go singly through the side producer until the last suspect has passed.
        case probing
        /// In flight for too long while others run: not fetched until what is in flight is acknowledged.
        case held
        /// The position was out of range, or the topic gone: the flow was asked about it.
        case asking
        case stopped(PartitionStop, retryAt: ContinuousClock.Instant?)
    }

    let source: TopicPartition
    let targetTopic: TopicName
    /// Place in the lane's table; part of every token.
    let index: Int
    let progressKey: [UInt8]
    let progressPartition: Int32
    var forwarding: RecordForwarding
    var target: TargetLimits
    var ledger: OffsetLedger
    var mode = Mode.flowing
    /// A record was taken from the consumer and not handed over: the next replacement of the producer reads it again.
    var mustReadAgain = false
    /// Whether the consumer fetches it.
    var isAssigned = false
    var topic: TopicHandle?
    var sideTopic: TopicHandle?
    var usesSmallProducer: Bool
    /// The last offset that must be sent singly.
    var suspectUntil: Int64 = -1
    var probeQueue = RecordQueue()
    var isProbeInFlight = false
    /// The next offset behind what waits in the probe queue.
    var parkedUntil: Int64?
    /// When a probe that was neither taken nor refused is tried again, and since when that goes on.
    var probeRetryAt: ContinuousClock.Instant?
    var missingSince: ContinuousClock.Instant?
    /// Kept while a refused record is tried again, so that the partition does not look well in between.
    var refusal: PartitionStop?
    /// The source's topic was gone: the log that comes back must prove itself.
    var wasMissing = false
    /// The log may be another one: what is read next is compared with the witness, if that can be.
    var isDoubted = false
    /// The flow could not ask about the position: asked again then.
    var askAgainAt: ContinuousClock.Instant?
    /// An end of the log before the position, about which the flow was asked: the log does reach the position.
    var confirmedEnd: Int64?
    /// The log shrank while the partition was not flowing: proved as soon as it flows.
    var isProofDue = false
    /// A row was written since the witness was renewed by a record that is skipped.
    var isSkipWitnessDue = true
    var witness: Witness?
    /// The row offset that was last handed to the producer, and the one that was last acknowledged.
    var rowHandedIn: Int64?
    var rowAcknowledged: Int64?
    var rowsInFlight = 0
    var counters = TopicCounters()
    var fetchedAtWake: Int64 = 0
    var lastReplicatedTimestamp: Int64?
    var lastMovedAt: ContinuousClock.Instant
    var isDirty = true
    var isRemoved = false
    let start: StartPoint

    /// - Parameter usesSmallProducer: see ``LaneSettings/usesSmallBatches(for:)``.
    init(
        _ assignment: LaneAssignment, index: Int, progress: ProgressTopicConfiguration, cluster: ClusterAlias,
        usesSmallProducer: Bool, now: ContinuousClock.Instant
    ) {
        source = assignment.source
        targetTopic = assignment.targetTopic
        self.index = index
        forwarding = assignment.forwarding
        target = assignment.target
        start = assignment.start
        self.usesSmallProducer = usesSmallProducer
        progressKey = SourceOffsetRow.key(
            .init(
                connector: progress.connectorName, cluster: cluster, topic: source.topic, partition: source.partition))
        progressPartition = Murmur2.partition(of: progressKey, count: progress.partitionCount)
        lastMovedAt = now
        switch assignment.start {
        case .fresh(.at(let offset)):
            ledger = OffsetLedger(next: offset)
        case .fresh:
            ledger = OffsetLedger(next: nil)
        case .resume(let last, let witness, let row):
            ledger = OffsetLedger(next: last + 1)
            rowHandedIn = row
            rowAcknowledged = row
            self.witness = witness
            if let witness { mode = .verifying(witness) }
        }
    }

    /// Where the consumer must start so that nothing is missed: at the witness when it must be proved, else at the next
    /// record.
    var fetchOffset: Offset {
        if case .verifying(let witness) = mode { return .at(witness.sourceOffset) }
        if case .probing = mode, probeQueue.count > 0, let parkedUntil { return .at(parkedUntil) }
        if let next = ledger.nextToSubmit { return .at(next) }
        if case .fresh(let offset) = start { return offset }
        return .beginning
    }

    var isStopped: Bool {
        if case .stopped = mode { return true }
        return false
    }

    var stop: PartitionStop? {
        if case .stopped(let stop, _) = mode { return stop }
        return refusal
    }
}
