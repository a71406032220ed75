// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Platform
import Synchronization

/// What the group that shares lanes sees of a Tern that knows the former name of the lanes topic only. It copies nothing.
final class OlderDaemon: Sendable {
    /// The lanes that it has.
    var lanes: Set<Int> { held.withLock { $0 } }

    private let held = Mutex<Set<Int>>([])
    private let isStopped = Mutex(false)
    private let ended = Mutex<Task<Void, any Error>?>(nil)

    static func topic(_ mirror: RealMirror) -> TopicName { TopicName("tern-lanes.\(mirror.aliases[0]).internal") }

    /// Joins, after it has made the topic where it is not there.
    init(_ mirror: RealMirror, lanes: Int32, instance: String = "older") async throws {
        try await mirror.clusters[1].createTopic(Self.topic(mirror), partitions: lanes)
        let group = "tern-lanes.\(mirror.flow(0, 1))"
        let properties = ClientProperties.testing(
            mirror.address(1),
            [
                "group.id": group, "group.instance.id": "\(instance)|\(group)|\(lanes)", "session.timeout.ms": "6000",
                "heartbeat.interval.ms": "1500", "partition.assignment.strategy": "range",
                "topic.metadata.refresh.interval.ms": "5000",
            ])
        let topic = Self.topic(mirror)
        ended.withLock {
            $0 = Task { [self] in
                try await ThreadExecutor.shared.run { [self] () throws(any Error) in try take(topic, properties) }
            }
        }
    }

    private func take(_ topic: TopicName, _ properties: ClientProperties) throws {
        let member = try GroupMember(properties, clientID: "tern|older")
        defer { member.close(by: .now + .seconds(5)) }
        try member.subscribe(to: [topic])
        while !isStopped.withLock({ $0 }) {
            switch member.nextEvent(within: .milliseconds(100)) {
            case .assigned(let partitions):
                try member.acknowledgeAssigned(partitions)
                held.withLock { $0.formUnion(partitions.map { Int($0.partition) }) }
            case .revoked(let partitions, _):
                held.withLock { $0.subtract(partitions.map { Int($0.partition) }) }
                try member.acknowledgeRevoked(partitions)
            case .failure, nil: break
            }
        }
        held.withLock { $0 = [] }
    }

    /// Ends it; as with any static member, its lanes are others' when its session has timed out.
    func stop() async throws {
        isStopped.withLock { $0 = true }
        try await ended.withLock { $0.take() }?.value
    }
}
