// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes

extension KafkaErrorCode {
    /// librdkafka's sentence for it: `Broker: Message size too large`. The corresponding C function is `rd_kafka_err2str`.
    public var sentence: String { String(cString: rd_kafka_err2str(rd_kafka_resp_err_t(rawValue: rawValue))) }

    init(_ native: rd_kafka_resp_err_t) { self.init(rawValue: native.rawValue) }
}

extension KafkaError {
    /// From a bare code, with librdkafka's sentence for it unless there is a better one.
    init(_ code: rd_kafka_resp_err_t, during operation: String, reason: String? = nil, isFatal: Bool = false) {
        let text = reason.flatMap { $0.isEmpty ? nil : $0 } ?? String(cString: rd_kafka_err2str(code))
        self.init(KafkaErrorCode(code), during: operation, reason: text, isFatal: isFatal)
    }

    /// Takes over an error object and frees it. The corresponding C function is `rd_kafka_error_destroy`.
    init(consuming error: OpaquePointer, during operation: String) {
        self.init(copying: error, during: operation)
        rd_kafka_error_destroy(error)
    }

    /// From an error object that stays with its owner (a result of an admin call).
    init(copying error: OpaquePointer, during operation: String) {
        let isFatal = rd_kafka_error_is_fatal(error) != 0
        let remedy: Remedy? =
            if isFatal { .recreateClient } else if rd_kafka_error_txn_requires_abort(error) != 0 {
                .abortTransaction
            } else if rd_kafka_error_is_retriable(error) != 0 { .retry } else { nil }
        self.init(
            KafkaErrorCode(rd_kafka_error_code(error)), during: operation,
            reason: String(cString: rd_kafka_error_string(error)), remedy: remedy, isFatal: isFatal)
    }
}

/// Throws when a call answered with a code other than success.
func check(_ code: rd_kafka_resp_err_t, during operation: String) throws(KafkaError) {
    if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(code, during: operation) }
}

/// Throws when a call answered with an error object, which is freed.
func check(_ error: OpaquePointer?, during operation: String) throws(KafkaError) {
    if let error { throw KafkaError(consuming: error, during: operation) }
}

/// The one place with an error buffer: 512 bytes, as librdkafka's own examples have it.
func withErrorText<Result>(_ body: (UnsafeMutablePointer<CChar>, Int) -> Result) -> (Result, text: String) {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
        buffer.initialize(repeating: 0)
        guard let base = buffer.baseAddress else { preconditionFailure("an error buffer of 512 bytes has no address") }
        let result = body(base, buffer.count)
        return (result, String(cString: base))
    }
}

extension Duration {
    /// For C calls: at least 0, at most what an `int` holds; anything above zero waits at least a millisecond.
    var wholeMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        if seconds < 0 || attoseconds < 0 { return 0 }
        if seconds > 2_000_000 { return 2_000_000_000 }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
