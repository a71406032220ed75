// SPDX-License-Identifier: Apache-2.0

/// How much of a partition librdkafka is given at a time.
///
/// An idempotent producer sends nothing more of a partition while five records or more of it are unacknowledged
/// (`rd_kafka_toppar_producer_serve` counts records, not requests), and its thread asks without a pause whether it may,
/// as soon as one that waits is older than `linger.ms`. Near a cluster that lasts a millisecond; with a round trip of 100 ms
/// each connection keeps a core busy with nothing. So librdkafka is given what goes with one batch; the rest waits here.
public struct ProducePace: Sendable, Equatable {
    /// The most that is given at once, in bytes as they are sent: a little less than `batch.size`.
    public var batchBytes: Int
    /// How long records are given to a batch that has begun: less than `linger.ms`, behind which it may be on its way.
    public var gathering: Duration

    /// - Parameters:
    ///   - batchBytes: the producer's `batch.size`.
    ///   - linger: its `linger.ms`.
    public init(batchBytes: Int, linger: Duration) {
        self.batchBytes = max(1, batchBytes - 4096)
        gathering = linger / 2
    }

    /// librdkafka sends another batch of a partition while fewer of its records are on their way.
    static let freeRecords = 5
}

/// A partition's records that wait until those before them are acknowledged.
final class PacedPartition {
    /// A record and what goes with it.
    struct Held: ~Copyable {
        var record: OutgoingRecord
        let token: UInt64
    }

    let topic: TopicHandle
    let partition: Int32
    private let pace: ProducePace
    let held = ParkingQueue<Held>()
    /// Given to librdkafka and not reported.
    private var given = 0
    private var batchBytes = 0
    private var gathersUntil: ContinuousClock.Instant?
    /// A record failed: behind it nothing is sent. The producer is to be purged or closed.
    var isBlocked = false

    init(_ topic: TopicHandle, _ partition: Int32, _ pace: ProducePace) {
        self.topic = topic
        self.partition = partition
        self.pace = pace
    }

    /// Whether a record of so many bytes may go to librdkafka at once; notes that it does.
    func gives(_ bytes: Int) -> Bool {
        guard held.isEmpty, !isBlocked else { return false }
        if given < ProducePace.freeRecords {
            batchBytes = 0
            gathersUntil = .now + pace.gathering
        } else if batchBytes + bytes > pace.batchBytes || gathersUntil.map({ ContinuousClock.now >= $0 }) != false {
            gathersUntil = nil
            return false
        }
        given += 1
        batchBytes += bytes
        return true
    }

    /// Whether a batch of those that wait may go now: the first of them, and others by ``addsNext()``.
    func beginsBatch() -> Bool {
        guard !held.isEmpty, !isBlocked, given < ProducePace.freeRecords else { return false }
        batchBytes = 0
        gathersUntil = nil
        return true
    }

    /// Whether the first of those that wait goes with the batch that has begun; notes that it does.
    func addsNext() -> Bool {
        guard !isBlocked, let bytes = held.withFirst({ $0.record.sentBytes }) else { return false }
        guard given < ProducePace.freeRecords || batchBytes + bytes <= pace.batchBytes else { return false }
        given += 1
        batchBytes += bytes
        return true
    }

    /// It came back: librdkafka did not take it, or said what became of it.
    func returned() { given -= 1 }
}

extension OutgoingRecord {
    /// No less than it takes in a batch, before compression. Lengths, offset and timestamp are variable: 20 bytes are more than they
    /// take in a batch of a megabyte.
    var sentBytes: Int {
        var bytes = (keyCount ?? 0) + (valueCount ?? 0) + 20
        forEachHeaderSize { bytes += $0 + ($1 ?? 0) + 5 }
        return bytes
    }
}
