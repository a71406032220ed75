// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Testing

@Suite struct BackOffTests {
    private let backOff = BackOff(first: .seconds(1), longest: .seconds(30))

    @Test func `each failure in a row doubles the pause, up to the longest`() {
        for (failures, longest) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (7, 30), (1000, 30)] {
            let pause = backOff.pause(after: failures, of: "orders/0 on eu")
            #expect(pause <= .seconds(longest) && pause > .seconds(longest) * 0.75, "\(failures): \(pause)")
        }
    }

    @Test func `who failed together does not come back together, and a run can be repeated`() {
        let pauses = (0..<100).map { backOff.pause(after: 6, of: "orders/\($0) on eu") }
        #expect(Set(pauses).count == 100)
        #expect(pauses.max()! - pauses.min()! > .seconds(6))
        #expect(pauses == (0..<100).map { backOff.pause(after: 6, of: "orders/\($0) on eu") })
    }
}
