// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Synchronization

/// Where lanes note the places of copies, from which group offsets are translated.
///
/// Its topics may come later than the lanes: what is known until then stays with the lanes and is written then.
final class CopyNotes: Sendable {
    private struct State {
        var mapTopic: TopicName?
        var takesSyncs = false
        var syncs: [OffsetSyncRow] = []
    }
    /// While nobody takes them, older syncs make room for newer ones.
    private static let mostSyncs = 100_000
    private let state = Mutex(State())

    /// The topic of the offset map; `nil` until it is there.
    var mapTopic: TopicName? { state.withLock(\.mapTopic) }

    func open(mapTopic: TopicName) { state.withLock { $0.mapTopic = mapTopic } }
    func takeSyncsFromNowOn() { state.withLock { $0.takesSyncs = true } }

    func add(_ syncs: [OffsetPair], of partition: TopicPartition) {
        guard !syncs.isEmpty else { return }
        state.withLock { state in
            guard state.takesSyncs else { return }
            state.syncs += syncs.map { OffsetSyncRow(partition, upstream: $0.source, downstream: $0.target) }
            if state.syncs.count > Self.mostSyncs { state.syncs.removeFirst(state.syncs.count - Self.mostSyncs) }
        }
    }

    /// The syncs that have come since the last call, in their order.
    func takeSyncs() -> [OffsetSyncRow] {
        state.withLock { state in
            defer { state.syncs = [] }
            return state.syncs
        }
    }

    /// Syncs that could not be written come before those that came since.
    func putBack(_ syncs: [OffsetSyncRow]) { state.withLock { $0.syncs = syncs + $0.syncs } }
}

/// Rows of the offset map, and offset syncs.
extension Lane {
    /// Writes what is new about the places of a partition's copies.
    func writeCopies(_ partition: LanePartition) {
        guard let topic = settings.copies.mapTopic,
            let (rows, syncs) = partition.copies?.flush(next: partition.machine.ledger.nextOffset)
        else { return }
        settings.copies.add(syncs, of: partition.source)
        do throws(KafkaError) { try write(rows, to: topic, partition) } catch { mapRowFailed(partition) }
    }

    /// Hands rows of the offset map over.
    func write(_ rows: [OffsetMapWriter.Row], to topic: TopicName, _ partition: LanePartition) throws(KafkaError) {
        for row in rows {
            let (first, value): (Int64, [UInt8]?) =
                switch row {
                case .block(let block): (block.first, OffsetMapRow(partition.source, block).value)
                case .forget(let first): (first, nil)
                }
            guard let key = OffsetMapRow.key(partition.source, first: first) else { continue }
            try delivery.writeMapRow(key: key, value: value, to: topic, partition)
        }
    }

    func mapRowDelivered(_ delivery: borrowing Delivery, _ partition: LanePartition) {
        if case .failed = delivery.outcome { mapRowFailed(partition) }
    }

    /// Data and progress go on: a hole in the map makes translation less exact, and loses nothing.
    private func mapRowFailed(_ partition: LanePartition) {
        totals.mapWriteErrors += 1
        partition.copies?.rowFailed()
    }
}
