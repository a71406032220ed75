// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka

/// When a record was made or stored.
public struct Timestamp: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// The producer's clock.
        case create
        /// The broker's clock.
        case append
        /// The record has none.
        case none
    }

    /// Milliseconds since 1970, UTC; -1 where there is none.
    public var milliseconds: Int64
    public var kind: Kind

    public init(milliseconds: Int64, kind: Kind) {
        self.milliseconds = milliseconds
        self.kind = kind
    }

    /// The corresponding C function is `rd_kafka_message_timestamp`.
    init(of message: UnsafePointer<rd_kafka_message_t>) {
        var type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        milliseconds = rd_kafka_message_timestamp(message, &type)
        kind =
            switch type {
            case RD_KAFKA_TIMESTAMP_CREATE_TIME: .create
            case RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME: .append
            default: .none
            }
    }
}
