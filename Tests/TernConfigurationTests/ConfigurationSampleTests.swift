// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Testing

@Suite struct ConfigurationSampleTests {
    /// The settings of the file that comes with MirrorMaker.
    static let sample = """
        # Run with ./bin/connect-mirror-maker.sh connect-mirror-maker.properties
        clusters = A, B

        # connection information for each cluster
        A.bootstrap.servers = A_host1:9092, A_host2:9092, A_host3:9092
        B.bootstrap.servers = B_host1:9092, B_host2:9092, B_host3:9092

        A->B.enabled = true
        A->B.topics = .*

        B->A.enabled = true
        B->A.topics = .*

        replication.factor=1

        checkpoints.topic.replication.factor=1
        heartbeats.topic.replication.factor=1
        offset-syncs.topic.replication.factor=1

        offset.storage.replication.factor=1
        status.storage.replication.factor=1
        config.storage.replication.factor=1

        # replication.policy.separator = _
        # sync.topic.acls.enabled = false
        # emit.heartbeats.interval.seconds = 5
        """

    @Test func `the file that comes with MirrorMaker runs as it stands`() throws {
        let loaded = loadConfiguration(Self.sample)
        #expect(loaded.errors == [])
        #expect(loaded.warnings == [])
        let configuration = try #require(loaded.configuration)
        #expect(configuration.clusters.map(\.alias) == ["A", "B"])
        #expect(configuration.clusters.first?.bootstrapServers == "A_host1:9092,A_host2:9092,A_host3:9092")
        #expect(configuration.flows.map(\.name.description) == ["A->B", "B->A"])
        #expect(configuration.http.listen == ListenAddress(host: "127.0.0.1", port: 9470))
        let flow = try #require(loaded.flow("A", "B"))
        #expect(flow.isEnabled)
        #expect(flow.replicationFactor == 1)
        #expect(flow.lanesReplicationFactor == 1)
        #expect(flow.progressTopic.name == "mm2-offsets.A.internal")
        #expect(flow.progressTopic.replicationFactor == 1)
        #expect(flow.naming.remoteTopic(for: "orders") == "A.orders")
        #expect(flow.topics.selects("orders", naming: flow.naming, target: "B").isSelected)
        #expect(flow.topics.selects("a.internal", naming: flow.naming, target: "B").isSelected)
        #expect(!flow.topics.selects("mm2-status.B.internal", naming: flow.naming, target: "B").isSelected)
        #expect(flow.clients.sourceConsumer["bootstrap.servers"] == "A_host1:9092,A_host2:9092,A_host3:9092")
        #expect(flow.clients.dataProducer["bootstrap.servers"] == "B_host1:9092,B_host2:9092,B_host3:9092")
        #expect(flow.isolation == .readCommitted)
        #expect(flow.flushInterval == .seconds(1))
        #expect(configuration.health.cluster == "A")
        #expect(configuration.health.region == "A")
    }
}
