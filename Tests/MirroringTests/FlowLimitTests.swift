// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Testing

@Suite struct FlowLimitTests {
    /// Ten seconds of a flow that is far behind, one sample a second; what each adds is given by share of that second.
    private func limit(
        backpressure: Double = 0, busy: Double = 0.1, throttled: Double = 0, lag: Double? = 600,
        isSourceFar: Bool = false, isTargetFar: Bool = false, lanes: Int = 1, seconds: Int64 = 10
    ) -> FlowLimit? {
        var judge = FlowLimitJudge()
        var found: FlowLimit?
        for second in 0...seconds {
            let lanesAndTime = Double(second) * Double(lanes)
            found = judge.judge(
                .init(
                    time: second * 1000, lanes: lanes, backpressure: backpressure * lanesAndTime,
                    busy: busy * lanesAndTime, throttled: throttled * lanesAndTime, lagSeconds: lag,
                    isSourceFar: isSourceFar, isTargetFar: isTargetFar))
        }
        return found
    }

    @Test func `a flow that keeps up is limited by nothing`() {
        #expect(limit(lag: 0) == .nothing)
        #expect(limit(backpressure: 0.9, lag: 2) == .nothing)
    }

    @Test func `records that wait for the target make it the limit, or the way to it`() {
        #expect(limit(backpressure: 0.9) == .target)
        #expect(limit(backpressure: 0.9, isTargetFar: true) == .link)
        #expect(limit(backpressure: 0.9, isSourceFar: true) == .target)
    }

    @Test func `a lane that waits for records has its limit at the source, or on the way from it`() {
        #expect(limit() == .source)
        #expect(limit(isSourceFar: true) == .link)
        #expect(limit(isTargetFar: true) == .source)
    }

    @Test func `a lane without time, and a quota, are told first`() {
        #expect(limit(busy: 0.95, isSourceFar: true) == .cpu)
        #expect(limit(busy: 0.95, lanes: 4) == .cpu)
        #expect(limit(backpressure: 0.9, busy: 0.95, throttled: 0.5) == .quota)
    }

    @Test func `nothing is told before five seconds have passed, nor while the lag is unknown`() {
        #expect(limit(seconds: 4) == nil)
        #expect(limit(lag: nil) == nil)
        var judge = FlowLimitJudge()
        func sample(_ second: Int64, lanes: Int) -> FlowLimit? {
            judge.judge(
                .init(
                    time: second * 1000, lanes: lanes, backpressure: 0, busy: Double(second) / 10, throttled: 0,
                    lagSeconds: 60, isSourceFar: false, isTargetFar: false))
        }
        for second in 0..<6 as Range<Int64> { _ = sample(second, lanes: 1) }
        #expect(sample(6, lanes: 1) == .source)
        #expect(sample(7, lanes: 2) == nil)
    }
}
