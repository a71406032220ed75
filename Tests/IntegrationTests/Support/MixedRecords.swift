// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes

/// Records of every shape that Kafka takes, from a seed.
struct MixedRecords {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    /// So many records for one partition, oldest timestamps first being no rule.
    mutating func records(_ count: Int, of topic: TopicName, partition: Int32) -> [OwnedRecord] {
        (0..<count).map { _ in record(topic, partition) }
    }

    private mutating func record(_ topic: TopicName, _ partition: Int32) -> OwnedRecord {
        OwnedRecord(
            topic: topic, partition: partition, offset: 0,
            timestamp: Timestamp(milliseconds: timestamp(), kind: .create), key: bytes(), value: bytes(large: true),
            headers: (0..<below(4)).map { _ in OwnedHeader(name: name(), value: bytes()) })
    }

    private mutating func timestamp() -> Int64 {
        switch below(8) {
        case 0: 1
        case 1: 1_000_000_000_000 + Int64(below(1_000_000))
        default: 1_700_000_000_000 + Int64(below(1_000_000_000))
        }
    }

    /// Null, empty, text of several scripts, or any bytes at all.
    private mutating func bytes(large: Bool = false) -> [UInt8]? {
        switch below(large ? 24 : 8) {
        case 0: return nil
        case 1: return []
        case 2: return Array("订单-é-🦆".utf8)
        case 3: return [0]
        case 23: return some(below(20_000))
        default: return some(below(64))
        }
    }

    private mutating func name() -> [UInt8] {
        switch below(6) {
        case 0: return Array("same".utf8)
        case 1: return Array("заголовок".utf8)
        case 2: return []
        default: return Array("h\(below(3))".utf8)
        }
    }

    private mutating func some(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 32) }
    }

    private mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }

    /// Knuth's linear congruential generator: the same records in every run.
    private mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state
    }
}
