// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Mirroring

/// What is true of a partition of the fleet, whatever the daemons believe.
struct FleetTruth {
    /// What came before is not wanted, where a partition starts at its end.
    var firstDue: Int64 = 0
    /// All due records before this are on the target.
    var prefix: Int64 = 0
    /// Somebody has had the time to store where it begins: no later start may begin elsewhere.
    var isStartNoted = false
    /// Records before this may come again: a daemon was killed, or lost its lanes.
    var repeatableEnd: Int64 = 0
    /// The last row was written while two daemons had the lane: the one behind it may say less.
    var isRowShared = false
    var wasCarried = false
    /// Since when nobody carries it.
    var idleSince: Int?
}

/// The promises of docs/guarantees.md about several daemons, checked as things happen and at the end.
extension FleetWorld {
    mutating func fail(_ place: Int, _ what: String) {
        if failure == nil { failure = "fleet, \(places[place].name): \(what)" }
    }

    // MARK: who carries what

    private func carriers(_ place: Int) -> [Int] { daemons.indices.filter { daemons[$0].carries(place) } }

    mutating func noteStart(_ place: Int, _ start: PartitionStart, _ index: Int, _ lane: Int) {
        say(index, "lane \(lane) begins \(places[place].name) at \(start)")
        let others = carriers(place)
        let entitled = others.filter { !daemons[$0].isOusted }
        if !entitled.isEmpty {
            if daemons[index].isOusted {
                places[place].truth.repeatableEnd = .max
            } else {
                fail(
                    place,
                    "carried by daemon \(index) in lane \(lane), and by daemon \(entitled[0]), which has not lost it")
            }
        }
        places[place].truth.wasCarried = true
        guard case .fresh = start, position == .latest, !places[place].truth.isStartNoted else { return }
        let due = legitimateStart(place, index)
        places[place].truth.firstDue = max(places[place].truth.firstDue, due)
    }

    /// Where a partition without a row begins under `latest`: at the end that the process saw first, unless it came later, or
    /// an earlier partition of the topic was mirrored before.
    private func legitimateStart(_ place: Int, _ index: Int) -> Int64 {
        let isGrown = topics[places[place].topic].prefix { $0 != place }.contains { places[$0].row != nil }
        return isGrown ? 0 : daemons[index].endsAtFirstLook[place] ?? 0
    }

    /// The lane has nothing left to note.
    mutating func noteStartIsStored(_ index: Int, _ lane: Int, _ place: Int) {
        guard let partition = daemons[index].lanes[lane]?.partitions[place], !partition.machine.rows.isInFlight,
            partition.machine.rowDue == nil, partition.machine.ledger.nextOffset == places[place].end
        else { return }
        places[place].truth.isStartNoted = true
    }

    /// Somebody else may have the lane from now on, and the daemon has been told.
    mutating func noteKnownLoss(_ index: Int, _ lane: Int) {
        daemons[index].lanes[lane]?.isKnownLost = true
        handovers.lost += 1
        for place in daemons[index].lanes[lane]?.partitions.keys.sorted() ?? [] {
            places[place].truth.repeatableEnd = places[place].end
        }
    }

    // MARK: what is written

    private func mayRepeat(_ place: Int, _ offset: Int64, _ index: Int) -> Bool {
        offset < places[place].truth.repeatableEnd || carriers(place).count > 1 || daemons[index].isOusted
    }

    mutating func noteWrite(_ place: Int, _ offset: Int64, _ index: Int, _ lane: Int) {
        advance(place)
        if daemons[index].lanes[lane]?.isKnownLost == true {
            fail(place, "daemon \(index) writes offset \(offset), and has learned that lane \(lane) is lost")
        }
        if offset > places[place].truth.prefix {
            fail(place, "offset \(offset) is written, and \(places[place].truth.prefix) is missing before it")
        }
        if places[place].copies[Int(offset)] > 0, !mayRepeat(place, offset, index) {
            fail(place, "daemon \(index) writes offset \(offset) again, and every handover was orderly")
        }
    }

    mutating func noteRow(_ place: Int, _ offset: Int64, _ index: Int, _ lane: Int) {
        advance(place)
        places[place].truth.isStartNoted = true
        if daemons[index].lanes[lane]?.isKnownLost == true {
            fail(place, "daemon \(index) writes the row \(offset), and has learned that lane \(lane) is lost")
        }
        if offset >= places[place].truth.prefix {
            fail(place, "the row says \(offset), and offset \(places[place].truth.prefix) is not on the target")
        }
        let isShared = carriers(place).count > 1 || daemons[index].isOusted
        if let row = places[place].row, offset < row, !isShared, !places[place].truth.isRowShared {
            fail(place, "daemon \(index) writes the row \(offset) over \(row), and nobody else had the lane")
        }
        places[place].truth.isRowShared = isShared
    }

    private mutating func advance(_ place: Int) {
        var prefix = max(places[place].truth.prefix, places[place].truth.firstDue)
        while prefix < places[place].end, places[place].copies[Int(prefix)] > 0 { prefix += 1 }
        places[place].truth.prefix = prefix
    }

    // MARK: who is left alone

    /// So many milliseconds after the group has settled every partition is carried.
    static let patience = 12_000

    mutating func noteDisturbance() {
        let isSettled =
            !group.isRebalancing && !group.members.isEmpty
            && group.members.allSatisfy {
                $0.pending == nil && daemons[$0.daemon].process == $0.process && isReachable($0.daemon)
                    && daemons[$0.daemon].isInGroup && daemons[$0.daemon].inbox.isEmpty
                    && !daemons[$0.daemon].isReleasing && !daemons[$0.daemon].isStopping
            }
        if !isSettled { disturbedAt = now }
    }

    mutating func checkCarried() {
        for place in places.indices where places[place].truth.wasCarried {
            if !carriers(place).isEmpty {
                places[place].truth.idleSince = nil
                continue
            }
            let since = max(places[place].truth.idleSince ?? now, disturbedAt)
            places[place].truth.idleSince = since
            if now - since > Self.patience {
                fail(place, "carried by nobody for \((now - since) / 1_000) s, and the group is settled")
            }
        }
    }

    // MARK: the end

    /// A partition that is not all on the target, or whose row is not written.
    var restless: Int? {
        places.indices.first { place in
            guard places[place].truth.wasCarried else { return true }
            guard let row = places[place].row ?? (places[place].end == 0 ? -1 : nil) else {
                return places[place].truth.firstDue < places[place].end
            }
            return row + 1 < places[place].end
        }
    }

    mutating func checkTheEnd() {
        for place in places.indices where failure == nil {
            advance(place)
            let truth = places[place].truth
            if truth.prefix < places[place].end {
                fail(place, "offset \(truth.prefix) of \(places[place].end) never arrived")
            } else if !truth.wasCarried {
                fail(place, "was never carried")
            }
        }
        if failure == nil, let place = restless {
            fail(place, "the last row \(places[place].row ?? -1) was never written")
        }
    }
}
