// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Testing

@Suite struct `The times of about the last minute` {
    @Test func `are the least, the most and the mean of what came in two windows`() {
        var times = RecentTimes()
        times.record(10, bytes: 100, at: 0)
        times.record(30, bytes: 100, at: 29_999)
        times.record(50, bytes: 100, at: 30_000)
        let summary = times.summary(at: 40_000)
        #expect(times.last == 50)
        #expect((summary.least, summary.most, summary.average) == (10, 50, 30))
        #expect(summary.recordsPerSecond == 3.0 / 40)
        #expect(summary.bytesPerSecond == 300.0 / 40)
    }

    @Test func `forget what is older, and keep the last`() {
        var times = RecentTimes()
        times.record(10, at: 0)
        times.record(50, at: 31_000)
        #expect(times.summary(at: 59_999).least == 10)
        #expect(times.summary(at: 60_000).least == 50)
        let later = times.summary(at: 91_000)
        #expect(later == RecentTimes.Summary())
        #expect(times.last == 50)
    }

    @Test func `count records without a time in the rate alone`() {
        var times = RecentTimes()
        times.record(nil, bytes: 60, at: 0)
        let summary = times.summary(at: 1_000)
        #expect(times.last == nil && summary.average == nil && summary.least == nil)
        #expect(summary.recordsPerSecond == 1.0 / 30 && summary.bytesPerSecond == 2)
    }

    @Test func `begin again when the clock was set back`() {
        var times = RecentTimes()
        times.record(10, at: 100_000)
        times.record(20, at: 5_000)
        let summary = times.summary(at: 6_000)
        #expect((summary.least, summary.most) == (20, 20))
    }

    @Test func `are none before the first`() {
        #expect(RecentTimes().summary(at: 0) == RecentTimes.Summary())
    }
}
