// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring

/// A producer of the target: what was handed to it, what it has written, and what it has not yet said.
struct ProducerModel {
    struct Item {
        var place: Int
        var id: UInt64
        var sequence: UInt32
        /// It is set aside: its envelope goes to the quarantine topic, with the record in it or without.
        var envelope: Envelope?

        enum Envelope { case whole, bare }
    }

    struct Report {
        var item: Item
        /// The target's offset, or why it failed.
        var outcome: Outcome
    }

    enum Outcome {
        case acknowledged(Int64)
        case failed(KafkaErrorCode)
    }

    /// By partition, in the order in which they were handed over.
    var unsent: [[Item]]
    var reports: [Report] = []
    /// The client is dead, or a batch has failed: it sends nothing more.
    var isDead = false
    /// Partitions of which a batch was refused: behind it the broker takes nothing of this client.
    var refused: Set<Int> = []

    init(partitions: Int) { unsent = Array(repeating: [], count: partitions) }

    var count: Int { unsent.reduce(0) { $0 + $1.count } }

    mutating func hand(_ item: Item) { unsent[item.place].append(item) }

    mutating func takeBatch(of place: Int, _ size: Int) -> [Item] {
        let batch = Array(unsent[place].prefix(size))
        unsent[place].removeFirst(batch.count)
        return batch
    }
}

/// One partition of the target.
struct TargetModel {
    var ids: [UInt64] = []
    /// Offsets that the ends of transactions have taken.
    var markers: Int64 = 0
    var exists = true

    var end: Int64 { Int64(ids.count) + markers }
}

/// A progress row as it is stored.
struct RowModel: Equatable {
    var offset: Int64
    var witness: Witness?
}
