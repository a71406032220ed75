// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Testing

@Suite struct RetentionHeadroomTests {
    static let minute: Int64 = 60_000

    @Test func `by age, what is left is the retention less the age of the oldest record not mirrored`() {
        let headroom = RetentionHeadroom()
        #expect(headroom.seconds(retention: 604_800_000, age: 3600, next: 10, start: 0, lag: 5) == 601_200)
        #expect(headroom.seconds(retention: 1000, age: 3600, next: 10, start: 0, lag: 5) == 0)
    }

    @Test func `where nothing is behind nothing can be lost`() {
        #expect(RetentionHeadroom().seconds(retention: 1000, age: 0, next: 10, start: 0, lag: 0) == nil)
        #expect(RetentionHeadroom().seconds(retention: 1000, age: nil, next: nil, start: 0, lag: nil) == nil)
    }

    @Test(arguments: [nil, -1])
    func `without a limit by age it is told by how the log's start comes nearer`(retention: Int64?) {
        var headroom = RetentionHeadroom()
        for at in 0...10 { headroom.add(at: Int64(at) * Self.minute, start: Int64(at) * 600) }
        // Ten records a second, 3000 between the log's start and the position.
        #expect(headroom.seconds(retention: retention, age: 50, next: 9000, start: 6000, lag: 1) == 300)
    }

    @Test func `the smaller of the two estimates counts`() {
        var headroom = RetentionHeadroom()
        for at in 0...10 { headroom.add(at: Int64(at) * Self.minute, start: Int64(at) * 600) }
        #expect(headroom.seconds(retention: 100_000, age: 50, next: 9000, start: 6000, lag: 1) == 50)
        #expect(headroom.seconds(retention: 10_000_000, age: 50, next: 9000, start: 6000, lag: 1) == 300)
    }

    @Test func `a log that stands still, or was looked at too shortly, has no pace`() {
        var headroom = RetentionHeadroom()
        headroom.add(at: 0, start: 0)
        headroom.add(at: Self.minute, start: 600)
        #expect(headroom.seconds(retention: nil, age: 1, next: 900, start: 600, lag: 1) == nil)
        for at in 2...20 { headroom.add(at: Int64(at) * Self.minute, start: 600) }
        #expect(headroom.seconds(retention: nil, age: 1, next: 900, start: 600, lag: 1) == 300 / (600.0 / 1200))
        var still = RetentionHeadroom()
        for at in 0...20 { still.add(at: Int64(at) * Self.minute, start: 600) }
        #expect(still.seconds(retention: nil, age: 1, next: 900, start: 600, lag: 1) == nil)
    }

    @Test func `a log that begins anew is looked at anew`() {
        var headroom = RetentionHeadroom()
        for at in 0...10 { headroom.add(at: Int64(at) * Self.minute, start: Int64(at) * 600) }
        headroom.add(at: 11 * Self.minute, start: 0)
        #expect(headroom.seconds(retention: nil, age: 1, next: 900, start: 0, lag: 1) == nil)
    }
}
