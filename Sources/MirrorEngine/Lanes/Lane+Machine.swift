// SPDX-License-Identifier: Apache-2.0
import Telemetry
import TernConfiguration
import Kafka
import KafkaTypes
import Mirroring

/// Feeds events to the machines of partitions, and performs what comes of them.
extension Lane {
    var moment: Moment { Moment(elapsed, wallClock: wallClock) }

    /// One event of one partition, off the path of records that simply flow.
    func feed(_ partition: LanePartition, _ event: (inout PartitionMachine, inout [PartitionMachine.Action]) -> Void) {
        var actions: [PartitionMachine.Action] = []
        event(&partition.machine, &actions)
        settle(partition, &actions)
    }

    /// As ``feed(_:_:)``, for a partition that may be no longer, or not yet, on this lane.
    func feed(
        _ source: TopicPartition, _ event: (inout PartitionMachine, inout [PartitionMachine.Action]) -> Void
    ) {
        guard let place = places[source] else { return }
        feed(partitions[place], event)
    }

    /// Performs actions, and notes what else an event has changed.
    func settle(_ partition: LanePartition, _ actions: inout [PartitionMachine.Action]) {
        partition.machine.stopIfBroken(moment, &actions)
        for action in actions { perform(action, partition) }
        actions.removeAll(keepingCapacity: true)
        partition.isDirty = true
        if partition.machine.isRemoved { forget(partition) }
        if partition.route != partition.machine.route {
            partition.route = partition.machine.route
            partition.topic = nil
        }
        if partition.isAssigned != (partition.machine.fetching == .on) || partition.machine.fetching == .wanted {
            unsettled.insert(partition.index)
        }
        let needsAttention = partition.machine.needsAttention
        guard needsAttention != partition.needsAttention else { return }
        partition.needsAttention = needsAttention
        if needsAttention { attention.insert(partition.index) } else { attention.remove(partition.index) }
    }

    private func perform(_ action: PartitionMachine.Action, _ partition: LanePartition) {
        switch action {
        case .ask(.position): handle.report(.outOfRange(partition.source))
        case .ask(.topic): handle.report(.sourceMissing(partition.source))
        case .dropParked: partition.parked.removeAll()
        case .breakProducer: delivery.breakProducer(partition.machine.batching)
        case .doubtTarget: isTargetDoubtful = true
        case .release(let records, let bytes):
            inFlight.remove(records: records, bytes: bytes)
            partition.spans?.keep { partition.machine.ledger.entry($0) != nil }
            // What is read again must not be there from this transaction as well.
            if transactions != nil, !held.isBeingSettled { failTransaction(mayAskWhy: false) }
        case .reportStopped(let stop):
            handle.report(.stopped(partition.source, stop, trace: endSpan(of: stop, partition)))
        case .reportResumed: handle.report(.resumed(partition.source))
        case .reportTooLarge: handle.report(.tooLarge(partition.targetTopic))
        case .reportQuarantined(let envelope):
            partition.counters.quarantinedRecords += 1
            noteUncopied(envelope.offset, .quarantined, partition)
            handle.report(.quarantined(partition.source, envelope, trace: endSpan(of: envelope, partition)))
        case .countLost(let offsets): partition.counters.lostRecords += offsets
        }
    }

    // MARK: what the consumer reads

    /// Brings the consumer's assignment to what the machines want: many partitions in one call each. Until then nothing of
    /// them is taken.
    func settleFetching() {
        guard !unsettled.isEmpty, now >= assignsAgainAt else { return }
        let changed = unsettled.sorted().map { partitions[$0] }
        unsettled.removeAll(keepingCapacity: true)
        let stale = changed.filter { $0.isAssigned && $0.machine.fetching != .on }
        let wanted = changed.filter { $0.machine.fetching == .wanted }
        do {
            if !stale.isEmpty { try sources.unassign(stale.map(\.source)) }
            for partition in stale { partition.isAssigned = false }
            guard !wanted.isEmpty else { return }
            try sources.assign(
                wanted.map { ($0.source, $0.machine.fetchPosition.map(Offset.at) ?? .beginning) })
            for partition in wanted {
                partition.isAssigned = true
                partition.machine.fetchBegan()
            }
        } catch {
            // Still wanted, and nothing is taken of them before it has succeeded.
            unsettled.formUnion(changed.map(\.index))
            assignsAgainAt = now + .seconds(1)
            handle.report(.warning(event: .laneAssignFailed, reason: "\(error)", changed.first?.source))
        }
    }

    /// Partitions that do not simply flow: is what they wait for there?
    func attendToHindered() {
        for place in attention {
            let partition = partitions[place]
            feed(partition) { $0.tick(moment, &$1) }
            serveParked(partition)
        }
        holdStalled()
    }

    /// Some partitions get acknowledgements, another has had none for a while: its records must not fill the lane, and each of
    /// them keeps the whole answer of the source in memory with which it came, of all partitions.
    private func holdStalled() {
        // All of a transaction is acknowledged together.
        guard transactions == nil, now >= nextStallCheck, inFlight.records > 0,
            elapsed - lastAcknowledgement < Self.stallAfter
        else {
            return
        }
        nextStallCheck = now + Self.publishInterval
        for partition in partitions
        where partition.machine.ledger.pendingCount > 0 && elapsed - partition.waitsSince > Self.stallAfter {
            feed(partition) { $0.stalled(&$1) }
        }
    }
}

/// What the lane has handed over and the target has not acknowledged, and how that is bounded.
struct InFlight {
    private(set) var records = 0
    private(set) var bytes = 0

    mutating func add(bytes size: Int) {
        records += 1
        bytes += size
    }

    mutating func remove(records count: Int, bytes size: Int) {
        records -= count
        bytes -= size
    }

    /// Backpressure of a lane is not polling.
    func hasRoom(_ limits: FlowLimits) -> Bool { records < limits.inFlightRecords && bytes < limits.inFlightBytes }
}
