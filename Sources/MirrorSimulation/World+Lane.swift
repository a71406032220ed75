// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Mirroring

/// The lane's work: as `Lane` does it in the engine.
extension World {
    typealias Event = (inout PartitionMachine, inout [PartitionMachine.Action], Moment) -> Void

    mutating func feed(_ place: Int, _ event: Event) {
        var actions: [PartitionMachine.Action] = []
        let before = lane.partitions[place].machine.state
        event(&lane.partitions[place].machine, &actions, moment)
        if let rule = lane.partitions[place].machine.violation { fail(place, "invariant: \(rule)") }
        lane.partitions[place].machine.ledger.checkInvariants()
        let after = lane.partitions[place].machine.state
        if before != after {
            statesSeen.insert(after.name)
            trail?.note(
                place, "\(before.name) -> \(after), next \(lane.partitions[place].machine.ledger.nextToSubmit ?? -1)")
            noteTransition(place, before, after)
        }
        for action in actions { perform(action, place) }
        if lane.partitions[place].machine.fetching != .on || lane.partitions[place].position == nil {
            lane.unsettled.insert(place)
        }
    }

    private mutating func perform(_ action: PartitionMachine.Action, _ place: Int) {
        switch action {
        case .ask: lane.partitions[place].isAsked = true
        case .dropParked: lane.partitions[place].parked.removeAll()
        case .breakProducer: if !isExactlyOnce { breakProducer(lane.client(of: place)) }
        case .doubtTarget: lane.isTargetDoubtful = true
        case .reportStopped(let stop):
            noteStop(place, stop)
            noteDecision(place, stop)
        case .release:
            if isExactlyOnce, !lane.isBeingSettled { failTransaction() }
        case .reportQuarantined(let envelope): trail?.note(place, "offset \(envelope.offset) is set aside")
        case .reportResumed, .reportTooLarge, .countLost: break
        }
    }

    mutating func breakProducer(_ client: LaneModel.Client) {
        lane[client].isDead = true
        if isExactlyOnce { return clientDied() }
        if !lane.isBroken.contains(client) { lane.isBroken.append(client) }
    }

    /// One turn of the lane's thread.
    mutating func turn() {
        report(all: false)
        replaceBroken()
        advanceTransaction()
        for place in sources.indices where lane.partitions[place].machine.needsAttention {
            feed(place) { $0.tick($2, &$1) }
            serveParked(place)
        }
        settleFetching()
        if now >= nextFlush {
            nextFlush = now + .seconds(1)
            if isExactlyOnce { beginForRows() } else { flushRows() }
        }
        for _ in 0..<random.below(12) {
            guard lane.isBroken.isEmpty, lane.inFlight < 60, lane.transactions?.takesRecords != false else { return }
            takeOne()
        }
    }

    private mutating func settleFetching() {
        for place in lane.unsettled.sorted() {
            switch lane.partitions[place].machine.fetching {
            case .off:
                lane.partitions[place].position = nil
                lane.partitions[place].fetched.removeAll()
            case .wanted:
                let wanted = lane.partitions[place].machine.fetchPosition
                lane.partitions[place].position = wanted ?? sources[place].start
                lane.partitions[place].fetched.removeAll()
                lane.partitions[place].endSeen = nil
                lane.partitions[place].machine.fetchBegan()
            case .on: break
            }
        }
        lane.unsettled.removeAll()
    }

    private mutating func takeOne() {
        let ready = sources.indices.filter { !lane.partitions[$0].fetched.isEmpty }
        guard let place = random.element(of: ready) else { return }
        switch lane.partitions[place].fetched.removeFirst() {
        case .record(let entry): take(entry, place)
        case .end(let offset):
            if let due = lane.partitions[place].machine.ledger.nextToSubmit, offset < due { noteLook(place) }
            feed(place) { machine, actions, _ in machine.reachedEnd(at: offset, &actions) }
        case .outOfRange:
            noteLook(place)
            feed(place) { machine, actions, _ in machine.outOfRange(&actions) }
        case .damaged(let offset): feed(place) { $0.unreadable(._badMsg, at: offset, $2, &$1) }
        case .missing: feed(place) { $0.sourceMissing(.unknownTopicOrPart, $2, &$1) }
        }
    }

    /// The lane itself has been told; what its client dropped before does not count.
    private mutating func noteLook(_ place: Int) {
        if lane.partitions[place].machine.fetching == .on { truths[place].wasLookedAt = true }
    }

    private mutating func take(_ entry: SourceModel.Entry, _ place: Int) {
        var admission = PartitionMachine.Admission.drop
        feed(place) { machine, _, _ in admission = machine.admit(entry.offset) }
        switch admission {
        case .drop: break
        case .forward: forward(entry, place)
        case .suspect: feed(place) { machine, actions, _ in machine.suspect(entry.offset, &actions) }
        case .park:
            lane.partitions[place].parked.append(entry)
            serveParked(place)
        case .prove(let witness):
            feed(place) { $0.proved(isSame: witness.contentHash == entry.id, $2, &$1) }
        }
    }

    mutating func serveParked(_ place: Int) {
        while maySend(place) {
            var next: PartitionMachine.ParkedStep?
            feed(place) { machine, actions, _ in next = machine.nextParked(&actions) }
            guard let step = next else { break }
            if case .setAside(let envelope) = step {
                setAside(envelope, place)
                continue
            }
            guard !lane.partitions[place].parked.isEmpty else { break }
            let entry = lane.partitions[place].parked.removeFirst()
            switch step {
            case .drop, .setAside: break
            case .sendSingly: sendSingly(entry, place)
            case .forward: forward(entry, place)
            }
        }
        feed(place) { machine, actions, _ in machine.servedParked(&actions) }
    }

    private mutating func forward(_ entry: SourceModel.Entry, _ place: Int) {
        let client = lane.client(of: place)
        guard lane.isUsable(client) else { return lane.partitions[place].machine.notHandedOver() }
        if entry.kind == .echo { return skip(entry, place) }
        // Weighed before it is sent, and found too large; or one that may break the producer of others.
        if poison.contains(entry.id) && entry.id % 3 == 0 || lane.partitions[place].machine.isTargetDoubtful {
            return feed(place) { machine, actions, _ in machine.suspect(entry.offset, &actions) }
        }
        if has(.fullQueues), random.isOne(in: 15) {
            if isExactlyOnce, lane.transactions?.isOpen == true {
                failTransaction()
                return lane.partitions[place].machine.notHandedOver()
            }
            deliver(client)
            report(all: false)
            if lane.isBroken.contains(client) { return lane.partitions[place].machine.notHandedOver() }
        }
        submit(entry, place, to: client)
    }

    private mutating func sendSingly(_ entry: SourceModel.Entry, _ place: Int) {
        if entry.kind == .echo { return skip(entry, place) }
        lane.partitions[place].kept = entry
        if has(.fullQueues), random.isOne(in: 10) {
            return feed(place) { $0.singleNotTaken(entry.offset, .init(._queueFull), $2, &$1) }
        }
        submit(entry, place, to: lane.sideClient)
    }

    private mutating func setAside(_ envelope: PartitionMachine.Quarantine, _ place: Int) {
        guard let entry = lane.partitions[place].kept, entry.offset == envelope.offset else {
            return fail(place, "no record is kept for the envelope of offset \(envelope.offset)")
        }
        submit(entry, place, to: lane.sideClient, as: envelope.holdsRecord ? .whole : .bare)
    }

    private mutating func submit(
        _ entry: SourceModel.Entry, _ place: Int, to client: LaneModel.Client,
        as envelope: ProducerModel.Item.Envelope? = nil
    ) {
        openTransaction(single: lane.partitions[place].machine.state.name == "probing")
        // Whoever looks at the log now comes too late for this record.
        truths[place].passed()
        let sequence = lane.partitions[place].machine.ledger.nextSequence
        lane[client].hand(ProducerModel.Item(place: place, id: entry.id, sequence: sequence, envelope: envelope))
        lane.partitions[place].machine.submit(offset: entry.offset, timestamp: Int64(entry.id), size: 1)
    }

    private mutating func skip(_ entry: SourceModel.Entry, _ place: Int) {
        if lane.partitions[place].machine.wantsWitness(ofSkipped: entry.offset) {
            lane.partitions[place].machine.renewWitness(witness(entry.offset, entry.id), isSkipped: true)
        }
        lane.partitions[place].machine.skip(entry.offset)
        truths[place].hasPassed = true
        truths[place].passed()
    }

    func witness(_ offset: Int64, _ id: UInt64) -> Witness {
        Witness(
            clusterID: Self.sourceID, sourceOffset: offset, timestamp: Int64(id), contentHash: id, targetOffset: -1)
    }

    private mutating func replaceBroken() {
        for client in lane.isBroken {
            trail?.note(0, "replaces \(client)")
            if client != .side { writeWhatWasOnItsWay(of: client) }
            lane[client] = ProducerModel(partitions: sources.count)
            for place in sources.indices {
                if client == .side {
                    finishRow(place, fails: true)
                    feed(place) { $0.sideReplaced($2, &$1) }
                } else if lane.client(of: place) == client {
                    if lane.isTargetDoubtful { lane.partitions[place].machine.doubtTarget() }
                    feed(place) { machine, actions, _ in machine.producerReplaced(&actions) }
                }
            }
        }
        if lane.isBroken.contains(where: { $0 != .side }) { lane.isTargetDoubtful = false }
        lane.isBroken.removeAll()
    }

    // MARK: reports

    /// Tells the lane what became of records; each partition's in order.
    mutating func report(all: Bool) {
        for client in LaneModel.Client.allCases {
            let count = all ? lane[client].reports.count : random.below(lane[client].reports.count + 1)
            for _ in 0..<count where !lane[client].reports.isEmpty { tell(lane[client].reports.removeFirst()) }
        }
    }

    private mutating func tell(_ report: ProducerModel.Report) {
        let place = report.item.place
        if isExactlyOnce { return hold(report) }
        tellMachine(report, place)
    }

    mutating func tellMachine(_ report: ProducerModel.Report, _ place: Int) {
        switch report.outcome {
        case .failed(let code): feed(place) { $0.failed(report.item.sequence, .init(code), $2, &$1) }
        case .acknowledged(let offset):
            let isSingle = lane.partitions[place].machine.isSingleInFlight
            var entry: OffsetLedger.Entry?
            feed(place) { entry = $0.acknowledged(report.item.sequence, at: offset, $2, &$1) }
            guard let entry else { return }
            truths[place].hasPassed = true
            lane.partitions[place].machine.renewWitness(witness(entry.offset, report.item.id), isSkipped: false)
            if isSingle { serveParked(place) }
        }
    }
}
