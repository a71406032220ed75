// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Mirroring

/// A lane as the machines see it: feeds events, performs actions, without threads and clients.
struct LaneModel {
    /// What the consumer has fetched of a partition and the lane has not taken.
    enum Fetched {
        case record(SourceModel.Entry)
        case end(Int64)
        case outOfRange
        case damaged(Int64)
        case missing
    }

    struct Partition {
        var machine: PartitionMachine
        /// Of the consumer; `nil` while it does not read the partition.
        var position: Int64?
        var endSeen: Int64?
        var fetched: [Fetched] = []
        var parked: [SourceModel.Entry] = []
        /// The last record that went singly.
        var kept: SourceModel.Entry?
        /// A question of the machine that has no answer.
        var isAsked = false
        /// The end that the meter saw last.
        var meteredEnd: Int64?
        var rowInFlight: RowModel?
        /// Of the open transaction.
        var heldWitness: Witness?
        var heldTargetOffset: Int64?
        var handedRow: StoredProgress?
    }

    /// `second` takes large batches like `large`: a far target is written by several connections.
    enum Client: Equatable, CaseIterable { case large, second, small, side }

    var partitions: [Partition]
    var large: ProducerModel
    var second: ProducerModel
    var small: ProducerModel
    var side: ProducerModel
    var isBroken: [Client] = []
    /// A producer died of what the target said about a whole topic.
    var isTargetDoubtful = false
    var unsettled: Set<Int> = []
    /// `nil` where records are delivered at least once.
    var transactions: TransactionMachine?
    /// What the open transaction was told; the partitions hear it when it is decided.
    var held: [ProducerModel.Report] = []
    var fallen: [(place: Int, offset: Int64, last: Int64)] = []
    var isBeingSettled = false

    init(_ machines: [PartitionMachine]) {
        partitions = machines.map { Partition(machine: $0) }
        large = ProducerModel(partitions: machines.count)
        second = large
        small = large
        side = large
        unsettled = Set(machines.indices)
    }

    subscript(_ client: Client) -> ProducerModel {
        get {
            switch client {
            case .large: large
            case .second: second
            case .small: small
            case .side: side
            }
        }
        set {
            switch client {
            case .large: large = newValue
            case .second: second = newValue
            case .small: small = newValue
            case .side: side = newValue
            }
        }
    }

    func client(of place: Int) -> Client {
        guard transactions == nil else { return .large }
        let route = partitions[place].machine.route
        return route.batching == .small ? .small : route.connection == 0 ? .large : .second
    }

    /// Of records that go singly.
    var sideClient: Client { transactions == nil ? .side : .large }

    func isUsable(_ client: Client) -> Bool { transactions?.isUsable ?? !isBroken.contains(client) }

    var inFlight: Int { partitions.reduce(0) { $0 + $1.machine.ledger.pendingCount } }
}
