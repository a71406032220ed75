// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring

/// Finding the record that the target refuses, without a hole and without stopping anybody else.
///
/// A refusal fails a whole batch and names no record. The suspects are therefore sent one at a time, through a plain
/// idempotent producer beside the lane's, until the last suspect has passed or one is refused by itself.
extension Lane {
    /// A record that the target is expected to refuse, or that could not be handed over: waits for what is in flight.
    func suspect(_ partition: LanePartition, at offset: Int64) {
        partition.suspectUntil = max(partition.suspectUntil, offset)
        partition.mode = .draining
        unassign(partition)
        attention.insert(partition.index)
    }

    /// The producer itself did not take the record.
    func refusedLocally(_ error: any Error, _ partition: LanePartition, _ offset: Int64) {
        guard let error = error as? KafkaError else { return }
        totals.produceErrors[error.code.name, default: 0] += 1
        // A dead gapless producer throws the cause of its death.
        if error.isFatal || error.remedy == .recreateClient {
            if partition.usesSmallProducer { small.isBroken = true } else { main.isBroken = true }
            partition.mustReadAgain = true
            return
        }
        suspect(partition, at: offset)
    }

    func enterProbing(_ partition: LanePartition) {
        partition.mode = .probing
        chooseProducer(of: partition)
        partition.probeQueue.removeAll()
        partition.isProbeInFlight = false
        attention.insert(partition.index)
    }

    /// A record of a partition that is being probed waits for its turn.
    func park(_ record: consuming Record, _ partition: LanePartition) {
        partition.counters.fetchedRecords += 1
        partition.parkedUntil = record.offset + 1
        partition.probeQueue.append(record)
        if partition.probeQueue.count >= Self.parkLimit { unassign(partition) }
        sendNextProbe(partition)
    }

    static var parkLimit: Int { 500 }

    func sendNextProbe(_ partition: LanePartition) {
        while !partition.isProbeInFlight, case .probing = partition.mode, let record = partition.probeQueue.popFirst() {
            if record.offset > partition.suspectUntil {
                partition.mode = .flowing
                forwardParked(record, partition)
                return
            }
            send(record, partition)
        }
        guard case .probing = partition.mode, !partition.isAssigned, partition.probeQueue.count == 0,
            !partition.isProbeInFlight, partition.probeRetryAt == nil
        else { return }
        reassign([partition])
    }

    private func send(_ record: consuming Record, _ partition: LanePartition) {
        let offset = record.offset
        let timestamp = record.timestamp.milliseconds
        let size = (record.keyCount ?? 0) + (record.valueCount ?? 0)
        let verdict = partition.forwarding.verdict(of: record)
        if case .skip(let reason) = verdict {
            partition.counters.count(reason)
            partition.ledger.skip(offset)
            moved(partition)
            return
        }
        var outgoing = OutgoingRecord(record)
        let room = room(for: outgoing, size: size, verdict, partition)
        // By the limit that is known it does not fit at all. If it fits now, the limit was raised, and there is room.
        partition.forwarding.label(&outgoing, verdict: verdict, offset: offset, room: room ?? .both)
        do {
            let topic = try partition.sideTopic ?? side.topic(named: partition.targetTopic)
            partition.sideTopic = topic
            let token = Token.data(place: partition.index, sequence: partition.ledger.nextSequence)
            let returned = try side.enqueue(
                outgoing, to: topic, partition: partition.source.partition, token: token.rawValue)
            guard returned == nil else { return retryProbe(partition) }
            partition.ledger.submit(offset: offset, timestamp: timestamp, size: size)
            partition.isProbeInFlight = true
            inFlightRecords += 1
            inFlightBytes += size
        } catch {
            probeNotTaken(partition, error, offset)
        }
    }

    private func probeNotTaken(_ partition: LanePartition, _ error: any Error, _ offset: Int64) {
        guard let error = error as? KafkaError else { return retryProbe(partition) }
        if error.isFatal || error.remedy == .recreateClient { isSideBroken = true }
        if Refusal.isRefusal(error.code) { refuse(partition, error.code, offset) } else { retryProbe(partition) }
    }

    /// The rest of the queue, in order, through the lane's own producer; the partition flows again.
    private func forwardParked(_ first: consuming Record, _ partition: LanePartition) {
        take(first)
        while case .flowing = partition.mode, let record = partition.probeQueue.popFirst() { take(record) }
        guard case .flowing = partition.mode else { return }
        if !partition.isProofDue { attention.remove(partition.index) }
        if !partition.isAssigned { reassign([partition]) }
    }

    func probePassed(_ partition: LanePartition, _ offset: Int64) {
        partition.isProbeInFlight = false
        partition.probeRetryAt = nil
        partition.missingSince = nil
        if partition.refusal != nil {
            partition.refusal = nil
            handle.report(.resumed(partition.source))
        }
        sendNextProbe(partition)
        // Nothing waits and no suspect is left: the next record need not go singly.
        if case .probing = partition.mode, partition.probeQueue.count == 0, !isSuspect(partition) {
            partition.mode = .flowing
            if !partition.isProofDue { attention.remove(partition.index) }
            if !partition.isAssigned { reassign([partition]) }
        }
    }

    func probeFailed(_ partition: LanePartition, _ code: KafkaErrorCode) {
        partition.isProbeInFlight = false
        let offset = partition.ledger.firstPending
        let lost = partition.ledger.rewind()
        inFlightRecords -= lost.records
        inFlightBytes -= lost.bytes
        if Refusal.isRefusal(code), let offset { return refuse(partition, code, offset) }
        retryProbe(partition)
    }

    /// Not refused and not taken, as for a partition that the producer has not heard of yet: again in a second; a target
    /// that stays missing for half a minute is reported.
    func retryProbe(_ partition: LanePartition) {
        partition.probeQueue.removeAll()
        unassign(partition)
        let since = partition.missingSince ?? now
        partition.missingSince = since
        if now - since >= .seconds(30), let offset = partition.ledger.nextToSubmit {
            return refuse(partition, .unknownTopicOrPart, offset)
        }
        partition.probeRetryAt = now + .seconds(1)
        attention.insert(partition.index)
    }

    private func refuse(_ partition: LanePartition, _ code: KafkaErrorCode, _ offset: Int64) {
        let isMissing = code == .unknownTopicOrPart
        let stop = PartitionStop(
            state: isMissing ? .targetReset : .refused, code: code.name, offset: offset,
            limit: code == .msgSizeTooLarge ? partition.target.maximumBatchBytes : nil,
            since: partition.refusal?.since ?? wallClock,
            text: Refusal.advice(
                code, topic: partition.targetTopic, partition: partition.source.partition,
                cluster: settings.flow.target, retry: settings.refusalRetryInterval))
        let isNew = partition.refusal == nil
        partition.refusal = stop
        partition.suspectUntil = max(partition.suspectUntil, offset)
        halt(partition, stop, retryAt: now + settings.refusalRetryInterval, isNew: isNew)
        if code == .msgSizeTooLarge { handle.report(.tooLarge(partition.targetTopic)) }
    }

    /// Partitions that do not simply flow: is what they wait for there?
    func attendToHindered() {
        guard !attention.isEmpty else { return holdStalled() }
        for place in attention { attend(to: partitions[place]) }
        holdStalled()
    }

    private func attend(to partition: LanePartition) {
        switch partition.mode {
        case .flowing where partition.isProofDue && !isSuspect(partition):
            partition.isProofDue = false
            attention.remove(partition.index)
            verifyAgain(partition.source)
        case .asking: askAgain(partition)
        case .draining where partition.ledger.pendingCount == 0,
            .flowing where isSuspect(partition) && partition.ledger.pendingCount == 0:
            enterProbing(partition)
            unassign(partition)
            reassign([partition])
        case .probing:
            if let retry = partition.probeRetryAt {
                guard now >= retry else { return }
                partition.probeRetryAt = nil
            }
            sendNextProbe(partition)
        case .held where partition.ledger.pendingCount == 0:
            partition.mode = .flowing
            chooseProducer(of: partition)
            if !partition.isProofDue { attention.remove(partition.index) }
            reassign([partition])
        case .stopped(let stop, let retryAt?) where now >= retryAt:
            tryAgain(partition, stop)
        case .flowing where !isSuspect(partition):
            attention.remove(partition.index)
        case .draining, .flowing, .held, .stopped, .verifying:
            break
        }
    }

    private func tryAgain(_ partition: LanePartition, _ stop: PartitionStop) {
        if partition.refusal != nil {
            partition.suspectUntil = max(partition.suspectUntil, stop.offset ?? -1)
            enterProbing(partition)
            reassign([partition])
            return
        }
        partition.mode = .asking
        partition.wasMissing = true
        handle.report(.sourceMissing(partition.source))
    }

    /// Some partitions get acknowledgements, another has had none for a while: its records must not fill the lane.
    private func holdStalled() {
        guard
            inFlightRecords * 2 > settings.limits.inFlightRecords || inFlightBytes * 2 > settings.limits.inFlightBytes,
            now - lastAcknowledgement < Self.stallAfter
        else { return }
        for partition in partitions where partition.isAssigned && partition.ledger.pendingCount > 0 {
            guard case .flowing = partition.mode, now - partition.lastMovedAt > Self.stallAfter else { continue }
            partition.mode = .held
            unassign(partition)
            attention.insert(partition.index)
        }
    }
}
