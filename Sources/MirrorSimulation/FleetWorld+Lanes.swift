// SPDX-License-Identifier: Apache-2.0
import Mirroring

/// Lanes of the fleet: records in order, rows, and the end.
extension FleetWorld {
    mutating func serve(_ index: Int, _ lane: Int) {
        guard let running = daemons[index].lanes[lane] else { return }
        let isFlushing = now >= running.nextFlush
        if isFlushing { daemons[index].lanes[lane]?.nextFlush = now + 1_000 }
        for place in running.partitions.keys.sorted() {
            if running.ending == nil { take(index, lane, place) }
            if isReachable(index) { deliver(index, lane, place, atMost: random.below(4)) }
            report(index, lane, place)
            if isFlushing || running.ending != nil { writeRow(index, lane, place) }
            if isReachable(index) { storeRow(index, lane, place) }
            noteStartIsStored(index, lane, place)
        }
        guard let lane = daemons[index].lanes[lane], lane.ending == .drained else { return }
        let isDone = lane.isIdle && lane.partitions.values.allSatisfy { $0.machine.rowDue == nil }
        if isDone || now >= lane.deadline {
            if !isDone || daemons[index].isOusted { dropUnsent(index, lane.index) }
            daemons[index].lanes[lane.index] = nil
            handovers.drained += 1
        }
    }

    /// A lane that is to drain goes on until it has; one that is abandoned is gone at once.
    mutating func end(_ index: Int, _ lane: Int, _ ending: LaneEnding) {
        // One that drains and is lost meanwhile is abandoned.
        guard let before = daemons[index].lanes[lane], before.ending == nil || ending == .abandoned else { return }
        daemons[index].lanes[lane]?.ending = ending
        daemons[index].lanes[lane]?.deadline = now + 25_000
        guard ending == .abandoned, let running = daemons[index].lanes.removeValue(forKey: lane) else { return }
        for (place, partition) in running.partitions {
            if let left = ending.leaves(partition.machine) { daemons[index].unwritten[places[place].name] = left }
        }
    }

    private mutating func feed(
        _ index: Int, _ lane: Int, _ place: Int,
        _ event: (inout PartitionMachine, inout [PartitionMachine.Action]) -> Void
    ) {
        var actions: [PartitionMachine.Action] = []
        guard var machine = daemons[index].lanes[lane]?.partitions[place]?.machine else { return }
        event(&machine, &actions)
        if let rule = machine.violation { fail(place, "invariant: \(rule)") }
        if let stop = machine.stop { fail(place, "stopped, and nothing was wrong with it: \(stop.text)") }
        daemons[index].lanes[lane]?.partitions[place]?.machine = machine
    }

    private mutating func take(_ index: Int, _ lane: Int, _ place: Int) {
        let end = places[place].end
        for _ in 0..<random.below(4) {
            guard let partition = daemons[index].lanes[lane]?.partitions[place], partition.unsent.count < 12 else {
                return
            }
            let ledger = partition.machine.ledger
            let offset = ledger.nextToSubmit ?? 0
            guard offset < end else { return feed(index, lane, place) { $0.reachedEnd(at: end, &$1) } }
            feed(index, lane, place) { machine, _ in
                guard machine.admit(offset) == .forward else { return }
                machine.submit(offset: offset, timestamp: offset, size: 1)
            }
            daemons[index].lanes[lane]?.partitions[place]?.unsent.append((offset, ledger.nextSequence))
        }
    }

    private mutating func deliver(_ index: Int, _ lane: Int, _ place: Int, atMost count: Int) {
        for _ in 0..<count {
            guard let next = daemons[index].lanes[lane]?.partitions[place]?.unsent.first else { return }
            daemons[index].lanes[lane]?.partitions[place]?.unsent.removeFirst()
            daemons[index].lanes[lane]?.partitions[place]?.reports.append(next.sequence)
            noteWrite(place, next.offset, index, lane)
            places[place].copies[Int(next.offset)] += 1
        }
    }

    private mutating func report(_ index: Int, _ lane: Int, _ place: Int) {
        for _ in 0..<random.below(4) {
            guard let sequence = daemons[index].lanes[lane]?.partitions[place]?.reports.first else { return }
            daemons[index].lanes[lane]?.partitions[place]?.reports.removeFirst()
            let moment = moment
            feed(index, lane, place) { _ = $0.acknowledged(sequence, at: -1, moment, &$1) }
        }
    }

    private mutating func writeRow(_ index: Int, _ lane: Int, _ place: Int) {
        guard let running = daemons[index].lanes[lane], let partition = running.partitions[place],
            partition.rowInFlight == nil, let offset = partition.machine.rowDue
        else { return }
        // The last row waits for what is in flight.
        if running.ending != nil, partition.machine.ledger.pendingCount > 0 { return }
        feed(index, lane, place) { machine, _ in machine.wroteRow(offset) }
        daemons[index].lanes[lane]?.partitions[place]?.rowInFlight = offset
    }

    private mutating func storeRow(_ index: Int, _ lane: Int, _ place: Int) {
        guard let offset = daemons[index].lanes[lane]?.partitions[place]?.rowInFlight, random.isOne(in: 2) else {
            return
        }
        let fails = has(.failedRows) && random.isOne(in: 4)
        // A row whose acknowledgement was lost is there all the same.
        if !fails || random.isOne(in: 2) { store(offset, place, index, lane) }
        daemons[index].lanes[lane]?.partitions[place]?.rowInFlight = nil
        feed(index, lane, place) { machine, _ in machine.rowReported(isAcknowledged: !fails) }
    }

    private mutating func store(_ offset: Int64, _ place: Int, _ index: Int, _ lane: Int) {
        noteRow(place, offset, index, lane)
        places[place].row = offset
    }

    /// The process ends, or waits no longer: what was on its way may be written all the same.
    mutating func dropUnsent(_ index: Int, _ lane: Int) {
        guard let running = daemons[index].lanes[lane] else { return }
        for place in running.partitions.keys.sorted() {
            if isReachable(index) {
                deliver(index, lane, place, atMost: random.below(4))
                if let row = running.partitions[place]?.rowInFlight, random.isOne(in: 2) {
                    store(row, place, index, lane)
                }
            }
            places[place].truth.repeatableEnd = places[place].end
        }
    }
}
