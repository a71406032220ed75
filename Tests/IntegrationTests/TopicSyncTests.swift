// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Testing

/// The daemon's syncing of settings, against brokers.
@Suite(
    .serialized, .enabled(if: KafkaDistribution.found != nil, Comment(rawValue: KafkaDistribution.missing)),
    .timeLimit(.minutes(3)))
struct TopicSyncDaemonTests {
    /// The source's default and the room for Tern's headers.
    private let room = ["max.message.bytes": "1049612"]

    private func mirror(_ tag: String) async throws -> TopicSyncMirror {
        let (source, target) = try await SharedClusters.pair()
        return TopicSyncMirror(source: source, target: target, tag: tag)
    }

    private func with(_ settings: [String: String]) -> [String: String] { room.merging(settings) { $1 } }

    @Test func `a drift made by hand is mended, and what is excluded stays`() async throws {
        let mirror = try await mirror("sync1")
        let (topic, copy) = (mirror.topic("orders"), mirror.copy("orders"))
        try await mirror.source.createTopic(
            topic, configuration: [("retention.ms", "3600000"), ("min.insync.replicas", "1")])
        let daemon = try mirror.daemon()
        try await mirror.running(daemon) {
            try await mirror.target.settle(copy, at: with(["retention.ms": "3600000"]))
            try await mirror.target.configure(
                copy, "--add-config",
                "retention.ms=1000,segment.ms=7200000,unclean.leader.election.enable=true,min.insync.replicas=1",
                "--delete-config", "max.message.bytes")
            let excluded = ["unclean.leader.election.enable": "true", "min.insync.replicas": "1"]
            // The room comes back with the rest; an override that only the target has goes.
            try await mirror.target.settle(copy, at: with(excluded.merging(["retention.ms": "3600000"]) { $1 }))
            try await mirror.source.replace(topic, with: [("cleanup.policy", "compact"), ("min.insync.replicas", "1")])
            // Taken away on the source, taken away on the target.
            try await mirror.target.settle(copy, at: with(excluded.merging(["cleanup.policy": "compact"]) { $1 }))
            try await eventually("the changes to be counted") {
                let flow = daemon.status.flows.first
                let counted = flow?.counters.topicSyncChanges ?? [:]
                return counted["set_config", default: 0] >= 3 && counted["delete_config", default: 0] >= 2
                    && flow?.topics.first { $0.topic == topic }?.driftFields == 0
            }
            #expect(daemon.status.flows.first?.counters.topicSyncErrors == 0)
            #expect(try await mirror.source.overrides(of: topic)?["max.message.bytes"] == nil)
        }
        #expect(
            mirror.lines("topic.setting_changed", "setting=retention.ms", "was=1000", "is=3600000").count == 1)
        #expect(mirror.lines("topic.setting_changed", "setting=min.insync.replicas").isEmpty)
    }

    @Test(.enabled(if: KafkaDistribution.old != nil, "no older Kafka"))
    func `one value that the target refuses holds up no other, nor the topic itself`() async throws {
        let mirror = TopicSyncMirror(
            source: try await SharedClusters.old(), target: try await SharedClusters.pair().target, tag: "sync2")
        let (topic, copy) = (mirror.topic("orders"), mirror.copy("orders"))
        // Kafka 4 takes no segments this small.
        let settings = [("segment.bytes", "100000"), ("retention.ms", "5000000"), ("flush.ms", "9000")]
        try await mirror.source.createTopic(topic, configuration: settings)
        let daemon = try mirror.daemon()
        try await mirror.running(daemon) {
            try await mirror.target.settle(copy, at: with(["retention.ms": "5000000", "flush.ms": "9000"]))
            try await eventually("the drift to be shown") {
                daemon.status.flows.first?.topics.first { $0.topic == topic }?.driftFields == 1
            }
        }
        #expect(!mirror.lines("topic.sync_failed", "code=INVALID_CONFIG", "segment.bytes").isEmpty)
    }

    @Test func `defaults of the source are written where the flow takes them from there`() async throws {
        let mirror = try await mirror("sync3")
        let (topic, copy) = (mirror.topic("orders"), mirror.copy("orders"))
        try await mirror.source.createTopic(topic)
        try await mirror.target.createTopic(copy, configuration: [("segment.ms", "7200000")])
        let daemon = try mirror.daemon("\(mirror.names.source)->\(mirror.names.target).use.defaults.from = source")
        try await mirror.running(daemon) {
            try await eventually(within: .seconds(30), "the source's default") {
                try await mirror.target.overrides(of: copy)?["segment.ms"] == "604800000"
            }
            #expect(try await mirror.target.overrides(of: copy)?["max.message.bytes"] == "1049612")
        }
    }

    @Test func `where nothing is to be synced nothing is written`() async throws {
        let mirror = try await mirror("sync4")
        let (topic, copy) = (mirror.topic("orders"), mirror.copy("orders"))
        try await mirror.source.createTopic(topic, configuration: [("retention.ms", "3600000")])
        try await mirror.target.createTopic(
            copy,
            configuration: [
                ("retention.ms", "1000"), ("max.message.bytes", "2000"), ("message.timestamp.after.max.ms", "5"),
            ])
        let daemon = try mirror.daemon("sync.topic.configs.enabled = false")
        try await mirror.running(daemon) {
            try await eventually(within: .seconds(30), "the topic") {
                daemon.status.flows.first?.topics.contains { $0.topic == topic } ?? false
            }
            #expect(daemon.status.flows.first?.counters.topicSyncChanges["set_config"] == nil)
            #expect(daemon.status.flows.first?.topics.first?.driftFields == nil)
        }
        #expect(try await mirror.target.overrides(of: copy)?["retention.ms"] == "1000")
        // What of the records the target would refuse or delete is told before the first is copied.
        for setting in ["retention.ms", "max.message.bytes", "message.timestamp.after.max.ms"] {
            #expect(mirror.lines("topic.target_limit", "level=warn", "setting=\(setting) ").count == 1, "\(setting)")
        }
    }

    @Test func `two clusters that mirror each other follow the side that changed`() async throws {
        let mirror = try await mirror("sync5")
        let (topic, marker) = (mirror.topic("orders"), mirror.topic("marker"))
        let policy = "replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy"
        for cluster in [mirror.source, mirror.target] {
            try await cluster.createTopics(
                [topic, marker].map { NewTopic(name: $0, partitionCount: 1, replicationFactor: 1) })
        }
        let daemon = try mirror.daemon(policy, bothWays: true)
        try await mirror.running(daemon) {
            try await eventually(within: .seconds(30), "a comparison by both flows") {
                daemon.status.flows.count == 2
                    && daemon.status.flows.allSatisfy { flow in
                        flow.topics.first { $0.topic == topic }?.driftFields == 0
                    }
            }
            try await mirror.source.configure(topic, "--add-config", "retention.ms=3600000")
            try await mirror.target.settle(topic, at: ["retention.ms": "3600000"])
            try await mirror.target.configure(topic, "--add-config", "retention.ms=7200000")
            try await mirror.source.settle(topic, at: ["retention.ms": "7200000"])
            try await mirror.target.configure(topic, "--delete-config", "retention.ms")
            try await mirror.source.settle(topic, at: [:])
            // Two more rounds of each flow, told by another topic.
            for value in ["1000", "2000"] {
                try await mirror.target.replace(marker, with: [("retention.ms", value)])
                try await mirror.source.settle(marker, at: ["retention.ms": value])
            }
            for value in ["3000", "4000"] {
                try await mirror.source.replace(marker, with: [("retention.ms", value)])
                try await mirror.target.settle(marker, at: ["retention.ms": value])
            }
        }
        #expect(try await mirror.source.overrides(of: topic) == [:])
        #expect(try await mirror.target.overrides(of: topic) == [:])
        #expect(mirror.lines("topic.setting_changed", "topic=\(topic)").count == 3)
        #expect(mirror.lines("topic.setting_changed", "topic=\(marker)").count == 4)
    }
}
