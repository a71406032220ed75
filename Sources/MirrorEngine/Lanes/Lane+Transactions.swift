// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Telemetry
import TernConfiguration

/// Performs what the lane's `TransactionMachine` decides. Nothing of this runs where records are delivered at least once.
extension Lane {
    func startTransactions() {
        guard let transactions else { return }
        readClocks()
        var actions: [TransactionMachine.Action] = []
        transactions.machine.start(&actions)
        perform(actions)
    }

    /// Hears what has become of requests, and does what is due.
    func advanceTransaction() {
        guard let transactions, !hasMetStranger else { return }
        if let endsAt = held.endsAt, elapsed >= endsAt, stopDeadline == nil {
            ending = .abandoned
            stopDeadline = now
        }
        var actions: [TransactionMachine.Action] = []
        if transactions.needsOtherBatches { transactions.machine.renew(&actions) }
        transactions.advance(at: elapsed, closesEarly: closesEarly, &actions)
        perform(actions)
    }

    /// No more records come, or some wait for the end of the transaction.
    private var closesEarly: Bool {
        stopDeadline != nil || !hasRoom || attention.contains { partitions[$0].machine.waitsForAcknowledgements }
    }

    private func perform(_ actions: [TransactionMachine.Action]) {
        guard let transactions else { return }
        for action in actions {
            switch action {
            case .fence: fence()
            case .readProgress:
                totals.problem = nil
                handle.report(.fenced(transactions.fences))
            case .begin: break  // by ``openTransaction(single:)``
            case .writeRows: writeRows()
            case .commit: transactions.commit()
            case .abort:
                let asksWhy = held.failures.contains { $0.code == ._purgeQueue || $0.code == ._purgeInflight }
                transactions.abort(asksWhy: asksWhy)
            case .settle(let isCommitted): if isCommitted { committed() } else { aborted() }
            case .end(let reason): end(reason)
            }
        }
    }

    private func fence() {
        guard let transactions else { return }
        noteCause()
        for partition in partitions {
            partition.topic = nil
            partition.sideTopic = nil
        }
        if transactions.fences > 0 { totals.producerRestarts += 1 }
        var actions: [TransactionMachine.Action] = []
        transactions.fence(at: elapsed, &actions)
    }

    /// Why the last client was given up, where a person can do something about it.
    private func noteCause() {
        guard let cause = transactions?.cause, cause.remedy == .giveUp || cause.isFatal, cause.code != ._fenced else {
            return
        }
        let cure =
            switch cause.code {
            case .transactionalIdAuthorizationFailed:
                ": grant Write on transactional id \(settings.transactions?.id ?? "") to Tern's user on "
                    + "\(settings.flow.target)"
            case .invalidTransactionTimeout:
                ": \(settings.flow.target)'s transaction.max.timeout.ms is less than "
                    + "\(settings.flow.target).producer.transaction.timeout.ms asks for"
            default: ""
            }
        totals.problem = "no transaction can be made on \(settings.flow.target): \(cause.reason)\(cure)"
        handle.report(.warning(event: .laneTransactionFailed, reason: totals.problem ?? "", nil))
    }

    /// Opens a transaction, if none is open.
    func openTransaction(single: Bool) throws(KafkaError) {
        guard let transactions, case .idle = transactions.machine.state else { return }
        var actions: [TransactionMachine.Action] = []
        transactions.machine.open(single: single, at: elapsed, &actions)
        do throws(KafkaError) { try transactions.begin() } catch {
            failTransaction(mayAskWhy: false)
            throw error
        }
    }

    /// What was sent since the last commit must not count.
    func failTransaction(mayAskWhy: Bool) { transactions?.fail(at: elapsed, mayAskWhy: mayAskWhy) }

    /// Whether a record of the partition's queue may be sent now.
    func maySend(_ partition: LanePartition) -> Bool {
        guard let transactions else { return true }
        guard !partition.parked.isEmpty || partition.machine.isEnvelopeDue else { return false }
        guard case .probing = partition.machine.state else { return transactions.machine.takesRecords }
        if partition.machine.isSingleInFlight { return false }
        if transactions.machine.takesSingle(at: elapsed) { return true }
        transactions.machine.wantSingle()
        return false
    }

    // MARK: reports

    func hold(_ delivery: borrowing Delivery, _ token: Token, _ partition: LanePartition) {
        guard transactions?.machine.takesReports == true else { return }
        switch delivery.outcome {
        case .acknowledged(let offset):
            guard !token.isProgress else { return }
            held.acknowledged.append(
                .init(place: Int32(token.place), sequence: token.sequence, targetOffset: offset))
            // Its offset is of the quarantine topic.
            guard !partition.machine.isEnvelopeInFlight else {
                partition.held.witness = partition.kept?.witness
                return
            }
            if offset >= 0 { fell(to: offset, partition) }
            guard let entry = partition.machine.ledger.entry(token.sequence) else { return }
            partition.held.noteCopy(entry.offset, at: offset, partition.copies)
            if delivery.endsRun, let witness = endOfRun(delivery, entry, at: offset) {
                partition.held.witness = witness
            }
        case .failed(let code, _):
            if token.isProgress {
                if token.isMapRow { totals.mapWriteErrors += 1 } else { totals.progressWriteErrors += 1 }
            } else {
                held.failures.append(.init(place: token.place, sequence: token.sequence, code: code))
            }
            failTransaction(mayAskWhy: true)
        }
    }

    /// Detector D5, before the commit: half of a transaction may have gone with the topic, and nothing else would tell.
    private func fell(to offset: Int64, _ partition: LanePartition) {
        if let last = partition.held.lastTargetOffset ?? partition.machine.ledger.lastTargetOffset, offset <= last {
            held.fallen.append((partition.index, offset, last))
            return failTransaction(mayAskWhy: false)
        }
        partition.held.lastTargetOffset = offset
    }

    // MARK: rows

    /// Progress that no record brings with it, as of records that are left out by rule.
    func beginForRows() {
        guard transactions?.machine.takesRecords == true,
            partitions.contains(where: { !$0.machine.isRemoved && $0.machine.rowDue != nil })
        else { return }
        try? openTransaction(single: false)
    }

    private func writeRows() {
        guard let transactions else { return }
        guard clustersAreTheSame() else { return failTransaction(mayAskWhy: false) }
        held.sealedAt = .now
        for partition in partitions where !partition.machine.isRemoved {
            let hasRecords = partition.machine.ledger.pendingCount > 0
            guard hasRecords || !transactions.machine.isSingle, let offset = partition.machine.rowOnceDone else {
                continue
            }
            let witness = partition.held.witness ?? partition.machine.witness(forRow: offset)
            do throws(KafkaError) {
                try writeCopies(partition, next: offset + 1)
                try transactions.writeRow(offset, witness, partition)
                partition.machine.wroteRow(offset)
                partition.held.row = StoredProgress(offset: offset, witness: witness)
            } catch {
                totals.progressWriteErrors += 1
                totals.problem = "progress cannot be written to \(settings.progress.name): \(error.reason)"
                return failTransaction(mayAskWhy: false)
            }
        }
    }

    /// The places of copies as they are once this transaction is committed.
    private func writeCopies(_ partition: LanePartition, next: Int64) throws(KafkaError) {
        guard let topic = settings.copies.mapTopic, var copies = partition.held.copies ?? partition.copies else {
            return
        }
        let (rows, syncs) = copies.flush(next: next)
        partition.held.copies = copies
        partition.held.syncs = syncs
        try write(rows, to: topic, partition)
    }

    // MARK: what is decided

    private func committed() {
        held.isBeingSettled = true
        defer { held.isBeingSettled = false }
        for report in held.acknowledged {
            acknowledged(
                at: report.targetOffset, sequence: report.sequence, partitions[Int(report.place)])
        }
        totals.transactionsCommitted += 1
        if let sealedAt = held.sealedAt { totals.stages.progress.record((.now - sealedAt) / .seconds(1)) }
        held.removeAll()
        totals.problem = nil
        for partition in partitions where !partition.machine.isRemoved {
            if partition.machine.rows.isInFlight {
                totals.progressWrites += 1
                feed(partition) { machine, _ in machine.rowReported(isAcknowledged: true) }
            }
            if let witness = partition.held.witness { partition.machine.renewWitness(witness, isSkipped: false) }
            if let copies = partition.held.copies {
                partition.copies = copies
                settings.copies.add(partition.held.syncs, of: partition.source)
            }
            partition.held = HeldState()
        }
        serveReportedSingles()
    }

    private func aborted() {
        held.isBeingSettled = true
        defer { held.isBeingSettled = false }
        let cause = transactions?.cause
        let isSingle = transactions?.machine.isSingle == true
        for failure in held.failures {
            var code = failure.code
            if code == ._purgeQueue || code == ._purgeInflight, let cause {
                if isSingle { code = cause.code }
                if PartitionMachine.Failure(cause.code).isAboutTopic { isTargetDoubtful = true }
            }
            failed(code, mayBeWritten: false, sequence: failure.sequence, partitions[failure.place])
        }
        totals.transactionsAborted += 1
        let fallen = held.fallen
        held.removeAll()
        let isDoubtful = isTargetDoubtful
        isTargetDoubtful = false
        for partition in partitions where !partition.machine.isRemoved {
            partition.held = HeldState()
            feed(partition) { [moment] in $0.sideReplaced(moment, &$1) }
            if isDoubtful { partition.machine.doubtTarget() }
            feed(partition) { $0.producerReplaced(&$1) }
        }
        for (place, offset, last) in fallen {
            feed(partitions[place]) { [moment] in $0.targetFell(to: offset, after: last, moment, &$1) }
        }
    }

    /// What is stored after a fence: as this lane knows it, or as its last transaction would have made it, or somebody else's.
    func heardStored(_ rows: [TopicPartition: StoredProgress], _ fence: Int) {
        guard let transactions, transactions.fences == fence else { return }
        let places = partitions.lazy.filter { !$0.machine.isRemoved }.map { partition in
            TransactionMachine.Stored.Place(
                stored: rows[partition.source], known: partition.machine.rows.acknowledged,
                handedIn: partition.machine.rows.isInFlight ? partition.held.row : nil)
        }
        var actions: [TransactionMachine.Action] = []
        transactions.machine.stored(TransactionMachine.Stored(places), at: elapsed, &actions)
        perform(actions)
    }

    /// Long enough for the group to say whose the lane is.
    private static let rest = Duration.seconds(2)

    private func end(_ reason: TransactionMachine.Reason) {
        held.endsAt = elapsed + (reason == .fenced ? Self.rest : .zero)
        let text =
            switch reason {
            case .fenced:
                "the target takes no more writes of this lane's client: a transaction took longer than the target allows, or another "
                    + "daemon has the lane (\(transactions?.cause?.reason ?? "no reason given")). The lane starts again from the stored "
                    + "progress"
            case .progressOfOthers:
                "\(settings.progress.name) has other progress than this lane has written: another daemon carries it, or a person has "
                    + "set it. The lane starts again from there"
            }
        handle.report(.warning(event: .laneReplaced, reason: text, nil))
    }
}
