// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Testing

@Suite struct `How far a copy is behind` {
    private let topic = MirroredTopic(source: "orders", target: "eu.orders", partitionCount: 2)
    private let now: Int64 = 100_000

    private func facts(_ next: Int64?, of end: Int64?, held: Int64 = 0, oldest: Int64? = nil) -> CopyFacts {
        CopyFacts(next: next, start: 0, readableEnd: end, end: end.map { $0 + held }, oldestTimestamp: oldest)
    }

    private func gap(_ partitions: CopyFacts...) -> CopyGap { CopyGap(topic, partitions, now: now) }

    @Test func `is the sum of its partitions, and as old as the oldest record`() {
        let gap = gap(facts(10, of: 15, oldest: 97_000), facts(7, of: 9, oldest: 99_000))
        #expect(gap.records == 7 && gap.seconds == 3 && !gap.isClosed)
    }

    @Test func `is nothing when all is copied, and when the logs are empty`() {
        #expect(gap(facts(15, of: 15), facts(nil, of: 0)).isClosed)
        #expect(gap(facts(15, of: 15), facts(nil, of: 0)).seconds == 0)
    }

    @Test func `counts what an open transaction holds back, which keeps it open`() {
        let gap = gap(facts(15, of: 15, held: 4))
        #expect(gap.records == 0 && gap.held == 4 && !gap.isClosed)
        #expect(CopyLoss([gap], now: now).records == 4)
    }

    @Test func `counts no records that retention has taken on the source`() {
        let gap = gap(CopyFacts(next: 10, start: 40, readableEnd: 50, end: 50))
        #expect(gap.records == 10)
    }

    @Test func `counts everything of a partition without progress`() {
        #expect(gap(CopyFacts(start: 3, readableEnd: 10, end: 10)).records == 7)
    }

    @Test func `is unknown as a whole when it is unknown of one partition`() {
        let gap = gap(facts(10, of: 15), facts(10, of: nil))
        #expect(gap.records == nil && gap.seconds == nil && !gap.isClosed)
    }

    @Test func `without the source is told by the newest copy`() {
        var copied = CopyFacts(next: 10, newestCopy: 96_000)
        let older = CopyGap(topic, [copied], now: now)
        copied.newestCopy = 98_500
        let loss = CopyLoss([older, CopyGap(topic, [copied], now: now)], now: now)
        #expect(loss.records == nil && loss.seconds == 1.5)
        #expect(CopyLoss([CopyGap(topic, [CopyFacts()], now: now)], now: now).seconds == nil)
    }

    @Test func `sorts the unknown first, then the furthest behind`() {
        func named(_ name: TopicName, _ facts: CopyFacts) -> CopyGap {
            CopyGap(MirroredTopic(source: name, target: name, partitionCount: 1), [facts], now: now)
        }
        let gaps = [named("a", facts(5, of: 5)), named("b", facts(1, of: 5)), named("c", facts(1, of: nil))]
        #expect(gaps.sorted(by: CopyGap.isWorse).map(\.topic) == ["c", "b", "a"])
    }
}

@Suite struct `Producers that have stopped` {
    private let place = TopicPartition("orders", 0)
    private let other = TopicPartition("payments", 0)

    /// What each look says, at seconds.
    private func looks(_ looks: [(Int, [TopicPartition: Int64])]) -> (answers: [Bool], watch: StandstillWatch) {
        var watch = StandstillWatch(window: .seconds(3))
        let answers = looks.map { watch.isStill($1, of: 2, at: .seconds($0)) }
        return (answers, watch)
    }

    @Test func `are known by logs that stand still for the whole window`() {
        let ends = [place: Int64(5), other: 7]
        #expect(looks([(0, ends), (2, ends), (3, ends)]).answers == [false, false, true])
    }

    @Test func `are not those of a topic that grows, which is named`() {
        let ends = [place: Int64(5), other: 8]
        let (answers, watch) = looks([(0, [place: 5, other: 7]), (4, ends), (6, ends)])
        #expect(answers == [false, false, false] && watch.growing == ["payments"])
        #expect(looks([(0, [place: 5, other: 7]), (4, ends), (6, ends), (7, ends)]).answers.last == true)
    }

    @Test func `are not known while a partition does not answer`() {
        let ends = [place: Int64(5)]
        #expect(looks([(0, [place: 5, other: 7]), (4, ends), (9, ends)]).answers == [false, false, false])
    }
}
