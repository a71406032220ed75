// SPDX-License-Identifier: Apache-2.0
public import Kafka
public import KafkaTypes

/// Two mock clusters and what a test wants to do with them.
public final class MockPair: Sendable {
    public let source: MockCluster
    public let target: MockCluster

    public init(brokers: Int = 1) throws {
        source = try MockCluster(brokers: brokers)
        target = try MockCluster(brokers: brokers)
    }

    /// Creates the topic on both sides.
    public func createTopic(_ name: TopicName, partitions: Int) throws {
        try source.createTopic(name, partitions: partitions)
        try target.createTopic(name, partitions: partitions)
    }

    public func close() {
        source.close()
        target.close()
    }
}

extension ClientProperties {
    /// For tests: quick to notice things. The mock answers an empty fetch only after `fetch.wait.max.ms`.
    public static func testing(_ bootstrapServers: String, _ more: KeyValuePairs<String, String> = [:]) -> Self {
        ClientProperties(["bootstrap.servers": bootstrapServers, "socket.nagle.disable": "true"])
            .merging(ClientProperties(more))
    }

    /// A consumer that starts at given positions and reports where a partition ends.
    public static func testConsumer(_ bootstrapServers: String, _ more: KeyValuePairs<String, String> = [:]) -> Self {
        testing(
            bootstrapServers,
            ["fetch.wait.max.ms": "10", "auto.offset.reset": "error", "enable.partition.eof": "true"]
        ).merging(ClientProperties(more))
    }

    /// An idempotent producer without linger.
    public static func testProducer(_ bootstrapServers: String, _ more: KeyValuePairs<String, String> = [:]) -> Self {
        testing(bootstrapServers, ["enable.idempotence": "true", "linger.ms": "0", "message.timeout.ms": "0"])
            .merging(ClientProperties(more))
    }
}
