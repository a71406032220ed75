// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring

/// Progress rows on the target, and what the rest of the process sees of the lane.
extension Lane {
    func flushProgressIfDue() {
        guard now >= nextFlush else { return }
        nextFlush = now + settings.flushInterval
        flushProgress()
    }

    /// Writes a row for every partition whose acknowledged prefix has grown since its last row.
    func flushProgress() {
        guard clustersAreTheSame() else { return }
        // One row of a partition on its way is enough: while none is acknowledged, later ones would only pile up.
        for partition in partitions where !partition.isRemoved && partition.rowsInFlight == 0 {
            guard let offset = partition.rowDue else { continue }
            writeRow(partition, offset)
        }
    }

    private func writeRow(_ partition: LanePartition, _ offset: Int64) {
        guard !isSideBroken else { return }
        var headers: [(HeaderName, [UInt8]?)] = []
        if let witness = partition.witness, witness.sourceOffset <= offset {
            headers.append((Self.witnessHeader, witness.encoded))
        }
        do throws(KafkaError) {
            try side.enqueue(
                key: partition.progressKey, value: SourceOffsetRow.value(offset: offset), headers: headers,
                timestamp: nil, to: progressTopic, partition: partition.progressPartition,
                token: Token.progress(place: partition.index).rawValue)
            partition.rowHandedIn = offset
            partition.rowsInFlight += 1
            partition.isSkipWitnessDue = true
        } catch {
            // The next flush tries again; data goes on meanwhile, and a restart repeats more.
            totals.progressWriteErrors += 1
            totals.problem = "progress cannot be written to \(settings.progress.name): \(error.reason)"
            if error.isFatal || error.remedy == .recreateClient { isSideBroken = true }
        }
    }

    static let witnessHeader = HeaderName(Witness.headerName)

    func progressDelivered(_ delivery: borrowing Delivery, _ partition: LanePartition) {
        partition.rowsInFlight -= 1
        switch delivery.outcome {
        case .acknowledged:
            totals.progressWrites += 1
            totals.problem = nil
            if delivery.endsRun, let time = delivery.timeInProducer {
                totals.stages.progress.record(time / .seconds(1))
            }
            if partition.rowsInFlight == 0 { partition.rowAcknowledged = partition.rowHandedIn }
        case .failed(let code, _):
            totals.progressWriteErrors += 1
            totals.problem = "progress cannot be written to \(settings.progress.name): \(code.name)"
            partition.rowHandedIn = partition.rowAcknowledged
        }
    }

    /// At most ten times a second: the copy costs more than what it tells is worth.
    func publish(force: Bool, _ more: (inout LaneSnapshot) -> Void = { _ in }) {
        guard force || now >= nextPublish else { return }
        nextPublish = now + Self.publishInterval
        let buffered = Int64(inFlightBytes)
        handle.publish { snapshot in
            for partition in partitions where partition.isDirty {
                partition.isDirty = false
                snapshot.partitions[partition.source] =
                    partition.isRemoved ? nil : partition.snapshot(wallClock: wallClock, now: now)
            }
            snapshot.totals = totals
            snapshot.bufferedBytes = buffered
            more(&snapshot)
        }
    }

    // MARK: the end

    /// Stops taking, waits for what is in flight, writes the last progress.
    func drain() {
        guard let deadline = stopDeadline else { return }
        if !isAbandoned {
            wait(until: deadline) { inFlightRecords > 0 }
            // A row that was on its way may be older than what is due now.
            wait(until: deadline) { side.outstanding > 0 }
            flushProgress()
            wait(until: deadline) { side.outstanding > 0 }
        }
        main.close(purging: true)
        small.close(purging: true)
        side.close(purging: true)
    }

    /// What a lane that is given up leaves behind for its successor in this process.
    func unwrittenProgress() -> [TopicPartition: UnwrittenProgress] {
        guard isAbandoned, clustersAreTheSame() else { return [:] }
        var found: [TopicPartition: UnwrittenProgress] = [:]
        for partition in partitions where !partition.isRemoved && !partition.isStopped {
            guard let offset = partition.ledger.progress, offset != partition.rowAcknowledged else { continue }
            found[partition.source] = UnwrittenProgress(
                offset: offset, witness: partition.witness.flatMap { $0.sourceOffset <= offset ? $0 : nil },
                rows: [partition.rowAcknowledged, partition.rowHandedIn])
        }
        return found
    }

    private func wait(until deadline: ContinuousClock.Instant, while isWaiting: () -> Bool) {
        readClocks()
        while isWaiting(), now < deadline, !main.isBroken, !small.isBroken {
            serveDeliveries(within: .milliseconds(20), replacing: false)
            publish(force: false)
            readClocks()
        }
    }
}

extension LanePartition {
    /// The offset of the row that is due, if one is.
    var rowDue: Int64? {
        if let offset = ledger.progress { return offset == rowHandedIn ? nil : offset }
        return startRow == rowHandedIn ? nil : startRow
    }

    /// A start at the end is progress too: the next start must not jump over what comes in between. Of an empty log that is
    /// -1, which MirrorMaker reads as no progress.
    private var startRow: Int64? {
        if case .fresh(.at(let offset)) = start { return offset - 1 }
        return nil
    }

    func snapshot(wallClock: Int64, now: ContinuousClock.Instant) -> PartitionSnapshot {
        let age = now - lastMovedAt
        return PartitionSnapshot(
            targetTopic: targetTopic, nextOffset: ledger.nextOffset,
            oldestPendingTimestamp: ledger.oldestPendingTimestamp,
            inFlight: ledger.pendingCount, counters: counters, lastReplicatedTimestamp: lastReplicatedTimestamp,
            lastTargetOffset: ledger.lastTargetOffset, stop: stop,
            lastMovedAt: wallClock - Int64(age / .milliseconds(1)))
    }
}
