// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Telemetry
import Testing

/// What brokers do that a daemon which keeps topics in step must know about.
@Suite(
    .serialized, .enabled(if: KafkaDistribution.found != nil, Comment(rawValue: KafkaDistribution.missing)),
    .timeLimit(.minutes(3)))
struct TopicSyncTrapTests {
    private typealias Onlooker = KafkaTesting.Witness

    /// Two more rounds of a flow, told by another topic's setting.
    private func rounds(_ mirror: TopicSyncMirror, _ marker: String) async throws {
        for value in ["5000000", "6000000"] {
            try await mirror.source.replace(mirror.topic(marker), with: [("retention.ms", value)])
            try await eventually(within: .seconds(30), "another round") {
                try await mirror.target.overrides(of: mirror.copy(marker))?["retention.ms"] == value
            }
        }
    }

    @Test func `a target that would refuse or delete records is mended before the first is copied`() async throws {
        let (source, target) = try await SharedClusters.pair()
        let mirror = TopicSyncMirror(source: source, target: target, tag: "trap1")
        let (topic, copy) = (mirror.topic("orders"), mirror.copy("orders"))
        try await source.createTopic(topic, configuration: [("retention.ms", "-1"), ("max.message.bytes", "200000")])
        try await target.createTopic(copy, configuration: [("retention.ms", "1000"), ("max.message.bytes", "2000")])
        var records = (0..<20).map { OwnedRecord.sample(topic, 0, key: "k\($0)", value: "v\($0)") }
        for index in records.indices { records[index].timestamp = Timestamp(milliseconds: 1_000_000, kind: .create) }
        records[7].value = [UInt8](repeating: 1, count: 150_000)
        try Onlooker.write(records, to: source.bootstrapServers)
        let daemon = try mirror.daemon("sync.topic.configs.interval.seconds = 3600")
        try await mirror.running(daemon) {
            try await until("the records", of: daemon) { $0.isCaughtUp(after: 20) }
        }
        #expect(try Onlooker.records(of: copy, partitions: 1, at: target.bootstrapServers).count == 20)
        #expect(mirror.lines("topic.target_limit").isEmpty)
        #expect(mirror.lines("partition.stopped").isEmpty)
        let changed = try #require(mirror.log.lines.firstIndex { $0.contains("event=topic.setting_changed") })
        let started = try #require(mirror.log.lines.firstIndex { $0.contains("event=lane.started") })
        #expect(changed < started)
    }

    @Test(.enabled(if: KafkaDistribution.old != nil, "no older Kafka"))
    func `what the target cannot have is named once, and keeps neither the topic nor other settings away`()
        async throws
    {
        let mirror = TopicSyncMirror(
            source: try await SharedClusters.old(), target: try await SharedClusters.pair().target, tag: "trap2")
        let settings = [
            ("message.downconversion.enable", "false"), ("message.timestamp.difference.max.ms", "5000000"),
            ("retention.ms", "4000000"),
        ]
        try await mirror.source.createTopic(mirror.topic("orders"), configuration: settings)
        try await mirror.source.createTopic(mirror.topic("marker"))
        let daemon = try mirror.daemon("config.properties.exclude = min.insync.replicas")
        try await mirror.running(daemon) {
            try await mirror.target.settle(
                mirror.copy("orders"), at: ["retention.ms": "4000000", "max.message.bytes": "1049612"])
            try await rounds(mirror, "marker")
            #expect(daemon.status.flows.first?.counters.topicSyncErrors == 0)
        }
        for (setting, _) in settings.dropLast() {
            #expect(mirror.lines("topic.setting_not_synced", "\(setting) of ").count == 1, "\(setting)")
        }
        #expect(mirror.lines("topic.settings_refused").isEmpty)
    }

    @Test(.enabled(if: KafkaDistribution.old != nil, "no older Kafka"))
    func `a timestamp limit that a person raised on Tern's advice stays, and the partition flows`() async throws {
        let mirror = TopicSyncMirror(
            source: try await SharedClusters.old(), target: try await SharedClusters.pair().target, tag: "trap4")
        let (topic, copy) = (mirror.topic("ts"), mirror.copy("ts"))
        try await mirror.source.createTopic(topic)
        try await mirror.source.createTopic(mirror.topic("marker"))
        var records = (0..<3).map { OwnedRecord.sample(topic, 0, key: "k\($0)", value: "v\($0)") }
        let ahead = WallClock.milliseconds() + 2 * 86_400_000
        records[1].timestamp = Timestamp(milliseconds: ahead, kind: .create)
        try Onlooker.write(records, to: mirror.source.bootstrapServers)
        let daemon = try mirror.daemon()
        try await mirror.running(daemon) {
            try await until("a refusal", of: daemon) {
                $0.flows.first?.partition(topic, 0)?.stop?.code == "INVALID_TIMESTAMP"
            }
            try await mirror.target.configure(copy, "--add-config", "message.timestamp.after.max.ms=604800000")
            try await mirror.target.configure(copy, "--add-config", "max.message.bytes=4194304")
            try await rounds(mirror, "marker")
            try await until("the records", of: daemon, within: .seconds(60)) { $0.isCaughtUp(after: 3) }
            #expect(
                try await mirror.target.overrides(of: copy) == [
                    "message.timestamp.after.max.ms": "604800000", "max.message.bytes": "4194304",
                ])
            #expect(daemon.status.flows.first?.topics.first { $0.topic == topic }?.driftFields == 0)
        }
    }

    @Test func `a deleted topic is not created again by asking about it`() async throws {
        let distribution = try #require(KafkaDistribution.found)
        let creating = RealCluster.Options(properties: ["auto.create.topics.enable": "true"])
        let mirror = TopicSyncMirror(
            source: try await SharedClusters.shared.cluster("creating", of: distribution, creating),
            target: try await SharedClusters.pair().target, tag: "trap3")
        let topic = mirror.topic("orders")
        try await mirror.source.createTopic(topic)
        try await mirror.source.createTopic(mirror.topic("marker"))
        try Onlooker.write([.sample(topic, 0, key: "k", value: "v")], to: mirror.source.bootstrapServers)
        let daemon = try mirror.daemon("lag.interval.ms = 100")
        try await mirror.running(daemon) {
            try await until("the record", of: daemon) { $0.isCaughtUp(after: 1) }
            _ = try await mirror.source.withAdmin { try await $0.deleteTopics([topic], within: .seconds(20)) }
            try await eventually(within: .seconds(30), "the word about it") { !mirror.lines("topic.gone").isEmpty }
            try await rounds(mirror, "marker")
        }
        let left = try await mirror.source.withAdmin { try await $0.topics(within: .seconds(20)).map(\.name) }
        #expect(!left.contains(topic))
        #expect(left.contains(mirror.topic("marker")))
    }
}
