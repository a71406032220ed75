// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Mirroring
import Testing

/// Where a partition begins that a lane is given.
@Suite struct StartPointTests {
    let place = TopicPartition("orders", 1)

    func start(
        _ position: StartPosition, ends: [TopicPartition: Int64] = [:], rows: [TopicPartition: Int64] = [:],
        left: UnwrittenProgress? = nil
    ) -> PartitionStart {
        var look = FirstLook()
        for (place, end) in ends { look.saw(place, endAt: end) }
        look.ended()
        let progress = rows.mapValues { StoredProgress(offset: $0, witness: nil) }
        return StartPoint(position, firstLook: look).start(of: place, progress: progress, left: left)
    }

    @Test(arguments: StartPosition.allCases)
    func `stored progress counts whatever the file says`(position: StartPosition) {
        #expect(
            start(position, ends: [place: 9], rows: [place: 5]) == .resume(last: 5, witness: nil, row: 5))
        // Of an empty log that was seen.
        #expect(
            start(position, ends: [place: 9], rows: [place: -1]) == .resume(last: -1, witness: nil, row: -1))
    }

    @Test func `what an earlier lane of this process could not write counts while nobody has written another row`() {
        let left = UnwrittenProgress(offset: 8, witness: nil, rows: [5, 7])
        #expect(start(.earliest, rows: [place: 5], left: left) == .resume(last: 8, witness: nil, row: 5))
        #expect(start(.earliest, rows: [place: 7], left: left) == .resume(last: 8, witness: nil, row: 7))
        #expect(start(.earliest, rows: [place: 6], left: left) == .resume(last: 6, witness: nil, row: 6))
        #expect(start(.earliest, left: left) == .fresh(offset: nil))
        let unstored = UnwrittenProgress(offset: 8, witness: nil, rows: [nil, nil])
        #expect(start(.earliest, left: unstored) == .resume(last: 8, witness: nil, row: nil))
    }

    @Test func `without progress a partition begins where its log does, or at the end that the first look saw`() {
        #expect(start(.earliest, ends: [place: 9]) == .fresh(offset: nil))
        #expect(start(.latest, ends: [place: 9]) == .fresh(offset: 9))
        #expect(start(.latest, ends: [place: 0]) == .fresh(offset: 0))
    }

    @Test func `under latest, what came after the first look is wanted from its beginning`() {
        #expect(start(.latest) == .beginning)
    }

    @Test func `a partition that was added to a mirrored topic is wanted from its beginning`() {
        #expect(start(.latest, ends: [place: 9], rows: [TopicPartition("orders", 0): 3]) == .beginning)
        #expect(start(.latest, ends: [place: 9], rows: [TopicPartition("orders", 2): 3]) == .fresh(offset: 9))
    }

    /// The row that is due once a log that ends at `end` was read to its end.
    func row(_ start: PartitionStart, end: Int64) -> Int64? {
        let names = PartitionNames(
            source: place, target: TopicPartition("A.orders", 1), sourceCluster: "A", targetCluster: "B")
        var machine = PartitionMachine(
            names, start: start, batching: .large, maximumBatchBytes: 1_000_000)
        var actions: [PartitionMachine.Action] = []
        machine.begin(sourceID: "source", Moment(.zero, wallClock: 0), &actions)
        #expect(machine.rowDue == nil, "nothing is known of the log")
        machine.fetchBegan()
        machine.reachedEnd(at: end, &actions)
        return machine.rowDue
    }

    @Test func `under latest, an empty log that came later is noted, so that the next start does not begin at its end`()
    {
        #expect(row(start(.latest), end: 0) == -1)
        // Of a log whose records have expired the end says it all.
        #expect(row(start(.latest), end: 7) == 6)
        #expect(row(start(.earliest), end: 0) == nil)
    }

    @Test func `under none, a partition without progress is not read, and says what to do`() throws {
        #expect(start(.none, ends: [place: 9], rows: [place: 5]) == .resume(last: 5, witness: nil, row: 5))
        var machine = PartitionMachine(
            PartitionNames(
                source: place, target: TopicPartition("A.orders", 1), sourceCluster: "A", targetCluster: "B"),
            start: start(.none, ends: [place: 9]), batching: .large, maximumBatchBytes: 1_000_000)
        var actions: [PartitionMachine.Action] = []
        machine.begin(sourceID: "source", Moment(.zero, wallClock: 0), &actions)
        let stop = try #require(machine.stop)
        #expect(machine.fetching == .off)
        #expect(actions == [.reportStopped(stop)])
        #expect(stop.state == .stopped)
        #expect(
            stop.text == """
                orders/1 on A has no progress, and auto.offset.reset=none starts no partition without. Choose where it begins: \
                tern progress set --flow 'A->B' --topic orders --partition 1 --to earliest --execute, or --to latest; or set \
                auto.offset.reset to earliest or latest
                """)
        // Nothing is known, so nothing is noted, and lag is unknown.
        #expect(machine.rowDue == nil)
        #expect(machine.ledger.nextOffset == nil)
        machine.shrank(&actions)
        machine.doubt(&actions)
        machine.tick(Moment(.seconds(3600), wallClock: 0), &actions)
        #expect(machine.stop == stop)
    }

    @Test func `ends are asked for at the first look, and only under latest`() {
        let topic = MirroredTopic(source: "orders", target: "A.orders", partitionCount: 2)
        var look = FirstLook()
        #expect(look.unknownEnds(of: [topic], startingAt: .earliest).isEmpty)
        #expect(look.unknownEnds(of: [topic], startingAt: .latest) == [TopicPartition("orders", 0), place])
        // A look that failed half way is taken up again.
        look.saw(place, endAt: 4)
        #expect(look.unknownEnds(of: [topic], startingAt: .latest) == [TopicPartition("orders", 0)])
        look.ended()
        #expect(look.unknownEnds(of: [topic], startingAt: .latest).isEmpty)
    }

    @Test func `the first look is over even if there was no topic`() {
        var look = FirstLook()
        #expect(look.unknownEnds(of: [], startingAt: .latest).isEmpty)
        look.ended()
        let topic = MirroredTopic(source: "orders", target: "A.orders", partitionCount: 2)
        #expect(look.unknownEnds(of: [topic], startingAt: .latest).isEmpty)
    }
}
