// SPDX-License-Identifier: Apache-2.0

extension PartitionMachine {
    /// The invariant that does not hold; `nil` when all do. Cheap enough for each event of a release build.
    public var violation: String? {
        switch state {
        case .draining, .held, .asking, .paused, .stopped, .removed:
            if fetching != .off { return "reads while it is \(state.name)" }
            if !parked.isEmpty { return "keeps records while it is \(state.name)" }
        case .probing:
            if ledger.pendingCount > 1 || isSingleInFlight != (ledger.pendingCount == 1) {
                return "\(ledger.pendingCount) records in flight while they go singly"
            }
        case .verifying(let witness):
            if let next = ledger.nextToSubmit, witness.sourceOffset >= next { return "a witness at the position" }
            if ledger.pendingCount > 0 { return "proves itself with records in flight" }
        case .flowing:
            if isSingleInFlight { return "flows with a record in flight at the side" }
        }
        if isPauseWanted, fetching != .off { return "reads while it is to pause" }
        if isSingleInFlight, ledger.pendingCount != 1 { return "a single record beside others" }
        if let committable = ledger.committable, let next = ledger.nextToSubmit, next <= committable, next < .max {
            return "the position \(next) is not behind the prefix \(committable)"
        }
        if let quarantine, !quarantine.isSent, let next = ledger.nextToSubmit, next > quarantine.offset {
            return "the position \(next) is behind offset \(quarantine.offset), which is not set aside yet"
        }
        if state == .removed, ledger.pendingCount > 0 { return "removed with records in flight" }
        return nil
    }
}
