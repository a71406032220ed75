// SPDX-License-Identifier: Apache-2.0

/// How a lane ends that is this daemon's no more.
public enum LaneEnding: Sendable, Equatable {
    /// It waits for what is in flight and writes its last progress; its next owner waits for that.
    case drained
    /// Another daemon may run it already: nothing more is sent, no row is written, and nobody waits.
    case abandoned

    /// - Parameter isLost: the coordinator has not asked for the lane, but has given it up together with its owner.
    public init(ofRevoked isLost: Bool) { self = isLost ? .abandoned : .drained }

    /// What the lane leaves to its successor in this process: what the target has acknowledged, and no row says.
    /// - Parameter machine: of one partition of the lane.
    public func leaves(_ machine: PartitionMachine) -> UnwrittenProgress? {
        guard self == .abandoned, !machine.isRemoved, !machine.isStopped else { return nil }
        guard let offset = machine.ledger.progress, offset != machine.rows.acknowledged else { return nil }
        return UnwrittenProgress(
            offset: offset, witness: machine.witness(forRow: offset),
            rows: [machine.rows.acknowledged, machine.rows.handedIn])
    }
}
