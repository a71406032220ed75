// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes

/// A record on its way to a producer: key and value still lie where the consumer put them, its headers are a list of
/// their own that can be edited and handed on without copying.
public struct OutgoingRecord: ~Copyable {
    let message: UnsafeMutablePointer<rd_kafka_message_t>
    /// Owned; nil where there are none. A raw pointer, since a type with owned members cannot `discard self`.
    private(set) var nativeHeaders: OpaquePointer?
    /// As the source has it. A producer sends 1 for 0 (``timestampWasZero``) and leaves a missing one to librdkafka.
    public private(set) var timestamp: Timestamp
    /// The record has headers that librdkafka cannot read, as more than 100,000 are: it must not be sent without them.
    public let lacksHeaders: Bool

    /// The corresponding C function is `rd_kafka_message_detach_headers`.
    public init(_ record: consuming Record) {
        timestamp = record.timestamp
        message = record.take()
        nativeHeaders = nil
        let code = rd_kafka_message_detach_headers(message, &nativeHeaders)
        lacksHeaders = code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR__NOENT
    }

    public var topicIdentity: UInt { UInt(bitPattern: message.pointee.rkt) }
    /// The name of the source's topic, created by each call.
    public var topic: TopicName { message.topicName }
    /// The partition at the source.
    public var partition: Int32 { message.pointee.partition }
    /// The offset at the source.
    public var offset: Int64 { message.pointee.offset }
    public var keyCount: Int? { message.keyBytes?.count }
    public var valueCount: Int? { message.valueBytes?.count }

    /// librdkafka reads the timestamp 0 as "now", so 1 is sent in its place.
    public var timestampWasZero: Bool { timestamp.kind != .none && timestamp.milliseconds == 0 }

    /// Sends another timestamp than the source's: for tests of what no writer here can write.
    mutating func overrideTimestamp(_ timestamp: Timestamp) { self.timestamp = timestamp }

    /// Same as ``Record/contentHash()``.
    public borrowing func contentHash() -> UInt64 { message.contentHash }

    /// A copy of it as it would be sent, with the headers that it has now.
    public borrowing func detached() -> OwnedRecord {
        var copy = OwnedRecord(copying: message)
        copy.headers.removeAll()
        HeaderAccess.forEach(in: nativeHeaders) { name, value in
            copy.headers.append(OwnedHeader(name: name.copied, value: value?.copied))
        }
        return copy
    }

    /// Removes every header of that name. The corresponding C function is `rd_kafka_header_remove`.
    public mutating func removeHeaders(named name: HeaderName) {
        if let nativeHeaders { HeaderAccess.remove(name, from: nativeHeaders) }
    }

    /// Adds a header behind the others. The corresponding C function is `rd_kafka_header_add`, which copies the value.
    public mutating func addHeader(named name: HeaderName, value: RawSpan) {
        value.withUnsafeBytes { add(name, $0) }
    }

    /// Adds a header behind the others; nil is a null value.
    public mutating func addHeader(named name: HeaderName, value: [UInt8]?) {
        guard let value else { return add(name, nil) }
        value.withUnsafeBytes { add(name, $0) }
    }

    private mutating func add(_ name: HeaderName, _ value: UnsafeRawBufferPointer?) {
        let headers = nativeHeaders ?? rd_kafka_headers_new(2)
        nativeHeaders = headers
        if let headers { HeaderAccess.add(name, value, to: headers) }
    }

    /// Calls `body` with the bytes of each header's name and value, nil for a null value; for weighing a record.
    ///
    /// The corresponding C function is `rd_kafka_header_get_all`.
    public borrowing func forEachHeaderSize(_ body: (_ name: Int, _ value: Int?) -> Void) {
        if let nativeHeaders { HeaderAccess.forEachSize(in: nativeHeaders, body) }
    }

    public var headerCount: Int { nativeHeaders.map { rd_kafka_header_cnt($0) } ?? 0 }

    /// The timestamp to hand to librdkafka, for which 0 means "now".
    var nativeTimestamp: Int64 {
        guard timestamp.kind != .none, timestamp.milliseconds != -1 else { return 0 }
        return timestamp.milliseconds == 0 ? 1 : timestamp.milliseconds
    }

    /// After a produce call took the headers over: the message itself stays with its slot.
    consuming func takeSent() -> UnsafeMutablePointer<rd_kafka_message_t> {
        let message = message
        discard self
        return message
    }

    deinit {
        if let nativeHeaders { rd_kafka_headers_destroy(nativeHeaders) }
        rd_kafka_message_destroy(message)
    }
}
