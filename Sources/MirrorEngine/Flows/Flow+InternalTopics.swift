// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Telemetry

/// The topics that a flow needs on its target before anything else.
extension Flow {
    /// Creates what is missing; what another daemon creates at the same moment is no error.
    func ensureInternalTopics() async throws {
        let progress = configuration.progressTopic
        let lanes = NewTopic(
            name: configuration.lanesTopic, partitionCount: Int32(configuration.laneCount),
            replicationFactor: configuration.lanesReplicationFactor, configuration: [("cleanup.policy", "compact")])
        let rows = NewTopic(
            name: progress.name, partitionCount: progress.partitionCount, replicationFactor: progress.replicationFactor,
            configuration: [("cleanup.policy", "compact")])
        if let create = environment.createTopics {
            _ = await create(name.target, [rows, lanes])
            return
        }
        let existing = try await target.admin.topics(within: .seconds(10))
        let counts = Dictionary(existing.map { ($0.name, Int32($0.partitions.count)) }) { first, _ in first }
        if let count = counts[progress.name], count > 0 { progressPartitionCount = count }
        let missing = [rows, lanes].filter { counts[$0.name] == nil }
        if !missing.isEmpty {
            try noteCreated(await target.admin.createTopics(missing, within: .seconds(30)))
        }
        if let count = counts[lanes.name], count < lanes.partitionCount {
            _ = try await target.admin.createPartitions([lanes.name: lanes.partitionCount], within: .seconds(30))
        }
    }

    private func noteCreated(_ results: [TopicName: KafkaError?]) throws {
        for (topic, error) in results {
            guard let error else {
                log.info("topic.created", [.topic(topic), .cluster(name.target)])
                continue
            }
            guard error.code != .topicAlreadyExists else { continue }
            throw error
        }
    }
}
