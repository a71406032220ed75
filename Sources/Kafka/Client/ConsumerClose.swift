// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
internal import Platform

/// Closes a consumer within a deadline, answering what rebalances it still has with "unassign".
///
/// librdkafka 2.0.2 may never finish closing after a topic was lost; the caller then destroys it without.
/// The corresponding C functions are `rd_kafka_consumer_close_queue` and `rd_kafka_consumer_closed`.
/// - Returns: whether it was closed in time.
func closeConsumer(_ client: OpaquePointer, by deadline: ContinuousClock.Instant) -> Bool {
    let queue = EventQueue(owning: rd_kafka_queue_new(client))
    if let error = rd_kafka_consumer_close_queue(client, queue.pointer) {
        rd_kafka_error_destroy(error)
        return false
    }
    while rd_kafka_consumer_closed(client) == 0 {
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { return false }
        // Short waits: nothing is sent to the queue when the close is complete.
        if let event = queue.poll(for: min(left, .milliseconds(10))), event.type == RD_KAFKA_EVENT_REBALANCE {
            giveUpAssignment(of: client)
        }
    }
    return true
}

/// Destroys a consumer on a thread of its own. librdkafka 2.0.2 may never come back from that after its partition was lost,
/// or another cluster took its broker's address (fixed in 2.1.0): the client is then left behind, with its threads.
///
/// The corresponding C function is `rd_kafka_destroy_flags`.
/// - Returns: whether it was destroyed in time.
func destroyConsumer(_ client: OpaquePointer, by deadline: ContinuousClock.Instant) -> Bool {
    let done = Mailbox<Void>()
    let address = UInt(bitPattern: client)
    detachThread(name: "rdk-destroy") {
        guard let client = OpaquePointer(bitPattern: address) else { return }
        destroyClient(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
        done.post(())
    }
    return !done.takeAll(within: deadline - .now).isEmpty
}

/// Answers a revocation while closing. The corresponding C functions are `rd_kafka_incremental_unassign` and
/// `rd_kafka_assign`.
func giveUpAssignment(of client: OpaquePointer) {
    guard usesCooperativeProtocol(client) else {
        rd_kafka_assign(client, nil)
        return
    }
    var assigned: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    guard rd_kafka_assignment(client, &assigned) == RD_KAFKA_RESP_ERR_NO_ERROR, let assigned else { return }
    if let error = rd_kafka_incremental_unassign(client, assigned) { rd_kafka_error_destroy(error) }
    rd_kafka_topic_partition_list_destroy(assigned)
}

/// The corresponding C function is `rd_kafka_rebalance_protocol`.
func usesCooperativeProtocol(_ client: OpaquePointer) -> Bool {
    rd_kafka_rebalance_protocol(client).map { String(cString: $0) == "COOPERATIVE" } ?? false
}
