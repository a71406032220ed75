// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Telemetry

/// Records of a partition that has a suspect: they wait in a queue and go one at a time.
extension Lane {
    func park(_ record: consuming Record, _ partition: LanePartition) {
        let valueSize = record.valueCount ?? 0
        count(size: (record.keyCount ?? 0) + valueSize, valueSize: valueSize, record.timestamp, partition)
        partition.parked.append(record)
        if partition.machine.fetching != .on { unsettled.insert(partition.index) }
        serveParked(partition)
    }

    /// Sends what may be sent of the queue.
    func serveParked(_ partition: LanePartition) {
        var actions: [PartitionMachine.Action] = []
        while maySend(partition), let step = partition.machine.nextParked(&actions) {
            settle(partition, &actions)
            if case .setAside(let envelope) = step {
                sendEnvelope(envelope, partition)
                continue
            }
            guard let record = partition.parked.popFirst() else { break }
            switch step {
            case .drop, .setAside: break
            case .sendSingly: sendSingly(record, partition)
            case .forward: forward(record, partition, isCounted: true)
            }
        }
        feed(partition) { $0.servedParked(&$1) }
    }

    private func sendSingly(_ record: consuming Record, _ partition: LanePartition) {
        let offset = record.offset
        let timestamp = record.timestamp.milliseconds
        let size = (record.keyCount ?? 0) + (record.valueCount ?? 0)
        let verdict = partition.forwarding.verdict(of: record)
        if case .skip(let reason) = verdict { return skip(record, reason, partition) }
        let trace = SpanNotes.context(of: record)
        partition.singleTrace = trace
        var outgoing = OutgoingRecord(record)
        guard !outgoing.lacksHeaders else {
            keep(outgoing, size: size, partition)
            return feed(partition) { [moment] in $0.singleNotTaken(offset, .unreadable, moment, &$1) }
        }
        let room = room(for: outgoing, size: size, verdict, partition)
        // By the limit that is known it does not fit at all. If it fits now, the limit was raised, and there is room.
        partition.forwarding.label(&outgoing, verdict: verdict, offset: offset, room: room ?? .both)
        keep(outgoing, size: size, partition)
        var failure: PartitionMachine.Failure?
        do throws(KafkaError) {
            let token = Token.data(place: partition.index, sequence: partition.machine.ledger.nextSequence)
            try openTransaction(single: true)
            if try delivery.sendSingly(outgoing, partition, token) {
                partition.machine.submit(offset: offset, timestamp: timestamp, size: size)
                if let trace, trace.isSampled {
                    partition.spans?.begin(trace, token.sequence, at: WallClock.nanoseconds())
                }
                inFlight.add(bytes: size)
                return
            }
            failure = .other(._queueFull)
        } catch {
            // The client remembers what the target said to another record, until it looks at the topic again: it may be so no more.
            failure = error.code == .topicAuthorizationFailed ? .other(error.code) : .init(error.code)
        }
        if let failure {
            feed(partition) { [moment] in $0.singleNotTaken(offset, failure, moment, &$1) }
        }
    }

    func skip(_ record: borrowing Record, _ reason: ForwardingPolicy.Reason, _ partition: LanePartition) {
        partition.counters.count(reason, bytes: (record.keyCount ?? 0) + (record.valueCount ?? 0))
        noteUncopied(record.offset, .skipped(reason), partition)
        if partition.machine.wantsWitness(ofSkipped: record.offset) {
            partition.machine.renewWitness(
                Witness(
                    clusterID: settings.sourceID, sourceOffset: record.offset,
                    timestamp: record.timestamp.milliseconds, contentHash: record.contentHash(),
                    targetOffset: partition.machine.witness?.targetOffset ?? -1),
                isSkipped: true)
        }
        partition.machine.skip(record.offset)
        moved(partition)
    }
}
