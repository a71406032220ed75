// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import TernConfiguration
import Testing

@Suite struct LinkMeterTests {
    private static let near = Duration.milliseconds(1)
    private static let far = Duration.milliseconds(100)

    private func trips(_ source: Duration?, _ target: Duration?) -> LinkMeter.RoundTrips {
        LinkMeter.RoundTrips(source: source, target: target)
    }

    private func traffic(_ meter: LinkMeter, _ records: TopicCounters = TopicCounters()) -> LinkTraffic {
        meter.traffic(records: records, since: 0)
    }

    @Test(arguments: [
        (far, near, LinkSide.source, 100 as Int64), (near, far, .target, 33), (near, near, .source, 100),
        (far, far * 2, .target, 33), (far * 2, far, .source, 100), (.milliseconds(8), .milliseconds(7), .source, 100),
        (.milliseconds(7), .milliseconds(8), .target, 33),
    ])
    func `the side that is far is counted, the farther of two, and the source where none is`(
        source: Duration, target: Duration, side: LinkSide, bytes: Int64
    ) {
        var meter = LinkMeter(LinkConfiguration())
        meter.add(WireBytes(read: 100, written: 30, progress: 3), trips(source, target), at: .seconds(1))
        #expect(traffic(meter).side == side)
        #expect(traffic(meter).billableBytes == bytes)
    }

    @Test func `the file's side wins over distances`() {
        var meter = LinkMeter(LinkConfiguration(side: .target))
        meter.add(WireBytes(read: 100, written: 30), trips(nil, nil), at: .seconds(1))
        #expect(traffic(meter).side == .target && traffic(meter).billableBytes == 30)
    }

    @Test func `what came before distances are known counts once they are`() {
        var meter = LinkMeter(LinkConfiguration())
        meter.add(WireBytes(read: 100, written: 30), trips(Self.near, nil), at: .seconds(1))
        #expect(traffic(meter).side == nil && traffic(meter).billableBytes == 0)
        meter.add(WireBytes(read: 110, written: 40), trips(Self.near, Self.far), at: .seconds(2))
        #expect(traffic(meter).billableBytes == 40)
    }

    @Test func `each byte is counted once, on the side that was far when it went`() {
        var meter = LinkMeter(LinkConfiguration())
        meter.add(WireBytes(read: 100, written: 30), trips(Self.far, Self.near), at: .seconds(1))
        meter.add(WireBytes(read: 150, written: 90), trips(Self.near, Self.far), at: .seconds(2))
        #expect(traffic(meter).billableBytes == 100 + 60)
        // Both are far: the side stays, however the round trips change.
        meter.add(WireBytes(read: 250, written: 100), trips(Self.far * 3, Self.far), at: .seconds(3))
        #expect(traffic(meter).side == .target)
        #expect(traffic(meter).billableBytes == 100 + 60 + 10)
        // A cluster that does not answer changes nothing.
        meter.add(WireBytes(read: 260, written: 110), trips(nil, Self.far), at: .seconds(4))
        #expect(traffic(meter).side == .target)
    }

    /// A flow that reads so many bytes a second, measured each second.
    private func run(_ meter: inout LinkMeter, seconds: ClosedRange<Int>, from read: inout Int64, rate: Int64) {
        for second in seconds {
            read += rate
            meter.add(WireBytes(read: read), trips(Self.far, Self.near), at: .seconds(second))
        }
    }

    @Test func `a month is 30 days like the last hour, and unknown in the first five minutes`() throws {
        var meter = LinkMeter(LinkConfiguration(pricePerGigabyte: 0.5))
        var read: Int64 = 0
        run(&meter, seconds: 1...299, from: &read, rate: 1_000)
        #expect(traffic(meter).monthlyBytes == nil && traffic(meter).monthlyCost == nil)
        run(&meter, seconds: 300...1_800, from: &read, rate: 1_000)
        #expect(traffic(meter).windowSeconds == 1_800)
        #expect(traffic(meter).monthlyBytes == 1_000 * 30 * 86_400 as Double)
        #expect(traffic(meter).monthlyCost == 1_000 * 30 * 86_400 / 1e9 * 0.5)
        // An hour of another rate, and nothing of the first is left in the estimate.
        run(&meter, seconds: 1_801...5_500, from: &read, rate: 10)
        let later = traffic(meter)
        #expect((3_600..<3_660).contains(later.windowSeconds))
        #expect(later.monthlyBytes == 10 * 30 * 86_400 as Double)
        #expect(later.cost == Double(read) / 1e9 * 0.5)
    }

    @Test func `compression saves what the network did not carry, never less than nothing`() {
        var meter = LinkMeter(LinkConfiguration(pricePerGigabyte: 2))
        #expect(traffic(meter).reading.ratio == nil && traffic(meter).reading.savedBytes == nil)
        #expect(traffic(meter).savedCost == nil && traffic(meter).discardedCost == nil)
        meter.add(
            WireBytes(read: 1_000, written: 3_000, progress: 500), trips(Self.far, Self.near), at: .seconds(1))
        var records = TopicCounters()
        (records.fetchedBytes, records.replicatedBytes, records.filteredCycleBytes) = (4_000, 2_900, 1_000)
        let found = traffic(meter, records)
        #expect(found.reading.ratio == 4 && found.reading.savedBytes == 3_000)
        // Headers and framing of what is not compressed; positions are not held against it.
        #expect(found.writing.ratio == 2_900.0 / 3_000 && found.writing.savedBytes == 0)
        #expect(found.cost == 1_000 / 1e9 * 2)
        #expect(found.savedCost == 3_000 / 1e9 * 2)
        #expect(found.discardedCost == 250 / 1e9 * 2)
    }

    @Test
    func `discarded records cost nothing where the target's side is counted, and nothing is known without a price`() {
        var records = TopicCounters()
        (records.fetchedBytes, records.filteredHopsBytes) = (100, 100)
        for (price, cost) in [(2.0, 0.0), (nil, nil)] as [(Double?, Double?)] {
            var meter = LinkMeter(LinkConfiguration(pricePerGigabyte: price))
            meter.add(WireBytes(read: 1_000, written: 10), trips(Self.near, Self.far), at: .seconds(1))
            #expect(traffic(meter, records).discardedCost == cost)
            #expect((traffic(meter, records).cost == nil) == (price == nil))
        }
    }

    @Test func `topics are named by their part of the bytes that are counted`() {
        func topic(_ name: TopicName, fetched: Int64, replicated: Int64) -> TopicStatus {
            var topic = TopicStatus(topic: name, targetTopic: name)
            (topic.counters.fetchedBytes, topic.counters.replicatedBytes) = (fetched, replicated)
            return topic
        }
        var flow = FlowStatus(name: FlowName(source: "a", target: "b"), isEnabled: true, state: .running, since: 0)
        flow.topics = [
            topic("small", fetched: 10, replicated: 10), topic("circling", fetched: 70, replicated: 0),
            topic("large", fetched: 20, replicated: 20),
        ]
        var records = TopicCounters()
        (records.fetchedBytes, records.replicatedBytes) = (100, 40)
        var meter = LinkMeter(LinkConfiguration(pricePerGigabyte: 1e9))
        meter.add(WireBytes(read: 200, written: 60), trips(Self.far, Self.near), at: .seconds(1))
        flow.link = traffic(meter, records)
        #expect(flow.topicTraffic(2).map(\.topic) == ["circling", "large"])
        #expect(flow.topicTraffic(2).map(\.share) == [0.7, 0.2])
        #expect(flow.topicTraffic(2).map(\.cost) == [140, 40])
        flow.link.side = .target
        // A topic that is gone has its part, too: the shares of the others come to less than 1.
        #expect(flow.topicTraffic(10).map(\.topic) == ["large", "small", "circling"])
        #expect(flow.topicTraffic(10).map(\.share) == [0.5, 0.25, 0])
    }
}
