// SPDX-License-Identifier: Apache-2.0
import Telemetry
import TernConfiguration
import Kafka
import KafkaTypes
import Mirroring

/// What the target says about each record, and what happens when it says no.
extension Lane {
    /// Serves what has come; waits at most `wait` for the first report.
    func serveDeliveries(within wait: Duration, replacing: Bool = true) {
        for failure in delivery.serve(within: wait, { delivered($0) }) {
            totals.produceErrors[failure.error.code.name, default: 0] += 1
            if failure.isNews {
                handle.report(.warning(event: .laneProducerFailed, reason: failure.error.reason, nil))
            }
        }
        guard replacing else { return }
        replaceBrokenProducers()
        serveReportedSingles()
    }

    /// Not from within a report: sending may serve reports again.
    func serveReportedSingles() {
        let reported = singlesReported
        singlesReported.removeAll()
        for place in reported { serveParked(partitions[place]) }
    }

    private func delivered(_ delivery: borrowing Delivery) {
        let token = Token(rawValue: delivery.token)
        let partition = partitions[token.place]
        if transactions != nil { return hold(delivery, token, partition) }
        if token.isProgress {
            if token.isMapRow { mapRowDelivered(delivery, partition) } else { progressDelivered(delivery, partition) }
            return
        }
        switch delivery.outcome {
        case .acknowledged(let targetOffset):
            let envelope = partition.machine.isEnvelopeInFlight ? partition.kept : nil
            guard let entry = acknowledged(at: targetOffset, sequence: token.sequence, partition) else { return }
            if let envelope { return partition.machine.renewWitness(envelope.witness, isSkipped: false) }
            partition.copies?.acknowledged(source: entry.offset, target: targetOffset)
            if delivery.endsRun, let witness = endOfRun(delivery, entry, at: targetOffset) {
                partition.machine.renewWitness(witness, isSkipped: false)
            }
            self.delivery.succeeded(partition.batching)
        case .failed(let code, let mayBeWritten):
            failed(code, mayBeWritten: mayBeWritten, sequence: token.sequence, partition)
        }
    }

    /// - Returns: the record; `nil` where it counts no more.
    @discardableResult
    func acknowledged(at targetOffset: Int64, sequence: UInt32, _ partition: LanePartition) -> OffsetLedger.Entry? {
        var actions: [PartitionMachine.Action] = []
        // What goes singly belongs to a partition that is attended to.
        let isSingle = partition.needsAttention && partition.machine.isSingleInFlight
        let isEnvelope = isSingle && partition.machine.isEnvelopeInFlight
        let done = partition.machine.acknowledged(sequence, at: targetOffset, moment, &actions)
        if !actions.isEmpty { settle(partition, &actions) }
        guard let entry = done else { return nil }
        inFlight.remove(records: 1, bytes: entry.size)
        lastAcknowledgement = elapsed
        partition.waitsSince = elapsed
        totals.lastAcknowledgedAt = wallClock
        if !isEnvelope { countCopy(entry, partition) }
        if partition.spans != nil { endSpan(sequence, entry, at: targetOffset, partition) }
        moved(partition)
        if isSingle {
            partition.kept = nil
            singlesReported.append(partition.index)
        }
        return entry
    }

    private func countCopy(_ entry: OffsetLedger.Entry, _ partition: LanePartition) {
        partition.counters.replicatedRecords += 1
        partition.counters.replicatedBytes += Int64(entry.size)
        guard entry.timestamp >= 0 else { return partition.traffic.replicated(latency: nil, at: wallClock) }
        let latency = Double(max(0, wallClock - entry.timestamp))
        partition.traffic.replicated(latency: latency, at: wallClock)
        totals.replicationLatency.record(latency / 1000)
        partition.lastReplicatedTimestamp = entry.timestamp
    }

    /// The last of several reports for one partition.
    /// - Returns: its witness. Hashed once per run and not per record: one is needed only where a progress row may end.
    func endOfRun(_ delivery: borrowing Delivery, _ entry: OffsetLedger.Entry, at targetOffset: Int64) -> Witness? {
        if let time = delivery.timeInProducer { totals.stages.produce.record(time / .seconds(1)) }
        guard let hash = delivery.contentHash() else { return nil }
        return Witness(
            clusterID: settings.sourceID, sourceOffset: entry.offset, timestamp: entry.timestamp, contentHash: hash,
            targetOffset: targetOffset)
    }

    func failed(
        _ code: KafkaErrorCode, mayBeWritten: Bool, sequence: UInt32, _ partition: LanePartition
    ) {
        guard !partition.machine.isRemoved else { return }
        totals.produceErrors[code.name, default: 0] += 1
        let isOpen = partition.machine.ledger.entry(sequence) != nil
        let before = inFlight.records
        feed(partition) { [moment] in $0.failed(sequence, .init(code), moment, &$1) }
        // A single one is released by its machine.
        if stopDeadline != nil, isOpen, !mayBeWritten, inFlight.records == before { givenBack += 1 }
    }

    /// Producers that are broken are destroyed, and what they held is read again from the first unacknowledged record of each
    /// partition on.
    private func replaceBrokenProducers() {
        let replaced = delivery.replaceBroken(at: now)
        guard !replaced.isEmpty else { return }
        totals.producerRestarts += Int64(replaced.batchings.count + (replaced.isSide ? 1 : 0))
        if let failure = replaced.failure {
            handle.report(.warning(event: .laneProducerFailed, reason: "\(failure)", nil))
        }
        let isDoubtful = isTargetDoubtful && !replaced.batchings.isEmpty
        if isDoubtful { isTargetDoubtful = false }
        for partition in partitions where !partition.machine.isRemoved {
            if replaced.batchings.contains(partition.machine.batching) {
                partition.topic = nil
                if isDoubtful { partition.machine.doubtTarget() }
                feed(partition) { $0.producerReplaced(&$1) }
            }
            if replaced.isSide {
                partition.sideTopic = nil
                feed(partition) { [moment] in $0.sideReplaced(moment, &$1) }
            }
        }
    }
}
