// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Testing

@Suite struct PartitionPauseTests {
    private func witness(_ offset: Int64) -> Witness {
        Witness(clusterID: "id", sourceOffset: offset, timestamp: 5, contentHash: 7, targetOffset: 70)
    }

    private func pause(_ rig: inout MachineRig, _ isPaused: Bool) {
        rig.feed { machine, _, actions in machine.pauseChanged(to: isPaused, &actions) }
    }

    @Test func `a paused partition reads nothing, and what is in flight is acknowledged and noted`() {
        var rig = MachineRig()
        let sequences = rig.take(0..<3)
        pause(&rig, true)
        #expect(rig.machine.fetching == .off)
        #expect(rig.machine.admit(3) == .drop)
        rig.acknowledge(sequences)
        #expect(rig.machine.rowDue == 2)
        #expect(rig.machine.ledger.nextOffset == 3, "lag goes on from here")
        #expect(rig.machine.state.name == "paused")
    }

    @Test func `one that goes on proves its log first`() {
        var rig = MachineRig(.resume(last: 9, witness: witness(9), row: 9))
        pause(&rig, true)
        pause(&rig, false)
        #expect(rig.machine.fetchPosition == 9)
        #expect(rig.machine.admit(9) == .prove(witness(9)))
        rig.feed { $0.proved(isSame: true, $1, &$2) }
        #expect(rig.machine.admit(10) == .forward)
    }

    @Test func `one that was paused before it began reads nothing, and then from where it was to begin`() {
        var machine = PartitionMachine(
            PartitionNames(
                source: TopicPartition("orders", 3), target: TopicPartition("eu.orders", 3), sourceCluster: "eu",
                targetCluster: "us"),
            start: .resume(last: 9, witness: witness(9), row: 9), batching: .large, maximumBatchBytes: 1000)
        var actions: [PartitionMachine.Action] = []
        machine.pauseChanged(to: true, &actions)
        machine.begin(sourceID: "id", Moment(.zero, wallClock: 0), &actions)
        #expect(machine.fetching == .off)
        #expect(machine.ledger.nextOffset == 10)
        machine.pauseChanged(to: false, &actions)
        #expect(machine.fetching == .wanted)
        #expect(machine.fetchPosition == 9)
    }

    @Test func `a stopped partition stays stopped while it is paused, and tries again only after it`() {
        var rig = MachineRig()
        _ = rig.take(0..<1)
        rig.feed { $0.sourceMissing(.unknownTopicOrPart, $1, &$2) }
        pause(&rig, true)
        #expect(rig.stop?.state == .sourceMissing)
        rig.actions = []
        rig.now += .seconds(60)
        rig.feed { $0.tick($1, &$2) }
        #expect(rig.actions == [])
        pause(&rig, false)
        rig.feed { $0.tick($1, &$2) }
        #expect(rig.actions == [.ask(.topic)])
    }

    @Test func `an answer that comes while it is paused still stops it`() {
        var rig = MachineRig(.resume(last: 9, witness: witness(9), row: 9))
        rig.feed { machine, _, actions in machine.outOfRange(&actions) }
        pause(&rig, true)
        rig.feed { $0.answered(50..<60, $1, &$2) }
        #expect(rig.stop?.state == .lostData)
    }

    @Test func `an answer that finds nothing wrong leaves it paused`() {
        var rig = MachineRig(.resume(last: 9, witness: witness(9), row: 9))
        rig.feed { machine, _, actions in machine.outOfRange(&actions) }
        pause(&rig, true)
        rig.feed { $0.answered(0..<60, $1, &$2) }
        #expect(rig.machine.state.name == "paused")
        #expect(rig.machine.fetching == .off)
    }

    @Test func `what may be refused is sent singly after the pause as well`() {
        var rig = MachineRig()
        let sequences = rig.take(0..<3)
        rig.acknowledge([sequences[0]])
        rig.feed { $0.failed(sequences[1], .init(.msgSizeTooLarge), $1, &$2) }
        pause(&rig, true)
        rig.feed { machine, _, actions in machine.producerReplaced(&actions) }
        #expect(rig.machine.fetching == .off)
        pause(&rig, false)
        rig.feed { $0.answered(0..<3, $1, &$2) }
        #expect(rig.machine.admit(1) == .park)
    }
}
