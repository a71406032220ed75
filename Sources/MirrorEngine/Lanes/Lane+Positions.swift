// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring

/// Where each partition is read, and what happens when that place is not what it was: never a silent jump.
extension Lane {
    /// Starts, or starts again, to fetch partitions at the place they need.
    func reassign(_ wanted: [LanePartition]) {
        let stale = wanted.filter(\.isAssigned).map(\.source)
        do {
            if !stale.isEmpty { try consumer.incrementalUnassign(stale) }
            let positions = wanted.filter { !$0.isStopped && !$0.isRemoved }.map { ($0.source, $0.fetchOffset) }
            guard !positions.isEmpty else { return }
            try consumer.incrementalAssign(positions)
            for partition in wanted { partition.isAssigned = true }
        } catch {
            handle.report(.warning(event: "lane.assign_failed", reason: "\(error)", wanted.first?.source))
        }
    }

    func unassign(_ partition: LanePartition) {
        guard partition.isAssigned else { return }
        partition.isAssigned = false
        do {
            try consumer.incrementalUnassign([partition.source])
        } catch {
            handle.report(.warning(event: "lane.unassign_failed", reason: "\(error)", partition.source))
        }
    }

    /// The partition stops, with the reason that people will read.
    func halt(
        _ partition: LanePartition, _ stop: PartitionStop, retryAt: ContinuousClock.Instant? = nil, isNew: Bool = true
    ) {
        partition.mode = .stopped(stop, retryAt: retryAt)
        partition.isDirty = true
        partition.probeQueue.removeAll()
        unassign(partition)
        if retryAt != nil { attention.insert(partition.index) } else { attention.remove(partition.index) }
        if isNew { handle.report(.stopped(partition.source, stop)) }
    }

    /// Detector D3. The first record read is the witness itself, so the proof costs no reader of its own.
    func verified(_ record: borrowing Record, by witness: Witness, _ partition: LanePartition) -> Bool {
        partition.mode = .flowing
        guard record.offset == witness.sourceOffset else { return true }  // expired or compacted away: unknown
        guard record.timestamp.milliseconds == witness.timestamp, record.contentHash() == witness.contentHash else {
            halt(
                partition,
                rewound(
                    partition,
                    "offset \(witness.sourceOffset) of \(partition.source) on \(settings.flow.source) holds another record "
                        + "than the one that was mirrored: the topic was recreated"))
            return false
        }
        return true
    }

    func reachedEnd(_ source: TopicPartition, at offset: Int64) {
        guard let place = places[source] else { return }
        let partition = partitions[place]
        switch partition.mode {
        case .verifying, .flowing, .probing: break
        case .draining, .held, .asking, .stopped: return
        }
        if let next = partition.ledger.nextToSubmit, offset < next { return endsEarly(partition, at: offset) }
        if case .verifying = partition.mode { partition.mode = .flowing }  // nothing is left of what the witness saw
        guard case .flowing = partition.mode else { return }
        partition.ledger.reachedEnd(at: offset)
        moved(partition)
    }

    /// The log ends before the position. Either it is not the log that was mirrored, or committed readers do not see
    /// as far as an open transaction lets others see: the flow asks where the log ends for everybody.
    private func endsEarly(_ partition: LanePartition, at offset: Int64) {
        guard partition.confirmedEnd != offset, partition.ledger.pendingCount == 0 else { return }
        partition.confirmedEnd = offset
        partition.isDoubted = true
        partition.mode = .asking
        unassign(partition)
        handle.report(.outOfRange(partition.source))
    }

    /// An error that the consumer met, of one partition or of the whole client.
    func failed(_ error: KafkaError, _ source: TopicPartition?, _ offset: Int64?) {
        // Told once at every start where the source grants no group: harmless, since no group is joined there.
        if error.code == .groupAuthorizationFailed { return }
        totals.fetchErrors[error.code.name, default: 0] += 1
        if source == nil { noteLostConnection(error.code) }
        guard let source, let place = places[source] else { return }
        let partition = partitions[place]
        guard !partition.isStopped, !partition.isRemoved else { return }
        switch error.code {
        case ._autoOffsetReset, .offsetOutOfRange:
            if case .asking = partition.mode { return }
            // The numbers that are answered are those of a later moment, when another log may have grown past the position.
            partition.isDoubted = true
            partition.mode = .asking
            unassign(partition)
            handle.report(.outOfRange(source))
        case ._unknownPartition, .unknownTopicOrPart, ._unknownTopic:
            partition.wasMissing = true
            halt(
                partition,
                PartitionStop(
                    state: .sourceMissing, code: error.code.name, offset: partition.ledger.nextOffset, limit: nil,
                    since: wallClock,
                    text: "\(settings.flow.source) has no \(source) any more; nothing is deleted on "
                        + "\(settings.flow.target). If it comes back as the same log, mirroring goes on by itself"),
                retryAt: now + settings.refusalRetryInterval)
        default:
            handle.report(.warning(event: "lane.fetch_failed", reason: error.reason, source))
        }
    }

    /// The flow could not ask, which says nothing about the partition: it asks again.
    func answerFailed(_ source: TopicPartition) {
        guard let place = places[source], case .asking = partitions[place].mode else { return }
        partitions[place].askAgainAt = now + .seconds(1)
        attention.insert(place)
    }

    func askAgain(_ partition: LanePartition) {
        guard let due = partition.askAgainAt, now >= due else { return }
        partition.askAgainAt = nil
        attention.remove(partition.index)
        handle.report(.outOfRange(partition.source))
    }

    /// The flow's answer to a question about a position. `nil` ends: the topic is not there.
    func answer(_ source: TopicPartition, start: Int64?, end: Int64?) {
        guard let place = places[source], case .asking = partitions[place].mode else { return }
        let partition = partitions[place]
        guard let start, let end else {
            failed(
                KafkaError(.unknownTopicOrPart, during: "list offsets", reason: "no such partition"),
                source, nil)
            return
        }
        guard let next = partition.ledger.nextToSubmit else { return resume(partition) }
        if next < start {
            partition.counters.lostRecords += start - next
            halt(partition, lost(partition, next: next, start: start))
        } else if next > end {
            halt(
                partition,
                rewound(
                    partition,
                    "\(partition.source) on \(settings.flow.source) ends at \(end), before the next offset to mirror \(next): "
                        + "it was truncated or recreated"))
        } else if partition.wasMissing {
            prove(partition, start: start, end: end)
        } else if partition.isDoubted, let witness = partition.witness, (start..<end).contains(witness.sourceOffset) {
            partition.isDoubted = false
            partition.mode = .verifying(witness)
            reassign([partition])
        } else {
            partition.isDoubted = false
            resume(partition)
        }
    }

    /// The meter was told that the partition is gone. librdkafka tells that late, and not at all when the topic is there
    /// again at its next look: nothing is read until the flow has asked once more.
    func doubt(_ source: TopicPartition) {
        guard let place = places[source] else { return }
        let partition = partitions[place]
        guard case .flowing = partition.mode else { return proveLater(partition) }
        partition.isDoubted = true
        partition.mode = .asking
        unassign(partition)
        handle.report(.sourceMissing(source))
    }

    private func prove(_ partition: LanePartition, start: Int64, end: Int64) {
        partition.wasMissing = false
        if let witness = partition.witness, witness.sourceOffset >= start, witness.sourceOffset < end {
            partition.mode = .verifying(witness)
            reassign([partition])
        } else if partition.ledger.committable == nil {
            // Nothing was mirrored before: whatever log this is, all of it is wanted.
            let lost = partition.ledger.restart(at: start)
            inFlightRecords -= lost.records
            inFlightBytes -= lost.bytes
            resume(partition)
        } else if start > 0, partition.ledger.nextToSubmit == start {
            // A new log starts at 0: this one is the old one, whose records have expired.
            resume(partition)
        } else {
            halt(
                partition,
                rewound(
                    partition,
                    "\(partition.source) on \(settings.flow.source) was deleted and is there again; nothing proves that it "
                        + "is the log that was mirrored"))
        }
    }

    private func resume(_ partition: LanePartition) {
        partition.mode = .flowing
        reassign([partition])
    }

    /// Detector D2 saw the log shrink: read again from the witness on.
    func verifyAgain(_ source: TopicPartition) {
        guard let place = places[source] else { return }
        let partition = partitions[place]
        guard case .flowing = partition.mode else { return proveLater(partition) }
        guard let witness = partition.witness else { return }
        partition.mode = .verifying(witness)
        reassign([partition])
    }

    /// What the meter saw is told once: kept until the partition can be looked at.
    private func proveLater(_ partition: LanePartition) {
        switch partition.mode {
        case .asking: partition.isDoubted = true
        case .held, .draining, .probing, .stopped(_, .some):
            partition.isProofDue = true
            attention.insert(partition.index)
        case .flowing, .verifying, .stopped: break
        }
    }

    private func lost(_ partition: LanePartition, next: Int64, start: Int64) -> PartitionStop {
        PartitionStop(
            state: .lostData, code: "OFFSET_OUT_OF_RANGE", offset: next, limit: start, since: wallClock,
            text: "\(partition.source) on \(settings.flow.source) now starts at \(start): \(start - next) offsets from "
                + "\(next) on are gone before they were mirrored. Accept the loss by setting its progress to \(start - 1) "
                + "(docs/operations.md, \"A partition has stopped\")")
    }

    private func rewound(_ partition: LanePartition, _ cause: String) -> PartitionStop {
        PartitionStop(
            state: .rewound, code: "LOG_CHANGED", offset: partition.ledger.nextOffset, limit: nil, since: wallClock,
            text: cause
                + ". Choose where to go on by setting its progress (docs/operations.md, \"A partition has stopped\")"
        )
    }
}
