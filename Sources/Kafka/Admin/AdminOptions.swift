// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
internal import KafkaTypes

/// How an admin request is made. The corresponding C type is `rd_kafka_AdminOptions_t`.
struct AdminOptions: ~Copyable {
    let pointer: OpaquePointer

    /// - Parameter id: comes back with the event, as its opaque.
    /// - Returns: nil where this librdkafka does not know the request.
    init?(_ kind: rd_kafka_admin_op_t, of client: OpaquePointer, id: UInt) {
        guard let pointer = rd_kafka_AdminOptions_new(client, kind) else { return nil }
        self.pointer = pointer
        rd_kafka_AdminOptions_set_opaque(pointer, UnsafeMutableRawPointer(bitPattern: id))
    }

    /// The longest that librdkafka takes.
    static let longestTimeout = Duration.seconds(3600)

    /// Whether a request waits for a group's coordinator. librdkafka (2.0.2 and later ones) frees such a request when its
    /// time is up and uses it all the same when the coordinator comes back, which aborts the process ("eonce->refcnt > 0").
    /// So its time must not be up: the caller stops to wait by itself, and closes the client where the coordinator may stay
    /// away for an hour.
    static func outlivesCoordinator(_ kind: rd_kafka_admin_op_t) -> Bool {
        [
            RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS,
            RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS,
            RD_KAFKA_ADMIN_OP_DELETEGROUPS,
        ].contains(kind)
    }

    /// How long to wait for the answer: at least a millisecond, at most the hour that librdkafka takes.
    func setRequestTimeout(_ limit: Duration) throws(KafkaError) {
        let milliseconds = min(max(1, limit.wholeMilliseconds), 3_600_000)
        let (code, text) = withErrorText {
            rd_kafka_AdminOptions_set_request_timeout(pointer, milliseconds, $0, $1)
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(code, during: "make an admin request", reason: text)
        }
    }

    /// How long the controller itself may wait until a change has reached the brokers.
    func setOperationTimeout(_ limit: Duration) {
        _ = withErrorText {
            rd_kafka_AdminOptions_set_operation_timeout(pointer, min(limit.wholeMilliseconds, 3_600_000), $0, $1)
        }
    }

    /// Asks what would happen, without doing it.
    func setValidateOnly(_ isOn: Bool) throws(KafkaError) {
        guard isOn else { return }
        let (code, text) = withErrorText { rd_kafka_AdminOptions_set_validate_only(pointer, 1, $0, $1) }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(code, during: "make an admin request", reason: text)
        }
    }

    /// Leaves out what an open transaction may still change: such an answer is refused instead.
    func setRequiresStableOffsets() throws(KafkaError) {
        try check(rd_kafka_AdminOptions_set_require_stable_offsets(pointer, 1), during: "make an admin request")
    }

    deinit { rd_kafka_AdminOptions_destroy(pointer) }
}
