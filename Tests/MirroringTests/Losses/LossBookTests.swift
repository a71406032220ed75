// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import TernConfiguration
import Testing

@Suite struct LossBookTests {
    private func event(_ position: Int64 = 41, at time: Int64 = 100) -> LossEvent {
        LossEvent(
            key: .init(TopicPartition("orders", 3), .logStartMoved, position: position), targetTopic: "eu.orders",
            offsets: position..<(position + 9), count: 9, code: "OFFSET_OUT_OF_RANGE", text: "it's \"gone\"/\n",
            detectedAt: time)
    }

    @Test func `a row says all of its event, and is named by what is found again`() throws {
        var full = event()
        #expect(
            String(decoding: full.keyBytes, as: UTF8.self)
                == #"{"cause":"log_start_moved","partition":3,"position":41,"topic":"orders"}"#)
        #expect(LossEvent(key: full.keyBytes, value: full.valueBytes) == full)
        (full.acknowledgedAt, full.note, full.endedAt, full.endedPosition) = (1, "OPS-17", 2, 50)
        full.policy = .continue
        #expect(LossEvent(key: full.keyBytes, value: full.valueBytes) == full)
        full.offsets = nil
        full.count = nil
        #expect(LossEvent(key: full.keyBytes, value: full.valueBytes) == full)
        #expect(LossEvent(key: Array("{}".utf8), value: full.valueBytes) == nil)
        #expect(LossEvent(key: full.keyBytes, value: Array("null".utf8)) == nil)
    }

    @Test func `an event is due until it is written, and found again by a later start it stays as it was`() {
        var book = LossBook()
        book.detected(event())
        #expect(book.due == [event()] && book.openCount == 1)
        book.wrote(event())
        #expect(book.due == [])
        var later = LossBook()
        later.read([event()])
        later.detected(event(at: 900))
        #expect(later.due == [] && later.events.values.map(\.detectedAt) == [100])
    }

    @Test func `a restart that has not read the ledger yet keeps the time of the first, and what a person has said`() {
        var known = event()
        (known.acknowledgedAt, known.note) = (500, "seen")
        var book = LossBook()
        book.detected(event(at: 900))
        book.read([known])
        #expect(Array(book.events.values) == [known])
        #expect(book.due == [])
    }

    @Test
    func `a partition that flows at another position has ended its event, also one that was acknowledged meanwhile`() {
        var book = LossBook()
        book.detected(event())
        book.wrote(event())
        let place = TopicPartition("orders", 3)
        book.flows(place, at: 41, now: 700)
        #expect(book.isOpen(place), "where it stood it may stand again")
        book.flows(place, at: 50, now: 700)
        #expect(!book.isOpen(place) && book.places.isEmpty)
        var acknowledged = event()
        acknowledged.acknowledgedAt = 600
        book.read([acknowledged])
        #expect(book.due.map(\.endedPosition) == [50] && book.due.map(\.acknowledgedAt) == [600])
    }

    @Test
    func `what a policy decides is due only when the topic has the event, and says where the partition continued`() {
        var decided = event()
        decided.policy = .continue
        var book = LossBook()
        book.detected(decided)
        #expect(!book.isRecorded(decided.key))
        book.wrote(decided)
        #expect(book.isRecorded(decided.key) && book.isOpen(decided.key.source))
        // The log's start has moved on since.
        book.continued(decided.key, at: 60, now: 700)
        #expect(book.due.map(\.endedPosition) == [60] && book.due.map(\.offsets) == [41..<60])
        #expect(book.due.map(\.count) == [19] && book.due.map(\.policy) == [.continue])
        #expect(!book.isOpen(decided.key.source))
        book.read([decided])
        #expect(book.due.map(\.endedPosition) == [60] && book.due.map(\.count) == [19])
    }

    @Test func `a file that has another policy since the last start changes an event that is open`() {
        var book = LossBook()
        book.read([event()])
        var decided = event(at: 900)
        decided.policy = .restart
        book.detected(decided)
        #expect(book.due.map(\.policy) == [.restart] && book.due.map(\.detectedAt) == [100])
        // Where nobody waits, a partition that flows has continued, even at the same offset.
        book.flows(decided.key.source, at: decided.key.position, now: 950)
        #expect(book.places.isEmpty)
    }

    @Test func `the same once more, after it had ended, is open again`() {
        var old = event()
        (old.endedAt, old.endedPosition) = (500, 60)
        var book = LossBook()
        book.read([old])
        book.detected(event(at: 900))
        book.read([old])
        #expect(book.due == [event(at: 900)] && book.openCount == 1)
    }
}
