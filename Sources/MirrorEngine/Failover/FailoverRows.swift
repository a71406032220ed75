// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import TernConfiguration

/// The rows that a flow keeps on its target (and the flow that goes back on the source), read once from their beginning to
/// the end that committed readers see now.
struct FailoverRows: Sendable {
    var progress: [TopicPartition: StoredProgress] = [:]
    var maps: [TopicPartition: OffsetMap] = [:]
    var returningMaps: [TopicPartition: OffsetMap]?
    var checkpoints = GroupCheckpoints()
    /// Why something could not be read.
    var problem: String?
}

extension FlowProbe {
    /// - Parameters:
    ///   - target, source: the topics of the clusters, with their partition counts; `nil` where the cluster is not asked.
    ///   - maps, checkpoints: whether they are needed, beside progress.
    func rows(
        target: [TopicName: Int32], source: [TopicName: Int32]?, maps wantsMaps: Bool, checkpoints: Bool
    ) async -> FailoverRows {
        let naming = flow.naming.internalTopics
        async let progress = read(
            ProgressTable(connectorName: flow.progressTopic.connectorName, source: flow.name.source),
            flow.progressTopic.name, target, on: committedTarget, flow.clients.targetConsumer)
        async let maps = read(
            OffsetMapTable(), flow.offsetMapTopic, wantsMaps ? target : [:], on: committedTarget,
            flow.clients.targetConsumer)
        async let returning = read(
            OffsetMapTable(), FlowConfiguration.offsetMapTopic(of: flow.name.target),
            hasReturningFlow && wantsMaps ? source ?? [:] : [:], on: self.source, flow.clients.sourceConsumer)
        async let known = read(
            CheckpointTable(), naming.checkpoints(of: flow.name.source), checkpoints ? target : [:],
            on: committedTarget, flow.clients.targetConsumer)
        var rows = FailoverRows()
        do {
            rows.progress = try await progress.rows
            rows.maps = try await maps.maps
            if hasReturningFlow, wantsMaps, source != nil { rows.returningMaps = try await returning.maps }
            rows.checkpoints = try await known.checkpoints
        } catch {
            rows.problem = "\(error)"
        }
        return rows
    }

    /// A topic that is not there has no rows.
    private func read<Table: RowTable>(
        _ table: Table, _ topic: TopicName, _ topics: [TopicName: Int32], on admin: AdminClient,
        _ properties: ClientProperties
    ) async throws -> Table {
        guard let count = topics[topic], count > 0 else { return table }
        let places = (0..<count).map { TopicPartition(topic, $0) }
        var ends: [Int32: Int64] = [:]
        for (place, answer) in try await admin.offsets(.end, of: places, within: limit) {
            ends[place.partition] = try answer.get()
        }
        guard ends.values.contains(where: { $0 > 0 }) else { return table }
        let follower = TopicFollower(
            topic, partitionCount: count, into: table, purpose: "failover", flow: "\(flow.name)",
            properties: properties, traffic: ClientTraffic(), denial: "grant Read on topic \(topic)")
        return try await follower.onlyRows(upTo: ends, by: .now + limit)
    }
}
