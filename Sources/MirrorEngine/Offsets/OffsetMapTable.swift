// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring

/// The offset maps of one flow, by source partition.
struct OffsetMapTable: RowTable {
    private(set) var maps: [TopicPartition: OffsetMap] = [:]

    mutating func take(_ record: OwnedRecord) {
        guard let key = record.key.flatMap(OffsetMapRow.parseKey) else { return }
        if let value = record.value {
            guard let block = OffsetMapRow.parseValue(value, first: key.first) else { return }
            maps[key.partition, default: OffsetMap()].apply(block)
        } else {
            maps[key.partition]?.remove(first: key.first)
        }
    }
}

/// The checkpoints that a checkpoints topic holds.
struct CheckpointTable: RowTable {
    private(set) var checkpoints = GroupCheckpoints()

    mutating func take(_ record: OwnedRecord) {
        guard let key = record.key, let value = record.value, let row = CheckpointRow(key: key, value: value) else {
            return
        }
        checkpoints.load(row)
    }
}
