// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Testing

@Suite struct BacklogsTests {
    private static let queue = 100

    private func apart(_ bytes: [Int], already: Set<Int32> = []) -> Set<Int32> {
        let readings = bytes.enumerated()
            .map { Backlogs.Reading(TopicPartition("t", Int32($0.offset)), bytes: $0.element) }
        let found = Backlogs.readApart(
            readings, already: Set(already.map { TopicPartition("t", $0) }), queueBytes: Self.queue)
        return Set(found.map(\.partition))
    }

    @Test func `nothing is read apart where all that is left fits into two queues, or all are far behind`() {
        #expect(apart([]) == [])
        #expect(apart([0, 10, 190]) == [])
        #expect(apart([4000]) == [])
        #expect(apart([4000, 500, 300]) == [])
    }

    @Test func `those with the most to read are read apart from those that are done soon`() {
        #expect(apart([4000, 0]) == [0])
        #expect(apart([0, 4000, 150, 300, 3]) == [1, 3])
        #expect(apart([20, 90, 85, .max, .max]) == [3, 4])
    }

    @Test func `many that are a little behind stay where they are`() {
        #expect(apart(Array(repeating: 24, count: 100)) == [])
    }

    @Test func `what is read apart stays so until next to nothing is left, and others that fall behind come to it`() {
        #expect(apart([3, 0, 0], already: [0]) == [0])
        #expect(apart([2, 0, 0], already: [0]) == [])
        #expect(apart([150, 500, 0], already: [0]) == [0, 1])
        #expect(apart([0, 500, 0], already: [0]) == [1])
        #expect(apart([400, 500], already: [0]) == [0, 1], "none has to go back for the other's sake")
    }
}
