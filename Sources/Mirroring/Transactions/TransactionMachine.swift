// SPDX-License-Identifier: Apache-2.0

/// What a lane's transactions on the target do next: a value without threads, clock or client, as `PartitionMachine` is.
///
/// Events are its methods; each adds actions to a list, which the lane performs. Three rules that everything rests on:
///
/// - **Fence, then read.** Each client takes the lane's transactional id first, which decides whatever an earlier one has left open;
///   then the stored progress is read, and only then anything is sent.
/// - **What is not known is asked.** A commit without an answer is decided by the next client's fence, and the rows say how.
/// - **A client that has lost an answer begins no further transaction**: what a broker does late would end that one.
public struct TransactionMachine: Sendable {
    public enum State: Sendable, Equatable {
        /// A client is to take the transactional id; `retryAt` is when the next one is made, where the last one failed.
        case fencing(retryAt: Duration?)
        /// The id is taken; the flow reads what is stored.
        case reading
        /// No transaction is open, and nothing on the target waits for this lane.
        case idle(since: Duration)
        case open(since: Duration)
        /// Takes no more records, and waits for the reports of those that it has.
        case closing
        /// The rows have been handed over as well.
        case sealing
        case committing
        /// A delivery failed: waits for the other reports, so that all that is suspect is known.
        case failing(until: Duration)
        case aborting
        /// This lane is of no use any more: another must start from what is stored.
        case over
    }

    public enum Action: Sendable, Equatable {
        /// Throw the client away, if there is one; make another, and have it take the transactional id.
        case fence
        /// Read what is stored up to the present ends, and call ``stored(_:_:_:)``.
        case readProgress
        case begin
        /// Hand over a row for each partition that the transaction carries.
        case writeRows
        case commit
        case abort
        /// All records and rows of the transaction are on the target, or none is.
        case settle(isCommitted: Bool)
        case end(Reason)
    }

    public internal(set) var state = State.fencing(retryAt: nil)
    /// A commit was asked for, and no answer came.
    public internal(set) var isInDoubt = false
    /// The transaction that is open carries a single record and its row, so that a refusal is about that record.
    public internal(set) var isSingle = false
    /// A record waits to be sent singly.
    var isSingleWanted = false
    /// The last transaction was a single one: others come first.
    var hadSingle = false
    var failuresInARow = 0
    /// The client died while a request of it was under way, which may be answered all the same.
    var isClientDead = false
    let interval: Duration

    /// - Parameter interval: how long a transaction takes records.
    public init(interval: Duration) { self.interval = interval }

    // MARK: what the lane may do

    /// Whether records are taken.
    public var takesRecords: Bool {
        switch state {
        case .idle: !isSingleWanted || hadSingle
        case .open: !isSingle
        default: false
        }
    }

    /// Whether a record that goes singly may be sent.
    public func takesSingle(at instant: Duration) -> Bool {
        guard case .idle(let since) = state else { return false }
        return !hadSingle || instant - since >= Self.turn
    }

    /// A lane that sends singly lets others send for so long in between.
    static var turn: Duration { .milliseconds(10) }

    /// Whether a client is there that nothing is known against.
    public var isUsable: Bool {
        switch state {
        case .idle, .open, .closing, .sealing, .committing: true
        case .fencing, .reading, .failing, .aborting, .over: false
        }
    }

    /// Whether a transaction has been begun and not decided.
    public var isOpen: Bool {
        switch state {
        case .open, .closing, .sealing, .committing, .failing, .aborting: true
        case .fencing, .reading: isInDoubt
        case .idle, .over: false
        }
    }

    /// Whether what the target says of records is about the transaction that is open. After an abort there may still be reports of what
    /// it purged, and they are about records that are sent again: nobody must hear them.
    public var takesReports: Bool {
        switch state {
        case .open, .closing, .sealing, .committing, .failing, .aborting: true
        case .fencing, .reading, .idle, .over: false
        }
    }

    /// When ``tick(_:_:_:)`` has something to do, as far as only time is waited for.
    public func due(at instant: Duration, closesEarly: Bool) -> Duration? {
        guard case .open(let since) = state else { return nil }
        return since + length(closesEarly: closesEarly)
    }

    private func length(closesEarly: Bool) -> Duration {
        if isSingle || closesEarly { return .zero }
        return isSingleWanted ? min(interval, Self.turn) : interval
    }

    public var isIdle: Bool {
        if case .idle = state { return true }
        return false
    }

    // MARK: fences

    /// The lane begins.
    public mutating func start(_ actions: inout [Action]) { fence(&actions) }

    private mutating func fence(_ actions: inout [Action]) {
        isClientDead = false
        state = .fencing(retryAt: nil)
        actions.append(.fence)
    }

    public mutating func fenceEnded(_ ending: Ending, at instant: Duration, _ actions: inout [Action]) {
        guard case .fencing(nil) = state else { return }
        switch ending {
        case .done where !isClientDead:
            state = .reading
            actions.append(.readProgress)
        case .done, .refused, .unknown, .fenced:
            failuresInARow += 1
            state = .fencing(retryAt: instant + pause)
        }
    }

    private var pause: Duration {
        failuresInARow <= 1 ? .zero : .milliseconds(min(10_000, 50 << min(failuresInARow, 8)))
    }

    /// What is stored was read, after the fence.
    public mutating func stored(_ stored: Stored, at instant: Duration, _ actions: inout [Action]) {
        guard case .reading = state else { return }
        switch stored {
        case .other: return end(.progressOfOthers, &actions)
        case .asHandedIn:
            guard isInDoubt else { return end(.progressOfOthers, &actions) }
            actions.append(.settle(isCommitted: true))
        case .asCommitted:
            if isInDoubt { actions.append(.settle(isCommitted: false)) }
        }
        isInDoubt = false
        rest(at: instant)
    }

    private mutating func rest(at instant: Duration) {
        state = .idle(since: instant)
        isSingle = false
        // Whoever still wants it asks again.
        isSingleWanted = false
    }

    private mutating func end(_ reason: Reason, _ actions: inout [Action]) {
        state = .over
        actions.append(.end(reason))
    }

    /// The client is to be another one, as for batches of another size.
    public mutating func renew(_ actions: inout [Action]) {
        guard case .idle = state else { return }
        fence(&actions)
    }

    // MARK: a transaction

    /// Something is to be sent.
    /// - Parameter single: it is a record that goes singly.
    public mutating func open(single: Bool, at instant: Duration, _ actions: inout [Action]) {
        guard case .idle = state else { return }
        state = .open(since: instant)
        isSingle = single
        hadSingle = single
        if single { isSingleWanted = false }
        actions.append(.begin)
    }

    /// A record waits that must go singly: what is open ends soon.
    public mutating func wantSingle() { isSingleWanted = true }

    /// Time has passed, or reports have come.
    /// - Parameters:
    ///   - outstanding: records and rows without a report.
    ///   - closesEarly: the lane can or may take no more, or waits for the end of the transaction.
    public mutating func tick(
        at instant: Duration, outstanding: Int, closesEarly: Bool, _ actions: inout [Action]
    ) {
        switch state {
        case .fencing(let at?) where instant >= at: fence(&actions)
        case .open(let since) where instant - since >= length(closesEarly: closesEarly):
            state = .closing
            seal(outstanding, &actions)
        case .closing: seal(outstanding, &actions)
        case .sealing where outstanding == 0:
            state = .committing
            actions.append(.commit)
        case .failing(let until) where outstanding == 0 || instant >= until:
            state = .aborting
            actions.append(.abort)
        default: break
        }
    }

    private mutating func seal(_ outstanding: Int, _ actions: inout [Action]) {
        guard outstanding == 0 else { return }
        state = .sealing
        actions.append(.writeRows)
    }

    /// So long the reports of what was under way with a refused batch are waited for.
    static var patience: Duration { .seconds(2) }

    /// A delivery of the open transaction failed, or what it says of the target must not count.
    public mutating func deliveryFailed(at instant: Duration) {
        switch state {
        case .open, .closing, .sealing: state = .failing(until: instant + Self.patience)
        default: break
        }
    }

    /// - Parameter lostAnswers: a request of the client has had no answer, which a broker may still carry out.
    public mutating func commitEnded(
        _ ending: Ending, lostAnswers: Bool, at instant: Duration, _ actions: inout [Action]
    ) {
        guard case .committing = state else { return }
        switch ending {
        case .done:
            actions.append(.settle(isCommitted: true))
            failuresInARow = 0
            rest(at: instant)
            if lostAnswers || isClientDead { fence(&actions) }
        case .refused:
            state = .aborting
            actions.append(.abort)
        case .unknown:
            isInDoubt = true
            fence(&actions)
        case .fenced:
            // The transaction took too long, or the lane is another daemon's: in either case what is stored counts.
            end(.fenced, &actions)
        }
    }

    /// A commit was never asked for: however the abort ended, the next fence leaves nothing of the transaction.
    public mutating func abortEnded(_ ending: Ending, at instant: Duration, _ actions: inout [Action]) {
        guard case .aborting = state else { return }
        if ending == .fenced { return end(.fenced, &actions) }
        actions.append(.settle(isCommitted: false))
        failuresInARow += 1
        isSingle = false
        state = .fencing(retryAt: instant + pause)
        if pause == .zero { fence(&actions) }
    }

    /// The client itself is dead.
    public mutating func clientDied(isFenced: Bool, at instant: Duration, _ actions: inout [Action]) {
        switch state {
        case .idle, .reading:
            if isFenced { return end(.fenced, &actions) }
            fence(&actions)
        case .open, .closing, .sealing:
            if isFenced { return end(.fenced, &actions) }
            state = .failing(until: instant)
        // Their own endings tell.
        case .fencing, .committing: isClientDead = true
        case .failing, .aborting, .over: break
        }
    }
}
