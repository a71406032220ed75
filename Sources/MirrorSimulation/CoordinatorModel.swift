// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring

/// The target's transaction coordinator, and what is written in the transaction that is open: committed readers see none of it.
///
/// As brokers have it for the clients that there are: a request counts for whatever is open when it comes, as long as nobody has taken
/// the id since it was sent.
struct CoordinatorModel {
    enum Request { case fence, commit, abort }

    /// Of the client that took the id last.
    var epoch = 0
    /// Of the lane's client; less than ``epoch`` when somebody else has taken the id.
    var clientEpoch = 0
    var written: [ProducerModel.Item] = []
    var rows: [(place: Int, row: RowModel)] = []
    /// Rows that were handed over and not yet written.
    var unwrittenRows: [(place: Int, row: RowModel)] = []
    /// What the lane waits for.
    var request: Request?
    var wantsProgress = false
    /// A commit that is still on its way, from the client of that epoch.
    var lateCommits: [Int] = []
}

/// What a simulation's transactions have been through.
public struct TransactionEndings: Sendable, CustomStringConvertible {
    public var committed = 0
    public var aborted = 0
    /// Commits of which the answer was lost, and how the stored rows decided them.
    public var foundCommitted = 0
    public var foundAborted = 0
    /// Lanes that another client's fence, or another's progress, ended.
    public var replacedLanes = 0

    public init() {}

    public static func += (left: inout Self, right: Self) {
        left.committed += right.committed
        left.aborted += right.aborted
        left.foundCommitted += right.foundCommitted
        left.foundAborted += right.foundAborted
        left.replacedLanes += right.replacedLanes
    }

    public var description: String {
        "\(committed) transactions committed, \(aborted) aborted; without an answer \(foundCommitted) found committed and "
            + "\(foundAborted) not; \(replacedLanes) lanes replaced"
    }
}
