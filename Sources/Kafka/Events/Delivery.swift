// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes

/// What became of one record that was handed to a producer. Lent to the caller of `pollDeliveries` while it looks.
public struct Delivery: ~Copyable {
    public enum Outcome: Sendable, Hashable {
        /// Written, at this offset; -1 where a retry left it unknown.
        case acknowledged(offset: Int64)
        /// Not acknowledged; it may be in the log all the same where `mayBeWritten`.
        case failed(KafkaErrorCode, mayBeWritten: Bool)
    }

    /// nil where librdkafka never had the record.
    private let report: UnsafePointer<rd_kafka_message_t>?
    private let lent: UnsafeMutablePointer<rd_kafka_message_t>?
    /// What was given to `enqueue`.
    public let token: UInt64
    /// Whether the next report of this event is for another partition, or there is none: the moment to take a witness.
    public let endsRun: Bool
    /// Of an acknowledged record; -1 is unknown.
    private let offset: Int64
    /// Why librdkafka never had the record.
    private let unsent: KafkaErrorCode?

    init(
        report: UnsafePointer<rd_kafka_message_t>, lent: UnsafeMutablePointer<rd_kafka_message_t>?, token: UInt64,
        offset: Int64, endsRun: Bool
    ) {
        self.offset = offset
        self.report = report
        self.lent = lent
        self.token = token
        self.endsRun = endsRun
        unsent = nil
        partition = report.pointee.partition
    }

    /// Of a record that was taken and never handed to librdkafka.
    init(unsent code: KafkaErrorCode, token: UInt64, partition: Int32) {
        offset = -1
        report = nil
        lent = nil
        self.token = token
        endsRun = true
        unsent = code
        self.partition = partition
    }

    /// The corresponding C function is `rd_kafka_message_status`.
    public var outcome: Outcome {
        if let unsent { return .failed(unsent, mayBeWritten: false) }
        guard let report, report.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR else {
            return .acknowledged(offset: offset)
        }
        return .failed(
            KafkaErrorCode(report.pointee.err),
            mayBeWritten: rd_kafka_message_status(report) != RD_KAFKA_MSG_STATUS_NOT_PERSISTED)
    }

    /// How long ago it was handed to the producer, nil where that is not known.
    ///
    /// The corresponding C function is `rd_kafka_message_latency`.
    public var timeInProducer: Duration? {
        guard let report else { return nil }
        let microseconds = rd_kafka_message_latency(report)
        return microseconds >= 0 ? .microseconds(microseconds) : nil
    }

    /// The partition it was for, at the target.
    public let partition: Int32

    /// Same as ``Record/contentHash()`` of the record as it was consumed; nil for one that was copied into the producer.
    public borrowing func contentHash() -> UInt64? { lent?.contentHash }

    /// The timestamp of the record as it was consumed, or as it was sent if it was copied; -1 where there is none.
    public var timestampMilliseconds: Int64 {
        (lent.map { UnsafePointer($0) } ?? report).map { Timestamp(of: $0).milliseconds } ?? -1
    }
}

/// The offsets of the reports of one event, one after the other. Of a batch that was written before, a broker tells -1, and librdkafka
/// counts on from there: 0, 1, 2 are no offsets then.
struct AcknowledgedOffsets {
    private var topic: OpaquePointer?
    private var partition: Int32 = -1
    private var isUnknown = false

    /// - Returns: where the record is; -1 where nobody knows.
    mutating func next(_ report: UnsafePointer<rd_kafka_message_t>) -> Int64 {
        let told = report.pointee.offset
        let isSame = topic == report.pointee.rkt && partition == report.pointee.partition
        isUnknown = told < 0 || (isSame && isUnknown)
        (topic, partition) = (report.pointee.rkt, report.pointee.partition)
        return isUnknown ? -1 : told
    }
}
