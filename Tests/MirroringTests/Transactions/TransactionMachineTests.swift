// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Testing

@Suite struct TransactionMachineTests {
    typealias Machine = TransactionMachine
    private var machine = Machine(interval: .milliseconds(100))

    private func actions(_ event: (inout [Machine.Action]) -> Void) -> [Machine.Action] {
        var actions: [Machine.Action] = []
        event(&actions)
        return actions
    }

    /// A machine whose client has the id and knows what is stored.
    private static func idle() -> Machine {
        var machine = Machine(interval: .milliseconds(100))
        var actions: [Machine.Action] = []
        machine.start(&actions)
        machine.fenceEnded(.done, at: .zero, &actions)
        machine.stored(.asCommitted, at: .zero, &actions)
        return machine
    }

    /// One whose commit is under way since 100 ms.
    private static func committing() -> Machine {
        var machine = idle()
        var actions: [Machine.Action] = []
        machine.open(single: false, at: .zero, &actions)
        machine.tick(at: .milliseconds(100), outstanding: 0, closesEarly: false, &actions)
        machine.tick(at: .milliseconds(100), outstanding: 0, closesEarly: false, &actions)
        #expect(actions == [.begin, .writeRows, .commit])
        return machine
    }

    @Test mutating func `a lane takes its id, then reads what is stored, then sends`() {
        #expect(actions { machine.start(&$0) } == [.fence])
        #expect(!machine.takesRecords)
        #expect(actions { machine.fenceEnded(.done, at: .zero, &$0) } == [.readProgress])
        #expect(!machine.takesRecords)
        #expect(actions { machine.stored(.asCommitted, at: .zero, &$0) } == [])
        #expect(machine.takesRecords)
        #expect(actions { machine.open(single: false, at: .zero, &$0) } == [.begin])
    }

    @Test func `rows go when all records have reports, and the commit when all rows have`() {
        var machine = Self.idle()
        _ = actions { machine.open(single: false, at: .zero, &$0) }
        #expect(actions { machine.tick(at: .milliseconds(99), outstanding: 0, closesEarly: false, &$0) } == [])
        #expect(actions { machine.tick(at: .milliseconds(100), outstanding: 7, closesEarly: false, &$0) } == [])
        #expect(!machine.takesRecords)
        let rows = actions { machine.tick(at: .milliseconds(101), outstanding: 0, closesEarly: false, &$0) }
        #expect(rows == [.writeRows])
        #expect(actions { machine.tick(at: .milliseconds(102), outstanding: 1, closesEarly: false, &$0) } == [])
        #expect(actions { machine.tick(at: .milliseconds(103), outstanding: 0, closesEarly: false, &$0) } == [.commit])
        let ended = actions { machine.commitEnded(.done, lostAnswers: false, at: .milliseconds(110), &$0) }
        #expect(ended == [.settle(isCommitted: true)])
        #expect(machine.isIdle)
    }

    @Test func `an idle lane has no transaction open`() {
        var machine = Self.idle()
        #expect(actions { machine.tick(at: .seconds(3600), outstanding: 0, closesEarly: false, &$0) } == [])
        #expect(!machine.isOpen)
    }

    @Test func `a refused batch aborts, and another client takes the id before anything is sent`() {
        var machine = Self.idle()
        _ = actions { machine.open(single: false, at: .zero, &$0) }
        machine.deliveryFailed(at: .milliseconds(10))
        #expect(actions { machine.tick(at: .milliseconds(11), outstanding: 3, closesEarly: false, &$0) } == [])
        #expect(actions { machine.tick(at: .milliseconds(12), outstanding: 0, closesEarly: false, &$0) } == [.abort])
        let ended = actions { machine.abortEnded(.done, at: .milliseconds(13), &$0) }
        #expect(ended == [.settle(isCommitted: false), .fence])
        #expect(!machine.takesRecords)
    }

    @Test func `what is reported after an abort, while the next client waits for its turn, is nobody's`() {
        var machine = Self.idle()
        for _ in 0..<2 {
            _ = actions { machine.open(single: false, at: .zero, &$0) }
            #expect(machine.takesReports)
            machine.deliveryFailed(at: .zero)
            // The patience ends with reports outstanding.
            #expect(actions { machine.tick(at: .seconds(3), outstanding: 3, closesEarly: false, &$0) } == [.abort])
            #expect(machine.takesReports)
            _ = actions { machine.abortEnded(.done, at: .seconds(3), &$0) }
            #expect(!machine.takesReports)
            _ = actions { machine.tick(at: .seconds(60), outstanding: 3, closesEarly: false, &$0) }
            _ = actions { machine.fenceEnded(.done, at: .seconds(60), &$0) }
            _ = actions { machine.stored(.asCommitted, at: .seconds(60), &$0) }
        }
    }

    @Test(arguments: [(Machine.Stored.asHandedIn, true), (.asCommitted, false)])
    func `a commit without an answer is decided by what is stored after the next fence`(
        stored: Machine.Stored, isCommitted: Bool
    ) {
        var machine = Self.committing()
        #expect(actions { machine.commitEnded(.unknown, lostAnswers: true, at: .seconds(10), &$0) } == [.fence])
        #expect(machine.isInDoubt)
        #expect(actions { machine.fenceEnded(.done, at: .seconds(11), &$0) } == [.readProgress])
        let decided = actions { machine.stored(stored, at: .seconds(11), &$0) }
        #expect(decided == [.settle(isCommitted: isCommitted)])
        #expect(machine.isIdle && !machine.isInDoubt)
    }

    @Test func `a client that lost an answer begins no further transaction, though its commit was answered`() {
        var machine = Self.committing()
        let ended = actions { machine.commitEnded(.done, lostAnswers: true, at: .seconds(1), &$0) }
        #expect(ended == [.settle(isCommitted: true), .fence])
    }

    @Test func `progress that somebody else has written ends the lane`() {
        var machine = Machine(interval: .milliseconds(100))
        _ = actions { machine.start(&$0) }
        _ = actions { machine.fenceEnded(.done, at: .zero, &$0) }
        #expect(actions { machine.stored(.other, at: .zero, &$0) } == [.end(.progressOfOthers)])
        #expect(!machine.takesRecords)
    }

    @Test func `a lane whose id was taken sends nothing more`() {
        var machine = Self.committing()
        let ended = actions { machine.commitEnded(.fenced, lostAnswers: false, at: .seconds(1), &$0) }
        #expect(ended == [.end(.fenced)])
        #expect(!machine.isUsable)
    }

    @Test func `a client that dies while it takes the id is replaced, though it was given the id`() {
        var machine = Machine(interval: .milliseconds(100))
        _ = actions { machine.start(&$0) }
        #expect(actions { machine.clientDied(isFenced: false, at: .zero, &$0) } == [])
        #expect(actions { machine.fenceEnded(.done, at: .zero, &$0) } == [])
        #expect(!machine.takesRecords)
        #expect(actions { machine.tick(at: .zero, outstanding: 0, closesEarly: false, &$0) } == [.fence])
        #expect(actions { machine.fenceEnded(.done, at: .zero, &$0) } == [.readProgress])
    }

    @Test func `fences that fail are tried again, more and more slowly`() {
        var machine = Machine(interval: .milliseconds(100))
        _ = actions { machine.start(&$0) }
        _ = actions { machine.fenceEnded(.unknown, at: .zero, &$0) }
        #expect(actions { machine.tick(at: .zero, outstanding: 0, closesEarly: false, &$0) } == [.fence])
        _ = actions { machine.fenceEnded(.unknown, at: .seconds(1), &$0) }
        #expect(actions { machine.tick(at: .seconds(1), outstanding: 0, closesEarly: false, &$0) } == [])
        #expect(actions { machine.tick(at: .seconds(12), outstanding: 0, closesEarly: false, &$0) } == [.fence])
    }

    @Test func `a record that goes singly has a transaction of its own, and others come in between`() {
        var machine = Self.idle()
        _ = actions { machine.open(single: false, at: .zero, &$0) }
        #expect(!machine.takesSingle(at: .zero))
        machine.wantSingle()
        // The open one ends sooner.
        let rows = actions { machine.tick(at: .milliseconds(10), outstanding: 0, closesEarly: false, &$0) }
        #expect(rows == [.writeRows])
        _ = actions { machine.tick(at: .milliseconds(10), outstanding: 0, closesEarly: false, &$0) }
        _ = actions { machine.commitEnded(.done, lostAnswers: false, at: .milliseconds(20), &$0) }
        #expect(machine.takesSingle(at: .milliseconds(20)))
        _ = actions { machine.open(single: true, at: .milliseconds(20), &$0) }
        #expect(!machine.takesRecords)
        _ = actions { machine.tick(at: .milliseconds(20), outstanding: 0, closesEarly: false, &$0) }
        _ = actions { machine.tick(at: .milliseconds(20), outstanding: 0, closesEarly: false, &$0) }
        _ = actions { machine.commitEnded(.done, lostAnswers: false, at: .milliseconds(30), &$0) }
        machine.wantSingle()
        #expect(machine.takesRecords)
        #expect(!machine.takesSingle(at: .milliseconds(31)))
        #expect(machine.takesSingle(at: .milliseconds(40)))
    }
}

@Suite struct StoredAfterFenceTests {
    typealias Stored = TransactionMachine.Stored

    private func row(_ offset: Int64, _ target: Int64 = 0) -> StoredProgress {
        StoredProgress(
            offset: offset,
            witness: Witness(
                clusterID: "s", sourceOffset: offset, timestamp: 1, contentHash: 2, targetOffset: target))
    }

    @Test func `rows as the lane knows them`() {
        #expect(
            Stored([
                .init(stored: row(5), known: 5, handedIn: nil), .init(stored: nil, known: nil, handedIn: row(3)),
            ]) == .asCommitted)
    }

    @Test func `rows as the transaction would have made them`() {
        #expect(
            Stored([
                .init(stored: row(5), known: 5, handedIn: nil), .init(stored: row(9), known: 5, handedIn: row(9)),
            ]) == .asHandedIn)
    }

    @Test func `a row that repeats its offset is told by its witness`() {
        #expect(Stored([.init(stored: row(9, 40), known: 9, handedIn: row(9, 40))]) == .asHandedIn)
        #expect(Stored([.init(stored: row(9, 30), known: 9, handedIn: row(9, 40))]) == .asCommitted)
    }

    @Test(arguments: [4, 7]) func `a row of somebody else's`(offset: Int64) {
        #expect(Stored([.init(stored: row(offset), known: 5, handedIn: nil)]) == .other)
        #expect(Stored([.init(stored: row(offset), known: 5, handedIn: row(9))]) == .other)
    }

    @Test func `half of a transaction is nobody's`() {
        #expect(
            Stored([
                .init(stored: row(9), known: 5, handedIn: row(9)), .init(stored: row(2), known: 2, handedIn: row(4)),
            ]) == .other)
    }
}
