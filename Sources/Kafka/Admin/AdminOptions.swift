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
