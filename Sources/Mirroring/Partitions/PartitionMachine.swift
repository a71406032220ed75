// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration

/// What one source partition may do next: a value without threads, clock or client, so that every order of events can be
/// tried (docs/architecture.md, "The partition machine").
///
/// Events come in by its methods, actions go out through `actions`. A lane performs the actions and feeds the events; the
/// simulation does the same with a model of the world. After each event `violation` says whether an invariant is broken.
public struct PartitionMachine: Sendable {
    public enum State: Sendable, Equatable {
        /// Records are forwarded as they come.
        case flowing
        /// Reading again from the witness, to prove that the log is still the one that was mirrored.
        case verifying(Witness)
        /// A record is suspect: waits until what is in flight is acknowledged, then goes on as `probing`.
        case draining
        /// Records go singly until the last suspect has passed.
        case probing(Probe)
        /// Not fetched until what is in flight is acknowledged: it stalls, or is to change its producer.
        case held
        /// The position is doubtful: the flow was asked where the log starts and ends.
        case asking(Question)
        /// A person has paused it: nothing is read, what is in flight is still acknowledged.
        case paused
        /// Cannot go on. With `retry` it tries again by itself.
        case stopped(PartitionStop, retry: Retry?)
        /// No longer mirrored by this lane.
        case removed
    }

    public struct Probe: Sendable, Equatable {
        /// A record that was neither taken nor refused is sent again then.
        var retryAt: Duration?
        /// Since when no record was taken.
        var failingSince: Duration?
    }

    /// How much has to be proved before a position is trusted.
    public enum Proof: Sendable, Equatable {
        /// By the witness, where the log still has it.
        case ifPossible
        /// The topic was gone: without a proof the partition stops.
        case required
    }

    public struct Question: Sendable, Equatable {
        var proof: Proof
        var subject: Subject
        /// The flow could not ask; asked again then.
        var askAgainAt: Duration?

        public enum Subject: Sendable, Equatable { case position, topic }
    }

    public struct Retry: Sendable, Equatable {
        var at: Duration
        var step: Step

        enum Step: Sendable, Equatable { case sendSingly, ask, read }
    }

    /// Whether the consumer reads the partition.
    public enum Fetching: Sendable, Equatable {
        case off
        /// To be read from `fetchPosition` on; what still comes from an earlier place is dropped.
        case wanted
        case on
    }

    /// Which kind of producer takes its batches.
    public enum Batching: Sendable, Equatable { case large, small }

    /// Which of the producers: of those of a kind, one of several where the target is far.
    public struct Route: Sendable, Equatable {
        public internal(set) var batching: Batching
        public internal(set) var connection = 0
    }

    /// What the lane has to do. `fetching` says whether it fetches.
    public enum Action: Sendable, Equatable {
        case ask(Question.Subject)
        /// The records that wait in the lane's queue are read again.
        case dropParked
        /// The data producer of this partition must be replaced: behind a failed batch nothing may be written.
        case breakProducer
        /// What the target said is about a topic, not about a record, and may hold for others: see ``doubtTarget()``.
        case doubtTarget
        /// So much is no longer in flight, without an acknowledgement.
        case release(records: Int, bytes: Int)
        case reportStopped(PartitionStop)
        case reportResumed
        /// The target found a record too large: is the topic's limit still what it was?
        case reportTooLarge
        /// The quarantine topic has the record in the target's place.
        case reportQuarantined(Quarantine)
        /// Source offsets that expired before they were mirrored.
        case countLost(Int64)
    }

    public let names: PartitionNames
    public internal(set) var state = State.flowing
    public internal(set) var fetching = Fetching.off
    public internal(set) var ledger: OffsetLedger
    public internal(set) var rows: ProgressRows
    public internal(set) var witness: Witness?
    public internal(set) var route: Route
    var wantedRoute: Route
    /// The last offset that must be sent singly.
    var suspectUntil: Int64 = -1
    /// Where transactions are aborted, everything since the last commit is sent again: what lies before this was not refused, and
    /// need not go singly.
    var suspectFrom: Int64 = .max
    /// Acknowledgements come with commits, and an abort takes back what was sent since the last.
    let isTransactional: Bool
    /// A record that was sent singly has no report yet.
    public internal(set) var isSingleInFlight = false
    /// A record was taken and not handed over: nothing behind it may move the prefix until it is read again.
    var isReadAgainDue = false
    /// Shown while a refused record is tried again, so that the partition does not look well in between.
    var hindrance: PartitionStop?
    /// An end of the log before the position, about which the flow was asked.
    var confirmedEnd: Int64?
    /// The log shrank while the partition could not be proved: proved as soon as it flows.
    var isProofDue = false
    /// A person wants it paused. It holds in any state: see `PartitionMachine+Pause.swift`.
    public internal(set) var isPauseWanted = false
    /// Let go of as soon as nothing is in flight and its last row is written.
    var isRemovalDue = false
    /// The target refuses or misses whole topics: the next record goes singly, before it breaks the producer that others share.
    public internal(set) var isTargetDoubtful = false
    /// A row was written since the witness was renewed by a record that is skipped.
    var isSkipWitnessDue = true
    /// Offsets of the records that wait to be sent singly, in order.
    var parked: [Int64] = []
    /// The end of the log, reached while records wait.
    var endBehindParked: Int64?
    /// A record that is about to be set aside: see `PartitionMachine+Quarantine`.
    public internal(set) var quarantine: Quarantine?
    /// The record before was set aside: where one is refused, the next may be, and should not break the producer that others share.
    var hasJustQuarantined = false
    /// Records that the target refuses for good are set aside, and the partition goes on.
    let quarantines: Bool
    /// Whether a person decides after a loss.
    let lossPolicy: LossPolicy
    /// How long what stands rests before it is tried again.
    let retries: BackOff
    /// Tries in a row that have changed nothing.
    var standings = 0
    /// `max.message.bytes` of the target's topic.
    var maximumBatchBytes: Int64
    /// Offset to read from before anything is known; `nil` is what the consumer's own setting says.
    let firstPosition: Int64?
    /// An empty log is noted, too: see ``PartitionStart/beginning``.
    private let notesEmptyLog: Bool
    private let isStartRefused: Bool

    /// - Parameters:
    ///   - retries: how long a refused record rests.
    ///   - start: where the partition starts.
    ///   - isTransactional: whether records are acknowledged by commits.
    ///   - quarantines: whether what the target refuses for good is set aside (`errors.tolerance=all`).
    ///   - lossPolicy: whether a stop for a loss waits for a person (`on.data.loss`).
    public init(
        _ names: PartitionNames, start: PartitionStart, batching: Batching, maximumBatchBytes: Int64,
        retries: BackOff = .ofRefusals, isTransactional: Bool = false, quarantines: Bool = false,
        lossPolicy: LossPolicy = .halt
    ) {
        self.names = names
        self.lossPolicy = lossPolicy
        self.quarantines = quarantines
        self.isTransactional = isTransactional
        self.maximumBatchBytes = maximumBatchBytes
        route = Route(batching: batching)
        wantedRoute = route
        self.retries = retries
        notesEmptyLog = start == .beginning
        isStartRefused = start == .refused
        switch start {
        case .beginning, .refused:
            ledger = OffsetLedger(next: nil)
            rows = ProgressRows(acknowledged: nil, start: nil)
            firstPosition = nil
        case .fresh(let offset):
            ledger = OffsetLedger(next: offset)
            rows = ProgressRows(acknowledged: nil, start: offset.map { $0 - 1 })
            firstPosition = offset
        case .resume(let last, let witness, let row):
            ledger = OffsetLedger(next: last < .max ? last + 1 : last)
            rows = ProgressRows(acknowledged: row, start: nil)
            self.witness = witness
            firstPosition = nil
        }
    }

    /// Begins to read: at the witness when there is one.
    /// - Parameter sourceID: of the cluster that answers now. A witness of another one proves nothing.
    public mutating func begin(sourceID: String, _ moment: Moment, _ actions: inout [Action]) {
        if isStartRefused { return halt(.noProgress(names, moment), &actions) }
        if let witness, witness.clusterID != sourceID {
            let stop = PartitionStop.foreignWitness(names, witness, now: sourceID, ledger.nextOffset, moment)
            return halt(stop, &actions)
        }
        if isPauseWanted { return state = .paused }
        state = witness.map(State.verifying) ?? .flowing
        readAgain()
    }

    // MARK: what others may know

    /// Where the consumer must start so that nothing is missed; `nil` where the log's own start decides.
    public var fetchPosition: Int64? {
        if case .verifying(let witness) = state { return witness.sourceOffset }
        return ledger.nextToSubmit ?? firstPosition
    }

    public var batching: Batching { route.batching }

    /// Whether another client of the source may read it from here on: nothing of it waits to be sent singly.
    public var mayBeReadElsewhere: Bool {
        guard fetching == .on, parked.isEmpty else { return false }
        return switch state {
        case .flowing, .verifying: true
        case .draining, .probing, .held, .asking, .paused, .stopped, .removed: false
        }
    }

    public var stop: PartitionStop? {
        if case .stopped(let stop, _) = state { return stop }
        return hindrance
    }

    public var isStopped: Bool {
        if case .stopped = state { return true }
        return false
    }

    public var isRemoved: Bool { state == .removed }

    /// Whether the next record to send is one that the target may refuse.
    var isSuspect: Bool {
        let next = ledger.nextToSubmit ?? 0
        return suspectUntil >= next && (!isTransactional || next >= suspectFrom)
    }

    /// Notes that a record may be the one that is refused.
    mutating func note(suspect offset: Int64) {
        let isFirst = suspectUntil < ledger.firstPending ?? ledger.nextToSubmit ?? 0
        suspectFrom = isFirst ? offset : min(suspectFrom, offset)
        suspectUntil = max(suspectUntil, offset)
    }

    /// Whether it goes on only when what is in flight has been acknowledged.
    public var waitsForAcknowledgements: Bool {
        guard ledger.pendingCount > 0 else { return false }
        return switch state {
        case .draining, .held, .probing, .asking, .paused: true
        case .flowing: isRemovalDue || route != wantedRoute
        case .verifying, .stopped, .removed: isRemovalDue
        }
    }

    /// Whether `tick` may change something.
    public var needsAttention: Bool {
        if isRemovalDue { return !isRemoved }
        return switch state {
        case .flowing: isProofDue || isSuspect
        case .draining, .held, .probing, .asking: true
        case .stopped(_, let retry): retry != nil && !isPauseWanted
        case .verifying, .paused, .removed: false
        }
    }

    /// The row offset that is due, if one is.
    public var rowDue: Int64? {
        let seesEmptyLog = notesEmptyLog && rows.handedIn == nil && ledger.nextOffset == 0 && ledger.pendingCount == 0
        return rows.due(ledger.progress ?? (seesEmptyLog ? -1 : nil))
    }
}
