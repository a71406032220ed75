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
                lanes.assign(indices)
                isOwnershipKnown = true
                assignedAt = .now
                log.info(.lanesAssigned, [LogField("lanes", indices.sorted().description)])
                await noteFirstLane()
                jobs.wake(JobName.lanes)
            case .revoked(let indices, let isLost, let release):
                lanes.revoke(indices)
                isOwnershipKnown = false
                isLaneCountKnown = false
                follower?.goOn()
                await noteFirstLane()
                log.info(.lanesRevoked, [LogField("lanes", indices.sorted().description), LogField("lost", isLost)])
                if isLost { lanes.abandonDraining(indices) }
                // What they could not deliver, their next owner reads again: no reason to end with 75, unless the process
                // is about to end.
                await lanes.stop(
                    Set(indices), by: .now + configuration.shutdownTimeout, ending: LaneEnding(ofRevoked: isLost))
                release()
            case .failed(let error):
                noteOwnershipTrouble(error)
                if error.code == .unknownTopicOrPart || error.code == ._unknownTopic { await noticeMissingLanesTopic() }
            }
            showOwnership()
        }
    }

    /// While nobody has told whose the lanes are, as during an outage of the target, what was known of all of them stays.
    private func showOwnership() {
        board.update(name) { [owned = lanes.owned, laneCount, isOwnershipKnown, hasUnmeasuredLanes] flow in
            flow.ownedLaneNumbers = owned
            flow.hasUnmeasuredLanes = hasUnmeasuredLanes
            if isOwnershipKnown { flow.carriesAllLanes = owned.count == laneCount }
        }
    }

    /// Lanes that were taken over count from then on, and nobody has asked yet how far they are behind.
    var hasUnmeasuredLanes: Bool { !lanes.owned.isSubset(of: measuredLanes) }

    /// A broker that is silent costs this much at each assignment, while lanes stand.
    private static let assignmentLimit = Duration.seconds(2)

    /// Asks how many lanes there are, once after each assignment: see ``LaneCount``.
    /// - Returns: whether the lanes that are assigned are this daemon's; not where they are shared by another topic: see
    ///   ``LanesTopicName``.
    func learnLaneCount() async throws -> Bool {
        guard !isLaneCountKnown else { return true }
        let count: Int
        if environment.sharesLanes {
            let topics = try await target.admin.topics(within: configuration.adminTimeout)
            guard try await sharesByRightName(topics) else { return false }
            let shared = try await target.admin.assignedPartitions(of: lanesGroup, within: Self.assignmentLimit)
            let numbers = shared.map { Set($0.filter { $0.topic == sharedTopic }.map { Int($0.partition) }) }
            guard let found = LaneCount.atAssignment(sharedOut: numbers, owned: lanes.owned) else {
                throw ProgressError(reason: "group \(lanesGroup) on \(name.target) shares its lanes out anew")
            }
            count = found
        } else {
            count = configuration.laneCount
        }
        isLaneCountKnown = true
        // Somebody else reports how far the other lanes are.
        defer { lanes.forgetPastPositions { !lanes.owned.contains(lane(of: $0)) } }
        guard count != laneCount else { return true }
        await lanes.stop(Set(lanes.running.keys), by: .now + configuration.shutdownTimeout)
        log.info(.lanesCountChanged, [LogField("was", laneCount), LogField("is", count)])
        laneCount = count
        measuredLanes = []
        board.update(name) { flow in flow.laneCount = count }
        showOwnership()
        return true
    }

    /// What the previous owner found since the last look is not in the list that lanes were started from.
    func lookAgainIfOlderThanLanes() {
        guard environment.sharesLanes, let discoveredAt, let assignedAt, discoveredAt < assignedAt else { return }
        jobs.wake(JobName.topics)
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
        log.warning(.lanesOwnership, [.code(error.code.name), .reason(reason)])
    }

    /// The group on the target that assigns lanes.
    var lanesGroup: GroupID { GroupID("tern-lanes.\(name)") }
}
