// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring

/// One step of the world, and what may go wrong in it.
extension World {
    mutating func step() {
        now += .milliseconds(random.isOne(in: 200) ? 31_000 : random.below(150))
        let place = random.below(sources.count)
        switch random.below(20) {
        case 0...3: turn()
        case 4...6: for place in sources.indices { fetch(place) }
        case 7...9: if let client = random.element(of: LaneModel.Client.allCases) { deliver(client) }
        case 10, 11:
            if random.isOne(in: 80) { isQuiet.toggle() }
            if !isQuiet { write(place) }
        case 12: answer(place)
        case 13: if !has(.deafMeter) { meter(place) }
        case 14: finishRow(place, fails: has(.failedRows) && random.isOne(in: 4))
        case 15, 16: turn()
        case 17: if random.isOne(in: 40) { setProgress(place) }
        default: strike(place)
        }
        if random.isOne(in: 3) { advanceLoss(random.below(sources.count)) }
        if isExactlyOnce, random.isOne(in: 2) { coordinate() }
    }

    private mutating func strike(_ place: Int) {
        guard let fault = random.element(of: World.Fault.allCases), has(fault), random.isOne(in: 2) else { return }
        let source = sources[place]
        trail?.note(place, "fault \(fault), log \(source.start)..<\(source.end)\(source.exists ? "" : ", deleted")")
        switch fault {
        case .retention:
            guard source.exists else { return }
            // Mostly slower than the mirror.
            let isSlow = !random.isOne(in: 4)
            let passed = max((rows[place]?.offset ?? -1) + 1, truths[place].quietEnd)
            let last = isSlow ? min(source.end, passed) : source.end
            expire(place, before: source.start + Int64(random.below(Int(max(0, last - source.start)) + 1)))
        case .compaction:
            guard let entry = random.element(of: source.entries), entry.offset < source.stableEnd else { return }
            sources[place].entries.removeAll { $0.offset == entry.offset }
        case .aborted:
            guard source.exists, source.openSince == nil else { return }
            for _ in 0..<random.below(3) { sources[place].append(.aborted, id: newID()) }
            sources[place].append(.marker, id: newID())
        case .openTransactions:
            guard source.exists else { return }
            if source.openSince == nil {
                sources[place].openSince = source.end
                write(place)
            } else {
                sources[place].endTransaction(isAborted: random.isOne(in: 2), id: newID())
            }
        case .truncation:
            guard source.exists, source.end > source.start, random.isOne(in: 4) else { return }
            change(place) { $0.truncate(to: $0.end - 1 - Int64($1.below(6))) }
            for _ in 0..<random.below(9) { write(place) }
        case .recreation:
            if source.exists {
                guard random.isOne(in: 4) else { return }
                change(place) { source, _ in source.remove() }
            } else {
                change(place) { source, _ in source.create() }
                for _ in 0..<random.below(40) { write(place) }
            }
        case .refusals:
            // Somebody raises the limit.
            if random.isOne(in: 4) { poison.removeAll() }
        case .damage:
            // Somebody repairs the log.
            if random.isOne(in: 3) { return damaged.removeAll() }
            if let entry = random.element(of: source.entries) { damaged.insert(entry.id) }
        case .deadProducers:
            if random.isOne(in: 2) { breakProducer(random.element(of: [.large, .second, .small]) ?? .large) }
        case .deadSides: breakProducer(.side)
        case .missingTargets:
            targets[place].exists.toggle()
        case .targetResets:
            guard random.isOne(in: 4) else { return }
            resetTarget(place)
        case .limitChanges:
            let batching: PartitionMachine.Batching = random.isOne(in: 2) ? .small : .large
            feed(place) { $0.limitsChanged(batching, maximumBatchBytes: 1_000_000, $2, &$1) }
        case .distance:
            let connection = random.below(2)
            // A lane that writes in transactions has one connection to the target.
            if !isExactlyOnce {
                feed(place) { machine, actions, _ in machine.connectionChanged(to: connection, &actions) }
            }
            feed(place) { machine, _, _ in machine.readElsewhere() }
        case .crashes: if random.isOne(in: 3) { crash() }
        case .stops: if random.isOne(in: 3) { stopOrderly() }
        case .stalls: feed(place) { machine, actions, _ in machine.stalled(&actions) }
        case .pauses: pause(place, random.isOne(in: 3))
        case .otherOwners: if isExactlyOnce, random.isOne(in: 3) { anotherOwnerWrites(place) }
        case .lostAnswers, .lateRequests, .echoes, .fullQueues, .failedRows, .unansweredQuestions, .startAtEnd,
            .quarantine, .deafMeter, .lossPolicies:
            break
        }
    }

    private mutating func pause(_ place: Int, _ isPaused: Bool) {
        if isPaused { pausedPlaces.insert(place) } else { pausedPlaces.remove(place) }
        feed(place) { machine, actions, _ in machine.pauseChanged(to: isPaused, &actions) }
    }

    /// A person goes on from the log's start where a partition has stopped for good, as docs/operations.md says.
    private mutating func setProgress(_ place: Int) {
        guard case .stopped(let stop, retry: nil) = lane.partitions[place].machine.state, stop.state != .unknown
        else { return }
        trail?.note(place, "a person sets the progress to the log's start")
        crash()
        truths[place].mayRepeat.formUnion(targets[place].ids)
        let mayRepeat = truths[place].mayRepeat
        rows[place] = sources[place].start > 0 ? RowModel(offset: sources[place].start - 1, witness: nil) : nil
        truths[place] = Truth()
        truths[place].mayRepeat = mayRepeat
        startLane()
    }

    /// The log becomes another one from some offset on.
    private mutating func change(_ place: Int, _ body: (inout SourceModel, inout RandomNumbers) -> Void) {
        body(&sources[place], &random)
        truths[place].changed()
    }

    private mutating func expire(_ place: Int, before offset: Int64) {
        let gone = sources[place].due.filter { $0.offset < offset }
        sources[place].expire(before: offset)
        truths[place].noteExpired(upTo: sources[place].start, gone)
    }

    private mutating func resetTarget(_ place: Int) {
        truths[place].targetWasReset(targets[place].ids)
        // What a transaction had written is gone as well, whether it is committed or not.
        for item in coordinator.written where item.place == place { truths[place].mirrored.insert(item.id) }
        coordinator.written.removeAll { $0.place == place }
        targets[place].ids.removeAll()
        targets[place].markers = 0
    }

    // MARK: the end

    /// All faults end: what may stand now stands for a reason that only a person can take away.
    mutating func heal() {
        trail?.note(0, "all faults end")
        poison.removeAll()
        damaged.removeAll()
        for place in sources.indices {
            pause(place, false)
            if !sources[place].exists { sources[place].create() }
            sources[place].endTransaction(isAborted: false, id: newID())
            targets[place].exists = true
        }
    }

    /// A round in which everything that can happen does.
    mutating func calmRound() {
        now += .milliseconds(random.isOne(in: 20) ? 31_000 : 400)
        for place in sources.indices { fetch(place) }
        turn()
        for client in LaneModel.Client.allCases {
            for _ in 0..<12 { deliver(client) }
        }
        report(all: true)
        if isExactlyOnce {
            for _ in 0..<4 {
                advanceTransaction()
                coordinate(isCalm: true)
                for _ in 0..<12 { deliver(.large) }
                report(all: true)
            }
        }
        for place in sources.indices {
            answer(place)
            finishRow(place, fails: false)
            meter(place)
            advanceLoss(place)
        }
        turn()
    }
}
