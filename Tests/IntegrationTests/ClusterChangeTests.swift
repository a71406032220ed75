// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Telemetry
import Testing

extension RealBrokers {
    /// Another cluster at an address while the daemon runs.
    @Suite struct ClusterChangeTests {
        private func samples(_ topic: TopicName, _ range: Range<Int>, _ word: String = "v") -> [OwnedRecord] {
            range.map { .sample(topic, 0, key: "k\($0)", value: "\(word)\($0)") }
        }

        private func topics(of cluster: RealCluster) async throws -> Set<TopicName> {
            try await cluster.withAdmin { Set(try await $0.topics(within: .seconds(10)).map(\.name)) }
        }

        /// Ten records are mirrored; then the cluster of that number is exchanged for an empty one that gets a topic of the
        /// same name with more records.
        private func exchange(
            _ place: Int, _ mirror: RealMirror, _ daemon: MirrorDaemon, _ strange: TopicName
        ) async throws {
            // What has no progress yet would be mirrored again.
            try await until("progress", of: daemon) { $0.flows[0].counters.progressWrites > 0 }
            let was = mirror.clusters[place].clusterID
            if place == 1 {
                // Most restarts take longer than the daemon keeps its lanes without the target.
                try await mirror.clusters[place].stop()
                try await eventually(within: .seconds(40), "lanes that are given up") { () async in
                    mirror.log.lines.contains { $0.contains("event=lanes.revoked") }
                }
            }
            try await mirror.clusters[place].exchange()
            let now = mirror.clusters[place].clusterID
            try await mirror.clusters[place].createTopic(strange)
            try Onlooker.write(samples(strange, 0..<20, "strange"), to: mirror.address(place))
            try await until("a flow that stands", of: daemon, within: .seconds(60)) { $0.flows[0].state == .failed }
            let flow = daemon.status.flows[0]
            #expect(flow.reason?.contains("it was \(was) and is \(now)") == true, "\(flow.reason ?? "")")
            let partition = try #require(flow.partition(mirror.topic("moved"), 0))
            #expect(partition.stop?.code == "CLUSTER_ID_CHANGED")
            #expect(partition.lagRecords == nil)
            #expect(partition.replicatedOffset == 10)
        }

        @Test func `another source at the same address stops its flow, which goes on when the old one is back`()
            async throws
        {
            let source = try await RealCluster.start(try #require(KafkaDistribution.found))
            try await RealMirror.with([source, try await Brokers.second()]) { mirror in
                let (topic, copy) = (mirror.topic("moved"), mirror.copy("moved"))
                try await source.createTopic(topic)
                try Onlooker.write(samples(topic, 0..<10), to: mirror.address(0))
                // However seldom progress is written, where the cluster's name is looked at, too.
                let daemon = try mirror.daemon([(0, 1)], "\(mirror.aliases[1]).offset.flush.interval.ms = 8000")
                try await running(daemon) {
                    try await until("10 records", of: daemon) { $0.isCaughtUp(after: 10) }
                    try await exchange(0, mirror, daemon, topic)
                    #expect(daemon.status.flows[0].partition(topic, 0)?.state == .rewound)
                    try await source.exchange()
                    try Onlooker.write(samples(topic, 10..<15), to: mirror.address(0))
                    try await until("the rest", of: daemon, within: .seconds(60)) {
                        $0.flows[0].partition(topic, 0)?.replicatedOffset == 15
                    }
                    try await until("a flow in order", of: daemon) { $0.flows[0].state == .running }
                }
                try mirror.expectEqual(topic, at: 0, copy, at: 1)
                #expect(mirror.log.lines.filter { $0.contains("event=flow.cluster_changed") }.count == 1)
            }
            try await source.close()
        }

        @Test func `another target at the same address gets no topic, no record and no progress`() async throws {
            let target = try await RealCluster.start(try #require(KafkaDistribution.found))
            try await RealMirror.with([try await Brokers.first(), target]) { mirror in
                let (topic, copy) = (mirror.topic("moved"), mirror.copy("moved"))
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write(samples(topic, 0..<10), to: mirror.address(0))
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("10 records", of: daemon) { $0.isCaughtUp(after: 10) }
                    try await exchange(1, mirror, daemon, copy)
                    #expect(daemon.status.flows[0].partition(topic, 0)?.state == .targetReset)
                    try Onlooker.write(samples(topic, 10..<15), to: mirror.address(0))
                    // A new topic would be created by the next look.
                    try await mirror.clusters[0].createTopic(mirror.topic("later"))
                    #expect(try mirror.records(of: copy, at: 1).count == 20)
                    #expect(try await topics(of: target).filter { !$0.rawValue.hasPrefix("__") } == [copy])
                    try await target.exchange()
                    try await until("the rest", of: daemon, within: .seconds(60)) {
                        $0.flows[0].partition(topic, 0)?.replicatedOffset == 15
                    }
                }
                try mirror.expectEqual(topic, at: 0, copy, at: 1)
            }
            try await target.close()
        }
    }
}
