// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
internal import KafkaTypes

/// A client that several threads use: it is destroyed when the last one lets go.
///
/// `@unchecked Sendable`, since librdkafka's INTRODUCTION.md says under "Threads and callbacks": "The API is completely
/// thread-safe and the calling application may call any of the API functions from any of its own threads at any time."
/// Both pointers never change.
/// The corresponding C functions are `rd_kafka_new` and `rd_kafka_destroy_flags`.
final class ClientHandle: @unchecked Sendable {
    let pointer: OpaquePointer
    /// The client's main queue: errors, logs, and the answers to admin requests.
    let queue: OpaquePointer

    init(_ configuration: consuming NativeConfiguration, counting traffic: ClientTraffic?) throws(KafkaError) {
        pointer = try configuration.makeClient(counting: traffic)
        queue = rd_kafka_queue_get_main(pointer)
        // A consumer gets errors of its group on its own queue, such as that it is denied.
        if let consumer = rd_kafka_queue_get_consumer(pointer) {
            rd_kafka_queue_forward(consumer, queue)
            rd_kafka_queue_destroy(consumer)
        }
    }

    deinit {
        rd_kafka_queue_destroy(queue)
        // Nothing was ever consumed or committed here: there is nothing to close orderly, and closing may hang.
        destroyClient(pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
        _ = RefusedCertificates.take(from: pointer)
    }
}
