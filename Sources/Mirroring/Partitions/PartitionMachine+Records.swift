// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
public import KafkaTypes

/// Records as they come from the consumer, and what the target says about them.
extension PartitionMachine {
    /// What becomes of a record that was read.
    public enum Admission: Sendable, Equatable {
        case drop
        /// It is due: skip it by rule, or hand it over and `submit` it.
        case forward
        /// It waits in the lane's queue; `nextParked` says when it is due.
        case park
        /// It may be the one that was refused: to be fed to `suspect`.
        case suspect
        /// It lies at the witness's offset: report by `proved` whether it is that record.
        case prove(Witness)
    }

    /// What becomes of the first record that waits in the lane's queue.
    public enum ParkedStep: Sendable, Equatable {
        case drop
        case sendSingly
        case forward
        /// It stays where it is: the envelope of the record before it goes first, singly.
        case setAside(Quarantine)
    }

    /// Records that wait at most while others are sent singly.
    public static var parkLimit: Int { 500 }

    public mutating func admit(_ offset: Int64) -> Admission {
        guard fetching == .on else { return .drop }
        switch state {
        case .flowing:
            guard !isReadAgainDue, ledger.accepts(offset) else { return .drop }
            return offset <= suspectUntil && isTransactional && offset >= suspectFrom ? .suspect : .forward
        case .verifying(let witness):
            if offset == witness.sourceOffset { return .prove(witness) }
            // Expired or compacted away: nothing is known, and the log reaches the position.
            passProof()
            return admit(offset)
        case .probing:
            return park(offset)
        case .draining, .held, .asking, .paused, .stopped, .removed:
            return .drop
        }
    }

    private mutating func park(_ offset: Int64) -> Admission {
        guard ledger.accepts(offset), offset > parked.last ?? -1 else { return .drop }
        parked.append(offset)
        endBehindParked = nil
        if parked.count >= Self.parkLimit { fetching = .off }
        return .park
    }

    /// Detector D3. The first record read is the witness itself, so the proof costs no reader of its own.
    public mutating func proved(isSame: Bool, _ moment: Moment, _ actions: inout [Action]) {
        guard case .verifying(let witness) = state else { return }
        if isSame {
            // A log that was cut behind the witness, and has grown again, has other records from there on.
            ledger.goBack(to: witness.sourceOffset + 1)
            return passProof()
        }
        halt(.otherRecord(names, at: witness.sourceOffset, ledger.nextOffset, moment), &actions)
    }

    /// What is next: mostly about the first record of the lane's queue; `nil` while it has to wait, or when there is none.
    public mutating func nextParked(_ actions: inout [Action]) -> ParkedStep? {
        if isEnvelopeDue, let quarantine { return .setAside(quarantine) }
        guard quarantine == nil, let offset = parked.first else { return nil }
        if case .probing(let probe) = state {
            guard !isSingleInFlight, !isProofDue, probe.retryAt == nil else { return nil }
            if offset > suspectUntil {
                if hasJustQuarantined { note(suspect: offset) } else { passSuspects(&actions) }
            }
        }
        parked.removeFirst()
        guard ledger.accepts(offset), !isReadAgainDue else { return .drop }
        switch state {
        case .probing: return .sendSingly
        case .flowing: return .forward
        case .verifying, .draining, .held, .asking, .paused, .stopped, .removed: return .drop
        }
    }

    /// The lane's queue was served as far as it goes.
    public mutating func servedParked(_ actions: inout [Action]) {
        guard parked.isEmpty, !isSingleInFlight, quarantine == nil else { return }
        switch state {
        case .probing(let probe):
            guard probe.retryAt == nil else { return }
            // Nothing waits and no suspect is left: the next record need not go singly.
            if !isSuspect { passSuspects(&actions) }
        case .flowing: break
        case .verifying, .draining, .held, .asking, .paused, .stopped, .removed: return
        }
        if fetching == .off { return readAgain() }
        passEnd(&actions)
    }

    /// By rule the record is not sent; the prefix moves over it.
    public mutating func skip(_ offset: Int64) { ledger.skip(offset) }

    /// The record was handed to the producer under `ledger.nextSequence`.
    /// - Returns: how many are in flight now.
    @discardableResult
    public mutating func submit(offset: Int64, timestamp: Int64, size: Int) -> Int {
        if case .probing = state {
            isSingleInFlight = true
            noteEnvelope(submitted: offset)
        }
        ledger.submit(offset: offset, timestamp: timestamp, size: size)
        return ledger.pendingCount
    }

    /// Taken from the consumer and not handed over, since the producer is to be replaced.
    public mutating func notHandedOver() { isReadAgainDue = true }

    // MARK: the witness

    /// Offsets between two witnesses of skipped records: one hash for each 32 records is not felt, and 32 are read in no time.
    private static var skipWitnessDistance: Int64 { 32 }

    /// Where only skipped records come, as in the copies of the other direction, the witness must not stay behind, since each
    /// start reads from it on. Once a progress row, and again where many records come between two rows.
    public func wantsWitness(ofSkipped offset: Int64) -> Bool {
        let isFar = offset - (witness?.sourceOffset ?? -1) >= Self.skipWitnessDistance
        return (isSkipWitnessDue || isFar) && ledger.pendingCount == 0
    }

    public mutating func renewWitness(_ witness: Witness, isSkipped: Bool) {
        if isSkipped { isSkipWitnessDue = false }
        self.witness = witness
    }

    // MARK: reports

    /// Why a delivery failed.
    public enum Failure: Sendable, Equatable {
        /// The target refuses the record itself: sent again as it is, it is refused again.
        case refused(KafkaErrorCode)
        /// The target's topic or partition is not there.
        case missing
        /// The client itself cannot read it as a whole: it is sent by nobody.
        case unreadable
        /// Something that says nothing about this record.
        case other(KafkaErrorCode)
    }

    /// - Returns: what was acknowledged; `nil` for a report of what was dropped before.
    public mutating func acknowledged(
        _ sequence: UInt32, at targetOffset: Int64, _ moment: Moment, _ actions: inout [Action]
    ) -> OffsetLedger.Entry? {
        // An envelope's offset is of the quarantine topic, and says nothing about the target's.
        let envelope = isEnvelopeInFlight ? quarantine : nil
        switch ledger.acknowledge(sequence, targetOffset: envelope == nil ? targetOffset : -1) {
        case .stale: return nil
        case .targetFell(let last):
            isSingleInFlight = false
            rewind(&actions)
            halt(.targetReset(names, acknowledged: targetOffset, after: last, ledger.nextOffset, moment), &actions)
            return nil
        case .done(let entry):
            if isSingleInFlight {
                hasJustQuarantined = false
                if let envelope { setAside(envelope, &actions) }
                singlePassed(&actions)
            } else if case .flowing = state {
                isTargetDoubtful = false
                clearHindrance(before: entry.offset + 1, &actions)
            }
            return entry
        }
    }

    public mutating func failed(
        _ sequence: UInt32, _ failure: Failure, _ moment: Moment, _ actions: inout [Action]
    ) {
        let entry = ledger.entry(sequence)
        if isSingleInFlight {
            guard entry != nil else { return }
            return singleFailed(failure, moment, &actions)
        }
        switch failure {
        case .refused, .missing:
            // A missing topic too: its records would break the producer that it shares with others again and again.
            if let entry { note(suspect: entry.offset) }
        case .other, .unreadable: break
        }
        actions.append(.breakProducer)
        if failure.isAboutTopic { actions.append(.doubtTarget) }
    }

    /// The producer that the partition shares died of something that may be so for its own topic, too: of what it held only the
    /// batches in flight were told. The next record goes singly, so that one replacement does for all.
    public mutating func doubtTarget() { isTargetDoubtful = true }

    /// The target's offsets fell within a transaction, which was therefore not committed: the topic was recreated meanwhile.
    public mutating func targetFell(
        to offset: Int64, after last: Int64, _ moment: Moment, _ actions: inout [Action]
    ) {
        guard !isStopped, !isRemoved else { return }
        isSingleInFlight = false
        rewind(&actions)
        halt(.targetReset(names, acknowledged: offset, after: last, ledger.nextOffset, moment), &actions)
    }

    /// The data producer is another one: what it held is read again from the first unacknowledged record on.
    public mutating func producerReplaced(_ actions: inout [Action]) {
        guard !isRemoved, !isSingleInFlight else { return }  // what goes singly is not that producer's
        if case .probing = state { return }
        if isTargetDoubtful, let first = ledger.firstPending { note(suspect: first) }
        let hadRecords = ledger.pendingCount > 0
        rewind(&actions)
        guard hadRecords || isSuspect || isReadAgainDue else { return }
        isReadAgainDue = false
        guard case .flowing = state else { return }
        if isSuspect { return probe(&actions) }
        readAgain()
    }

    /// The producer of single records and rows is another one.
    public mutating func sideReplaced(_ moment: Moment, _ actions: inout [Action]) {
        rows.forget()
        guard isSingleInFlight else { return }
        singleFailed(.other(._fatal), moment, &actions)
    }

    mutating func rewind(_ actions: inout [Action]) {
        let lost = ledger.rewind()
        if lost.records > 0 { actions.append(.release(records: lost.records, bytes: lost.bytes)) }
    }

    /// Has the consumer begin at `fetchPosition`, which is not behind any record that was taken and not handed over.
    mutating func readAgain() {
        endBehindParked = nil
        fetching = .wanted
        isReadAgainDue = false
    }

    mutating func dropParked(_ actions: inout [Action]) {
        guard !parked.isEmpty else { return }
        parked.removeAll(keepingCapacity: false)
        actions.append(.dropParked)
    }

    /// The partition stops, with the reason that people will read.
    mutating func halt(
        _ stop: PartitionStop, retry: Retry? = nil, isNew: Bool = true, _ actions: inout [Action]
    ) {
        let stop = retry == nil ? stop.decided(by: lossPolicy) : stop
        leave(for: .stopped(stop, retry: retry), &actions)
        if isNew { actions.append(.reportStopped(stop)) }
    }

    /// Enters a state in which nothing is read.
    mutating func leave(for next: State, _ actions: inout [Action]) {
        endBehindParked = nil
        state = next
        forgetQuarantine(unlessProbing: next)
        fetching = .off
        dropParked(&actions)
    }
}
