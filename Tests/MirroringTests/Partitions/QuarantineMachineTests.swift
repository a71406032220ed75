// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Testing

extension MachineRig {
    /// A partition that sets records aside.
    static func quarantining(isTransactional: Bool = false) -> MachineRig {
        var rig = MachineRig()
        rig.machine = PartitionMachine(
            rig.machine.names, start: .fresh(offset: nil), batching: .large, maximumBatchBytes: 1000,
            isTransactional: isTransactional, quarantines: true)
        rig.machine.begin(sourceID: "id", rig.moment, &rig.actions)
        rig.machine.fetchBegan()
        return rig
    }

    /// The record at the head of the queue goes singly, as itself or in an envelope.
    /// - Returns: its sequence number.
    mutating func sendSingly(_ offset: Int64, as step: PartitionMachine.ParkedStep) -> UInt32 {
        // An envelope is made of what the lane has kept.
        if step == .sendSingly { #expect(machine.admit(offset) == .park) }
        #expect(machine.nextParked(&actions) == step)
        let sequence = machine.ledger.nextSequence
        machine.submit(offset: offset, timestamp: 0, size: 1)
        return sequence
    }

    mutating func refuse(_ sequence: UInt32, _ code: KafkaErrorCode = .msgSizeTooLarge) {
        feed { $0.failed(sequence, .init(code), $1, &$2) }
    }

    /// A batch of one record was refused, and the record by itself.
    mutating func refusedBySelf(_ offset: Int64, _ code: KafkaErrorCode = .msgSizeTooLarge) {
        let sequence = take(offset..<(offset + 1))[0]
        refuse(sequence, code)
        feed { machine, _, actions in machine.producerReplaced(&actions) }
        refuse(sendSingly(offset, as: .sendSingly), code)
    }

    func envelope(_ offset: Int64) -> PartitionMachine.Quarantine? {
        machine.quarantine.flatMap { $0.offset == offset ? $0 : nil }
    }
}

@Suite struct QuarantineMachineTests {
    @Test func `the position moves past a refused record when its envelope is acknowledged, not before`() throws {
        var rig = MachineRig.quarantining()
        rig.refusedBySelf(0)
        #expect(rig.stop == nil, "it is no stop")
        #expect(rig.machine.fetching == .on, "nothing is read again for it")
        let envelope = try #require(rig.envelope(0))
        #expect(envelope.code == .msgSizeTooLarge && envelope.holdsRecord)
        let sequence = rig.sendSingly(0, as: .setAside(envelope))
        #expect(rig.machine.isEnvelopeInFlight)
        #expect(rig.machine.ledger.progress == nil)
        _ = rig.machine.acknowledged(sequence, at: 5, rig.moment, &rig.actions)
        #expect(rig.machine.ledger.progress == 0)
        #expect(rig.actions.contains { if case .reportQuarantined(let told) = $0 { told.offset == 0 } else { false } })
        rig.feed { machine, _, actions in machine.servedParked(&actions) }
        #expect(rig.machine.state.name == "flowing")
        #expect(rig.take(1..<2).count == 1)
    }

    @Test func `an envelope's offset is the quarantine topic's, and says nothing about the target's log`() throws {
        var rig = MachineRig.quarantining()
        for sequence in rig.take(0..<1) { _ = rig.machine.acknowledged(sequence, at: 70, rig.moment, &rig.actions) }
        rig.refusedBySelf(1)
        let envelope = try #require(rig.envelope(1))
        let sequence = rig.sendSingly(1, as: .setAside(envelope))
        _ = rig.machine.acknowledged(sequence, at: 3, rig.moment, &rig.actions)
        #expect(rig.stop == nil, "3 after 70 is no reset")
        #expect(rig.machine.ledger.lastTargetOffset == 70)
    }

    @Test func `an envelope that is too large as well goes without the record`() throws {
        var rig = MachineRig.quarantining()
        rig.refusedBySelf(0)
        rig.refuse(rig.sendSingly(0, as: .setAside(try #require(rig.envelope(0)))))
        let bare = try #require(rig.envelope(0))
        #expect(!bare.holdsRecord && rig.stop == nil)
        rig.acknowledge([rig.sendSingly(0, as: .setAside(bare))])
        #expect(rig.machine.ledger.progress == 0)
    }

    @Test
    func `where the quarantine topic takes nothing the partition stops, says so, and asks the target again later`()
        throws
    {
        var rig = MachineRig.quarantining()
        rig.refusedBySelf(0, .invalidTimestamp)
        rig.refuse(rig.sendSingly(0, as: .setAside(try #require(rig.envelope(0)))), .topicAuthorizationFailed)
        #expect(rig.stop?.state == .refused && rig.stop?.code == "TOPIC_AUTHORIZATION_FAILED" && rig.stop?.offset == 0)
        #expect(
            rig.stop?.text == """
                eu.orders/3 on us refuses the record at offset 0 of orders/3 (INVALID_TIMESTAMP), and \
                mm2-tern-quarantine.eu.internal there does not take it either (TOPIC_AUTHORIZATION_FAILED): grant Write on \
                mm2-tern-quarantine.eu.internal to Tern's user; it is tried again at least every 30 s
                """)
        rig.now += .seconds(31)
        rig.feed { $0.tick($1, &$2) }
        // Somebody may have raised the limit of the copy instead.
        rig.acknowledge([rig.sendSingly(0, as: .sendSingly)])
        #expect(rig.stop == nil && rig.machine.ledger.progress == 0)
        #expect(!rig.actions.contains { if case .reportQuarantined = $0 { true } else { false } })
    }

    @Test(arguments: [
        KafkaErrorCode.topicAuthorizationFailed, .invalidMsg,
    ])
    func `what may be so for a healthy record is not set aside`(code: KafkaErrorCode) {
        var rig = MachineRig.quarantining()
        rig.refusedBySelf(0, code)
        #expect(rig.machine.quarantine == nil)
        #expect(rig.stop?.state == .refused)
    }

    @Test func `a record that cannot be read whole is set aside without its content`() throws {
        var rig = MachineRig.quarantining()
        rig.feed { machine, _, actions in machine.suspect(0, &actions) }
        rig.feed { $0.tick($1, &$2) }
        #expect(rig.machine.admit(0) == .park)
        #expect(rig.machine.nextParked(&rig.actions) == .sendSingly)
        rig.feed { $0.singleNotTaken(0, .unreadable, $1, &$2) }
        let envelope = try #require(rig.envelope(0))
        #expect(envelope.code == ._badMsg && !envelope.holdsRecord)
        rig.acknowledge([rig.sendSingly(0, as: .setAside(envelope))])
        #expect(rig.machine.ledger.progress == 0)
    }

    @Test func `behind a record that was set aside the next goes singly, and what flows again is forwarded`() throws {
        var rig = MachineRig.quarantining()
        rig.refusedBySelf(0)
        #expect(rig.machine.admit(1) == .park)
        #expect(rig.machine.admit(2) == .park)
        rig.acknowledge([rig.sendSingly(0, as: .setAside(try #require(rig.envelope(0))))])
        // As refused as the first: nobody else's producer breaks of it.
        #expect(rig.machine.nextParked(&rig.actions) == .sendSingly)
        let second = rig.machine.ledger.nextSequence
        rig.machine.submit(offset: 1, timestamp: 0, size: 1)
        rig.refuse(second)
        rig.acknowledge([rig.sendSingly(1, as: .setAside(try #require(rig.envelope(1))))])
        #expect(rig.machine.nextParked(&rig.actions) == .sendSingly)
        let third = rig.machine.ledger.nextSequence
        rig.machine.submit(offset: 2, timestamp: 0, size: 1)
        rig.acknowledge([third])
        rig.feed { machine, _, actions in machine.servedParked(&actions) }
        #expect(rig.machine.state.name == "flowing" && rig.machine.ledger.progress == 2)
    }

    @Test func `the log's end is not passed while its last record waits to be set aside`() throws {
        var rig = MachineRig.quarantining()
        let sequence = rig.take(0..<1)[0]
        rig.refuse(sequence)
        rig.feed { machine, _, actions in machine.producerReplaced(&actions) }
        let single = rig.sendSingly(0, as: .sendSingly)
        rig.feed { machine, _, actions in machine.reachedEnd(at: 1, &actions) }
        rig.refuse(single)
        rig.feed { machine, _, actions in machine.servedParked(&actions) }
        rig.feed { machine, _, actions in machine.reachedEnd(at: 1, &actions) }
        #expect(rig.machine.ledger.progress == nil)
        rig.acknowledge([rig.sendSingly(0, as: .setAside(try #require(rig.envelope(0))))])
        rig.feed { machine, _, actions in machine.servedParked(&actions) }
        #expect(rig.machine.ledger.progress == 0 && rig.machine.ledger.nextOffset == 1)
    }

    @Test func `a lane that has kept nothing reads the record again`() {
        var rig = MachineRig.quarantining()
        rig.refusedBySelf(0)
        rig.feed { machine, _, actions in machine.envelopeNotKept(&actions) }
        #expect(rig.machine.fetchPosition == 0 && rig.machine.quarantine == nil)
    }

    @Test func `an aborted transaction sends the envelope again, and what was committed before it stays`() throws {
        var rig = MachineRig.quarantining(isTransactional: true)
        rig.refusedBySelf(0)
        let sequence = rig.sendSingly(0, as: .setAside(try #require(rig.envelope(0))))
        rig.feed { $0.sideReplaced($1, &$2) }
        _ = rig.machine.acknowledged(sequence, at: 5, rig.moment, &rig.actions)
        #expect(rig.machine.ledger.progress == nil, "its report is about what was taken back")
        rig.now += .seconds(2)
        rig.feed { $0.tick($1, &$2) }
        rig.acknowledge([rig.sendSingly(0, as: .setAside(try #require(rig.envelope(0))))])
        #expect(rig.machine.ledger.progress == 0)
    }
}
