// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring

/// What the target does with transactions, and what becomes of requests that nobody answers.
extension World {
    /// Whoever takes the id ends what is open, and whoever had it can do nothing more.
    mutating func fenceCoordinator() {
        coordinator.epoch += 1
        coordinator.clientEpoch = coordinator.epoch
        endOpen(isCommitted: false)
        coordinator.unwrittenRows.removeAll()
        coordinator.request = nil
        coordinator.wantsProgress = false
    }

    private mutating func endOpen(isCommitted: Bool) {
        let (items, stored) = (coordinator.written, coordinator.rows)
        coordinator.written.removeAll()
        coordinator.rows.removeAll()
        trail?.note(0, isCommitted ? "committed" : "aborted")
        for item in items where isCommitted { _ = append(item) }
        for (place, row) in stored where isCommitted { store(row, place) }
        for place in Set(items.map(\.place)) { targets[place].markers += 1 }
    }

    /// A client that has the id no more is told so.
    private var isFenced: Bool { coordinator.clientEpoch < coordinator.epoch }

    /// The target takes a batch of the lane's client, or refuses it, and with it the transaction.
    mutating func deliverTransactional() {
        guard !lane.large.isDead, lane.transactions?.isUsable == true else { return }
        if isFenced, lane.large.count + coordinator.unwrittenRows.count > 0 { return breakProducer(.large) }
        if !coordinator.unwrittenRows.isEmpty, lane.large.count == 0 {
            coordinator.rows += coordinator.unwrittenRows
            coordinator.unwrittenRows.removeAll()
            return
        }
        let waiting = sources.indices.filter { !lane.large.unsent[$0].isEmpty }
        guard let place = random.element(of: waiting) else { return }
        let batch = lane.large.takeBatch(of: place, 1 + random.below(5))
        var code: KafkaErrorCode?
        if !targets[place].exists { code = .unknownTopicOrPart }
        if batch.contains(where: { poison.contains($0.id) }) { code = .msgSizeTooLarge }
        if let item = batch.first, item.envelope != nil { code = refusal(ofEnvelope: item) }
        guard let code else {
            for item in batch {
                coordinator.written.append(item)
                let offset = targets[place].end + Int64(coordinator.written.count { $0.place == place }) - 1
                lane.large.reports.append(
                    .init(item: item, outcome: .acknowledged(random.isOne(in: 12) ? -1 : offset)))
            }
            return
        }
        lane.large.reports += batch.map { .init(item: $0, outcome: .failed(code)) }
        let purged = lane.large.unsent.joined()
        lane.large.reports += purged.map { .init(item: $0, outcome: .failed(._purgeQueue)) }
        lane.large.unsent = Array(repeating: [], count: sources.count)
        lane.large.isDead = true
    }

    /// The coordinator gets to something.
    mutating func coordinate(isCalm: Bool = false) {
        if let late = coordinator.lateCommits.first, isCalm || random.isOne(in: 6) {
            coordinator.lateCommits.removeFirst()
            if late == coordinator.epoch {
                trail?.note(0, "a late commit arrives")
                endOpen(isCommitted: true)
            }
        }
        if coordinator.wantsProgress, isCalm || random.isOne(in: 2) { return tellProgress() }
        guard let request = coordinator.request, isCalm || random.isOne(in: 2) else { return }
        coordinator.request = nil
        let isLost = !isCalm && has(.lostAnswers) && random.isOne(in: 4)
        switch request {
        case .fence:
            guard !isLost else { return tell(.fence, .unknown) }
            fenceCoordinator()
            tell(.fence, .done)
        case .abort:
            if isFenced { return tell(.abort, .fenced) }
            if !isLost || random.isOne(in: 2) { endOpen(isCommitted: false) }
            tell(.abort, isLost ? .unknown : .done)
        case .commit: commit(isLost: isLost, isCalm)
        }
    }

    private mutating func commit(isLost: Bool, _ isCalm: Bool) {
        if isFenced { return tell(.commit, .fenced) }
        let isLate = !isCalm && has(.lateRequests) && random.isOne(in: 4)
        if isLate { coordinator.lateCommits.append(coordinator.epoch) }
        // Sent again after a lost answer: the first of the two may still come.
        guard isLost else {
            endOpen(isCommitted: true)
            return tell(.commit, .done, lostAnswers: isLate)
        }
        if random.isOne(in: 2) { endOpen(isCommitted: true) }
        tell(.commit, .unknown)
    }

    private mutating func tellProgress() {
        coordinator.wantsProgress = false
        let places = sources.indices.map { place in
            let machine = lane.partitions[place].machine
            return TransactionMachine.Stored.Place(
                stored: rows[place].map { StoredProgress(offset: $0.offset, witness: $0.witness) },
                known: machine.rows.acknowledged,
                handedIn: machine.rows.isInFlight ? lane.partitions[place].handedRow : nil)
        }
        var actions: [TransactionMachine.Action] = []
        let stored = TransactionMachine.Stored(places)
        trail?.note(0, "stored is \(stored)")
        if lane.transactions?.isInDoubt == true {
            if stored == .asHandedIn { endings.foundCommitted += 1 }
            if stored == .asCommitted { endings.foundAborted += 1 }
        }
        lane.transactions?.stored(stored, at: now, &actions)
        perform(actions)
    }

    /// Another daemon takes the lane, and copies what comes next by what is stored.
    mutating func anotherOwnerWrites(_ place: Int) {
        coordinator.epoch += 1
        endOpen(isCommitted: false)
        trail?.note(place, "another owner takes the id")
        guard random.isOne(in: 2), targets[place].exists, sources[place].exists, let row = rows[place],
            let witness = row.witness, row.offset + 1 >= sources[place].start, row.offset < sources[place].stableEnd,
            sources[place].visible(at: witness.sourceOffset)?.id == witness.contentHash
        else { return }
        let next = sources[place].due.filter { $0.offset > row.offset }.prefix(1 + random.below(3))
        guard let last = next.last, next.allSatisfy({ !poison.contains($0.id) && !damaged.contains($0.id) }) else {
            return
        }
        for entry in next { _ = append(.init(place: place, id: entry.id, sequence: 0)) }
        targets[place].markers += 1
        store(RowModel(offset: last.offset, witness: self.witness(last.offset, last.id)), place)
    }
}
