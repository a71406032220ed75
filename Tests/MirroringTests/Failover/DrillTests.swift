// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Testing

@Suite struct `What a shadow consumer of a drill read` {
    private func tally(_ position: Int64, _ copied: Int64, _ numbers: [Int64]) -> DrillTally {
        DrillTally(positions: [0: position], copied: [0: copied], numbers: [0: numbers])
    }

    @Test func `is exact where it went on at its position and read everything that was copied`() {
        let tally = tally(3, 6, [3, 4, 5])
        #expect(tally.isExact && tally.expected == 3 && tally.read == 3 && tally.repeated == 0)
    }

    @Test func `is counted as read again before its position, and as missed behind it`() {
        let tally = tally(3, 8, [1, 2, 3, 5])
        #expect(!tally.isExact && tally.readAgain == 2 && tally.missed == 3 && tally.read == 2)
    }

    @Test func `may be there twice, and may have come after the loss`() {
        let tally = tally(3, 5, [3, 4, 4, 5, 6])
        #expect(tally.isExact && tally.repeated == 1 && tally.expected == 2 && tally.read == 2)
    }

    @Test func `is missed in a partition of which it read nothing`() {
        let tally = DrillTally(positions: [0: 0, 1: 2], copied: [0: 2, 1: 5], numbers: [0: [0, 1]])
        #expect(tally.missed == 3 && tally.expected == 5)
    }

    @Test func `belongs to a topic that a control topic names until it is withdrawn`() {
        var table = ControlTable()
        let topic: TopicName = "tern-drill-1"
        let key = ControlRow.key(.init(.drill, .topic(topic)))
        table.take(key: key, value: ControlRow.value(ControlOrder(by: "me", at: 1)), at: 0)
        #expect(table.drills[topic] == ControlOrder(by: "me", at: 1))
        table.take(key: key, value: nil, at: 1)
        #expect(table.drills.isEmpty)
        // A row that names an application's topic selects nothing.
        table.take(
            key: ControlRow.key(.init(.drill, .topic("orders"))), value: ControlRow.value(.init(by: "", at: 1)), at: 2)
        #expect(table.drills.isEmpty)
    }
}
