// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// Where the partition is read, and what happens when that place is not what it was: never a silent jump.
extension PartitionMachine {
    /// The lane's consumer reads from `fetchPosition` on.
    public mutating func fetchBegan() {
        if fetching == .wanted { fetching = .on }
    }

    /// The consumer came to the end of the log.
    public mutating func reachedEnd(at offset: Int64, _ actions: inout [Action]) {
        guard fetching == .on else { return }
        if let next = ledger.nextToSubmit, offset < next { return endsEarly(at: offset, &actions) }
        if case .verifying = state { passProof() }  // nothing is left of what the witness saw
        if case .probing = state {
            endBehindParked = offset
            return passEnd(&actions)
        }
        guard case .flowing = state, !isReadAgainDue else { return }
        // What could not be read is passed, or is gone.
        clearHindrance(&actions)
        ledger.reachedEnd(at: offset)
    }

    /// All that waited has been sent, and the log ends behind it.
    mutating func passEnd(_ actions: inout [Action]) {
        guard let end = endBehindParked, parked.isEmpty, !isSingleInFlight, !isReadAgainDue, quarantine == nil else {
            return
        }
        endBehindParked = nil
        // What is still suspect has expired or was compacted away.
        passSuspects(&actions)
        ledger.reachedEnd(at: end)
    }

    /// The log ends before the position. Either it is not the log that was mirrored, or committed readers do not see as
    /// far as an open transaction lets others see: the flow asks where the log ends for everybody.
    private mutating func endsEarly(at offset: Int64, _ actions: inout [Action]) {
        guard confirmedEnd != offset else { return }
        confirmedEnd = offset
        ask(.position, .ifPossible, &actions)
    }

    /// The broker says that the position does not exist. Numbers that are asked for now are those of a later moment, when
    /// another log may have grown past the position: a proof is wanted too.
    public mutating func outOfRange(_ actions: inout [Action]) {
        guard fetching == .on else { return }
        ask(.position, .ifPossible, &actions)
    }

    /// The broker says that there is no such topic or partition. Told once, and shown while it is asked again.
    public mutating func sourceMissing(_ code: KafkaErrorCode, _ moment: Moment, _ actions: inout [Action]) {
        guard !isStopped, !isRemoved else { return }
        let known = hindrance?.state == .sourceMissing ? hindrance : nil
        let stop = known ?? .sourceMissing(names, code, ledger.nextOffset, moment)
        hindrance = stop
        halt(stop, retry: retry(.ask, after: moment.instant), isNew: known == nil, &actions)
    }

    /// The source's log cannot be read at this offset, for damage or for a codec that the client does not know. With the old formats
    /// the client goes on behind it by itself: nothing of that is taken.
    public mutating func unreadable(
        _ code: KafkaErrorCode, at offset: Int64, _ moment: Moment, _ actions: inout [Action]
    ) {
        guard fetching == .on else { return }
        if case .verifying = state { isProofDue = true }
        let stop = PartitionStop.damaged(
            names, code, offset, since: hindrance?.since ?? moment.wallClock, retryInterval: retries.longest)
        stand(stop, trying: .read, at: moment, &actions)
    }

    /// The meter was told that the partition is gone. librdkafka tells that late, and not at all when the topic is there
    /// again at its next look: nothing is read until the flow has asked once more.
    public mutating func doubt(_ actions: inout [Action]) {
        guard case .flowing = state else { return proveLater() }
        ask(.topic, .ifPossible, &actions)
    }

    /// Detector D2 saw the log shrink: reads again from the witness on.
    public mutating func shrank(_ actions: inout [Action]) {
        guard case .flowing = state else { return proveLater() }
        prove(&actions)
    }

    /// Reads from the witness on, or has the flow asked where there is none.
    mutating func prove(_ actions: inout [Action]) {
        if isPauseWanted { return rest(&actions) }
        guard ledger.pendingCount == 0 else {
            // What is in flight is behind the witness: the position cannot go back there before it is acknowledged.
            isProofDue = true
            return leave(for: .draining, &actions)
        }
        isProofDue = false
        // What lies at its offset after the proof may be another record.
        quarantine = nil
        guard let witness, ledger.nextToSubmit.map({ witness.sourceOffset < $0 }) ?? false else {
            return ask(.position, .ifPossible, &actions)
        }
        dropParked(&actions)
        state = .verifying(witness)
        readAgain()
    }

    /// What was read next is proved, or nothing is left to prove it by.
    mutating func passProof() {
        guard isSuspect, ledger.pendingCount == 0 else { return state = .flowing }
        route = wantedRoute
        state = .probing(Probe())
    }

    /// The meter reports what it saw once: kept, and nothing more is sent before it is proved.
    private mutating func proveLater() {
        switch state {
        case .held, .draining, .probing, .stopped(_, .some): isProofDue = true
        case .flowing, .verifying, .asking, .paused, .stopped, .removed: break  // proves itself, or needs a person
        }
    }

    mutating func ask(_ subject: Question.Subject, _ proof: Proof, _ actions: inout [Action]) {
        leave(for: .asking(Question(proof: proof, subject: subject)), &actions)
        actions.append(.ask(subject))
    }

    /// The flow could not ask, which says nothing about the partition.
    public mutating func unanswered(_ moment: Moment) {
        guard case .asking(var question) = state else { return }
        question.askAgainAt = moment.instant + .seconds(1)
        state = .asking(question)
    }

    /// Where the log starts and ends, as the flow learned; `nil` when there is no such partition.
    public mutating func answered(_ log: Range<Int64>?, _ moment: Moment, _ actions: inout [Action]) {
        guard case .asking(let question) = state, question.askAgainAt == nil else { return }
        // A record that went singly before has no report: it, and what is read now, must not pass each other.
        guard !isSingleInFlight else { return unanswered(moment) }
        guard let log else { return sourceMissing(.unknownTopicOrPart, moment, &actions) }
        isProofDue = false
        let wasMissing = hindrance?.state == .sourceMissing
        if wasMissing { hindrance = nil }
        judge(log, question, moment, &actions)
        guard wasMissing, !isStopped else { return }
        standings = 0
        actions.append(.reportResumed)
    }

    /// Whether the log is the one that was mirrored, as far as its two ends tell.
    private mutating func judge(
        _ log: Range<Int64>, _ question: Question, _ moment: Moment, _ actions: inout [Action]
    ) {
        guard let next = ledger.nextToSubmit else { return resume(&actions) }
        if ledger.committable == nil, witness == nil, question.proof == .required || next >= log.lowerBound {
            return restart(at: log.lowerBound, &actions)
        }
        if !ledger.passExpired(before: log.lowerBound) {
            actions.append(.countLost(log.lowerBound - next))
            halt(.lostData(names, from: next, startsAt: log.lowerBound, moment), &actions)
        } else if next > log.upperBound {
            halt(.truncated(names, endsAt: log.upperBound, next: next, ledger.nextOffset, moment), &actions)
        } else if let witness, log.contains(witness.sourceOffset), witness.sourceOffset < next {
            prove(&actions)
        } else if question.proof == .ifPossible || (log.lowerBound > 0 && next == log.lowerBound) {
            // A new log starts at 0: one that starts at the position is the old one, whose records have expired.
            resume(&actions)
        } else {
            halt(.unproved(names, ledger.nextOffset, moment), &actions)
        }
    }

    private mutating func resume(_ actions: inout [Action]) {
        if isPauseWanted { return rest(&actions) }
        if isProofDue { return prove(&actions) }
        if isSuspect, ledger.pendingCount == 0 { return probe(&actions) }
        state = .flowing
        readAgain()
    }

    /// Nothing is known to be mirrored: whatever log this is, all of it is wanted. What is in flight may come twice.
    private mutating func restart(at offset: Int64, _ actions: inout [Action]) {
        let lost = ledger.restart(at: offset)
        if lost.records > 0 { actions.append(.release(records: lost.records, bytes: lost.bytes)) }
        witness = nil
        confirmedEnd = nil
        quarantine = nil
        suspectUntil = -1
        clearHindrance(&actions)
        resume(&actions)
    }

    // MARK: what comes from outside

    /// Somebody who knows more than the lane stops the partition.
    public mutating func halted(_ stop: PartitionStop, _ actions: inout [Action]) {
        guard !isStopped, !isRemoved else { return }
        halt(stop, &actions)
    }

    /// The lane is to let go of it: after what is in flight, and after its last row.
    public mutating func removed(_ actions: inout [Action]) {
        guard !isRemoved else { return }
        isRemovalDue = true
        if !isStopped { leave(for: .draining, &actions) }
        finishRemoval(&actions)
    }

    /// It is wanted again. Where it was gone by then, it must be given anew.
    public mutating func kept() { isRemovalDue = false }

    private mutating func finishRemoval(_ actions: inout [Action]) {
        guard ledger.pendingCount == 0, rowDue == nil, !rows.isInFlight, !isRemoved else { return }
        leave(for: .removed, &actions)
    }

    /// Others get acknowledgements, this partition has had none for a while: its records must not fill the lane.
    public mutating func stalled(_ actions: inout [Action]) {
        guard case .flowing = state, ledger.pendingCount > 0 else { return }
        leave(for: .held, &actions)
    }

    /// What the target's topic takes has changed.
    public mutating func limitsChanged(
        _ batching: Batching, maximumBatchBytes: Int64, _ moment: Moment, _ actions: inout [Action]
    ) {
        self.maximumBatchBytes = maximumBatchBytes
        wantedRoute.batching = batching
        changeRoute(&actions)
        // Somebody changed the limit, likely because of the refusal: no need to wait half a minute.
        if case .stopped(let stop, var retry?) = state {
            retry.at = moment.instant
            state = .stopped(stop, retry: retry)
        }
    }

    /// Another connection to the target is to carry it from now on, counted from 0.
    public mutating func connectionChanged(to connection: Int, _ actions: inout [Action]) {
        wantedRoute.connection = connection
        changeRoute(&actions)
    }

    /// Another client of the source is to read it; only where ``mayBeReadElsewhere``.
    public mutating func readElsewhere() {
        if mayBeReadElsewhere { readAgain() }
    }

    /// As soon as nothing is in flight, so that records stay in order.
    mutating func changeRoute(_ actions: inout [Action]) {
        guard route != wantedRoute else { return }
        if ledger.pendingCount == 0 {
            route = wantedRoute
        } else if case .flowing = state {
            leave(for: .held, &actions)
        }
    }

    /// Time has passed, or reports were served.
    public mutating func tick(_ moment: Moment, _ actions: inout [Action]) {
        if isRemovalDue { return finishRemoval(&actions) }
        switch state {
        case .probing where isProofDue && !isSingleInFlight, .flowing where isProofDue:
            prove(&actions)
        case .flowing where isSuspect && ledger.pendingCount == 0:
            probe(&actions)
        case .asking(let question):
            guard let at = question.askAgainAt, moment.instant >= at else { return }
            ask(question.subject, question.proof, &actions)
        case .draining where ledger.pendingCount == 0:
            resume(&actions)
        case .probing(var probe):
            guard let at = probe.retryAt, moment.instant >= at else { return }
            probe.retryAt = nil
            state = .probing(probe)
        case .held where ledger.pendingCount == 0:
            changeRoute(&actions)
            resume(&actions)
        case .stopped(let stop, let retry?) where moment.instant >= retry.at && !isPauseWanted:
            tryAgain(stop, retry.step, &actions)
        case .flowing, .verifying, .draining, .held, .paused, .stopped, .removed: break
        }
    }

    private mutating func tryAgain(_ stop: PartitionStop, _ step: Retry.Step, _ actions: inout [Action]) {
        switch step {
        case .sendSingly:
            if let offset = stop.offset { note(suspect: offset) }
            resume(&actions)
        case .ask: ask(.topic, .required, &actions)
        case .read:
            // What goes singly, and what is read now, must not pass each other.
            guard !isSingleInFlight else { return }
            resume(&actions)
        }
    }
}
