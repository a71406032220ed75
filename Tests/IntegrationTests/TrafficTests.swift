// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Foundation
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Testing

extension RealBrokers {
    /// What Tern tells about the network and about quotas, against what the brokers know.
    @Suite struct TrafficTests {
        @Test func `bytes on the network are those of the logs: compressed where the log is, and little more`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let (topic, copy) = (mirror.topic("squeezed"), mirror.copy("squeezed"))
                try await mirror.clusters[0].createTopic(topic)
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("a flow", of: daemon) {
                        $0.flows[0].topics.count == 1 && $0.flows[0].lagRecords == 0
                    }
                    try Onlooker.write(
                        (0..<300).map {
                            .sample(topic, 0, key: "k", value: String(repeating: "v\($0),", count: 2_000))
                        },
                        to: mirror.address(0), properties: ["compression.type": "gzip"])
                    try await until("300 records", of: daemon) { $0.isCaughtUp(after: 300) }
                    let sizes = try await (
                        size(of: topic, at: mirror.clusters[0]), size(of: copy, at: mirror.clusters[1])
                    )
                    // The source's log is compressed, and its copy is not.
                    #expect(sizes.0 * 5 < sizes.1)
                    try await until("bytes of the network", of: daemon) { status in
                        status.clusters[0].receivedBytes > sizes.0 && status.clusters[1].sentBytes > sizes.1
                    }
                    // Beside the records there are metadata, fetches that bring nothing, and positions.
                    let clusters = daemon.status.clusters
                    #expect(clusters[0].receivedBytes < sizes.0 + 500_000, "\(clusters) \(sizes)")
                    #expect(clusters[1].sentBytes < sizes.1 + 500_000, "\(clusters) \(sizes)")
                    // The flow's own are of its lanes alone, and what is priced is one side of them.
                    let link = daemon.status.flows[0].link
                    #expect((sizes.0...clusters[0].receivedBytes).contains(link.wire.read), "\(link) \(sizes)")
                    #expect((sizes.1...clusters[1].sentBytes).contains(link.wire.written), "\(link) \(sizes)")
                    #expect(link.side == .source && link.billableBytes == link.wire.read, "\(link)")
                    #expect(link.reading.ratio ?? 0 > 5 && (0.9...1.1).contains(link.writing.ratio ?? 0), "\(link)")
                }
            }
        }

        @Test
        func `quotas on Tern's client id are seconds of throttling on their side, and without one there are none`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("rationed")
                try await mirror.clusters[0].createTopic(topic)
                let client = "tern|\(mirror.flow(0, 1))|0"
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("a flow", of: daemon) {
                        $0.flows[0].topics.count == 1 && $0.flows[0].lagRecords == 0
                    }
                    try Onlooker.write(noise(of: topic, 100), to: mirror.address(0))
                    try await until("100 records", of: daemon) { $0.isCaughtUp(after: 100) }
                    #expect(daemon.status.flows[0].counters.fetchThrottledSeconds == 0)
                    #expect(daemon.status.flows[0].counters.produceThrottledSeconds == 0)

                    try await setQuota("consumer_byte_rate", of: client, at: mirror.clusters[0])
                    try Onlooker.write(noise(of: topic, 300), to: mirror.address(0))
                    try await until("throttled fetches", of: daemon) { $0.flows[0].counters.fetchThrottledSeconds > 0 }
                    #expect(daemon.status.flows[0].counters.produceThrottledSeconds == 0)
                    try await until("400 records", of: daemon, within: .seconds(60)) { $0.isCaughtUp(after: 400) }
                    try await removeQuota("consumer_byte_rate", of: client, at: mirror.clusters[0])

                    try await setQuota("producer_byte_rate", of: client, at: mirror.clusters[1])
                    try Onlooker.write(noise(of: topic, 300), to: mirror.address(0))
                    try await until("throttled writes", of: daemon, within: .seconds(60)) {
                        $0.flows[0].counters.produceThrottledSeconds > 0
                    }
                    try await until("700 records", of: daemon, within: .seconds(60)) { $0.isCaughtUp(after: 700) }
                    try await removeQuota("producer_byte_rate", of: client, at: mirror.clusters[1])
                }
            }
        }

        /// What no compression makes smaller: ten kilobytes each.
        private func noise(of topic: TopicName, _ count: Int) -> [OwnedRecord] {
            let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000), kind: .create)
            return (0..<count).map { _ in
                OwnedRecord(
                    topic: topic, partition: 0, offset: 0, timestamp: now,
                    key: nil,
                    value: (0..<10_000).map { _ in UInt8.random(in: .min ... .max) }, headers: [])
            }
        }

        private func setQuota(_ quota: String, of client: String, at cluster: RealCluster) async throws {
            try await configure(client, at: cluster, "--add-config", "\(quota)=200000")
        }

        private func removeQuota(_ quota: String, of client: String, at cluster: RealCluster) async throws {
            try await configure(client, at: cluster, "--delete-config", quota)
        }

        private func configure(_ client: String, at cluster: RealCluster, _ change: String...) async throws {
            let result = try await cluster.distribution.run(
                "kafka-configs.sh",
                [
                    "--bootstrap-server", cluster.bootstrapServers, "--alter", "--entity-type", "clients",
                    "--entity-name",
                ]
                    + [client] + change)
            try #require(result.status == 0, "\(result.output)\(result.errors)")
        }

        /// What the topic's log takes on the broker's disk, as Kafka's own tool tells it.
        private func size(of topic: TopicName, at cluster: RealCluster) async throws -> Int64 {
            let result = try await cluster.distribution.run(
                "kafka-log-dirs.sh",
                ["--bootstrap-server", cluster.bootstrapServers, "--describe", "--topic-list", topic.rawValue])
            let sizes = result.output.matches(of: /"size":(\d+)/).compactMap { Int64($0.output.1) }
            try #require(!sizes.isEmpty, "\(result.output)\(result.errors)")
            return sizes.reduce(0, +)
        }
    }
}
