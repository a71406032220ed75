// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes

/// A record as it lies in the consumer's memory: nothing is copied until someone asks.
///
/// It pins the whole fetch response it came with, and must be gone before its consumer is closed. Dropping it frees it.
/// The corresponding C type is `rd_kafka_message_t`.
public struct Record: ~Copyable {
    let message: UnsafeMutablePointer<rd_kafka_message_t>

    /// Takes the message over.
    init(owning message: UnsafeMutablePointer<rd_kafka_message_t>) { self.message = message }

    /// Distinguishes topics without reading their names; the same for a topic as long as its consumer lives, and never
    /// another topic's.
    public var topicIdentity: UInt { UInt(bitPattern: message.pointee.rkt) }

    /// The name of the topic, created by each call: not for every record.
    public var topic: TopicName { message.topicName }

    public var partition: Int32 { message.pointee.partition }
    public var offset: Int64 { message.pointee.offset }

    /// The corresponding C function is `rd_kafka_message_timestamp`.
    public var timestamp: Timestamp { Timestamp(of: message) }

    /// The number of bytes of the key; nil is a null key, 0 an empty one.
    public var keyCount: Int? { message.keyBytes?.count }

    /// The number of bytes of the value; nil is a null value (a tombstone), 0 an empty one.
    public var valueCount: Int? { message.valueBytes?.count }

    /// Lends the bytes of the key; nil for a null key.
    public borrowing func withKey<Result, Failure: Error>(
        _ body: (RawSpan?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let bytes = message.keyBytes else { return try body(nil) }
        return try body(bytes.bytes)
    }

    /// Lends the bytes of the value; nil for a null value.
    public borrowing func withValue<Result, Failure: Error>(
        _ body: (RawSpan?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let bytes = message.valueBytes else { return try body(nil) }
        return try body(bytes.bytes)
    }

    /// Lends the value of the last header of that name: nil to `body` for a null value, nil from here where there is none.
    ///
    /// The corresponding C function is `rd_kafka_header_get_last`.
    public borrowing func withLastHeader<Result, Failure: Error>(
        named name: HeaderName, _ body: (RawSpan?) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        try HeaderAccess.last(in: message.headers, named: name, body)
    }

    public var hasHeaders: Bool { message.headers != nil }

    /// Lends each header's name and value, in order.
    ///
    /// The corresponding C function is `rd_kafka_header_get_all`.
    public borrowing func forEachHeader<Failure: Error>(
        _ body: (_ name: RawSpan, _ value: RawSpan?) throws(Failure) -> Void
    ) throws(Failure) {
        try HeaderAccess.forEach(in: message.headers, body)
    }

    /// A number that stands for key and value, null or not: equal records have equal ones, in any process and version.
    public borrowing func contentHash() -> UInt64 { message.contentHash }

    /// A copy that outlives the consumer.
    public borrowing func detached() -> OwnedRecord { OwnedRecord(copying: message) }

    /// Gives the message up to whoever frees it from here on.
    consuming func take() -> UnsafeMutablePointer<rd_kafka_message_t> {
        let message = message
        discard self
        return message
    }

    deinit { rd_kafka_message_destroy(message) }
}

extension UnsafeMutablePointer<rd_kafka_message_t> {
    var topicName: TopicName { TopicName(String(cString: rd_kafka_topic_name(pointee.rkt))) }

    var keyBytes: UnsafeRawBufferPointer? {
        pointee.key.map { UnsafeRawBufferPointer(start: $0, count: pointee.key_len) }
    }

    var valueBytes: UnsafeRawBufferPointer? {
        pointee.payload.map { UnsafeRawBufferPointer(start: $0, count: pointee.len) }
    }

    /// The record's headers, still its own; parsed at the first call. The corresponding C function is
    /// `rd_kafka_message_headers`.
    var headers: OpaquePointer? {
        var headers: OpaquePointer?
        guard rd_kafka_message_headers(self, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return headers
    }

    var contentHash: UInt64 { ContentHash.of(key: keyBytes, value: valueBytes) }
}
