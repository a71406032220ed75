// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Testing

@Suite struct LinkWindowTests {
    /// A link, and a lane that has as much under way as the plan says.
    private struct Link {
        var window = LinkWindow()
        var distance: Duration
        var bytesPerSecond: Double
        var isBehind = true
        private var shortest: [Duration] = []

        init(distance: Duration, bytesPerSecond: Double) {
            self.distance = distance
            self.bytesPerSecond = bytesPerSecond
        }

        var plan: ConnectionPlan {
            .source(
                roundTrip: window.distance, partitions: 64, lanes: 1, prefetchBytes: 16 << 20,
                mostUnderWay: window.bytes)
        }

        var underWay: Double { Double(plan.connections * (plan.fetchBytes ?? 8 << 20)) }
        var roundTrip: Duration { isBehind ? max(distance, .seconds(underWay / bytesPerSecond)) : distance }
        var goodput: Double { min(bytesPerSecond, underWay / (distance / .seconds(1))) }

        mutating func pass(_ seconds: Int) {
            for _ in 0..<seconds {
                shortest = shortest.suffix(8) + [roundTrip]
                window.note(
                    .init(
                        latest: roundTrip, shortest: shortest.min() ?? distance,
                        bytesPerSecond: isBehind ? goodput : 1000, isBehind: isBehind))
            }
        }
    }

    /// It has been seen without a load.
    private func link(_ distance: Duration, _ bytesPerSecond: Double) -> Link {
        var link = Link(distance: distance, bytesPerSecond: bytesPerSecond)
        link.isBehind = false
        link.pass(3)
        link.isBehind = true
        return link
    }

    @Test(arguments: [1e6, 5e6, 20e6, 40e6])
    func `a link that is filled is asked for what it carries and no long queue`(bytesPerSecond: Double) {
        var link = link(.milliseconds(100), bytesPerSecond)
        link.pass(40)
        #expect(link.goodput >= bytesPerSecond * 0.95)
        // A fetch cannot bring less than a megabyte.
        #expect(link.roundTrip <= max(.milliseconds(300), .seconds(Double(1 << 20) / bytesPerSecond)))
        #expect(link.window.distance == .milliseconds(100))
    }

    @Test func `a link that carries all that the distance asks for is not held back`() {
        var link = link(.milliseconds(100), 1e9)
        link.pass(600)
        #expect(link.window.bytes == nil)
        #expect(link.plan.connections == 8)
    }

    @Test func `a near cluster behind a slow link is not taken for a far one`() {
        var link = link(.milliseconds(1), 2e6)
        link.pass(60)
        #expect(link.window.distance == .milliseconds(1))
        #expect(link.plan.connections == 1)
        #expect(link.plan.fetchBytes == 1 << 20)
    }

    @Test(arguments: [(20, 300), (20, 150), (50, 100)])
    func `a way that gets longer under load is told from a queue`(before: Int, after: Int) throws {
        var link = link(.milliseconds(before), 1e9)
        link.pass(30)
        link.distance = .milliseconds(after)
        link.pass(80)
        #expect(link.window.distance == .milliseconds(after))
        #expect(link.window.bytes == nil)
    }

    @Test func `a link that gets slower and faster again is followed`() {
        var link = link(.milliseconds(100), 1e9)
        link.pass(20)
        link.bytesPerSecond = 1e6
        link.pass(40)
        #expect(link.plan.connections == 1)
        #expect(link.plan.fetchBytes == 1 << 20)
        link.bytesPerSecond = 1e9
        link.pass(40)
        #expect(link.window.bytes == nil)
    }

    @Test func `a slow link that becomes a fast one to a cluster farther away is found out`() {
        var link = link(.milliseconds(100), 1e6)
        link.pass(40)
        link.bytesPerSecond = 1e9
        link.distance = .milliseconds(300)
        link.pass(100)
        #expect(link.window.distance == .milliseconds(300))
        #expect(link.window.bytes == nil)
    }

    @Test func `without a load the distance is what is measured`() {
        var link = link(.milliseconds(20), 1e9)
        link.isBehind = false
        link.distance = .milliseconds(90)
        link.pass(20)
        #expect(link.window.distance == .milliseconds(90))
    }
}
