// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// What went wrong in a call to Kafka, or was reported by a client: callers look at ``remedy``, people read ``reason``.
public struct KafkaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a caller can do about it.
    public enum Remedy: Sendable, Hashable {
        /// The same call may be made again.
        case retry
        /// The transaction must be aborted; the producer stays usable.
        case abortTransaction
        /// This client is of no use any more: destroy it and make a new one.
        case recreateClient
        /// Nothing helps without a change by people: a permission, a setting, a name.
        case giveUp
    }

    public var code: KafkaErrorCode
    /// What was being done, as a phrase: "create topics".
    public var operation: String
    /// What librdkafka or the broker said.
    public var reason: String
    public var remedy: Remedy
    /// Whether the client that reported it is dead.
    public var isFatal: Bool

    public init(
        _ code: KafkaErrorCode, during operation: String, reason: String, remedy: Remedy? = nil, isFatal: Bool = false
    ) {
        self.code = code
        self.operation = operation
        self.reason = reason
        self.remedy = remedy ?? (isFatal ? .recreateClient : Self.usualRemedy(for: code))
        self.isFatal = isFatal
    }

    /// `create topics: Topic 'x' already exists. (TOPIC_ALREADY_EXISTS)`
    public var description: String { "\(operation): \(reason) (\(code.name))" }

    /// The remedy where librdkafka gives a bare code: what passes by itself may be tried again, all else is given up.
    private static func usualRemedy(for code: KafkaErrorCode) -> Remedy {
        switch code {
        case ._timedOut, ._timedOutQueue, ._transport, ._allBrokersDown, ._queueFull, ._waitCoord, ._waitCache,
            ._resolve, ._msgTimedOut, ._retry, ._interrupted, ._inProgress, ._prevInProgress, ._noOffset,
            .leaderNotAvailable, .notLeaderForPartition, .requestTimedOut, .brokerNotAvailable, .replicaNotAvailable,
            .networkException, .coordinatorLoadInProgress, .coordinatorNotAvailable, .notCoordinator,
            .notEnoughReplicas, .notEnoughReplicasAfterAppend, .rebalanceInProgress, .notController,
            .concurrentTransactions, .kafkaStorageError, .offsetNotAvailable, .unstableOffsetCommit,
            .throttlingQuotaExceeded, .fencedLeaderEpoch, .unknownLeaderEpoch, .reassignmentInProgress:
            .retry
        case ._fatal, ._fenced, ._gaplessGuarantee, ._destroy, .producerFenced, .outOfOrderSequenceNumber,
            .unknownProducerId, .invalidProducerEpoch:
            .recreateClient
        case .transactionAbortable, .invalidTxnState, ._inconsistent:
            .abortTransaction
        default:
            .giveUp
        }
    }
}

extension KafkaErrorCode {
    /// The call was cancelled, or its client was closed. The corresponding C constant is `RD_KAFKA_RESP_ERR__INTR`.
    public static var _interrupted: KafkaErrorCode { ._intr }
}
