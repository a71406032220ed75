// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Mirroring

/// What is true of a partition, whatever the lane believes: kept by the world, asked by the oracle.
struct Truth {
    /// Written to the target, now or before it was reset.
    var mirrored: Set<UInt64> = []
    var lastWritten: UInt64?
    /// In the quarantine topic.
    var setAside: Set<UInt64> = []
    /// A record was acknowledged or skipped: there is a position that may be lost.
    var hasPassed = false
    /// What came before is not wanted, where a partition starts at its end.
    var firstDue: Int64 = 0
    /// The log was truncated, deleted or recreated at some time.
    var wasChanged = false
    /// Somebody could have noticed the last change.
    var wasLookedAt = true
    /// A documented blind spot: the change could not be seen by anybody.
    var isExcused = false
    var targetReset = false
    /// The lane has had the time to note where it began: no later start may begin elsewhere.
    var isStartNoted = false
    /// The lane had all up to here, with nothing left to note.
    var quietEnd: Int64 = 0
    var expiredTo: Int64 = 0
    /// Records that expired before they were on the target: they are there later, or a person is told.
    var expired: [UInt64] = []
    var stops: [PartitionStop] = []
    /// Records that a person has had copied again.
    var mayRepeat: Set<UInt64> = []

    /// A record was passed on: of a log that nobody has looked at since it changed, it may be any.
    mutating func passed() {
        if wasChanged && !wasLookedAt { isExcused = true }
    }

    mutating func changed() {
        passed()
        wasChanged = true
        wasLookedAt = false
        quietEnd = 0
        expiredTo = 0
        expired.removeAll()
    }

    mutating func noteExpired(upTo offset: Int64, _ entries: [SourceModel.Entry]) {
        expiredTo = max(expiredTo, offset)
        expired += entries.filter { $0.kind == .data && $0.offset >= firstDue && !mirrored.contains($0.id) }.map(\.id)
    }

    mutating func began(with row: RowModel?) {
        if row?.witness != nil { wasLookedAt = true }
        // Progress without a witness, as of a start at the end or of MirrorMaker's, proves nothing about a log that changed.
        if let row, row.witness == nil, wasChanged { isExcused = true }
        lastWritten = nil
        // Where nothing was noted, a log begins where it begins.
        if row == nil { expired.removeAll() }
    }

    mutating func targetWasReset(_ ids: [UInt64]) {
        targetReset = true
        lastWritten = nil
    }
}

/// The promises of docs/guarantees.md, checked as things happen and at the end.
extension World {
    mutating func fail(_ place: Int, _ what: String) {
        guard failure == nil else { return }
        failure =
            "partition \(place), \(lane.partitions.isEmpty ? "-" : lane.partitions[place].machine.state.name): \(what)"
    }

    /// A change is a blind spot where the log reaches the position and nothing at the witness's offset can be compared.
    mutating func noteTransition(_ place: Int, _ before: PartitionMachine.State, _ after: PartitionMachine.State) {
        guard truths[place].wasChanged, truths[place].hasPassed, after.name == "flowing" || after.name == "probing"
        else { return }
        let witness: Witness?
        switch before {
        case .verifying(let wanted): witness = wanted
        case .asking: witness = lane.partitions[place].machine.witness
        default: return
        }
        let next = lane.partitions[place].machine.ledger.nextToSubmit ?? 0
        let seen = witness.flatMap { sources[place].visible(at: $0.sourceOffset) }
        if sources[place].end >= next, seen == nil { truths[place].isExcused = true }
    }

    /// Order: what follows a record is the next one that is due, or an earlier one, from which everything comes again.
    mutating func noteWrite(_ place: Int, _ id: UInt64) {
        if isExactlyOnce, targets[place].ids.contains(id), !truths[place].mayRepeat.contains(id) {
            fail(place, "record \(id) was committed twice")
        }
        noteOrder(place, id)
    }

    private mutating func noteOrder(_ place: Int, _ id: UInt64) {
        defer {
            truths[place].lastWritten = id
            truths[place].mirrored.insert(id)
        }
        truths[place].passed()
        guard !isBlind(place), let last = truths[place].lastWritten, id > last else { return }
        let between = sources[place].due.first { $0.id > last && $0.id < id && $0.offset >= truths[place].firstDue }
        if let between {
            fail(place, "record \(id) was written behind \(last), and \(between.id) is missing between them")
        }
    }

    /// Only what the target has refused is set aside, and in its turn.
    mutating func noteSetAside(_ place: Int, _ id: UInt64) {
        if !has(.quarantine) || !everRefused.contains(id) {
            fail(place, "record \(id) was set aside, and the target never refused it")
        }
        truths[place].setAside.insert(id)
        noteOrder(place, id)
    }

    func isBlind(_ place: Int) -> Bool {
        truths[place].isExcused || (truths[place].wasChanged && !truths[place].wasLookedAt)
    }

    /// A row says that everything up to its offset need not be read again.
    mutating func noteRow(_ place: Int, _ offset: Int64) {
        let truth = truths[place]
        guard !truth.wasChanged, !truth.isExcused else { return }
        let missing = sources[place].due.first {
            $0.offset <= offset && $0.offset >= truth.firstDue && !truth.mirrored.contains($0.id)
        }
        if let missing { fail(place, "the row says \(offset), and offset \(missing.offset) is not on the target") }
    }

    /// The lane has everything and has noted it: from here on nothing before that end may be called lost.
    mutating func noteQuiet(_ place: Int) {
        let partition = lane.partitions[place]
        let isNoted = partition.machine.rowDue == nil && !partition.machine.rows.isInFlight
        if isNoted { truths[place].isStartNoted = true }
        guard case .flowing = partition.machine.state, partition.machine.ledger.pendingCount == 0,
            partition.fetched.isEmpty, let end = partition.endSeen, partition.position == end,
            end == sources[place].stableEnd, isNoted,
            !truths[place].wasChanged
        else { return }
        truths[place].quietEnd = max(truths[place].quietEnd, end)
    }

    mutating func noteStop(_ place: Int, _ stop: PartitionStop) {
        let truth = truths[place]
        truths[place].stops.append(stop)
        switch stop.state {
        case .lostData where truth.expiredTo <= truth.quietEnd && !truth.wasChanged:
            fail(place, "called lost, but nothing was: \(stop.text)")
        case .rewound where !truth.wasChanged:
            fail(place, "called another log, but it never changed: \(stop.text)")
        case .targetReset where stop.code == "TARGET_RESET" && !truth.targetReset:
            fail(place, "called reset, but the target never was: \(stop.text)")
        case .unknown: fail(place, stop.text)
        default: break
        }
    }

    /// Everything is healed: each partition is current, or stands for a reason that only a person can take away.
    var restless: Int? {
        sources.indices.first { place in
            let machine = lane.partitions[place].machine
            if case .stopped(let stop, retry: nil) = machine.state { return stop.loss?.policy != nil }
            guard case .flowing = machine.state else { return true }
            return machine.ledger.pendingCount > 0 || machine.ledger.nextOffset != sources[place].stableEnd
                || lane.transactions.map { !$0.isIdle } ?? false || machine.rowDue != nil || machine.rows.isInFlight
                || machine.stop != nil
        }
    }

    mutating func checkTheEnd() {
        for place in sources.indices where failure == nil {
            let machine = lane.partitions[place].machine
            guard !machine.isStopped, !isBlind(place) else { continue }
            let missing = sources[place].due.first {
                $0.offset >= truths[place].firstDue && !truths[place].mirrored.contains($0.id)
            }
            if let missing {
                fail(
                    place,
                    "offset \(missing.offset) (record \(missing.id)) never arrived, and the partition says nothing")
            }
        }
    }
}
