// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Testing

/// One partition without brokers: events in, and what comes of them.
struct MachineRig {
    var machine: PartitionMachine
    var actions: [PartitionMachine.Action] = []
    var now = Duration.zero

    init(_ start: PartitionStart = .fresh(offset: nil), sourceID: String = "id") {
        machine = PartitionMachine(
            PartitionNames(
                source: TopicPartition("orders", 3), target: TopicPartition("eu.orders", 3), sourceCluster: "eu",
                targetCluster: "us"),
            start: start, batching: .large, maximumBatchBytes: 1000)
        machine.begin(sourceID: sourceID, moment, &actions)
        machine.fetchBegan()
    }

    var moment: Moment { Moment(now, wallClock: 1_700_000_000_000) }
    var stop: PartitionStop? { machine.stop }

    /// Takes records and hands them over.
    /// - Returns: their sequence numbers.
    mutating func take(_ offsets: Range<Int64>) -> [UInt32] {
        offsets.map { offset in
            #expect(machine.admit(offset) == .forward)
            let sequence = machine.ledger.nextSequence
            machine.submit(offset: offset, timestamp: 0, size: 1)
            return sequence
        }
    }

    mutating func acknowledge(_ sequences: [UInt32]) {
        for sequence in sequences { _ = machine.acknowledged(sequence, at: -1, moment, &actions) }
    }

    mutating func feed(_ event: (inout PartitionMachine, Moment, inout [PartitionMachine.Action]) -> Void) {
        event(&machine, moment, &actions)
        #expect(machine.violation == nil)
        machine.fetchBegan()
    }
}

@Suite struct PartitionMachineTests {
    private func witness(_ offset: Int64, cluster: String = "id") -> Witness {
        Witness(clusterID: cluster, sourceOffset: offset, timestamp: 5, contentHash: 7, targetOffset: 70)
    }

    @Test func `an end before the position is asked about, and a log that is shorter has stopped the partition`() {
        var rig = MachineRig(.resume(last: 9, witness: witness(9), row: 9))
        rig.feed { machine, _, actions in machine.reachedEnd(at: 9, &actions) }
        #expect(rig.actions == [.ask(.position)])
        rig.feed { $0.answered(0..<9, $1, &$2) }
        #expect(rig.stop?.state == .rewound)
        #expect(
            rig.stop?.text == """
                orders/3 on eu ends at 9, before the next offset to mirror 10: it was truncated or recreated. Choose where to go \
                on: tern progress set --flow 'eu->us' --topic orders --partition 3 --to earliest --execute copies all that is \
                there now; --to latest and --offset N go on later
                """)
    }

    @Test func `a position that is out of range is proved by the witness, whatever the log has grown to`() {
        var rig = MachineRig(.resume(last: 9, witness: witness(9), row: 9))
        rig.feed { machine, _, actions in machine.outOfRange(&actions) }
        rig.feed { $0.answered(0..<40, $1, &$2) }
        #expect(rig.machine.fetchPosition == 9)
        #expect(rig.machine.admit(9) == .prove(witness(9)))
        rig.feed { $0.proved(isSame: false, $1, &$2) }
        #expect(rig.stop?.state == .rewound)
        #expect(
            rig.stop?.text.hasPrefix("offset 9 of orders/3 on eu holds another record than the one that was mirrored")
                == true)
    }

    @Test func `what expired before it was mirrored is told, also where nothing was acknowledged yet`() {
        var rig = MachineRig()
        _ = rig.take(0..<10)
        rig.feed { machine, _, actions in machine.outOfRange(&actions) }
        rig.feed { $0.answered(50..<60, $1, &$2) }
        #expect(rig.stop?.state == .lostData)
        #expect(rig.actions.contains(.countLost(40)))
        #expect(
            rig.stop?.text == """
                orders/3 on eu now starts at 50: 40 offsets from 10 on are gone before they were mirrored. Accept the loss: \
                tern progress set --flow 'eu->us' --topic orders --partition 3 --to earliest --execute
                """)
    }

    @Test func `a topic that comes back before anything of it was acknowledged is read from its beginning`() {
        var rig = MachineRig()
        _ = rig.take(0..<3)
        rig.feed { machine, _, actions in machine.doubt(&actions) }
        rig.feed { $0.answered(0..<10, $1, &$2) }
        #expect(rig.machine.fetchPosition == 0)
        #expect(rig.machine.admit(0) == .forward)
    }

    @Test func `progress of another cluster stops the partition and names both`() {
        let rig = MachineRig(.resume(last: 9, witness: witness(9, cluster: "old"), row: 9), sourceID: "new")
        #expect(rig.stop?.code == "CLUSTER_ID_CHANGED")
        #expect(rig.stop?.text.hasPrefix("progress was made in cluster old, but eu is now new. Point ") == true)
    }

    @Test func `a refused batch is sent again record by record, and what was refused stands with its offset`() {
        var rig = MachineRig()
        let sequences = rig.take(0..<3)
        rig.feed { $0.failed(sequences[0], .init(.msgSizeTooLarge), $1, &$2) }
        #expect(rig.actions == [.breakProducer])
        rig.feed { machine, _, actions in machine.producerReplaced(&actions) }
        #expect(rig.machine.state.name == "probing")
        #expect(rig.machine.fetchPosition == 0)
        #expect(rig.machine.admit(0) == .park)
        #expect(rig.machine.nextParked(&rig.actions) == .sendSingly)
        let single = rig.machine.ledger.nextSequence
        rig.machine.submit(offset: 0, timestamp: 0, size: 1)
        rig.feed { $0.failed(single, .init(.msgSizeTooLarge), $1, &$2) }
        #expect(rig.stop?.state == .refused)
        #expect(rig.stop?.offset == 0)
        #expect(rig.stop?.limit == 1000)
        #expect(
            rig.stop?.text.hasPrefix("eu.orders/3 on us refuses the record as too large: raise max.message.bytes")
                == true)
        #expect(rig.actions.last == .reportTooLarge)
        rig.now += .seconds(31)
        rig.feed { $0.tick($1, &$2) }
        #expect(rig.machine.state.name == "probing")
        #expect(rig.stop?.state == .refused, "it does not look well while it is tried again")
    }

    @Test func `a copy that is not there is tried for half a minute before it is told`() {
        var rig = MachineRig()
        let sequence = rig.take(0..<1)[0]
        rig.feed { $0.failed(sequence, .init(._unknownTopic), $1, &$2) }
        rig.feed { machine, _, actions in machine.producerReplaced(&actions) }
        for round in 0..<2 {
            #expect(rig.stop == nil)
            #expect(rig.machine.admit(0) == .park)
            #expect(rig.machine.nextParked(&rig.actions) == .sendSingly)
            rig.now += .seconds(31 * round)
            rig.feed { $0.singleNotTaken(0, .init(._unknownTopic), $1, &$2) }
            guard round == 0 else { continue }
            rig.now += .seconds(2)
            rig.feed { $0.tick($1, &$2) }
            rig.feed { machine, _, actions in machine.servedParked(&actions) }
        }
        #expect(rig.stop?.state == .targetReset)
        #expect(rig.stop?.text.hasPrefix("eu.orders/3 on us does not exist any more. Tern creates it again") == true)
    }

    @Test
    func
        `what is read is acknowledged before a log that shrank is proved, and then the position goes back to the witness`()
    {
        var rig = MachineRig(.resume(last: 9, witness: witness(5), row: 9))
        #expect(rig.machine.admit(5) == .prove(witness(5)))
        rig.feed { $0.proved(isSame: true, $1, &$2) }
        #expect(rig.machine.fetchPosition == 6, "what lies behind the witness was no record, or is one now")
        #expect(rig.machine.rowDue == nil, "a row never says less than the one before")
        let sequences = rig.take(6..<8)
        rig.feed { machine, _, actions in machine.shrank(&actions) }
        #expect(rig.machine.fetching == .off)
        rig.acknowledge(sequences)
        rig.feed { $0.tick($1, &$2) }
        #expect(rig.machine.fetchPosition == 5)
    }

    @Test func `a partition that is let go ends after what is in flight, and after its last row`() {
        var rig = MachineRig()
        let sequences = rig.take(0..<3)
        rig.feed { machine, _, actions in machine.removed(&actions) }
        #expect(rig.machine.fetching == .off)
        #expect(!rig.machine.isRemoved, "three records have no report")
        rig.acknowledge(sequences)
        rig.feed { $0.tick($1, &$2) }
        #expect(!rig.machine.isRemoved, "its progress is not written")
        #expect(rig.machine.rowDue == 2)
        rig.machine.wroteRow(2)
        rig.feed { $0.tick($1, &$2) }
        #expect(!rig.machine.isRemoved)
        rig.machine.rowReported(isAcknowledged: true)
        rig.feed { $0.tick($1, &$2) }
        #expect(rig.machine.isRemoved)
    }

    @Test func `a partition that is wanted again before it was let go of goes on where it was`() {
        var rig = MachineRig()
        let sequences = rig.take(0..<3)
        rig.feed { machine, _, actions in machine.removed(&actions) }
        rig.feed { machine, _, _ in machine.kept() }
        rig.acknowledge(sequences)
        rig.feed { $0.tick($1, &$2) }
        #expect(rig.machine.fetchPosition == 3)
        #expect(rig.take(3..<4).count == 1)
    }

    @Test func `a partition that stands is let go of once its last row is written`() {
        var rig = MachineRig()
        rig.acknowledge(rig.take(0..<1))
        rig.feed { machine, _, actions in machine.outOfRange(&actions) }
        rig.feed { $0.answered(50..<60, $1, &$2) }
        rig.feed { machine, _, actions in machine.removed(&actions) }
        #expect(rig.stop?.state == .lostData)
        rig.machine.wroteRow(0)
        rig.machine.rowReported(isAcknowledged: true)
        rig.feed { $0.tick($1, &$2) }
        #expect(rig.machine.isRemoved)
    }

    @Test func `when the target refuses a whole topic, others that share the producer send their next record singly`() {
        var rig = MachineRig()
        let sequences = rig.take(0..<3)
        rig.feed { $0.failed(sequences[0], .init(.topicAuthorizationFailed), $1, &$2) }
        #expect(rig.actions == [.breakProducer, .doubtTarget])
        var other = MachineRig()
        _ = other.take(5..<9)
        other.feed { machine, _, _ in machine.doubtTarget() }
        other.feed { machine, _, actions in machine.producerReplaced(&actions) }
        #expect(other.machine.state.name == "probing")
        for (offset, step) in [(Int64(5), PartitionMachine.ParkedStep.sendSingly), (6, .forward)] {
            #expect(other.machine.admit(offset) == (step == .sendSingly ? .park : .forward))
            guard step == .sendSingly else { continue }
            #expect(other.machine.nextParked(&other.actions) == step)
            let single = other.machine.ledger.nextSequence
            other.machine.submit(offset: offset, timestamp: 0, size: 1)
            other.acknowledge([single])
            other.feed { machine, _, actions in machine.servedParked(&actions) }
        }
        #expect(other.machine.state.name == "flowing")
        #expect(!other.machine.isTargetDoubtful)
        // One that had nothing in flight is told before its next record.
        var idle = MachineRig()
        idle.feed { machine, _, _ in machine.doubtTarget() }
        idle.feed { machine, _, actions in machine.producerReplaced(&actions) }
        #expect(idle.machine.isTargetDoubtful)
    }

    @Test func `behind a batch that cannot be read nothing is taken, and it is tried again`() {
        var rig = MachineRig()
        let sequences = rig.take(0..<3)
        rig.feed { $0.unreadable(._badMsg, at: 3, $1, &$2) }
        #expect(rig.machine.admit(4) == .drop)
        #expect(rig.stop?.state == .stopped)
        #expect(
            rig.stop?.text == """
                the batch at offset 3 of orders/3 on eu is damaged: its checksum or its form is wrong. Repair the log on eu, or go \
                on behind the batch: tern progress set --flow 'eu->us' --topic orders --partition 3 --offset \
                LAST-OFFSET-OF-THE-BATCH --execute; it is tried again at least every 30 s
                """)
        rig.acknowledge(sequences)
        #expect(rig.stop?.offset == 3, "what was sent before says nothing about it")
        let told = rig.actions.count
        rig.now += .seconds(31)
        rig.feed { $0.tick($1, &$2) }
        #expect(rig.machine.fetchPosition == 3)
        #expect(rig.stop?.offset == 3, "it does not look well while it is tried again")
        rig.feed { $0.unreadable(._badMsg, at: 3, $1, &$2) }
        #expect(rig.actions.count == told, "told once")
        rig.now += .seconds(31)
        rig.feed { $0.tick($1, &$2) }
        rig.acknowledge(rig.take(3..<4))
        #expect(rig.stop == nil)
        #expect(rig.actions.last == .reportResumed)
    }

    @Test func `a log that cannot be read where it is to be proved is proved later`() {
        var rig = MachineRig(.resume(last: 9, witness: witness(5), row: 9))
        rig.feed { $0.unreadable(._badMsg, at: 5, $1, &$2) }
        rig.now += .seconds(31)
        rig.feed { $0.tick($1, &$2) }
        #expect(rig.machine.admit(5) == .prove(witness(5)))
    }
}
