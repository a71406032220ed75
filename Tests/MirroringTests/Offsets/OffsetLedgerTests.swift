// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Testing

@Suite struct OffsetLedgerTests {
    /// A ledger with records of these offsets in flight; the record of offset n has timestamp 10n and n bytes.
    func ledger(next: Int64? = 0, _ offsets: Int64...) -> OffsetLedger {
        var ledger = OffsetLedger(next: next)
        for offset in offsets { ledger.submit(offset: offset, timestamp: offset * 10, size: Int(offset)) }
        return ledger
    }

    @Test func `acknowledgements out of order commit only the contiguous prefix`() {
        var ledger = ledger(0, 1, 2, 3)
        _ = ledger.acknowledge(2, targetOffset: -1)
        _ = ledger.acknowledge(1, targetOffset: -1)
        #expect(ledger.committable == nil)
        #expect(ledger.nextOffset == 0)
        _ = ledger.acknowledge(0, targetOffset: -1)
        #expect(ledger.committable == 2)
        #expect(ledger.nextOffset == 3)
        #expect(ledger.pendingCount == 1)
        #expect(ledger.pendingBytes == 3)
        ledger.checkInvariants()
    }

    @Test func `the prefix follows the order of submission, not arithmetic`() {
        var ledger = ledger(0, 5, 6, 90)
        for sequence in 0..<3 as Range<UInt32> { _ = ledger.acknowledge(sequence, targetOffset: -1) }
        #expect(ledger.committable == 6)
        #expect(ledger.nextOffset == 90)
        _ = ledger.acknowledge(3, targetOffset: -1)
        #expect(ledger.committable == 90)
        #expect(ledger.nextOffset == 91)
    }

    @Test func `the age of the backlog is that of its oldest record`() {
        var ledger = ledger(7, 8, 9)
        #expect(ledger.oldestPendingTimestamp == 70)
        _ = ledger.acknowledge(1, targetOffset: -1)
        #expect(ledger.oldestPendingTimestamp == 70)
        _ = ledger.acknowledge(0, targetOffset: -1)
        #expect(ledger.oldestPendingTimestamp == 90)
        _ = ledger.acknowledge(2, targetOffset: -1)
        #expect(ledger.oldestPendingTimestamp == nil)
    }

    @Test func `skipped records hold the prefix only behind what is in flight`() {
        var ledger = ledger(0)
        ledger.skip(1)
        #expect(ledger.committable == nil)
        #expect(ledger.pendingCount == 1)
        _ = ledger.acknowledge(0, targetOffset: -1)
        #expect(ledger.committable == 1)
        ledger.skip(2)
        #expect(ledger.committable == 2)
        #expect(ledger.nextOffset == 3)
        ledger.checkInvariants()
    }

    @Test func `the end of the log moves the position past markers`() {
        var ledger = ledger(0)
        ledger.reachedEnd(at: 5)
        #expect(ledger.nextOffset == 0)
        _ = ledger.acknowledge(0, targetOffset: -1)
        #expect(ledger.nextOffset == 5)
        #expect(ledger.committable == 0)
        ledger.reachedEnd(at: 9)
        #expect(ledger.nextOffset == 9)
        ledger.reachedEnd(at: 3)
        #expect(ledger.nextOffset == 9)
        #expect(!ledger.accepts(8))
        ledger.submit(offset: 9, timestamp: 0, size: 0)
        #expect(ledger.nextOffset == 9)
        ledger.checkInvariants()
    }

    @Test func `a rewind goes back to the first record without an answer, and late answers find nothing`() {
        var ledger = ledger(0, 1, 2, 3)
        _ = ledger.acknowledge(0, targetOffset: -1)
        _ = ledger.acknowledge(2, targetOffset: -1)
        #expect(ledger.rewind() == (2, 4))
        #expect(ledger.nextOffset == 1)
        #expect(ledger.committable == 0)
        for sequence in 0..<4 as Range<UInt32> {
            #expect(ledger.acknowledge(sequence, targetOffset: 5) == .stale)
            #expect(ledger.entry(sequence) == nil)
        }
        let sequence = ledger.nextSequence
        #expect(sequence == 4)
        ledger.submit(offset: 1, timestamp: 10, size: 1)
        guard case .done(let entry) = ledger.acknowledge(sequence, targetOffset: -1) else {
            Issue.record("not done")
            return
        }
        #expect(entry.offset == 1)
        #expect(ledger.nextOffset == 2)
        ledger.checkInvariants()
    }

    @Test func `a second answer for the same record is stale`() {
        var ledger = ledger(0, 1)
        _ = ledger.acknowledge(1, targetOffset: 11)
        #expect(ledger.acknowledge(1, targetOffset: 12) == .stale)
        #expect(ledger.acknowledge(99, targetOffset: 12) == .stale)
        #expect(ledger.lastTargetOffset == 11)
    }

    @Test func `target offsets that fall tell of another log`() {
        var ledger = ledger(0, 1, 2, 3)
        _ = ledger.acknowledge(0, targetOffset: 100)
        _ = ledger.acknowledge(1, targetOffset: -1)  // unknown says nothing
        #expect(ledger.acknowledge(2, targetOffset: 0) == .targetFell(last: 100))
        #expect(ledger.acknowledge(2, targetOffset: 100) == .targetFell(last: 100))
        #expect(ledger.committable == 1)
        #expect(ledger.entry(2)?.offset == 2)
        ledger.checkInvariants()
    }

    @Test func `target offsets are remembered over a rewind`() {
        var ledger = ledger(0)
        _ = ledger.acknowledge(0, targetOffset: 100)
        _ = ledger.rewind()
        ledger.submit(offset: 1, timestamp: 0, size: 0)
        #expect(ledger.acknowledge(1, targetOffset: 7) == .targetFell(last: 100))
    }

    @Test func `a resumed ledger starts where the last one ended`() {
        let resumed = OffsetLedger(next: 42)
        #expect(resumed.nextOffset == 42)
        #expect(resumed.committable == 41)
        #expect(!resumed.accepts(41))
        #expect(OffsetLedger(next: 0).committable == nil)
        #expect(OffsetLedger(next: nil).nextOffset == nil)
        #expect(OffsetLedger(next: nil).accepts(7))
    }

    @Test func `a record out of order is our bug`() async {
        await #expect(processExitsWith: .failure) {
            var ledger = OffsetLedger(next: 5)
            ledger.submit(offset: 4, timestamp: 0, size: 0)
        }
    }
}
