// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import TernConfiguration
import Testing

@testable import Mirroring

@Suite struct `The history` {
    private let name = FlowName(source: "eu", target: "us")

    private func status(lag: Int64?, rate: Double = 0, replicated: Int64 = 0, topics: [String] = ["orders"])
        -> MirrorStatus
    {
        var status = MirrorStatus(version: "1", startedAt: 0)
        var flow = FlowStatus(name: name, isEnabled: true, state: .running, since: 0)
        flow.hasBothClusters = true
        flow.ownedLaneNumbers = [0]
        flow.recordsPerSecond = rate
        flow.topics = topics.map { topic in
            var partition = PartitionStatus(partition: 0)
            partition.lagRecords = lag
            partition.lagSeconds = lag.map { Double($0) / 100 }
            var status = TopicStatus(
                topic: TopicName(topic), targetTopic: TopicName("eu." + topic), partitions: [partition])
            status.counters.replicatedRecords = replicated
            return status
        }
        status.flows = [flow]
        return status
    }

    private func lags(_ history: MirrorHistory, _ range: HistoryRange, at second: Int64, points: Int) -> [Double?] {
        history.series(name)?.window(range, at: second, points: points).values[.lagRecords] ?? []
    }

    @Test func `has each second of a flow, oldest first, and the present one last`() {
        var history = MirrorHistory()
        for second in 0..<700 { history.record(status(lag: Int64(second)), at: Int64(second)) }
        let window = history.series(name)?.window(.tenMinutes, at: 699, points: 3_600)
        #expect(window?.stepSeconds == 1)
        #expect(window?.values[.lagRecords]?.compactMap { $0.map { Int($0.rounded()) } } == Array(100..<700))
    }

    @Test func `forgets what is older than its range, in a ring that does not grow`() {
        var history = MirrorHistory()
        history.record(status(lag: 9), at: 0)
        let size = history.byteCount
        for second in 1...10_000 { history.record(status(lag: 1), at: Int64(second)) }
        #expect(history.byteCount == size)
        #expect(lags(history, .hour, at: 10_000, points: 3_600) == Array(repeating: 1, count: 3_600))
        // The day still has the first minute, with the worst of it.
        #expect(lags(history, .day, at: 10_000, points: 1_440).compactMap(\.self).first == 9)
    }

    @Test func `shows a time for which nothing was recorded as unknown`() {
        var history = MirrorHistory()
        history.record(status(lag: 1), at: 1_000)
        history.record(status(lag: 2), at: 1_005)
        #expect(lags(history, .tenMinutes, at: 1_007, points: 3_600).suffix(8) == [1, nil, nil, nil, nil, 2, nil, nil])
        // A gap longer than the ring leaves nothing of what was there before.
        history.record(status(lag: 3), at: 9_000)
        #expect(lags(history, .hour, at: 9_000, points: 3_600).compactMap(\.self) == [3])
    }

    @Test func `keeps an unknown lag unknown, also where several seconds become one value`() {
        var history = MirrorHistory()
        for second in 0..<120 { history.record(status(lag: second == 30 ? nil : 5), at: Int64(second)) }
        #expect(lags(history, .tenMinutes, at: 119, points: 10).suffix(2) == [nil, 5])
        #expect(lags(history, .day, at: 119, points: 1_440).suffix(2) == [nil, 5])
    }

    @Test func `joins seconds to the worst lag and the mean rate`() {
        var history = MirrorHistory()
        for second in 0..<60 {
            history.record(status(lag: Int64(second), rate: second < 30 ? 100 : 300), at: Int64(second))
        }
        let minute = history.series(name)?.window(.day, at: 59, points: 1_440)
        #expect(minute?.values[.lagRecords]?.last == 59)
        #expect(minute?.values[.recordsPerSecond]?.last.map { $0.map { abs($0 - 200) < 0.5 } } == true)
        #expect(history.series(name)?.window(.tenMinutes, at: 59, points: 10).stepSeconds == 60)
    }

    @Test func `ends with the newest sample while the next one is not due`() {
        var history = MirrorHistory()
        for second in 0..<21 { history.record(status(lag: 4), at: Int64(second)) }
        for now in [20, 29, 30, 39] {
            let topic = history.series(name, "orders")?.window(.tenMinutes, at: Int64(now), points: 60)
            #expect(topic?.values[.lagRecords]?.last == 4)
        }
        #expect(
            history.series(name, "orders")?.window(.tenMinutes, at: 40, points: 60).values[.lagRecords]?.last
                == .some(nil))
    }

    @Test func `ignores a sample that is older than the newest, as after a step of the clock`() {
        var history = MirrorHistory()
        history.record(status(lag: 7), at: 500)
        history.record(status(lag: 1), at: 400)
        #expect(lags(history, .tenMinutes, at: 500, points: 3_600).compactMap(\.self) == [7])
    }

    @Test func `has topics and partitions each ten seconds, with the topic's rate`() {
        var history = MirrorHistory()
        for second in 0..<31 { history.record(status(lag: 4, replicated: Int64(second * 20)), at: Int64(second)) }
        let topic = history.series(name, "orders")?.window(.tenMinutes, at: 30, points: 60)
        #expect(topic?.stepSeconds == 10)
        #expect(topic?.values[.lagRecords]?.suffix(4) == [4, 4, 4, 4])
        #expect(topic?.values[.recordsPerSecond]?.suffix(4) == [nil, 20, 20, 20])
        #expect(topic?.values[.bytesPerSecond] == nil)
        #expect(history.series(name, "orders", 0)?.window(.hour, at: 30, points: 360).values[.lagRecords]?.last == 4)
        #expect(history.series(name, "orders", 1) == nil)
        #expect(history.series(FlowName(source: "us", target: "eu")) == nil)
    }

    @Test func `stays below 32 MB with 2,000 topics and 42 flows`() {
        var history = MirrorHistory()
        let one = status(lag: 1, topics: (0..<3_000).map { "t\($0)" })
        var all = one
        all.flows += (1..<42).map {
            FlowStatus(
                name: FlowName(source: "eu", target: ClusterAlias("c\($0)")), isEnabled: true, state: .running, since: 0
            )
        }
        history.record(all, at: 0)
        #expect(history.byteCount > 20_000_000)
        #expect(history.byteCount < 32_000_000)
    }

    @Test func `gives the place of a topic that has rested for an hour to one that falls behind`() {
        var history = MirrorHistory(topics: 1, partitions: 1)
        history.record(status(lag: 0, topics: ["calm"]), at: 0)
        history.record(status(lag: 5, topics: ["calm", "late"]), at: 10)
        #expect(history.series(name, "late") == nil, "calm was there first, and has something to show")
        for second in stride(from: Int64(20), to: 3_700, by: 10) {
            history.record(status(lag: 0, topics: ["calm"]), at: second)
        }
        history.record(status(lag: 0, topics: ["idle"]), at: 3_700)
        #expect(history.series(name, "idle") == nil)
        history.record(status(lag: 5, topics: ["late"]), at: 3_710)
        #expect(history.series(name, "late") != nil)
        #expect(history.series(name, "calm") == nil)
    }

    @Test(arguments: [0, 0.001, 1, 17, 1_499, 18_234, 99_120_334, 6e15])
    func `keeps a number in two bytes, nearly as it was`(value: Double) throws {
        let kept = try #require(CompactNumber(value).value)
        #expect(abs(kept - value) <= max(0.0005, value * 0.0005))
        if value == value.rounded(), value < 2_047 { #expect(kept.rounded() == value) }
    }

    @Test func `tells what is unknown from what is not there, and shows neither as 0`() {
        #expect(CompactNumber(nil) == .unknown)
        #expect(CompactNumber(.nan) == .unknown)
        #expect(CompactNumber.unknown.value == nil)
        #expect(CompactNumber.absent.value == nil)
        #expect(CompactNumber(.greatestFiniteMagnitude).value != nil)
        #expect(CompactNumber(-5).value == 0)
    }
}
