// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Testing

@Suite struct LagEstimateTests {
    func estimate(
        next: Int64?, high: Int64?, stable: Int64? = nil, committed: Bool = true, oldest: Int64? = nil, now: Int64 = 0
    ) -> LagEstimate {
        LagEstimate(
            next: next, highWatermark: high, lastStableOffset: stable, readsCommitted: committed,
            oldestTimestamp: oldest, now: now)
    }

    @Test func `what is readable and what an open transaction holds back are two numbers`() {
        let lag = estimate(next: 5, high: 14, stable: 8, oldest: 1000, now: 4500)
        #expect(lag.ready == 3)
        #expect(lag.held == 6)
        #expect(lag.seconds == 3.5)
    }

    @Test func `caught up behind an open transaction is lag 0 with something held`() {
        let lag = estimate(next: 8, high: 14, stable: 8)
        #expect(lag.ready == 0)
        #expect(lag.held == 6)
        #expect(lag.seconds == 0)
    }

    @Test func `reading uncommitted counts to the high watermark`() {
        let lag = estimate(next: 5, high: 14, stable: nil, committed: false, oldest: 0, now: 1000)
        #expect(lag.ready == 9)
        #expect(lag.held == 0)
    }

    @Test func `an end older than the position is no negative lag`() {
        let lag = estimate(next: 20, high: 14, stable: 8)
        #expect(lag.ready == 0)
        #expect(lag.held == 0)
    }

    @Test(arguments: [(nil, 14, 8), (5, nil, 8), (5, 14, nil)] as [(Int64?, Int64?, Int64?)])
    func `one unknown number makes the lag unknown`(next: Int64?, high: Int64?, stable: Int64?) {
        let lag = estimate(next: next, high: high, stable: stable)
        #expect(lag.ready == nil)
        #expect(lag.held == nil)
        #expect(lag.seconds == nil)
    }

    @Test func `the age of a record that was seen grows while the source is down`() {
        #expect(estimate(next: 5, high: nil, oldest: 1000, now: 61_000).seconds == 60)
    }

    @Test func `a backlog of unknown age has no seconds, and clocks that differ none below 0`() {
        #expect(estimate(next: 5, high: 14, stable: 8).seconds == nil)
        #expect(estimate(next: 5, high: 14, stable: 8, oldest: -1, now: 1000).seconds == nil)
        #expect(estimate(next: 5, high: 14, stable: 8, oldest: 2000, now: 1000).seconds == 0)
        #expect(estimate(next: 5, high: 14, stable: 8, oldest: 0, now: 1000).seconds == 1)
    }

    @Test
    func `records that nobody has read yet are as old as the last look without them, and no look makes them younger`() {
        func seconds(_ oldest: Int64?, _ arrived: Int64?, next: Int64 = 5) -> Double? {
            LagEstimate(
                next: next, highWatermark: 14, lastStableOffset: 14, readsCommitted: true, oldestTimestamp: oldest,
                arrivedAfter: arrived, now: 61_000
            ).seconds
        }
        #expect(seconds(nil, 60_000) == 1)
        #expect(seconds(1_000, 60_000) == 60, "the record's own time is known")
        #expect(seconds(nil, nil) == nil)
        #expect(seconds(nil, 60_000, next: 14) == 0)
    }

    @Test func `a position beyond an end that was asked for after it is on another log: nothing is known`() {
        let lag = LagEstimate(
            next: 20, highWatermark: 14, lastStableOffset: 14, readsCommitted: true, endIsCurrent: true,
            oldestTimestamp: 0, now: 1000)
        #expect(lag.ready == nil)
        #expect(lag.held == nil)
        #expect(lag.seconds == nil)
        let atTheEnd = LagEstimate(
            next: 14, highWatermark: 14, lastStableOffset: 14, readsCommitted: true, endIsCurrent: true,
            oldestTimestamp: nil, now: 1000)
        #expect(atTheEnd.ready == 0)
    }

    @Test func `records that retention has removed can no longer be read and are no lag`() {
        let lag = LagEstimate(
            next: 100, logStart: 900, highWatermark: 1000, lastStableOffset: 1000, readsCommitted: true,
            oldestTimestamp: nil, now: 0)
        #expect(lag.ready == 100)
        let empty = LagEstimate(
            next: 100, logStart: 1000, highWatermark: 1000, lastStableOffset: 1000, readsCommitted: true,
            oldestTimestamp: nil, now: 0)
        #expect(empty.ready == 0)
        #expect(empty.seconds == 0)
    }

    @Test func `absurd numbers do not trap`() {
        #expect(estimate(next: .min, high: .max, stable: .max).ready == .max)
        #expect(estimate(next: .max, high: .min, stable: .min).ready == 0)
    }
}

@Suite struct LagWindowTests {
    func word(
        _ samples: [(at: Int64, position: Int64?, lag: Int64?)], start: Int64? = 0, held: Int64? = 0
    ) -> PartitionStateWord {
        var window = LagWindow()
        for sample in samples {
            window.add(at: sample.at * 1000, position: sample.position, lag: sample.lag, held: held)
        }
        let last = samples.last
        let end = last?.position.flatMap { position in last?.lag.map { position + $0 } }
        return window.word(start: start, end: end, lag: last?.lag)
    }

    @Test func `no lag is fine, and an empty log says that it is empty`() {
        #expect(word([(0, 10, 0)]) == .ok)
        #expect(word([(0, 10, 0)], start: 10) == .empty)
        #expect(word([(0, 0, 0)], start: nil) == .empty)
    }

    @Test func `the last look without a record says since when it can be there, where the source was asked lately`() {
        var window = LagWindow()
        // A thousand records a second, some of them not read yet whenever looked at.
        window.add(at: 1_000, position: 100, lag: 20, sourceEnd: 120)
        window.add(at: 2_000, position: 1_110, lag: 10, sourceEnd: 1_120)
        #expect(window.lastWithout(2_100, at: 3_000) == 2_000)
        #expect(window.lastWithout(1_119, at: 3_000) == 1_000, "one of these records was there at the second look")
        #expect(window.lastWithout(110, at: 3_000) == nil)
        #expect(window.lastWithout(nil, at: 3_000) == nil)
        #expect(window.lastWithout(2_100, at: 7_001) == nil, "that is too long ago")
        // An end that was heard earlier: more may have been there. What an open transaction holds was there, too.
        window.add(at: 4_000, position: 2_100, lag: 0, sourceEnd: nil)
        #expect(window.lastWithout(2_100, at: 5_000) == 2_000)
        window.add(at: 5_000, position: 2_100, lag: 0, held: 5, sourceEnd: 2_105)
        #expect(window.lastWithout(2_100, at: 6_000) == 2_000)
        window.add(at: 6_000, position: nil, lag: nil)
        #expect(window.lastWithout(2_100, at: 6_500) == nil)
    }

    @Test func `an unknown number is unknown`() {
        #expect(word([(0, 10, 5), (1, 10, nil)]) == .unknown)
        #expect(word([(0, 10, 5), (1, nil, nil)]) == .unknown)
    }

    @Test func `what is only under way is fine`() {
        // 1000 records a second, five of them in flight whenever looked at.
        #expect(word([(0, 1000, 5), (1, 2000, 4), (2, 3000, 6)]) == .ok)
    }

    @Test func `a shrinking backlog catches up, a growing one falls behind`() {
        #expect(word([(0, 0, 9000), (1, 1000, 8500), (2, 2000, 8000)]) == .catchingUp)
        #expect(word([(0, 0, 9000), (1, 1000, 9500), (2, 2000, 10_000)]) == .fallingBehind)
        #expect(word([(0, 0, 9000)]) == .catchingUp)
    }

    @Test func `no progress for ten seconds is a standstill`() {
        let samples: [(at: Int64, position: Int64?, lag: Int64?)] = (0...10).map { ($0, 100, 50) }
        #expect(word(samples) == .stalled)
        #expect(word(Array(samples.prefix(5))) == .catchingUp)
        #expect(word(samples + [(11, 101, 49)]) == .catchingUp)
    }

    @Test func `a quiet partition that gets one record has not stood still`() {
        let quiet: [(at: Int64, position: Int64?, lag: Int64?)] = (0...20).map { ($0, 100, 0) }
        #expect(word(quiet + [(21, 100, 1)]) == .ok)
        #expect(word(quiet + [(21, 100, 1), (22, 100, 1)]) == .fallingBehind)
        #expect(word(quiet + [(21, 100, 1), (31, 100, 1)]) == .stalled)
        #expect(word(quiet + [(21, 101, 0)]) == .ok)
    }

    @Test func `records behind one open transaction for ten seconds are HELD, and those of passing ones are not`() {
        let quiet: [(at: Int64, position: Int64?, lag: Int64?)] = (0...10).map { ($0, 100, 0) }
        #expect(word(quiet, held: 1000) == .held)
        #expect(word(Array(quiet.prefix(9)), held: 1000) == .ok)
        #expect(word(quiet) == .ok)
        #expect(word(quiet, held: nil) == .ok)
        #expect(word((0...20).map { ($0, 100 + $0, 0) }, held: 5) == .ok)
        // Also where nothing was ever readable.
        #expect(word((0...10).map { ($0, 0, 0) }, held: 20) == .held)
    }

    @Test func `looks that are far apart still count`() {
        #expect(word([(0, 100, 50), (30, 100, 60), (60, 100, 70)]) == .stalled)
    }

    @Test func `a position that went back begins anew`() {
        #expect(word([(0, 100, 50), (20, 90, 60)]) == .catchingUp)
    }

    @Test func `standing is two looks at one place with something to do`() {
        var window = LagWindow()
        window.add(at: 0, position: 5, lag: 3)
        #expect(!window.isStanding)
        window.add(at: 1000, position: 5, lag: 4)
        #expect(window.isStanding)
        window.add(at: 2000, position: 6, lag: 4)
        #expect(!window.isStanding)
        window.add(at: 3000, position: 6, lag: 0)
        #expect(!window.isStanding)
    }
}
