// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring

/// The lane's transactions: as `Lane+Transactions` performs them in the engine.
extension World {
    /// The coordinator has been fenced, and what is stored was read.
    mutating func startTransactions() {
        var machine = TransactionMachine(interval: .milliseconds(300))
        var actions: [TransactionMachine.Action] = []
        machine.start(&actions)
        machine.fenceEnded(.done, at: now, &actions)
        machine.stored(.asCommitted, at: now, &actions)
        lane.transactions = machine
    }

    /// Everything in memory is gone. A commit that was on its way may be carried out, before the next client takes the id.
    mutating func crashTransactional() {
        if coordinator.request == .commit, coordinator.clientEpoch == coordinator.epoch, random.isOne(in: 2) {
            coordinator.request = nil
            coordinator.lateCommits.append(coordinator.epoch)
            while !coordinator.lateCommits.isEmpty { coordinate(isCalm: true) }
        }
        startLane()
    }

    mutating func stopTransactional() {
        for _ in 0..<200 where lane.inFlight > 0 && lane.transactions?.isUsable == true {
            for _ in 0..<5 { deliverTransactional() }
            report(all: true)
            advanceTransaction(closesEarly: true)
            coordinate(isCalm: true)
        }
        startLane()
    }

    mutating func advanceTransaction(closesEarly: Bool = false) {
        guard lane.transactions != nil else { return }
        let closesEarly =
            closesEarly || lane.inFlight >= 60 || lane.partitions.contains { $0.machine.waitsForAcknowledgements }
        let outstanding = lane.large.count + lane.large.reports.count + coordinator.unwrittenRows.count
        var actions: [TransactionMachine.Action] = []
        lane.transactions?.tick(
            at: now, outstanding: outstanding, closesEarly: closesEarly, &actions)
        perform(actions)
    }

    mutating func perform(_ actions: [TransactionMachine.Action]) {
        for action in actions {
            trail?.note(0, "transaction: \(action)")
            switch action {
            case .fence:
                lane.large = ProducerModel(partitions: sources.count)
                coordinator.unwrittenRows.removeAll()
                coordinator.request = .fence
            case .readProgress: coordinator.wantsProgress = true
            case .begin: break
            case .writeRows: writeRows()
            case .commit: coordinator.request = .commit
            case .abort: coordinator.request = .abort
            case .settle(let isCommitted): if isCommitted { committed() } else { aborted() }
            case .end:
                endings.replacedLanes += 1
                return startLane()
            }
        }
    }

    mutating func tell(
        _ request: CoordinatorModel.Request, _ ending: TransactionMachine.Ending, lostAnswers: Bool = false
    ) {
        trail?.note(0, "\(request) ended: \(ending)")
        var actions: [TransactionMachine.Action] = []
        switch request {
        case .fence: lane.transactions?.fenceEnded(ending, at: now, &actions)
        case .commit: lane.transactions?.commitEnded(ending, lostAnswers: lostAnswers, at: now, &actions)
        case .abort: lane.transactions?.abortEnded(ending, at: now, &actions)
        }
        perform(actions)
    }

    mutating func openTransaction(single: Bool) {
        var actions: [TransactionMachine.Action] = []
        lane.transactions?.open(single: single, at: now, &actions)
    }

    mutating func failTransaction() {
        trail?.note(0, "the transaction must not count")
        lane.transactions?.deliveryFailed(at: now)
    }

    mutating func clientDied() {
        var actions: [TransactionMachine.Action] = []
        let isFenced = coordinator.clientEpoch < coordinator.epoch || random.isOne(in: 3)
        lane.transactions?.clientDied(isFenced: isFenced, at: now, &actions)
        perform(actions)
    }

    func maySend(_ place: Int) -> Bool {
        guard let transactions = lane.transactions else { return true }
        let machine = lane.partitions[place].machine
        guard !lane.partitions[place].parked.isEmpty || machine.isEnvelopeDue else { return false }
        guard case .probing = machine.state else { return transactions.takesRecords }
        return !machine.isSingleInFlight && transactions.takesSingle(at: now)
    }

    mutating func hold(_ report: ProducerModel.Report) {
        guard lane.transactions?.takesReports == true else { return }
        lane.held.append(report)
        let place = report.item.place
        switch report.outcome {
        case .failed: failTransaction()
        case .acknowledged(let offset):
            if offset >= 0, report.item.envelope == nil {
                let last =
                    lane.partitions[place].heldTargetOffset
                    ?? lane.partitions[place].machine.ledger.lastTargetOffset
                if let last, offset <= last {
                    lane.fallen.append((place, offset, last))
                    failTransaction()
                } else {
                    lane.partitions[place].heldTargetOffset = offset
                }
            }
            guard let entry = lane.partitions[place].machine.ledger.entry(report.item.sequence) else { return }
            lane.partitions[place].heldWitness = witness(entry.offset, report.item.id)
        }
    }

    mutating func beginForRows() {
        for place in sources.indices { noteQuiet(place) }
        guard lane.transactions?.takesRecords == true,
            lane.partitions.contains(where: { $0.machine.rowDue != nil })
        else { return }
        openTransaction(single: false)
    }

    private mutating func writeRows() {
        for place in sources.indices {
            let machine = lane.partitions[place].machine
            guard machine.ledger.pendingCount > 0 || lane.transactions?.isSingle == false,
                let offset = machine.rowOnceDone
            else { continue }
            if has(.failedRows), random.isOne(in: 20) { return failTransaction() }
            let witness = lane.partitions[place].heldWitness ?? machine.witness(forRow: offset)
            coordinator.unwrittenRows.append((place, RowModel(offset: offset, witness: witness)))
            lane.partitions[place].machine.wroteRow(offset)
            lane.partitions[place].handedRow = StoredProgress(offset: offset, witness: witness)
        }
    }

    private mutating func committed() {
        lane.isBeingSettled = true
        defer { lane.isBeingSettled = false }
        endings.committed += 1
        let held = lane.held
        lane.held.removeAll()
        lane.fallen.removeAll()
        for report in held { tellMachine(report, report.item.place) }
        for place in sources.indices {
            feed(place) { machine, _, _ in machine.rowReported(isAcknowledged: true) }
            forgetHeld(place)
        }
    }

    private mutating func forgetHeld(_ place: Int) {
        lane.partitions[place].heldWitness = nil
        lane.partitions[place].heldTargetOffset = nil
        lane.partitions[place].handedRow = nil
    }

    private mutating func aborted() {
        lane.isBeingSettled = true
        defer { lane.isBeingSettled = false }
        endings.aborted += 1
        let (held, fallen) = (lane.held, lane.fallen)
        lane.held.removeAll()
        lane.fallen.removeAll()
        for report in held {
            if case .failed = report.outcome { tellMachine(report, report.item.place) }
        }
        let isDoubtful = lane.isTargetDoubtful
        lane.isTargetDoubtful = false
        for place in sources.indices {
            forgetHeld(place)
            feed(place) { $0.sideReplaced($2, &$1) }
            if isDoubtful { lane.partitions[place].machine.doubtTarget() }
            feed(place) { machine, actions, _ in machine.producerReplaced(&actions) }
        }
        for (place, offset, last) in fallen { feed(place) { $0.targetFell(to: offset, after: last, $2, &$1) } }
    }
}
