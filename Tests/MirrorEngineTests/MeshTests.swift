// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Telemetry
import Testing

/// Many flows in one process.
@Suite(.serialized) struct MeshTests {
    /// Nine clusters have 72 flows: more than the threads for blocking calls.
    private static let names = (1...9).map { "C\($0)" }

    private func daemon(_ clusters: [ClusterAlias: MockCluster]) throws -> MirrorDaemon {
        var text = "clusters = \(Self.names.joined(separator: ", "))\n"
        for (alias, cluster) in clusters { text += "\(alias).bootstrap.servers = \(cluster.bootstrapServers)\n" }
        for source in Self.names {
            for target in Self.names where target != source { text += "\(source)->\(target).enabled = true\n" }
        }
        text += """
            replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy
            topics = orders
            replication.factor = 1
            http.listen = none
            """
        let loaded = ConfigurationLoader.load(file: "test.properties", text: Array(text.utf8))
        guard let configuration = loaded.configuration else { throw InvalidConfiguration(problems: loaded.problems) }
        var environment = MirrorEnvironment(
            createTopics: { alias, topics in
                var results: [TopicName: KafkaError?] = [:]
                for topic in topics {
                    do throws(KafkaError) {
                        try clusters[alias]?.createTopic(topic.name, partitions: Int(topic.partitionCount))
                        results[topic.name] = .some(nil)
                    } catch {
                        results[topic.name] = error
                    }
                }
                return results
            }, sharesLanes: false, describesConfigurations: false)
        environment.instanceName = "test"
        return try MirrorDaemon(
            configuration: configuration, log: Log(level: .info, format: .logfmt, sink: MemorySink()), version: "test",
            environment: environment)
    }

    @Test func `a full mesh of nine clusters runs in one process, and each record is once everywhere`() async throws {
        var clusters: [ClusterAlias: MockCluster] = [:]
        for name in Self.names { clusters[ClusterAlias(name)] = try MockCluster() }
        defer { for cluster in clusters.values { cluster.close() } }
        for cluster in clusters.values { try cluster.createTopic("orders", partitions: 1) }
        for (alias, cluster) in clusters {
            try KafkaTesting.Witness.write(
                [.sample("orders", 0, key: alias.rawValue, value: "from \(alias)")], to: cluster.bootstrapServers)
        }
        let daemon = try daemon(clusters)
        _ = try await running(daemon) {
            try await until("72 flows that run and have caught up", within: .seconds(90)) {
                let flows = daemon.status.flows.filter(\.isEnabled)
                return flows.count == 72 && flows.allSatisfy { $0.state == .running && $0.lagRecords == 0 }
                    && flows.reduce(0) { $0 + ($1.topics.first?.counters.replicatedRecords ?? 0) } == 72
            }
        }
        for cluster in clusters.values {
            let copies = try KafkaTesting.Witness.records(
                of: "orders", partitions: 1, at: cluster.bootstrapServers)
            #expect(Set(copies.map(\.key)).count == 9)
            #expect(copies.count == 9)
        }
    }
}
