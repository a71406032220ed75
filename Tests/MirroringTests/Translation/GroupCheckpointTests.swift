// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Testing

@Suite struct GroupCheckpointTests {
    private let partition = TopicPartition("A.orders", 0)

    private func row(_ upstream: Int64, _ downstream: Int64, group: GroupID = "g") -> CheckpointRow {
        CheckpointRow(group: group, partition: partition, upstream: upstream, downstream: downstream, metadata: "")
    }

    @Test func `a checkpoint is written when it is the first, further, or of a group that went back`() {
        var checkpoints = GroupCheckpoints()
        let steps: [(Int64, Int64, Bool)] = [
            (10, 100, true), (10, 100, false), (12, 102, true), (13, 102, false), (13, 90, false), (5, 95, true),
            (5, 95, false), (6, 96, true),
        ]
        for (upstream, downstream, isDue) in steps {
            let answer = checkpoints.isDue(row(upstream, downstream))
            #expect(answer == isDue, "\(upstream), \(downstream)")
        }
        let other = checkpoints.isDue(row(1, 1, group: "h"))
        #expect(other)
        #expect(checkpoints.rows(of: "g")[partition] == row(6, 96))
    }

    @Test func `what the topic holds at the start is not written again`() {
        var checkpoints = GroupCheckpoints()
        checkpoints.load(row(10, 100))
        let answers = [checkpoints.isDue(row(10, 100)), checkpoints.isDue(row(11, 101))]
        #expect(answers == [false, true])
    }
}

@Suite struct GroupOffsetSyncTests {
    private let partition = TopicPartition("A.orders", 0)

    private func change(
        _ wanted: Int64, over committed: Int64?, _ presence: GroupOffsetSync.Presence, isRenewal: Bool = false
    ) -> Int64? {
        GroupOffsetSync.changes(
            wanted: [partition: GroupOffset(wanted, metadata: "m")],
            committed: committed.map { [partition: GroupOffset($0)] } ?? [:], presence: presence, isRenewal: isRenewal
        )[partition]?.offset
    }

    @Test func `an idle group goes forward and never back`() {
        #expect(change(101, over: 100, .idle) == 101)
        #expect(change(100, over: 100, .idle) == nil)
        #expect(change(99, over: 100, .idle) == nil)
        #expect(change(101, over: nil, .idle) == 101)
    }

    @Test func `a group that nobody knows gets all its offsets, and one with members none`() {
        #expect(change(101, over: nil, .absent) == 101)
        #expect(change(101, over: 100, .active) == nil)
    }

    @Test func `offsets that stay the same are written again before they expire, but none goes back`() {
        #expect(change(100, over: 100, .idle, isRenewal: true) == 100)
        #expect(change(99, over: 100, .idle, isRenewal: true) == nil)
        #expect(change(100, over: 100, .active, isRenewal: true) == nil)
    }

    @Test func `metadata is kept`() {
        let changes = GroupOffsetSync.changes(
            wanted: [partition: GroupOffset(1, metadata: "字")], committed: [:], presence: .absent, isRenewal: false)
        #expect(changes[partition]?.metadata == "字")
    }
}
