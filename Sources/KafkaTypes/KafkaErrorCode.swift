// SPDX-License-Identifier: Apache-2.0

/// The code of an error: a broker's (positive) or librdkafka's own (below -1, names with a leading underscore).
///
/// A code that this table does not know is kept as it came. The corresponding C type is `rd_kafka_resp_err_t`.
public struct KafkaErrorCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }
    init(_ rawValue: Int32) { self.rawValue = rawValue }

    /// No error. The corresponding C constant is `RD_KAFKA_RESP_ERR_NO_ERROR`.
    public static let noError = KafkaErrorCode(0)

    /// Kafka's own word for it, as brokers' logs and Kafka's documentation have it: `MSG_SIZE_TOO_LARGE`. Codes of
    /// librdkafka begin with an underscore: `_TIMED_OUT`.
    public var name: String { Self.names[rawValue] ?? "ERROR_\(rawValue)" }

    public var description: String { name }

    /// Whether librdkafka raised it rather than a broker.
    public var isLocal: Bool { rawValue < -1 }
}
