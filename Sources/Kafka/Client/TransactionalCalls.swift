// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka

/// The calls of a transactional producer that wait for brokers. They are made on another thread than the producer's own, one at a
/// time, so that its owner goes on serving reports, without which a commit would never end.
///
/// Each waits a moment at most, and is then made again: a call that has timed out inside is resumed by the same call, and no other
/// is allowed. Close the producer only when none is under way.
public final class TransactionalCalls: Sendable {
    private let client: NativeAddress

    init(client: OpaquePointer) { self.client = NativeAddress(client) }

    /// Takes the transactional id: what an earlier producer with it has left open is aborted, and that producer can write no more.
    ///
    /// The corresponding C function is `rd_kafka_init_transactions`.
    public func initialise(within limit: Duration) throws(KafkaError) {
        try check(
            rd_kafka_init_transactions(client.pointer, limit.wholeMilliseconds), during: "take a transactional id")
    }

    /// Makes what was written since the transaction began visible for committed readers: all of it or nothing. The reports of all
    /// its records have been served before.
    ///
    /// The corresponding C function is `rd_kafka_commit_transaction`.
    public func commit(within limit: Duration) throws(KafkaError) {
        try check(rd_kafka_commit_transaction(client.pointer, limit.wholeMilliseconds), during: "commit a transaction")
    }

    /// The corresponding C function is `rd_kafka_abort_transaction`.
    public func abort(within limit: Duration) throws(KafkaError) {
        try check(rd_kafka_abort_transaction(client.pointer, limit.wholeMilliseconds), during: "abort a transaction")
    }
}

extension Producer {
    /// Begins a transaction; waits for no broker.
    ///
    /// The corresponding C function is `rd_kafka_begin_transaction`.
    public func beginTransaction() throws(KafkaError) {
        try check(rd_kafka_begin_transaction(openClient()), during: "begin a transaction")
    }

    /// For the thread that waits.
    public func transactionalCalls() throws(KafkaError) -> TransactionalCalls {
        TransactionalCalls(client: try openClient())
    }
}
