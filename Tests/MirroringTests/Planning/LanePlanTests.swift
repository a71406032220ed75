// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Testing

@Suite struct LanePlanTests {
    @Test func `partitions of a topic spread evenly over the lanes`() {
        for laneCount in 1...7 {
            var counts = Array(repeating: 0, count: laneCount)
            for partition in 0..<Int32(laneCount * 3) {
                counts[LanePlan.lane(of: TopicPartition("orders", partition), laneCount: laneCount)] += 1
            }
            #expect(counts.allSatisfy { $0 == 3 })
        }
    }

    @Test func `topics of one partition do not all meet in one lane`() {
        let lanes = (0..<100).map { LanePlan.lane(of: TopicPartition(TopicName("t\($0)"), 0), laneCount: 4) }
        for lane in 0..<4 { #expect(lanes.filter { $0 == lane }.count > 10) }
    }

    @Test func `the rule is the same in every process`() {
        #expect(LanePlan.lane(of: TopicPartition("orders", 0), laneCount: 8) == 4)
        #expect(LanePlan.lane(of: TopicPartition("orders", 1), laneCount: 8) == 5)
        #expect(LanePlan.lane(of: TopicPartition("orders", .max), laneCount: 1) == 0)
    }
}
