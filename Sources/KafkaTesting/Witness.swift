// SPDX-License-Identifier: Apache-2.0
public import Kafka
public import KafkaTypes

/// What an independent reader and writer sees, without any of the code under test above the client.
public enum Witness {
    /// Reads every partition of a topic from its beginning to its end, in order of partition, then offset.
    ///
    /// - Parameter partitions: how many the topic has.
    public static func records(
        of topic: TopicName, partitions: Int, at bootstrapServers: String, within limit: Duration = .seconds(20),
        properties: KeyValuePairs<String, String> = [:]
    ) throws -> [OwnedRecord] {
        let consumer = try Consumer(
            .testConsumer(bootstrapServers).merging(ClientProperties(properties)), clientID: "witness")
        defer { consumer.close(by: .now + .seconds(5)) }
        let all = (0..<Int32(partitions)).map { TopicPartition(topic, $0) }
        try consumer.assign(all.map { ($0, .beginning) })
        var ended: Set<TopicPartition> = []
        var records: [OwnedRecord] = []
        try eventually(
            within: limit, "the end of \(topic)",
            polling: {
                guard let event = consumer.nextEvent(within: .milliseconds(100)) else { return false }
                switch consume event {
                case .record(let record): records.append(record.detached())
                case .partitionEnd(let partition, _): ended.insert(partition)
                case .failure(let error, let partition, _): if partition != nil { throw error }
                }
                return ended.count == partitions
            })
        return records.sorted { ($0.partition, $0.offset) < ($1.partition, $1.offset) }
    }

    /// Writes records and waits until all are acknowledged. Their offsets are ignored; a timestamp of kind `.none` is now.
    ///
    /// - Returns: the offset each was given, in the order of `records`; -1 is unknown.
    @discardableResult
    public static func write(
        _ records: [OwnedRecord], to bootstrapServers: String, within limit: Duration = .seconds(20),
        properties: KeyValuePairs<String, String> = [:]
    ) throws -> [Int64] {
        let producer = try Producer(
            .testProducer(bootstrapServers).merging(ClientProperties(properties)), clientID: "writer")
        defer { producer.close(purging: true) }
        var offsets = [Int64](repeating: -1, count: records.count)
        var failure: KafkaError?
        func serve(_ wait: Duration) {
            producer.pollDeliveries(within: wait) { delivery in
                switch delivery.outcome {
                case .acknowledged(let offset): offsets[Int(delivery.token)] = offset
                case .failed(let code, _): failure = KafkaError(code, during: "write", reason: "refused")
                }
            }
        }
        for (index, record) in records.enumerated() {
            let topic = try producer.topic(named: record.topic)
            while true {
                do throws(KafkaError) {
                    try producer.enqueue(
                        key: record.key, value: record.value,
                        headers: record.headers.map {
                            (HeaderName(String(decoding: $0.name, as: UTF8.self)), $0.value)
                        },
                        timestamp: record.timestamp.kind == .none ? nil : record.timestamp.milliseconds, to: topic,
                        partition: record.partition, token: UInt64(index))
                    break
                } catch {
                    guard error.code == ._queueFull else { throw error }
                    serve(.milliseconds(100))
                }
            }
        }
        try eventually(
            within: limit, "acknowledgements",
            polling: {
                serve(.milliseconds(100))
                if let failure { throw failure }
                return producer.outstanding == 0
            })
        return offsets
    }
}

extension OwnedRecord {
    /// A record to be written, with text where bytes do not matter.
    public static func sample(
        _ topic: TopicName, _ partition: Int32, key: String? = nil, value: String?, timestamp: Int64? = nil,
        headers: [OwnedHeader] = []
    ) -> OwnedRecord {
        OwnedRecord(
            topic: topic, partition: partition, offset: 0,
            timestamp: Timestamp(milliseconds: timestamp ?? -1, kind: timestamp == nil ? .none : .create),
            key: key.map { Array($0.utf8) }, value: value.map { Array($0.utf8) }, headers: headers)
    }

    /// The same without its place: what must be equal on both sides of a mirror.
    public var content: OwnedRecord {
        var content = self
        content.offset = 0
        return content
    }
}
