// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Platform
import TernConfiguration

/// A lane and its thread.
final class RunningLane {
    let handle: LaneHandle
    /// What it was given, so that what is new can be told from what it has.
    var assigned: Set<TopicPartition> = []
    /// Whether it may be given partitions: not before it has taken its transactional id, where it has one.
    var isGiven = true
    private var thread: OwnedThread?

    init(handle: LaneHandle, thread: consuming OwnedThread) {
        self.handle = handle
        self.thread = consume thread
    }

    /// Waits until its thread has ended.
    func join() async { await thread.take()?.joined() }
}

/// A lane that ended with something outstanding.
struct UndrainedLane: Sendable, CustomStringConvertible {
    var flow: FlowName
    var lane: Int
    /// Records in flight; 0: only its last progress was not written.
    var openRecords: Int

    var description: String {
        "\(flow) lane \(lane): "
            + (openRecords > 0 ? "\(openRecords) records not acknowledged" : "its last progress was not written")
    }
}

/// Starts and ends the lanes of a flow, and keeps what they leave behind. Which ones are to run, and when a start is tried
/// again, is the job `lanes`. Confined to its flow.
final class LaneSupervisor {
    private let flow: FlowName
    private let barriers: WriteBarriers
    /// Lanes that the group has given to this process, whether or not they run.
    private(set) var owned: Set<Int> = []
    /// How often lanes were assigned and revoked.
    private(set) var ownershipChanges = 0
    private(set) var running: [Int: RunningLane] = [:]
    private(set) var draining: [LaneHandle] = []
    private(set) var past = PastLanes()
    /// Of lanes that were lost before they could write it.
    private var unwritten: [TopicPartition: UnwrittenProgress] = [:]
    /// Not while another cluster answers: it may have been the one that acknowledged.
    private var keepsUnwritten = true
    /// The process ends: what does not drain from now on is told at its end.
    private var isEnding = false
    private var undrained: [UndrainedLane] = []

    init(of flow: FlowName, barriers: WriteBarriers) {
        self.flow = flow
        self.barriers = barriers
    }

    /// Those that are owned and do not run.
    var missing: Set<Int> { owned.subtracting(running.keys) }
    /// Those too that run, and wait for what is stored.
    var unstarted: Set<Int> { missing.union(running.filter { !$0.value.isGiven }.keys) }

    func assign(_ indices: [Int]) {
        ownershipChanges += 1
        owned.formUnion(indices)
    }

    /// The lanes run on until ``stop(_:by:ending:)``.
    func revoke(_ indices: [Int]) {
        ownershipChanges += 1
        owned.subtract(indices)
    }

    /// The lanes are shared out anew, by another topic.
    func disown() {
        ownershipChanges += 1
        owned = []
    }

    /// Starts a lane that does not run.
    func start(
        _ index: Int, _ settings: LaneSettings
    ) -> (lane: RunningLane, reports: AsyncStream<LaneReport>) {
        let (reports, stream) = AsyncStream<LaneReport>.makeStream()
        let handle = LaneHandle(index: index) { stream.yield($0) }
        let thread = OwnedThread(name: "lane-\(index)") {
            do {
                try Lane(settings: settings, handle: handle).run()
            } catch {
                handle.report(.notStarted(error))
                handle.publish { $0.hasEnded = true }
                handle.report(.ended)
            }
        }
        let lane = RunningLane(handle: handle, thread: thread)
        running[index] = lane
        barriers.started(handle)
        return (lane, reports)
    }

    /// Takes note of a lane that has ended by itself.
    /// - Returns: whether it is to be started again.
    func ended(_ handle: LaneHandle) async -> Bool {
        guard let lane = running[handle.index], lane.handle === handle else { return false }
        running[handle.index] = nil
        barriers.ended(handle)
        past.add(handle.snapshot)
        await lane.join()
        return owned.contains(handle.index) && !isEnding
    }

    /// Drains these lanes and waits for their threads.
    /// - Parameter how: abandoned lanes end at once; another cluster may have them as well.
    /// - Returns: those that did not drain.
    @discardableResult
    func stop(
        _ indices: Set<Int>, by deadline: ContinuousClock.Instant, ending how: LaneEnding = .drained
    ) async -> [UndrainedLane] {
        let stopping = indices.compactMap { index in running[index] }
        for lane in stopping {
            running[lane.handle.index] = nil
            barriers.ended(lane.handle)
            draining.append(lane.handle)
            lane.handle.post(how == .abandoned ? .abandon : .stop(by: deadline))
        }
        var open: [UndrainedLane] = []
        for lane in stopping {
            await lane.join()
            let last = lane.handle.snapshot
            draining.removeAll { $0 === lane.handle }
            past.add(last)
            if keepsUnwritten { unwritten.merge(last.unwritten) { $1 } }
            guard !last.isDrained, how == .drained else { continue }
            open.append(UndrainedLane(flow: flow, lane: lane.handle.index, openRecords: last.openRecords))
        }
        if isEnding { undrained += open }
        return open
    }

    /// Stops all lanes because the process ends, and waits for those that drain already.
    /// - Returns: those that did not drain.
    func stopAll(by deadline: ContinuousClock.Instant) async -> [UndrainedLane] {
        isEnding = true
        await stop(Set(running.keys), by: deadline)
        while !draining.isEmpty, ContinuousClock.now < deadline {
            try? await ContinuousClock().sleep(for: .milliseconds(20))
        }
        return undrained
    }

    /// Lanes that drain for the end of the process have no time left once they are lost.
    func abandonDraining(_ indices: [Int]) {
        for handle in draining where indices.contains(handle.index) { handle.post(.abandon) }
    }

    /// Ends all lanes without their progress, since another cluster answers; until ``trustClusters()`` nothing that lanes
    /// leave counts.
    func abandonAll() async {
        keepsUnwritten = false
        await stop(Set(running.keys), by: .now, ending: .abandoned)
        past.forgetPositions { _ in true }
        unwritten = [:]
    }

    func trustClusters() { keepsUnwritten = true }

    /// Somebody else reports how far these are.
    func forgetPastPositions(where isKnown: (TopicPartition) -> Bool) { past.forgetPositions(where: isKnown) }

    /// What an earlier lane has left of a partition; used once.
    func takeUnwritten(of place: TopicPartition) -> UnwrittenProgress? { unwritten.removeValue(forKey: place) }
}

extension LaneSnapshot {
    fileprivate var openRecords: Int { partitions.values.reduce(0) { $0 + $1.inFlight } }
}
