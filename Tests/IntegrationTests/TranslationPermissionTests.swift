// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Telemetry
import Testing

extension RealBrokers.PermissionTests {
    @Test func `so are those for groups: records are mirrored without any of them`() async throws {
        let clusters = [try await SharedClusters.guarded(), try await SharedClusters.guardedOld()]
        try await RealMirror.with(clusters) { mirror in
            let scene = try TranslationScene(mirror)
            try await scene.prepare()
            do {
                try await scene.startWithoutTopics()
                try await scene.runWithAllRights()
                #expect(scene.untried == [])
            } catch {
                await scene.end()
                throw error
            }
            await scene.end()
        }
    }
}

/// A flow that translates a group, and loses what it needs for that, one after the other.
private final class TranslationScene: PermissionScene, @unchecked Sendable {
    private let group: GroupID

    init(_ mirror: RealMirror) throws {
        group = GroupID("\(mirror.tag)-readers")
        try super.init(mirror, patience: .seconds(40)) { Set($0.groupLines) }
        #expect(untried.count > 10)
    }

    private var orders: TopicName { mirror.topic("orders") }

    func prepare() async throws {
        await end()
        try await source.createTopic(orders)
        try write(0..<10)
        try await source.commit([TopicPartition(orders, 0): 5], for: group)
        for line in table.lines { try await give(line) }
    }

    /// `heartbeats` would be mirrored by other tests' flows.
    func end() async {
        await revokeAll()
        _ = try? await target.withAdmin { try await $0.deleteTopics(["heartbeats"], within: .seconds(20)) }
    }

    private func write(_ range: Range<Int>) throws {
        try Onlooker.write(range.map { .sample(orders, 0, key: "k\($0)", value: "v\($0)") }, to: mirror.address(0))
    }

    private func daemon() throws -> MirrorDaemon {
        try mirror.daemon(
            of: mirror.file(
                [(0, 1)],
                mirror.login + """
                    emit.heartbeats.enabled = true
                    emit.checkpoints.interval.seconds = 1
                    sync.group.offsets.enabled = true
                    sync.group.offsets.interval.seconds = 1
                    refresh.groups.interval.seconds = 1
                    groups = \(group)
                    """, addresses: [0: source.saslBootstrapServers, 1: target.saslBootstrapServers]))
    }

    private func untilReady(_ daemon: MirrorDaemon, _ why: String) async throws {
        try await until("a group that is ready \(why)", of: daemon, within: .seconds(60)) { status in
            status.flows[0].groups.contains { $0.state == .ready && $0.synchronizedAt != nil }
        }
    }

    private func untilCommitted(_ offset: Int64) async throws {
        try await eventually(within: .seconds(30), "\(offset) on the target") {
            try await self.target.committed(self.group)[TopicPartition(self.mirror.copy("orders"), 0)]?.offset == offset
        }
    }

    // MARK: topics

    func startWithoutTopics() async throws {
        let creates = [
            try line(false, .create, "topic `mm2-tern-offset-map.eu.internal`"),
            try line(false, .create, "topic `eu.checkpoints.internal`"), try line(false, .create, "topic `heartbeats`"),
            try line(true, .create, "topic `mm2-offset-syncs.us.internal`"),
        ]
        for line in creates { try await take(line) }
        let daemon = try daemon()
        try await running(daemon) {
            for line in creates {
                let name = try table.rule(line, in: mirror).resourceName
                try await logged("topic.not_created", "topic=\(name)", "TOPIC_AUTHORIZATION_FAILED", after: 0)
            }
            try await until("10 records", of: daemon, within: .seconds(60)) { $0.isCaughtUp(after: 10) }
        }
        for line in creates { try await give(line) }
    }

    // MARK: a running flow

    func runWithAllRights() async throws {
        let start = mark
        let daemon = try daemon()
        try await running(daemon) {
            // The map begins with what is copied now.
            try write(10..<20)
            try await source.commit([TopicPartition(orders, 0): 15], for: group)
            try await untilReady(daemon, "at the start")
            try await eventually(within: .seconds(20), "a heartbeat, a checkpoint and an offset sync") {
                try [("heartbeats", 1), ("\(mirror.aliases[0]).checkpoints.internal", 1)].allSatisfy { topic, cluster in
                    try !mirror.records(of: TopicName(topic), at: cluster).isEmpty
                }
                    && !mirror.records(
                        of: TopicName("mm2-offset-syncs.\(mirror.aliases[1]).internal"), at: 0
                    ).isEmpty
            }
            try await untilCommitted(15)
            let complaints = mirror.log.lines.dropFirst(start).filter {
                ($0.contains("level=warning") || $0.contains("level=error")) && !$0.contains("access.rule_not_synced")
            }
            #expect(complaints == [])
            try await loseWriting(daemon)
            try await loseGroups(daemon)
        }
        try await startWithoutReading()
    }

    private func loseWriting(_ daemon: MirrorDaemon) async throws {
        let beats = try line(false, .write, "topic `heartbeats`")
        var mark = mark
        try await take(beats)
        try await logged("heartbeat.not_written", "heartbeats", after: mark)
        try await give(beats)
        let syncs = try line(true, .write, "topic `mm2-offset-syncs.us.internal`")
        try await take(syncs)
        try write(20..<30)
        try await logged("offset_syncs.not_written", "mm2-offset-syncs", after: mark)
        try await give(syncs)
        let checkpoints = try line(false, .write, "topic `eu.checkpoints.internal`")
        mark = self.mark
        try await take(checkpoints)
        try await source.commit([TopicPartition(orders, 0): 18], for: group)
        try await logged("groups.not_translated", "TOPIC_AUTHORIZATION_FAILED", after: mark)
        try await give(checkpoints)
        let map = try line(false, .write, "topic `mm2-tern-offset-map.eu.internal`")
        try await take(map)
        try write(30..<40)
        try await until("40 records", of: daemon) { $0.flows[0].replicated == 30 && $0.flows[0].lagRecords == 0 }
        try await source.commit([TopicPartition(orders, 0): 35], for: group)
        try await until("a group whose place is not known", of: daemon) { status in
            status.flows[0].groups.contains { $0.state == .ahead }
        }
        try await give(map)
        try write(40..<50)
        try await untilReady(daemon, "since the map is written again")
        try await untilCommitted(35)
    }

    private func loseGroups(_ daemon: MirrorDaemon) async throws {
        var position: Int64 = 40
        for (line, reason) in [
            (try line(true, .describe, "each group to translate"), "grant Describe on group \(group)"),
            (try line(false, .read, "each group to translate"), "grant Read on group \(group)"),
            (try line(false, .read, "each copy"), "Topic authorization failed"),
        ] {
            try await take(line)
            position += 1
            try await source.commit([TopicPartition(orders, 0): position], for: group)
            try await until("a group that is not translated: \(reason)", of: daemon) { status in
                status.flows[0].groups.contains { $0.state == .failed && $0.reason?.contains(reason) == true }
            }
            try await give(line)
            try await untilReady(daemon, "since it may be again")
        }
        // Describe on the cluster lists it all the same.
        let hidden = [
            try line(true, .describe, "each group to translate"), try line(true, .describe, "the cluster"),
        ]
        for line in hidden { try await take(line) }
        try await until("no group", of: daemon) { $0.flows[0].groups.isEmpty }
        for line in hidden { try await give(line) }
        try await untilReady(daemon, "since it is seen again")
    }
    /// What was written before is read when lanes and translation start.
    private func startWithoutReading() async throws {
        let map = try line(false, .read, "topic `mm2-tern-offset-map.eu.internal`")
        let checkpoints = try line(false, .read, "topic `eu.checkpoints.internal`")
        let start = mark
        try await take(map)
        try await take(checkpoints)
        let daemon = try daemon()
        try await running(daemon) {
            try await logged("offset_map.not_read", "grant Read on topic mm2-tern-offset-map", after: start)
            try write(50..<60)
            try await until("10 more records", of: daemon, within: .seconds(60)) { $0.isCaughtUp(after: 10) }
            try await give(map)
            try await logged("groups.not_translated", "grant Read on topic", "checkpoints.internal", after: start)
            try await give(checkpoints)
            try await untilReady(daemon, "since all may be read")
        }
    }
}
