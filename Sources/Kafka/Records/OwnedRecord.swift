// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes

/// One header of an ``OwnedRecord``. Names are bytes: Kafka says UTF-8, but nobody checks.
public struct OwnedHeader: Sendable, Hashable {
    public var name: [UInt8]
    /// nil is a null value, which is not the same as an empty one.
    public var value: [UInt8]?

    public init(name: [UInt8], value: [UInt8]?) {
        self.name = name
        self.value = value
    }

    public init(_ name: String, _ value: String?) {
        self.init(name: Array(name.utf8), value: value.map { Array($0.utf8) })
    }
}

/// A record copied out of its consumer: for internal topics, comparisons and tests.
public struct OwnedRecord: Sendable, Hashable {
    public var topic: TopicName
    public var partition: Int32
    public var offset: Int64
    public var timestamp: Timestamp
    /// nil is a null key, which is not the same as an empty one.
    public var key: [UInt8]?
    /// nil is a null value (a tombstone), which is not the same as an empty one.
    public var value: [UInt8]?
    public var headers: [OwnedHeader]

    public init(
        topic: TopicName, partition: Int32, offset: Int64, timestamp: Timestamp, key: [UInt8]?, value: [UInt8]?,
        headers: [OwnedHeader] = []
    ) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
    }

    init(copying message: UnsafeMutablePointer<rd_kafka_message_t>) {
        var headers: [OwnedHeader] = []
        HeaderAccess.forEach(in: message.headers) { name, value in
            headers.append(OwnedHeader(name: name.copied, value: value?.copied))
        }
        self.init(
            topic: message.topicName, partition: message.pointee.partition, offset: message.pointee.offset,
            timestamp: Timestamp(of: message), key: message.keyBytes.map { Array($0) },
            value: message.valueBytes.map { Array($0) }, headers: headers)
    }

    /// The same number as ``Record/contentHash()`` of the record this was copied from.
    public var contentHash: UInt64 {
        func hash(_ key: UnsafeRawBufferPointer?) -> UInt64 {
            guard let value else { return ContentHash.of(key: key, value: nil) }
            return value.withUnsafeBytes { ContentHash.of(key: key, value: $0) }
        }
        guard let key else { return hash(nil) }
        return key.withUnsafeBytes { hash($0) }
    }
}

extension RawSpan {
    var copied: [UInt8] { withUnsafeBytes { Array($0) } }
}
