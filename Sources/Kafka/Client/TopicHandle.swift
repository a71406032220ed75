// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes

/// A topic of one producer, looked up once. It belongs to that producer, and is of no use after it was closed.
///
/// The corresponding C type is `rd_kafka_topic_t`.
public final class TopicHandle {
    public let name: TopicName
    /// nil once the producer is closed.
    private(set) var pointer: OpaquePointer?

    /// The corresponding C function is `rd_kafka_topic_new`.
    init(_ name: TopicName, of client: OpaquePointer) throws(KafkaError) {
        guard let pointer = rd_kafka_topic_new(client, name.rawValue, nil) else {
            throw KafkaError(rd_kafka_last_error(), during: "open the topic \(name)")
        }
        self.name = name
        self.pointer = pointer
    }

    /// The corresponding C function is `rd_kafka_topic_destroy`.
    func close() {
        if let pointer { rd_kafka_topic_destroy(pointer) }
        pointer = nil
    }

    deinit { close() }
}
