// SPDX-License-Identifier: Apache-2.0
public import Kafka
public import KafkaTypes

extension RealCluster {
    /// Runs a body with an admin client of the plain listener, and closes it whatever happens.
    public func withAdmin<Value>(_ body: (AdminClient) async throws -> Value) async throws -> Value {
        let admin = try AdminClient(.testing(bootstrapServers), clientID: "test-admin")
        do {
            let value = try await body(admin)
            admin.close()
            return value
        } catch {
            admin.close()
            throw error
        }
    }

    /// Creates topics, and waits until the brokers know of them: a KRaft broker learns of one a moment after the
    /// controller has confirmed it.
    public func createTopics(_ topics: [NewTopic], within limit: Duration = .seconds(20)) async throws {
        try await withAdmin { admin in
            let answers = try await admin.createTopics(topics, within: limit)
            for case let error? in answers.values where error.code != .topicAlreadyExists { throw error }
            let wanted = Set(topics.map(\.name))
            try await eventually(within: limit, "topics in the metadata") {
                let known = try await admin.topics(within: limit)
                return wanted.isSubset(of: known.filter { $0.error == nil && !$0.partitions.isEmpty }.map(\.name))
            }
        }
    }

    /// Creates one topic, and waits until the brokers know of it.
    public func createTopic(
        _ name: TopicName, partitions: Int32 = 1, configuration: [(String, String)] = []
    ) async throws {
        try await createTopics([
            NewTopic(name: name, partitionCount: partitions, replicationFactor: -1, configuration: configuration)
        ])
    }
}
