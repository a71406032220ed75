// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring

/// Whoever waits until records are on the target: looked at once per turn, and only where somebody waits.
extension Lane {
    /// Reasons that are kept of one partition while somebody waits there.
    private static let keptReasons = 1024

    /// Somebody waits for a record of this partition, or may.
    func awaited(_ source: TopicPartition) {
        guard let place = places[source], let offset = settings.barriers.watermark(of: source) else { return }
        partitions[place].awaitedOffset = offset
        awaited.insert(place)
    }

    func serveBarriers() {
        guard !awaited.isEmpty else { return }
        for place in awaited {
            let partition = partitions[place]
            guard !partition.machine.isRemoved else {
                awaited.remove(place)
                continue
            }
            guard let next = partition.machine.ledger.nextOffset, next > partition.awaitedOffset else { continue }
            let rest = settings.barriers.reached(next, of: partition.source) { offset in
                Self.passage(of: offset, partition)
            }
            partition.awaitedOffset = rest ?? .max
            if rest == nil {
                awaited.remove(place)
                partition.uncopiedWhileAwaited = [:]
            }
        }
    }

    private static func passage(of offset: Int64, _ partition: LanePartition) -> BarrierPassage {
        if let passage = partition.uncopiedWhileAwaited[offset] { return passage }
        return partition.copies?.passage(of: offset) ?? .passed
    }

    /// A record was passed without a copy.
    func noteUncopied(_ offset: Int64, _ passage: BarrierPassage, _ partition: LanePartition) {
        guard offset >= partition.awaitedOffset, partition.uncopiedWhileAwaited.count < Self.keptReasons else { return }
        partition.uncopiedWhileAwaited[offset] = passage
    }
}
