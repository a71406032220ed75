// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Mirroring

/// What all partitions of a lane share.
struct LaneSettings: Sendable {
    var flow: FlowName
    var lane: Int
    /// The ids that the two clusters tell, not what a file calls them.
    var sourceID: String
    var targetID: String
    /// The ids that the two clusters told last; `nil` while one has not answered.
    var latestIDs: @Sendable () -> (source: String?, target: String?)
    /// Complete, in librdkafka's names, Tern's own settings applied.
    var consumer: ClientProperties
    var producer: ClientProperties
    var progress: ProgressTopicConfiguration
    /// Whether `batch.size` is a person's choice.
    var choosesBatchBytes = false
    var flushInterval: Duration
    var limits: FlowLimits
    /// How long a refused record rests before it is tried again.
    var retries: BackOff
    var traffic: FlowTraffic
    /// Where the places of copies are noted.
    var copies = CopyNotes()
    var barriers = WriteBarriers()
    /// How many lanes the flow has, in all processes.
    var laneCount = 1
    /// What the file says of connections, and how far the clusters are, as measured lately; `nil` where neither is known.
    var connections = ConnectionChoice()
    var roundTrips: @Sendable () -> RoundTripReadings = { RoundTripReadings() }
    /// `nil` where records are delivered at least once.
    var transactions: TransactionSettings?
    /// Where spans of sampled records go; `nil` where none are exported.
    var spans: SpanQueue?
    /// Where records go that the target refuses for good; `nil` where such a record stops its partition.
    var quarantineTopic: TopicName?
}

/// How far the clusters are, as measured lately; `nil` where it is not known.
struct RoundTripReadings: Sendable {
    var source: Duration?
    /// Of the last few seconds only.
    var latestSource: Duration?
    var target: Duration?
}

/// Of a lane that delivers exactly once.
struct TransactionSettings: Sendable {
    /// `transactional.id`: the same in every daemon, so that whoever carries the lane next ends what is open.
    var id: String
    /// How long a transaction takes records.
    var interval: Duration
    /// After so long without an end the target aborts it.
    var timeout: Duration
}

extension LaneSettings {
    func sourcePlan(partitions: Int, over link: LinkWindow) -> ConnectionPlan {
        .source(
            roundTrip: link.distance, partitions: partitions, lanes: laneCount, prefetchBytes: limits.prefetchBytes,
            mostUnderWay: link.bytes, chosen: connections.source.number)
    }

    /// One where records are delivered exactly once: a transaction is one producer's, and a lane commits all that it has sent
    /// together with its progress.
    func targetPlan(partitions: Int) -> ConnectionPlan {
        guard transactions == nil else { return ConnectionPlan(connections: 1) }
        return .target(
            roundTrip: roundTrips().target, partitions: partitions, lanes: laneCount, chosen: connections.target.number)
    }
}

extension LaneSettings {
    /// Of the producer for topics that take small batches only, in bytes; less where one of them takes even less.
    static let smallBatchBytes = 16_384

    /// Of the producer for all other topics, in bytes: what the file says, but no more than a topic with Kafka's default
    /// limit takes, since librdkafka does not split a batch that is refused for its size.
    var batchBytes: Int { min(producer["batch.size"].flatMap { Int($0) } ?? 524_288, Self.mostBatchBytes) }

    private static let mostBatchBytes = 983_040

    /// Of the producers that write a far target: as much as such a topic takes, unless the file names a size.
    var farBatchBytes: Int { choosesBatchBytes ? batchBytes : Self.mostBatchBytes }

    /// The producers compress what they send: only the target can say whether a large record fits.
    var compresses: Bool {
        let codec = producer["compression.type"] ?? producer["compression.codec"] ?? "none"
        return codec != "none"
    }

    /// Small where a topic would refuse the larger batches. A batch has a header beside its records.
    func batching(for target: TargetLimits) -> PartitionMachine.Batching {
        target.maximumBatchBytes < Int64(farBatchBytes) + 1024 ? .small : .large
    }
}

/// One partition handed to a lane.
struct LaneAssignment: Sendable {
    var source: TopicPartition
    var targetTopic: TopicName
    var forwarding: RecordForwarding
    var start: PartitionStart
    var target: TargetLimits
    var lossPolicy = LossPolicy.halt
    /// `nil` where nothing is translated.
    var copies: CopyRecorder?
}

/// What the target topic takes, as its configuration says.
struct TargetLimits: Sendable, Equatable {
    /// `max.message.bytes` of the topic.
    var maximumBatchBytes: Int64 = 1_048_588
    /// Under a prefix policy names keep copies apart, so that a record may go without a path when there is no room.
    var pathIsOptional = true
}

/// What a lane is told while it runs.
enum LaneCommand: Sendable {
    case add([LaneAssignment])
    /// The topic has gone from the flow: let go of its partitions after what is in flight.
    case remove([TopicPartition])
    /// What people have paused.
    case pauses(Pauses)
    /// The limits of target topics were read again.
    case limits([TopicName: TargetLimits])
    /// The ids of other clusters became known, or changed.
    case forwarding([TopicPartition: RecordForwarding])
    /// The meter saw the log shrink: prove by the witness that it is the same log.
    case verify([TopicPartition])
    /// The meter was told that the source has no such partition: ask, and prove what comes back.
    case missing([TopicPartition])
    /// Where a partition starts and ends, as it was asked; `nil` when the source has no such partition.
    case watermarks(TopicPartition, start: Int64?, end: Int64?)
    /// The flow could not ask.
    case unanswered(TopicPartition)
    /// The progress that was stored when the lane had taken its transactional id for the so manieth time.
    case stored([TopicPartition: StoredProgress], fence: Int)
    /// The lane may be another daemon's by now: ends at once, sends nothing more and writes no progress.
    case abandon
    /// Somebody waits for a record of the partition.
    case await(TopicPartition)
    /// The meter knows more than the lane.
    case halt(TopicPartition, PartitionStop)
    /// Drain until the instant, write the last progress, end.
    case stop(by: ContinuousClock.Instant)
}
