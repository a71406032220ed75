// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Testing

/// What a daemon decides about lanes that it shares with others.
@Suite struct OwnershipTests {
    /// A partition with two records acknowledged, a third in flight, and a row behind.
    func machine(row: Int64?) -> PartitionMachine {
        let names = PartitionNames(
            source: TopicPartition("orders", 0), target: TopicPartition("A.orders", 0), sourceCluster: "A",
            targetCluster: "B")
        let start = row.map { PartitionStart.resume(last: $0, witness: nil, row: $0) } ?? .fresh(offset: nil)
        var machine = PartitionMachine(
            names, start: start, batching: .large, maximumBatchBytes: 1_000_000)
        let moment = Moment(.zero, wallClock: 0)
        var actions: [PartitionMachine.Action] = []
        machine.begin(sourceID: "source", moment, &actions)
        for offset in (row ?? -1) + 1...(row ?? -1) + 3 { machine.submit(offset: offset, timestamp: 0, size: 1) }
        for sequence in UInt32(0)..<2 { _ = machine.acknowledged(sequence, at: Int64(sequence), moment, &actions) }
        return machine
    }

    // MARK: how a lane ends

    @Test func `a lane that is asked for is drained, and one that is lost is abandoned`() {
        #expect(LaneEnding(ofRevoked: false) == .drained)
        #expect(LaneEnding(ofRevoked: true) == .abandoned)
    }

    @Test func `an abandoned lane leaves what the target has acknowledged and no row says`() {
        #expect(
            LaneEnding.abandoned.leaves(machine(row: 10))
                == UnwrittenProgress(offset: 12, witness: nil, rows: [10, 10]))
        #expect(
            LaneEnding.abandoned.leaves(machine(row: nil))
                == UnwrittenProgress(offset: 1, witness: nil, rows: [nil, nil]))
    }

    @Test func `a row on its way may be the one that is stored`() {
        var machine = machine(row: 10)
        machine.wroteRow(11)
        #expect(LaneEnding.abandoned.leaves(machine)?.rows == [10, 11])
    }

    @Test func `nothing is left where the row says it all, and by a lane that drains`() {
        var machine = machine(row: 10)
        #expect(LaneEnding.drained.leaves(machine) == nil)
        machine.wroteRow(12)
        machine.rowReported(isAcknowledged: true)
        #expect(LaneEnding.abandoned.leaves(machine) == nil)
    }

    // MARK: how many lanes there are

    @Test func `the lanes topic is as large as the largest tasks max, and never smaller again`() {
        #expect(LaneCount.atStart(topic: nil, tasksMax: 2) == 2)
        #expect(LaneCount.atStart(topic: 2, tasksMax: 4) == 4)
        #expect(LaneCount.atStart(topic: 4, tasksMax: 1) == 4)
    }

    @Test func `lanes are counted by what the group has shared out, whatever the topic has by now`() {
        #expect(LaneCount.atAssignment(sharedOut: [0, 1, 2, 3], owned: [2, 3]) == 4)
        #expect(LaneCount.atAssignment(sharedOut: [0], owned: [0]) == 1)
    }

    @Test func `no lane starts while the group shares out anew, or has given the lanes to others`() {
        #expect(LaneCount.atAssignment(sharedOut: nil, owned: [0]) == nil)
        #expect(LaneCount.atAssignment(sharedOut: [], owned: [0]) == nil)
        #expect(LaneCount.atAssignment(sharedOut: [0, 1], owned: [2]) == nil)
        #expect(LaneCount.atAssignment(sharedOut: [0, 2], owned: [0]) == nil, "somebody's lanes are not told")
    }

    @Test func `each partition is carried by one lane, and the topics are in the order of their names`() {
        let topics = [("b", Int32(3)), ("a", 5)].map { name, count in
            MirroredTopic(source: TopicName(name), target: TopicName("A." + name), partitionCount: count)
        }
        for laneCount in 1...4 {
            var carried: [TopicPartition] = []
            for lane in 0..<laneCount {
                let places = LanePlan.partitions(of: lane, laneCount: laneCount, topics: topics)
                    .map { TopicPartition($0.topic.source, $0.partition) }
                #expect(places == places.sorted())
                #expect(places.allSatisfy { LanePlan.lane(of: $0, laneCount: laneCount) == lane })
                carried += places
            }
            #expect(carried.count == 8)
            #expect(Set(carried).count == 8)
        }
    }

    // MARK: whether to look again

    @Test func `topics are looked at again before lanes start, unless that was just done`() {
        #expect(TopicListAge.needsLook(beforeLanesStart: .seconds(600)))
        #expect(!TopicListAge.needsLook(beforeLanesStart: .seconds(2)))
        #expect(!TopicListAge.needsLook(beforeLanesStart: nil), "the flow looks before it takes lanes")
    }
}
