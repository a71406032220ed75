// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka

/// A queue of a client. It must be dropped before its client is destroyed. The corresponding C type is
/// `rd_kafka_queue_t`.
struct EventQueue: ~Copyable {
    let pointer: OpaquePointer

    /// Takes the reference over.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    /// The queue of errors, logs and delivery reports. The corresponding C function is `rd_kafka_queue_get_main`.
    static func main(of client: OpaquePointer) -> EventQueue { EventQueue(owning: rd_kafka_queue_get_main(client)) }

    /// The queue of records and of what concerns single partitions, nil for a producer.
    /// The corresponding C function is `rd_kafka_queue_get_consumer`.
    static func consumer(of client: OpaquePointer) -> EventQueue? {
        guard let queue = rd_kafka_queue_get_consumer(client) else { return nil }
        return EventQueue(owning: queue)
    }

    /// Waits for the next event. The corresponding C function is `rd_kafka_queue_poll`.
    func poll(for wait: Duration) -> NativeEvent? { poll(milliseconds: wait.wholeMilliseconds) }

    func poll(milliseconds: Int32) -> NativeEvent? {
        guard let event = rd_kafka_queue_poll(pointer, milliseconds) else { return nil }
        return NativeEvent(owning: event)
    }

    deinit { rd_kafka_queue_destroy(pointer) }
}
