// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
internal import KafkaTypes

/// Something that a queue delivered. The corresponding C type is `rd_kafka_event_t`; dropping it frees it.
struct NativeEvent: ~Copyable {
    let pointer: OpaquePointer

    /// Takes the event over.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    /// One of `RD_KAFKA_EVENT_…`.
    var type: Int32 { rd_kafka_event_type(pointer) }

    /// The error of an ERROR event or of a whole admin request; a fatal one is asked for what is behind it.
    ///
    /// The corresponding C functions are `rd_kafka_event_error` and `rd_kafka_fatal_error`.
    func error(of client: OpaquePointer, during operation: String) -> KafkaError? {
        let code = rd_kafka_event_error(pointer)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        var reason = rd_kafka_event_error_string(pointer).map { String(cString: $0) }
        if code == RD_KAFKA_RESP_ERR__AUTHENTICATION, let told = reason, told.contains("SCRAM"),
            let caveat = Clients.scramCaveat
        {
            reason = "\(told) (\(caveat))"
        }
        guard rd_kafka_event_error_is_fatal(pointer) != 0 else {
            return KafkaError(code, during: operation, reason: reason)
        }
        let (cause, text) = withErrorText { rd_kafka_fatal_error(client, $0, $1) }
        let isKnown = cause != RD_KAFKA_RESP_ERR_NO_ERROR
        return KafkaError(isKnown ? cause : code, during: operation, reason: isKnown ? text : reason, isFatal: true)
    }

    deinit { rd_kafka_event_destroy(pointer) }
}
