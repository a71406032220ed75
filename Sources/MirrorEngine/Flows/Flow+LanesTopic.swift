// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTypes
import Mirroring
import Telemetry

/// Under which of its two names the lanes topic is shared: see ``LanesTopicName``.
extension Flow {
    /// The lanes topic by the name that this daemon shares under.
    var sharedTopic: TopicName { topic(lanesTopicName) }

    private func topic(_ name: LanesTopicName) -> TopicName {
        name == .former ? configuration.formerLanesTopic : configuration.lanesTopic
    }

    /// - Parameter topics: all of the target's.
    func chooseLanesTopic(now: LanesTopicName?, among topics: [TopicDescription]) async throws -> LanesTopicName {
        let former = configuration.formerLanesTopic
        let isThere = topics.contains { $0.name == former && !$0.partitions.isEmpty }
        let isHeld = isThere && now != .former ? try await isHeldByOthers(former) : false
        return LanesTopicName.choice(now: now, isFormerThere: isThere, isFormerHeld: isHeld)
    }

    private func isHeldByOthers(_ former: TopicName) async throws -> Bool {
        let group = lanesGroup
        // Asked for before it is described: the client may crash over a cluster that never had a group.
        let listed = try await target.admin.listGroups(within: configuration.adminTimeout)
        if let problem = listed.problems.first {
            throw ProgressError(reason: "who shares lanes by \(former) cannot be seen: \(problem)")
        }
        guard listed.groups.contains(where: { $0.id == group }) else { return false }
        let described = try await target.admin.describeGroups([group], within: configuration.adminTimeout)[group]
        guard
            let isHeld = LanesTopicName.isHeld(former, in: try described?.get(), besides: "\(instance.id)|")
        else { throw ProgressError(reason: "group \(group) shares out the lanes anew: asked again") }
        return isHeld
    }

    /// Shares by the other name where that is due. Asked once after each assignment.
    /// - Returns: whether the lanes that are assigned are this daemon's.
    func sharesByRightName(_ topics: [TopicDescription]) async throws -> Bool {
        let choice = try await chooseLanesTopic(now: lanesTopicName, among: topics)
        guard choice != lanesTopicName else { return true }
        if choice == .current, !topics.contains(where: { $0.name == configuration.lanesTopic }) {
            let made = try await target.admin.createTopics(
                [newLanesTopic(.current)], within: configuration.adminTimeout)
            try noteCreated(made)
            await seen([configuration.lanesTopic])
        }
        lanesTopicName = choice
        noteLanesTopicName()
        lanes.disown()
        isOwnershipKnown = false
        ownership?.share(sharedTopic, instance: lanesInstance)
        await noteFirstLane()
        return false
    }

    /// The lanes topic as it is made, as large as the one before it.
    func newLanesTopic(_ name: LanesTopicName) -> NewTopic {
        .ofRows(
            topic(name), partitions: Int32(laneCount), replicationFactor: configuration.lanesReplicationFactor)
    }

    /// The topic by which lanes are shared may have gone: looked at without an assignment, since none will come.
    func noticeMissingLanesTopic() async {
        guard lanesTopicName == .former, !hasStopped else { return }
        do {
            _ = try await sharesByRightName(try await target.admin.topics(within: configuration.adminTimeout))
        } catch {
            if limiter.admit("lanes topic") != nil { log.warning(.lanesOwnership, [.reason("\(error)")]) }
        }
    }

    func noteLanesTopicName() {
        log.info(.lanesTopic, [.topic(sharedTopic)])
    }

    /// The name that the group has for this daemon. By the former topic it is the one that an older Tern has, so that the lanes
    /// are the new one's at once. A member that comes back with another topic, or another number of lanes, is another member: all
    /// lanes are shared out anew.
    var lanesInstance: String {
        let name = lanesTopicName == .former ? "\(lanesGroup)" : "mm2-\(lanesGroup)"
        return "\(instance.id)|\(name)|\(laneCount)"
    }
}
