// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import MirrorCommands

@Suite struct GroupLagTests {
    private func position(committed: Int64?, start: Int64?, end: Int64?) -> GroupDetail.Position {
        GroupDetail.Position(committed: committed, metadata: nil, start: start, end: end, timestamp: nil)
    }

    @Test func `a group's lag counts what can still be read, and not what retention has removed`() {
        #expect(position(committed: 100, start: 0, end: 1000).lag == 900)
        #expect(position(committed: 100, start: 600, end: 1000).lag == 400)
        #expect(position(committed: 100, start: 1000, end: 1000).lag == 0)
        #expect(position(committed: 100, start: nil, end: 1000).lag == 900)
    }

    @Test func `an empty partition of which nothing is committed has no lag, one with records an unknown one`() {
        #expect(position(committed: nil, start: 0, end: 0).lag == 0)
        #expect(position(committed: nil, start: 0, end: 5).lag == nil)
        #expect(position(committed: 5, start: 0, end: nil).lag == nil)
    }
}
