// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import TernConfiguration
import Testing

@testable import MirrorEngine

@Suite struct `A position that is asked for` {
    private let orders = MirroredTopic(source: "orders", target: "eu.orders", partitionCount: 2)

    @Test func `is told by the owner of lane 0 alone`() {
        let positions = PositionTranslator()
        positions.setTopics(["orders": orders])
        #expect(positions.translate(TopicPartition("orders", 0), 7) == .elsewhere)
        positions.setOwnsFirstLane(true)
        #expect(
            positions.translate(TopicPartition("orders", 0), 7) == .notReady("the places of copies are not read yet"))
        positions.setOwnsFirstLane(false)
        #expect(positions.translate(TopicPartition("orders", 0), 7) == .elsewhere)
    }

    @Test func `of a partition that the topic does not have is no position`() {
        let positions = PositionTranslator()
        positions.setTopics(["orders": orders])
        positions.setOwnsFirstLane(true)
        #expect(positions.translate(TopicPartition("orders", 2), 7) == .partitionUnknown(count: 2))
        #expect(positions.translate(TopicPartition("orders", .max), 7) == .partitionUnknown(count: 2))
    }
}

@Suite struct `What was written for groups` {
    @Test func `is counted, and shown with the totals of the lanes`() {
        let rows = RowTotals()
        rows.count { $0.heartbeats += 1 }
        rows.count { $0.offsetSyncs += 2 }
        rows.count { $0.checkpoints += 3 }
        rows.count { $0.groupOffsets += 4 }
        var lanes = LaneTotals()
        lanes.mapWriteErrors = 5
        let counters = FlowCounters().merging(lanes, rows.current)
        #expect(counters.heartbeatsWritten == 1)
        #expect(counters.offsetSyncsWritten == 2)
        #expect(counters.checkpointsWritten == 3)
        #expect(counters.groupOffsetsWritten == 4)
        #expect(counters.mapWriteErrors == 5)
    }
}
