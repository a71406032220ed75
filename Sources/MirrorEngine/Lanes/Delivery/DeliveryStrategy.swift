// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring

/// How a lane brings records and progress to the target. The lane decides what is sent and in which order, and learns what
/// became of it from reports; a strategy owns the producers.
///
/// What each strategy must keep: behind a record that failed, no later record of its partition is written before the lane has
/// been told and has begun again from there.
protocol DeliveryStrategy: AnyObject {
    /// A delivery failed, or a client is dead: nothing may be handed over until ``replaceBroken(at:)``.
    func isBroken(_ batching: PartitionMachine.Batching) -> Bool
    /// As ``isBroken(_:)``, of any batching: asked for each record.
    var isAnyBroken: Bool { get }
    func breakProducer(_ batching: PartitionMachine.Batching)
    /// The target denied everything lately: it is not asked a thousand times a second.
    func isBackingOff(at now: ContinuousClock.Instant) -> Bool

    /// - Returns: the record, where the queue is full; `nil` when it was taken.
    func send(
        _ record: consuming OutgoingRecord, _ partition: LanePartition, _ token: Token
    ) throws(KafkaError) -> OutgoingRecord?
    /// Sends a record by itself, so that a refusal is about this record and about nobody else's.
    /// - Returns: whether it was taken; it is not where the queue is full.
    func sendSingly(
        _ record: consuming OutgoingRecord, _ partition: LanePartition, _ token: Token
    ) throws(KafkaError) -> Bool
    /// Sends the envelope of a record that is set aside in the record's place, as ``sendSingly(_:_:_:)`` sends a record.
    func sendEnvelope(
        _ envelope: QuarantineEnvelope.Message, to topic: TopicName, _ token: Token
    ) throws(KafkaError)
    /// Writes one progress row, with the witness that proves it.
    func writeRow(_ offset: Int64, _ witness: Witness?, _ partition: LanePartition) throws(KafkaError)
    /// Writes one row of the offset map; a `value` of nil forgets it.
    func writeMapRow(
        key: [UInt8], value: [UInt8]?, to topic: TopicName, _ partition: LanePartition
    ) throws(KafkaError)
    var rowsOutstanding: Int { get }

    /// Hands over the reports that have come; waits at most `wait` for the first.
    /// - Returns: failures of the clients themselves.
    func serve(within wait: Duration, _ report: (borrowing Delivery) -> Void) -> [ClientFailure]
    func succeeded(_ batching: PartitionMachine.Batching)
    /// Replaces what is broken. What it held is gone, and its partitions must begin again.
    func replaceBroken(at now: ContinuousClock.Instant) -> ReplacedProducers

    /// What broken producers have not sent comes back as failed. What they have sent is still answered.
    func purgeBroken()

    /// Has the connections that partitions' routes name from now on.
    func use(connections: Int)
    /// Asks for the topics once, so that the first records need not wait.
    func learnTopics(within limit: Duration, isFirst: Bool)
    func warmUp(_ partition: LanePartition) throws(KafkaError)
    /// No topic of the small batches takes more than `smallest` bytes.
    func fitSmallBatches(to smallest: Int64)
    /// The cluster that the target's clients have reached; `nil` before they have.
    var targetID: String? { get }
    /// Ends all clients; what they still hold is not sent.
    func close()
}

/// What a client said of itself, not of a record.
struct ClientFailure {
    var error: KafkaError
    /// Whether people should see it: the death of a gapless producer only repeats what the reports say.
    var isNews: Bool
}

struct ReplacedProducers {
    var batchings: [PartitionMachine.Batching] = []
    /// The client of single records and rows.
    var isSide = false
    /// Why a replacement could not be made; it is tried again.
    var failure: KafkaError?

    var isEmpty: Bool { batchings.isEmpty && !isSide && failure == nil }
}
