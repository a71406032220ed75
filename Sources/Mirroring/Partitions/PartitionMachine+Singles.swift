// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes

/// Finding the record that the target refuses, without a hole and without stopping anybody else.
///
/// A refusal fails a whole batch and names no record. The suspects are therefore sent one at a time, next to the lane's own
/// producer, until the last suspect has passed or one is refused by itself.
extension PartitionMachine {
    /// For so long a record may be neither taken nor refused before the partition is shown as stopped.
    static var patience: Duration { .seconds(30) }

    /// A record that the target is expected to refuse, or that could not be handed over.
    public mutating func suspect(_ offset: Int64, _ actions: inout [Action]) {
        note(suspect: offset)
        // Offsets between what was sent and this record hold nothing: it is the next one.
        suspectFrom = min(suspectFrom, ledger.nextToSubmit ?? 0)
        leave(for: .draining, &actions)
    }

    /// Reads again from the first record that is not acknowledged, and sends one at a time.
    mutating func probe(_ actions: inout [Action]) {
        dropParked(&actions)
        state = .probing(Probe())
        route = wantedRoute
        readAgain()
    }

    /// The record at the head was not taken by the producer itself.
    public mutating func singleNotTaken(
        _ offset: Int64, _ failure: Failure, _ moment: Moment, _ actions: inout [Action]
    ) {
        judge(failure, offset, moment, &actions)
    }

    mutating func singlePassed(_ actions: inout [Action]) {
        isSingleInFlight = false
        isTargetDoubtful = false
        // Stopped meanwhile, or asking: what hinders it then is not what has passed.
        guard case .probing = state else { return }
        state = .probing(Probe())
        clearHindrance(&actions)
    }

    /// Nothing of what was suspect is left.
    mutating func passSuspects(_ actions: inout [Action]) {
        state = .flowing
        quarantine = nil
        hasJustQuarantined = false
        clearHindrance(&actions)
    }

    mutating func clearHindrance(_ actions: inout [Action]) {
        standings = 0
        guard hindrance != nil else { return }
        hindrance = nil
        actions.append(.reportResumed)
    }

    /// What stood at an earlier offset than this is passed.
    mutating func clearHindrance(before offset: Int64, _ actions: inout [Action]) {
        if let at = hindrance?.offset, at < offset { clearHindrance(&actions) }
    }

    mutating func singleFailed(_ failure: Failure, _ moment: Moment, _ actions: inout [Action]) {
        isSingleInFlight = false
        quarantine?.isSent = false
        let offset = ledger.firstPending
        rewind(&actions)
        // Asking or stopped meanwhile: it is sent again when the partition goes on, since it stays suspect.
        guard case .probing = state, let offset else { return forgetQuarantine(unlessProbing: state) }
        judge(failure, offset, moment, &actions)
    }

    private mutating func judge(
        _ failure: Failure, _ offset: Int64, _ moment: Moment, _ actions: inout [Action]
    ) {
        if let envelope = quarantine, envelope.offset == offset {
            return judge(envelope, failure, moment, &actions)
        }
        if quarantines, failure.isForGood { return quarantine(offset, for: failure) }
        switch failure {
        case .refused(let code): refuse(code, offset, moment, &actions)
        case .missing: sendAgainLater(.unknownTopicOrPart, offset, moment, &actions)
        case .unreadable:
            note(suspect: offset)
            let stop = PartitionStop.unreadable(names, offset, since: hindrance?.since ?? moment.wallClock)
            stand(stop, trying: .sendSingly, at: moment, &actions)
        case .other(let code): sendAgainLater(code, offset, moment, &actions)
        }
    }

    /// Neither refused nor taken, as for a partition that the producer has not heard of yet: again in a second; what lasts
    /// is shown.
    mutating func sendAgainLater(
        _ code: KafkaErrorCode, _ offset: Int64, _ moment: Moment, _ actions: inout [Action]
    ) {
        guard case .probing(var probe) = state else { return }
        let since = probe.failingSince ?? moment.instant
        if moment.instant - since >= Self.patience { return refuse(code, offset, moment, &actions) }
        probe.failingSince = since
        probe.retryAt = moment.instant + .seconds(1)
        leave(for: .probing(probe), &actions)
    }

    private mutating func refuse(
        _ code: KafkaErrorCode, _ offset: Int64, _ moment: Moment, _ actions: inout [Action]
    ) {
        if let envelope = quarantine, envelope.offset == offset {
            return stopUnquarantined(envelope, code, moment, &actions)
        }
        let stop = PartitionStop.refused(
            names, code, offset, limit: maximumBatchBytes, since: hindrance?.since ?? moment.wallClock,
            retryInterval: retries.longest)
        note(suspect: offset)
        stand(stop, trying: .sendSingly, at: moment, &actions)
        if code == .msgSizeTooLarge { actions.append(.reportTooLarge) }
    }

    /// Stops, and tries again by itself: told once, and shown until it has passed.
    mutating func stand(_ stop: PartitionStop, trying step: Retry.Step, at moment: Moment, _ actions: inout [Action]) {
        let isNew = hindrance == nil
        hindrance = stop
        halt(stop, retry: retry(step, after: moment.instant), isNew: isNew, &actions)
    }

    /// A breaker that is open until then; what is tried then is one record, or one question, and it closes or opens again.
    mutating func retry(_ step: Retry.Step, after instant: Duration) -> Retry {
        standings += 1
        return Retry(at: instant + retries.pause(after: standings, of: names.atSource), step: step)
    }
}
