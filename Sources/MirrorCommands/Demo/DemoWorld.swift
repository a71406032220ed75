// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Telemetry

/// Two or three Kafka clusters inside this process, and a daemon that mirrors between all of them.
struct DemoWorld: Sendable {
    static let aliases: [ClusterAlias] = ["eu", "us", "ap"]
    /// librdkafka's mock keeps 5 MiB of a partition and then drops its oldest records: half of it is never passed. A
    /// record with the headers that Tern adds is a good 200 bytes.
    private static let largestPartition = 10_000

    let clusters: [(alias: ClusterAlias, cluster: MockCluster)]

    init(clusters count: Int) throws {
        clusters = try Self.aliases.prefix(count).map { ($0, try MockCluster()) }
        for (_, cluster) in clusters {
            for topic in DemoTopic.all { try cluster.createTopic(topic.name, partitions: Int(topic.partitionCount)) }
        }
    }

    func close() { for (_, cluster) in clusters { cluster.close() } }

    /// How many records each cluster's applications may write in all.
    static func capacity(clusters: Int) -> Int {
        // The fullest partition gets this part of the records of every cluster.
        let perPartition = DemoTopic.all.map { Double($0.share) / 10 / Double($0.partitionCount) }.max() ?? 1
        return Int(Double(largestPartition) / perPartition) / clusters
    }

    /// The file that a user would write for this: all flows, with equal topic names everywhere.
    var properties: String {
        var lines = ["clusters = " + clusters.map { "\($0.alias)" }.joined(separator: ", ")]
        for (alias, cluster) in clusters {
            lines.append("\(alias).bootstrap.servers = \(cluster.bootstrapServers)")
            // The mock answers an empty fetch only after this time.
            lines.append("\(alias).consumer.fetch.wait.max.ms = 10")
        }
        for (source, _) in clusters {
            for (target, _) in clusters where target != source {
                lines.append("\(source)->\(target).enabled = true")
            }
        }
        lines += [
            "topics = " + DemoTopic.all.map(\.name.rawValue).joined(separator: ", "),
            "replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy",
            "replication.factor = 1", "lag.interval.ms = 250", "offset.flush.interval.ms = 1000",
        ]
        return lines.joined(separator: "\n")
    }

    /// - Parameter listen: where the HTTP server listens.
    func configuration(listen: ListenAddress?) throws -> MirrorConfiguration {
        let loaded = ConfigurationLoader.load(file: "demo.properties", text: Array(properties.utf8))
        guard var configuration = loaded.configuration else {
            throw CommandFailure(.failed, code: "FAILED", loaded.problems.map { "\($0)" }.joined(separator: "; "))
        }
        configuration.http.listen = listen
        return configuration
    }

    func daemon(_ configuration: MirrorConfiguration, _ log: Log) throws -> MirrorDaemon {
        let clusters = clusters
        let environment = MirrorEnvironment(
            createTopics: { alias, topics in
                var results: [TopicName: KafkaError?] = [:]
                for topic in topics {
                    do throws(KafkaError) {
                        try clusters.first { $0.alias == alias }?.cluster.createTopic(
                            topic.name, partitions: Int(topic.partitionCount))
                        results[topic.name] = .some(nil)
                    } catch {
                        results[topic.name] = .some(error)
                    }
                }
                return results
            }, sharesLanes: false, describesConfigurations: false, instanceName: "demo")
        return try MirrorDaemon(
            configuration: configuration, log: log, version: TernVersion.current, environment: environment)
    }
}
