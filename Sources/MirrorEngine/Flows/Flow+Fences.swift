// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Telemetry
import TernConfiguration

/// Exactly once: a lane takes its transactional id first, then the stored progress is read, and only then it is given partitions, or
/// goes on. What its predecessor had open is decided by then, whoever that was.
extension Flow {
    var deliversExactlyOnce: Bool { configuration.exactlyOnce.isEnabled }

    /// Of a lane: the same in every daemon.
    func transactions(of lane: Int) -> TransactionSettings? {
        guard deliversExactlyOnce else { return nil }
        return TransactionSettings(
            id: configuration.transactionalID(lane: lane), interval: configuration.exactlyOnce.interval,
            timeout: configuration.exactlyOnce.timeout)
    }

    func noteFence(_ number: Int, of handle: LaneHandle) {
        fenced[handle.index] = (handle, number)
        log.debug(.laneFenced, [.lane(handle.index)])
        jobs.wake(JobName.fences)
    }

    /// Reads what is stored for all lanes that have taken their id.
    func answerFences() async -> Job.Outcome {
        let waiting = fenced.filter { lanes.running[$0.key]?.handle === $0.value.handle }
        guard !waiting.isEmpty, !hasStopped, clusterChange == nil else { return .done }
        do {
            // Up to the ends that uncommitted readers see: what this lane's predecessor committed may lie behind a transaction of
            // another lane that is still open, and a lane that missed it would copy it again.
            let stored = try await readProgress()
            progress = stored
            try await carryOutOrders(for: Set(waiting.filter { lanes.running[$0.key]?.isGiven == false }.keys))
            var ends: [TopicPartition: Int64] = [:]
            if waiting.contains(where: { lanes.running[$0.key]?.isGiven == false }) {
                knownCopies = await translation?.knownCopies() ?? [:]
                ends = await targetEnds()
            }
            for (index, fence) in waiting.sorted(by: { $0.key < $1.key }) {
                guard let lane = lanes.running[index], lane.handle === fence.handle,
                    fenced[index]?.number == fence.number
                else { continue }
                fenced[index] = nil
                lane.handle.post(.stored(stored, fence: fence.number))
                guard !lane.isGiven else { continue }
                begin(lane, with: partitions(of: index), targetEnds: ends)
            }
            startProblem = nil
            if lanes.missing.isEmpty, fenced.isEmpty { dismissHerald() }
            if lanes.owned.count == laneCount, lanes.missing.isEmpty, fenced.isEmpty { follower?.rest() }
            return .done
        } catch {
            return noteStartProblem(error, during: "lane fence")
        }
    }
}
