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
        /// A question of the machine that has no answer.
        var isAsked = false
        /// The end that the meter saw last.
        var meteredEnd: Int64?
        var rowInFlight: RowModel?
    }

    enum Client: Equatable { case large, small, side }

    var partitions: [Partition]
    var large: ProducerModel
    var small: ProducerModel
    var side: ProducerModel
    var isBroken: [Client] = []
    /// A producer died of what the target said about a whole topic.
    var isTargetDoubtful = false
    var unsettled: Set<Int> = []

    init(_ machines: [PartitionMachine]) {
        partitions = machines.map { Partition(machine: $0) }
        large = ProducerModel(partitions: machines.count)
        small = large
        side = large
        unsettled = Set(machines.indices)
    }

    subscript(_ client: Client) -> ProducerModel {
        get {
            switch client {
            case .large: large
            case .small: small
            case .side: side
            }
        }
        set {
            switch client {
            case .large: large = newValue
            case .small: small = newValue
            case .side: side = newValue
            }
        }
    }

    func client(of place: Int) -> Client { partitions[place].machine.batching == .small ? .small : .large }

    var inFlight: Int { partitions.reduce(0) { $0 + $1.machine.ledger.pendingCount } }
}
