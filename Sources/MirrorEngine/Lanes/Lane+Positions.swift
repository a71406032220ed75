// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Kafka
import KafkaTypes
import Telemetry

/// What the consumer tells of a partition beside its records.
extension Lane {
    func reachedEnd(_ source: TopicPartition, at offset: Int64) {
        guard let place = places[source] else { return }
        let partition = partitions[place]
        feed(partition) { $0.reachedEnd(at: offset, &$1) }
        if partition.machine.ledger.pendingCount == 0 { moved(partition) }
    }

    /// An error that the consumer met, of one partition or of the whole client.
    func failed(_ error: KafkaError, _ source: TopicPartition?, _ offset: Int64?) {
        // Told once at every start where the source grants no group: harmless, since no group is joined there.
        if error.code == .groupAuthorizationFailed { return }
        totals.fetchErrors[error.code.name, default: 0] += 1
        guard let source else { return noteLostConnection(error.code) }
        switch error.code {
        case ._autoOffsetReset, .offsetOutOfRange: feed(source) { $0.outOfRange(&$1) }
        case ._unknownPartition, .unknownTopicOrPart, ._unknownTopic:
            feed(source) { [moment] in $0.sourceMissing(error.code, moment, &$1) }
        case ._badMsg, ._badCompression, ._notImplemented:
            // With an offset it is about the log, without one about an answer, which is asked for again.
            if let offset { return feed(source) { [moment] in $0.unreadable(error.code, at: offset, moment, &$1) } }
            handle.report(.warning(event: .laneFetchFailed, reason: error.reason, source))
        default:
            handle.report(.warning(event: .laneFetchFailed, reason: error.reason, source))
        }
    }
}
