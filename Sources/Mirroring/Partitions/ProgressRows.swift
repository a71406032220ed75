// SPDX-License-Identifier: Apache-2.0

/// The progress rows of one partition: at most one is on its way, since while none is acknowledged later ones would only pile
/// up.
public struct ProgressRows: Sendable, Equatable {
    /// The row offset that was last handed to the producer, and the one that was last acknowledged.
    public private(set) var handedIn: Int64?
    public private(set) var acknowledged: Int64?
    public private(set) var isInFlight = false
    /// A start at the end is progress too: the next start must not jump over what comes in between. Of an empty log that is
    /// -1, which MirrorMaker reads as no progress.
    private let start: Int64?

    init(acknowledged: Int64?, start: Int64?) {
        self.acknowledged = acknowledged
        handedIn = acknowledged
        self.start = start
    }

    func due(_ progress: Int64?) -> Int64? {
        guard let wanted = progress ?? start, wanted != handedIn else { return nil }
        return wanted
    }

    mutating func wrote(_ offset: Int64) {
        handedIn = offset
        isInFlight = true
    }

    mutating func reported(isAcknowledged: Bool) {
        guard isInFlight else { return }
        isInFlight = false
        if isAcknowledged { acknowledged = handedIn } else { handedIn = acknowledged }
    }

    /// The producer that held a row is gone: it is written again.
    mutating func forget() {
        isInFlight = false
        handedIn = acknowledged
    }
}

extension PartitionMachine {
    /// What a row may say that becomes visible together with everything that is in flight, and only with it; where records are in
    /// flight also if no row would be due, since the row tells whether they have arrived.
    public var rowOnceDone: Int64? {
        if ledger.pendingCount > 0 { return ledger.progressOnceDone }
        return rowDue
    }

    /// What a row of this offset carries as its proof; `nil` where the witness is a later record.
    public func witness(forRow offset: Int64) -> Witness? {
        witness.flatMap { $0.sourceOffset <= offset ? $0 : nil }
    }

    /// A row was handed to the producer. The next skipped record renews the witness.
    public mutating func wroteRow(_ offset: Int64) {
        rows.wrote(offset)
        isSkipWitnessDue = true
    }

    public mutating func rowReported(isAcknowledged: Bool) { rows.reported(isAcknowledged: isAcknowledged) }
}
