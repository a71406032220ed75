// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTypes
import Mirroring
import Telemetry

/// Which lanes are this daemon's, and how many there are.
extension Flow {
    /// Follows who owns which lane.
    func follow(_ ownership: any LaneOwnership) async {
        for await event in ownership.events {
            switch event {
            case .assigned(let indices):
                await noticeStrangeTarget()
                ownedLanes.formUnion(indices)
                isOwnershipKnown = true
                log.info("lanes.assigned", [LogField("lanes", indices.sorted().description)])
                await startMissingLanes()
            case .revoked(let indices, let isLost, let release):
                ownedLanes.subtract(indices)
                isOwnershipKnown = false
                isLaneCountKnown = false
                follower?.goOn()
                if !ownedLanes.contains(0) { drift = [:] }
                log.info("lanes.revoked", [LogField("lanes", indices.sorted().description), LogField("lost", isLost)])
                abandonDraining(Set(indices), LaneEnding(ofRevoked: isLost))
                // What they could not deliver, their next owner reads again: no reason to end with 75, unless the process
                // is about to end.
                let open = await stopLanes(
                    Set(indices), by: .now + configuration.shutdownTimeout, ending: LaneEnding(ofRevoked: isLost))
                if hasStopped { undrained += open }
                release()
            case .failed(let error):
                noteOwnershipTrouble(error)
                if error.code == .unknownTopicOrPart || error.code == ._unknownTopic { await noticeMissingLanesTopic() }
            }
            board.update(name) { [count = ownedLanes.count] flow in flow.ownedLanes = count }
        }
    }

    /// Lanes that drain for the end of the process have no time left once they are lost.
    private func abandonDraining(_ indices: Set<Int>, _ how: LaneEnding) {
        guard how == .abandoned else { return }
        for handle in ending where indices.contains(handle.index) { handle.post(.abandon) }
    }

    /// Asks how many lanes there are, once after each assignment: see ``LaneCount``.
    /// - Returns: whether the lanes that are assigned are this daemon's; not where they are shared by another topic: see
    ///   ``LanesTopicName``.
    func learnLaneCount() async throws -> Bool {
        guard !isLaneCountKnown else { return true }
        var topic: Int?
        if environment.sharesLanes {
            let topics = try await target.admin.topics(within: configuration.adminTimeout)
            guard try await sharesByRightName(topics) else { return false }
            topic = topics.first { $0.name == sharedTopic }?.partitions.count
        }
        let found = LaneCount.atAssignment(
            topic: topic, tasksMax: configuration.laneCount, isShared: environment.sharesLanes)
        guard let count = found else {
            throw ProgressError(reason: "\(sharedTopic) is not there: lanes cannot be shared out")
        }
        isLaneCountKnown = true
        // Somebody else reports how far the other lanes are.
        defer { past.forgetPositions { !ownedLanes.contains(lane(of: $0)) } }
        guard count != laneCount else { return true }
        await stopLanes(Set(lanes.keys), by: .now + configuration.shutdownTimeout)
        log.info("lanes.count_changed", [LogField("was", laneCount), LogField("is", count)])
        laneCount = count
        board.update(name) { flow in flow.laneCount = count }
        return true
    }

    /// Looks at the topics before lanes start, where the last look was too long ago.
    func discoverIfOld() async throws {
        guard TopicListAge.needsLook(beforeLanesStart: discoveredAt.map { .now - $0 }) else { return }
        try await discover()
    }

    /// Why this process does not learn which lanes are its own.
    func noteOwnershipTrouble(_ error: KafkaError) {
        guard limiter.admit("ownership \(error.code.name)") != nil else { return }
        let reason =
            switch error.code {
            case .groupAuthorizationFailed: "grant Read on group \(lanesGroup) on \(name.target)"
            case .topicAuthorizationFailed: "grant Read on topic \(sharedTopic) on \(name.target)"
            default: error.reason
            }
        log.warning("lanes.ownership", [.code(error.code.name), .reason(reason)])
    }

    /// The group on the target that assigns lanes.
    var lanesGroup: GroupID { GroupID("tern-lanes.\(name)") }
}
