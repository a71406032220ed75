// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import TernConfiguration

/// What the flow does after a partition has stopped for a loss and a policy decides: first the ledger, then the partition's progress.
struct LossLedger {
    /// Of each partition, one for the whole life of the world.
    var policies: [LossPolicy]
    /// The events that the target has. They outlive everything.
    var recorded: Set<LossEvent.Key> = []
    /// Stops that wait, in memory.
    var decided: [Int: LossEvent.Key] = [:]
    var continued = 0
}

extension World {
    mutating func noteDecision(_ place: Int, _ stop: PartitionStop) {
        guard let loss = stop.loss, loss.policy != nil else { return }
        losses.decided[place] = LossEvent.Key(
            Self.names(place).source, loss.cause, position: stop.offset ?? -1)
    }

    /// The next step of a decision: the row of the ledger, or the partition's new start.
    mutating func advanceLoss(_ place: Int) {
        guard let key = losses.decided[place] else { return }
        guard losses.recorded.contains(key) else {
            trail?.note(place, "the ledger has \(key.cause) at \(key.position)")
            losses.recorded.insert(key)
            return
        }
        guard sources[place].exists, case .stopped(let stop, retry: nil) = lane.partitions[place].machine.state,
            stop.loss?.policy != nil, stopOrderly()
        else { return }
        carryOn(place, key)
    }

    private mutating func carryOn(_ place: Int, _ key: LossEvent.Key) {
        let (source, policy) = (sources[place], losses.policies[place])
        let stored = rows[place].map { StoredProgress(offset: $0.offset, witness: $0.witness) }
        let time = LossContinuation.time(key.cause, policy, stored: stored)
        let newer = time.flatMap { time in source.entries.first { Int64($0.id) >= time }?.offset }
        let step = LossContinuation(key.cause, policy, stored: stored, log: source.start..<source.end, newer: newer)
        trail?.note(place, "continues by \(policy) at \(step.position)")
        noteContinuation(place, key, step, isByTime: time != nil)
        losses.continued += 1
        rows[place] = RowModel(offset: step.position - 1, witness: step.witness)
        startLane()
    }

    /// `continue` passes over nothing that was not copied, and has nothing copied twice; `restart` has all copied that is there.
    private mutating func noteContinuation(
        _ place: Int, _ key: LossEvent.Key, _ step: LossContinuation, isByTime: Bool
    ) {
        guard losses.recorded.contains(key) else { return fail(place, "continues before the ledger has the loss") }
        let (policy, before) = (losses.policies[place], truths[place])
        guard policy != .halt else { return fail(place, "continues by itself, and nobody has said that it may") }
        // The position is as it was, and what proves it.
        if policy == .continue, step.witness != nil || key.cause == .targetReset {
            truths[place].lastWritten = nil
            return
        }
        if policy == .continue, isByTime, !isBlind(place) {
            let missed = sources[place].due.first {
                $0.offset < step.position && $0.offset >= before.firstDue && !before.mirrored.contains($0.id)
            }
            if let missed { fail(place, "continues at \(step.position), and \(missed.offset) was never copied") }
        }
        var truth = Truth()
        truth.mayRepeat = before.mayRepeat
        if policy == .restart || !isByTime { truth.mayRepeat.formUnion(targets[place].ids) }
        if policy == .continue { truth.mirrored = before.mirrored }
        truth.firstDue = step.position
        truth.hasPassed = step.position > 0
        truths[place] = truth
    }
}
