// SPDX-License-Identifier: Apache-2.0
package import Kafka
package import KafkaTypes
package import Mirroring
import Synchronization
package import TernConfiguration

/// Where people's orders to a flow are written, and what became of them is read: by the command line, which needs no daemon for it, and
/// by a daemon for those that ask it.
package final class ControlDesk: Sendable {
    package let flow: FlowConfiguration
    private let target: AdminClient
    /// For one answer.
    private let limit: Duration
    private let writer: RowWriter
    private let follower = Mutex<TopicFollower<ControlRows>?>(nil)

    /// - Parameter target: a client of the flow's target, which outlives the desk.
    package init(_ flow: FlowConfiguration, target: AdminClient, within limit: Duration) {
        self.flow = flow
        self.target = target
        self.limit = limit
        writer = RowWriter(
            flow.clients.targetProducer.merging([
                "enable.idempotence": "true", "acks": "all", "linger.ms": "0", "log_level": "2",
            ]), clientID: "tern|\(flow.name)|order", traffic: ClientTraffic())
    }

    /// Does not wait for the client that reads, whose end may take a second.
    package func close() async {
        if let follower = follower.withLock({ $0.take() }) { Task { await follower.end() } }
        await writer.close()
    }

    private var topic: TopicName { flow.controlTopic }

    // MARK: orders

    /// All that was ordered up to now.
    package func orders() async throws -> ControlTable {
        let topics = try await target.topics(within: limit)
        guard topics.contains(where: { $0.name == topic && $0.error == nil }) else { return ControlTable() }
        let place = TopicPartition(topic, 0)
        guard let end = try await target.offsets(.end, of: [place], within: limit)[place]?.get(), end > 0 else {
            return ControlTable()
        }
        let follower = follower.withLock { follower in
            let made = follower ?? TopicFollower(flow, traffic: ClientTraffic())
            follower = made
            return made
        }
        return try await follower.rows(upTo: [0: end], by: .now + limit).table
    }

    /// Orders something; the topic is made where it is missing.
    package func order(_ key: ControlRow.Key, _ value: [UInt8]?) async throws {
        try await order([(key, value)])
    }

    /// Orders in one go; the first refusal is thrown, and others may have been written.
    package func order(_ orders: [(key: ControlRow.Key, value: [UInt8]?)]) async throws {
        try await makeTopic()
        try await writer.write(
            orders.map { RowWriter.Row(topic: topic, key: ControlRow.key($0.key), value: $0.value) }, within: limit)
    }

    private func makeTopic() async throws {
        let topics = try await target.topics(within: limit)
        guard !topics.contains(where: { $0.name == topic }) else { return }
        let rows = NewTopic.ofRows(topic, replicationFactor: flow.progressTopic.replicationFactor)
        guard let error = try await target.createTopics([rows], within: limit)[topic] ?? nil else { return }
        guard error.code != .topicAlreadyExists else { return }
        throw KafkaError(error.code, during: "create \(topic) on \(flow.name.target)", reason: error.reason)
    }

    // MARK: what is there

    /// Whether any daemon shares the flow's lanes now.
    package func hasDaemon() async throws -> Bool {
        let group = GroupID("tern-lanes.\(flow.name)")
        let listed = try await target.listGroups(within: limit).groups.first { $0.id == group }
        guard let listed else { return false }
        return listed.state != .empty && listed.state != .dead
    }

    /// The rows of the progress topic; none where there is no such topic.
    package func progress() async throws -> [TopicPartition: StoredProgress] {
        let name = flow.progressTopic.name
        let found = try await target.topics(within: limit).first { $0.name == name && $0.error == nil }
        guard let count = found.map({ Int32($0.partitions.count) }), count > 0 else { return [:] }
        var ends: [Int32: Int64] = [:]
        let places = (0..<count).map { TopicPartition(name, $0) }
        for (place, answer) in try await target.offsets(.end, of: places, within: limit) {
            ends[place.partition] = try answer.get()
        }
        guard ends.values.contains(where: { $0 > 0 }) else { return [:] }
        let follower = ProgressFollower(
            flow.progressTopic, partitionCount: count, flow: flow.name, properties: flow.clients.targetConsumer,
            traffic: ClientTraffic())
        return try await follower.onlyRows(upTo: ends, by: .now + limit).rows
    }
}
