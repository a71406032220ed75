// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import TernConfiguration
import Testing

@Suite struct LossContinuationTests {
    private let witness = Witness(
        clusterID: "id", sourceOffset: 9, timestamp: 500, contentHash: 7, targetOffset: 70)
    private var stored: StoredProgress { StoredProgress(offset: 9, witness: witness) }

    @Test func `behind a log start that has moved, nothing is repeated and nothing more is lost, by either policy`() {
        for policy in [LossPolicy.continue, .restart] {
            let step = LossContinuation(.logStartMoved, policy, stored: stored, log: 15..<40, newer: 22)
            #expect(step.position == 15 && step.witness == nil)
        }
    }

    @Test(arguments: [LossCause.truncated, .recreated, .unproved])
    func `in another log, continue takes what is younger than the last record that was mirrored`(cause: LossCause) {
        #expect(LossContinuation.time(cause, .continue, stored: stored) == 501)
        // Recreated: all of it is younger. Truncated: what came since. Nothing came since: the end.
        for (newer, position) in [(Int64(0), Int64(0)), (6, 6), (99, 8)] {
            let step = LossContinuation(cause, .continue, stored: stored, log: 0..<8, newer: newer)
            #expect(step.position == position && step.witness == nil)
        }
        #expect(LossContinuation(cause, .continue, stored: stored, log: 0..<8, newer: nil).position == 8)
        // Nobody knows the time of the last one: what is there is wanted.
        let bare = StoredProgress(offset: 9, witness: nil)
        #expect(LossContinuation.time(cause, .continue, stored: bare) == nil)
        #expect(LossContinuation(cause, .continue, stored: bare, log: 3..<8, newer: nil).position == 3)
        #expect(LossContinuation.time(cause, .restart, stored: stored) == nil)
        #expect(LossContinuation(cause, .restart, stored: stored, log: 3..<8, newer: nil).position == 3)
    }

    @Test
    func `after the target was emptied, continue stays at its place with its proof, and restart fills the target`() {
        let kept = LossContinuation(.targetReset, .continue, stored: stored, log: 2..<12, newer: nil)
        #expect(kept.position == 10)
        #expect(kept.witness?.sourceOffset == 9 && kept.witness?.targetOffset == -1)
        let again = LossContinuation(.targetReset, .restart, stored: stored, log: 2..<12, newer: nil)
        #expect(again.position == 2 && again.witness == nil)
    }

    @Test func `no policy decides where another cluster answers, or where the target has no topic`() {
        #expect(LossCause.allCases.filter { !$0.isLeftToPolicy } == [.anotherCluster, .targetMissing])
    }

    private func machine(_ policy: LossPolicy, cluster: String = "id") -> PartitionMachine {
        var machine = PartitionMachine(
            PartitionNames(
                source: TopicPartition("orders", 3), target: TopicPartition("eu.orders", 3), sourceCluster: "eu",
                targetCluster: "us"),
            start: .resume(last: 9, witness: witness, row: 9), batching: .large, maximumBatchBytes: 1000,
            lossPolicy: policy)
        var actions: [PartitionMachine.Action] = []
        machine.begin(sourceID: cluster, Moment(.zero, wallClock: 0), &actions)
        machine.fetchBegan()
        return machine
    }

    @Test(arguments: [LossPolicy.halt, .continue, .restart])
    func `a stop for a loss says whether a person decides or the partition continues by itself`(policy: LossPolicy) {
        var machine = machine(policy)
        var actions: [PartitionMachine.Action] = []
        machine.outOfRange(&actions)
        machine.answered(15..<40, Moment(.zero, wallClock: 0), &actions)
        #expect(machine.stop?.state == .lostData)
        #expect(machine.stop?.loss?.policy == (policy == .halt ? nil : policy))
        let text = machine.stop?.text ?? ""
        #expect(
            text.hasPrefix("orders/3 on eu now starts at 15: 5 offsets from 10 on are gone before they were mirrored. ")
        )
        #expect(text.contains("tern progress set") == (policy == .halt))
        if policy != .halt { #expect(text.hasSuffix("(on.data.loss = \(policy)) when the ledger has this event")) }
    }

    @Test func `a partition whose progress is of another cluster waits for a person, whatever the policy says`() {
        let machine = machine(.restart, cluster: "other")
        #expect(machine.stop?.code == "CLUSTER_ID_CHANGED")
        #expect(machine.stop?.loss?.policy == nil)
        #expect(machine.stop?.text.contains("tern progress set") == true)
    }
}
