// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring

/// What the target says about each record, and what happens when it says no.
extension Lane {
    /// Serves what has come; waits at most `wait` for the first report.
    func serveDeliveries(within wait: Duration, replacing: Bool = true) {
        var wait = wait
        if let producer = main.producer {
            producer.pollDeliveries(within: producer.outstanding > 0 ? wait : .zero) { delivered($0) }
            if producer.outstanding > 0 { wait = .zero }
            for failure in producer.takeFailures() { noteFailure(failure, isMain: true) }
        }
        if let producer = small.producer {
            producer.pollDeliveries(within: .zero) { delivered($0) }
            for failure in producer.takeFailures() { noteFailure(failure, isMain: false) }
        }
        side.pollDeliveries(within: wait) { delivered($0) }
        for failure in side.takeFailures() {
            totals.produceErrors[failure.code.name, default: 0] += 1
            if failure.isFatal { isSideBroken = true }
        }
        if replacing { replaceBrokenProducers() }
    }

    private func delivered(_ delivery: borrowing Delivery) {
        let token = Token(rawValue: delivery.token)
        let partition = partitions[token.place]
        if token.isProgress {
            progressDelivered(delivery, partition)
            return
        }
        guard !partition.isRemoved else { return }
        switch delivery.outcome {
        case .acknowledged(let targetOffset):
            acknowledged(delivery, at: targetOffset, sequence: token.sequence, partition)
        case .failed(let code, _):
            failed(code, sequence: token.sequence, partition)
        }
    }

    private func acknowledged(
        _ delivery: borrowing Delivery, at targetOffset: Int64, sequence: UInt32, _ partition: LanePartition
    ) {
        let entry: OffsetLedger.Entry
        switch partition.ledger.acknowledge(sequence, targetOffset: targetOffset) {
        case .done(let done): entry = done
        case .stale: return
        case .targetFell(let last): return targetWasReset(partition, last: last, now: targetOffset)
        }
        inFlightRecords -= 1
        inFlightBytes -= entry.size
        lastAcknowledgement = now
        totals.lastAcknowledgedAt = wallClock
        partition.counters.replicatedRecords += 1
        partition.counters.replicatedBytes += Int64(entry.size)
        if entry.timestamp >= 0 {
            totals.replicationLatency.record(Double(max(0, wallClock - entry.timestamp)) / 1000)
            partition.lastReplicatedTimestamp = entry.timestamp
        }
        if delivery.endsRun { ranToEnd(delivery, entry, at: targetOffset, partition) }
        if partition.usesSmallProducer { small.noteSuccess() } else { main.noteSuccess() }
        moved(partition)
        if partition.isProbeInFlight { probePassed(partition, entry.offset) }
    }

    /// The last of several reports for one partition.
    private func ranToEnd(
        _ delivery: borrowing Delivery, _ entry: OffsetLedger.Entry, at targetOffset: Int64, _ partition: LanePartition
    ) {
        if let time = delivery.timeInProducer { totals.stages.produce.record(time / .seconds(1)) }
        // Hashed once per run and not per record: a witness is needed only where a progress row may end.
        if let hash = delivery.contentHash() {
            partition.witness = Witness(
                clusterID: settings.sourceID, sourceOffset: entry.offset, timestamp: entry.timestamp,
                contentHash: hash, targetOffset: targetOffset)
        }
    }

    private func failed(_ code: KafkaErrorCode, sequence: UInt32, _ partition: LanePartition) {
        totals.produceErrors[code.name, default: 0] += 1
        partition.isDirty = true
        if partition.isProbeInFlight {
            probeFailed(partition, code)
            return
        }
        if let entry = partition.ledger.entry(sequence), Refusal.isRefusal(code) {
            partition.suspectUntil = max(partition.suspectUntil, entry.offset)
            attention.insert(partition.index)
        }
        if partition.usesSmallProducer { small.isBroken = true } else { main.isBroken = true }
    }

    private func noteFailure(_ failure: KafkaError, isMain: Bool) {
        totals.produceErrors[failure.code.name, default: 0] += 1
        guard failure.isFatal else { return }
        if isMain { main.isBroken = true } else { small.isBroken = true }
        // The gapless guarantee's own death is how a refused batch shows: the reports tell the cause.
        if failure.code != ._gaplessGuarantee {
            handle.report(.warning(event: "lane.producer_failed", reason: failure.reason, nil))
        }
    }

    private func replaceBrokenProducers() {
        if main.isBroken { replace(small: false) }
        if small.isBroken { replace(small: true) }
        if isSideBroken, now >= sideResumesAt { replaceSide() }
    }

    /// Rows and probes that the dead client held are written again.
    private func replaceSide() {
        sideResumesAt = now + .seconds(1)
        totals.producerRestarts += 1
        do {
            let made = try Producer(
                sideProperties, clientID: "tern|\(settings.flow)|\(settings.lane)|side",
                traffic: settings.traffic.progress)
            progressTopic = try made.topic(named: settings.progress.name)
            side.close(purging: true)
            side = made
            isSideBroken = false
        } catch {
            return handle.report(.warning(event: "lane.producer_failed", reason: "\(error)", nil))
        }
        for partition in partitions {
            partition.sideTopic = nil
            partition.rowsInFlight = 0
            partition.rowHandedIn = partition.rowAcknowledged
            guard partition.isProbeInFlight else { continue }
            partition.isProbeInFlight = false
            let lost = partition.ledger.rewind()
            inFlightRecords -= lost.records
            inFlightBytes -= lost.bytes
            retryProbe(partition)
        }
    }

    /// Destroys the producer and reads again, from the first unacknowledged record of each partition, what it held.
    private func replace(small isSmall: Bool) {
        totals.producerRestarts += 1
        if isSmall { small.discard(at: now) } else { main.discard(at: now) }
        var again: [LanePartition] = []
        for partition in partitions where partition.usesSmallProducer == isSmall && !partition.isRemoved {
            partition.topic = nil
            if case .probing = partition.mode { continue }  // what it has in flight is the side producer's
            let lost = partition.ledger.rewind()
            inFlightRecords -= lost.records
            inFlightBytes -= lost.bytes
            guard lost.records > 0 || isSuspect(partition) || partition.mustReadAgain else { continue }
            partition.mustReadAgain = false
            if case .flowing = partition.mode { again.append(partition) }
        }
        for partition in again where isSuspect(partition) { enterProbing(partition) }
        reassign(again)
    }

    func isSuspect(_ partition: LanePartition) -> Bool {
        guard let next = partition.ledger.nextToSubmit else { return false }
        return partition.suspectUntil >= next
    }

    /// Detector D5: acknowledged offsets of a partition only rise, unless another log stands in its place.
    private func targetWasReset(_ partition: LanePartition, last: Int64, now offset: Int64) {
        let lost = partition.ledger.rewind()
        inFlightRecords -= lost.records
        inFlightBytes -= lost.bytes
        halt(
            partition,
            PartitionStop(
                state: .targetReset, code: "TARGET_RESET", offset: partition.ledger.nextOffset, limit: nil,
                since: wallClock,
                text: """
                    \(partition.targetTopic)/\(partition.source.partition) on \(settings.flow.target) acknowledged offset \
                    \(offset) after \(last): the topic was recreated or truncated. Copy it anew by resetting its progress \
                    (docs/operations.md, "A partition has stopped")
                    """))
    }
}
