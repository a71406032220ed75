// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Testing

/// A ledger as one would write it without a thought for speed.
private struct NaiveLedger {
    var records: [(sequence: UInt32?, offset: Int64, timestamp: Int64, size: Int, isDone: Bool)] = []
    var firstLive = 0
    var end: Int64?
    var next: Int64

    init(next: Int64) { self.next = next }

    var live: ArraySlice<(sequence: UInt32?, offset: Int64, timestamp: Int64, size: Int, isDone: Bool)> {
        records[firstLive...]
    }
    var pending: [(sequence: UInt32?, offset: Int64, timestamp: Int64, size: Int, isDone: Bool)] {
        live.filter { !$0.isDone }
    }
    var nextOffset: Int64 { pending.first?.offset ?? max(end ?? 0, next) }

    mutating func add(_ offset: Int64, _ sequence: UInt32?, isDone: Bool) {
        records.append((sequence, offset, offset * 3, Int(offset % 7), isDone))
        next = offset + 1
        end = nil
        settle()
    }

    mutating func acknowledge(_ sequence: UInt32) -> Bool {
        guard let place = live.firstIndex(where: { $0.sequence == sequence && !$0.isDone }) else { return false }
        records[place].isDone = true
        settle()
        return true
    }

    mutating func rewind() {
        next = pending.first?.offset ?? next
        records.removeSubrange(firstLive...)
        end = nil
    }

    mutating func settle() {
        while firstLive < records.count, records[firstLive].isDone { firstLive += 1 }
        if let end, live.isEmpty { next = max(next, end) }
    }
}

@Suite struct OffsetLedgerModelTests {
    @Test(arguments: 0..<20)
    func `any history comes to what a naive ledger comes to`(seed: Int) {
        var random = SplitMix(state: UInt64(seed))
        let start = Int64.random(in: 0...5, using: &random)
        var ledger = OffsetLedger(next: start)
        var model = NaiveLedger(next: start)
        var given: [UInt32] = []
        var progress: Int64 = -1
        for _ in 0..<1500 {
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<42:
                let offset = model.next + Int64.random(in: 0...3, using: &random)
                let sequence = ledger.nextSequence
                given.append(sequence)
                ledger.submit(offset: offset, timestamp: offset * 3, size: Int(offset % 7))
                model.add(offset, sequence, isDone: false)
            case 42..<50:
                let offset = model.next + Int64.random(in: 0...3, using: &random)
                let takesSequence = !model.pending.isEmpty
                let sequence = ledger.nextSequence
                ledger.skip(offset)
                model.add(offset, takesSequence ? sequence : nil, isDone: true)
            case 50..<96:
                // Mostly what was given last; now and then something long gone.
                let recent = given.suffix(seed % 2 == 0 ? 8 : 200)
                guard let sequence = recent.randomElement(using: &random) else { continue }
                let isDone = ledger.acknowledge(sequence, targetOffset: -1) != .stale
                #expect(isDone == model.acknowledge(sequence))
            case 96..<99:
                let end = model.next + Int64.random(in: 0...4, using: &random)
                ledger.reachedEnd(at: end)
                model.end = end
                if model.pending.isEmpty { model.next = max(model.next, end) }
            default:
                let lost = ledger.rewind()
                #expect(lost == (model.pending.count, model.pending.reduce(0) { $0 + $1.size }))
                model.rewind()
            }
            compare(ledger, model)
            #expect(ledger.progress ?? -1 >= progress, "a row that is written never says less than one before")
            progress = ledger.progress ?? -1
        }
    }

    private func compare(_ ledger: OffsetLedger, _ model: NaiveLedger) {
        ledger.checkInvariants()
        let done = model.records[..<model.firstLive].last?.offset
        #expect(done == nil || ledger.committable == done)
        #expect(ledger.nextOffset == model.nextOffset)
        #expect(ledger.pendingCount == model.pending.count)
        #expect(ledger.pendingBytes == model.pending.reduce(0) { $0 + $1.size })
        #expect(ledger.oldestPendingTimestamp == model.pending.first?.timestamp)
        #expect(ledger.firstPending == model.pending.first?.offset)
        for record in model.live {
            guard let sequence = record.sequence else { continue }
            #expect(ledger.entry(sequence)?.offset == (record.isDone ? nil : record.offset))
        }
    }
}
