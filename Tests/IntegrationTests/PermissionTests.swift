// SPDX-License-Identifier: Apache-2.0
import Mirroring
import TernConfiguration
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Telemetry
import Testing

extension RealBrokers {
    /// The table of permissions in docs/operations.md: it is enough, and each line of it is needed for what it says.
    @Suite(.enabled(if: KafkaDistribution.old != nil, Comment(rawValue: "no older Kafka for a second guarded cluster")))
    struct PermissionTests {
        @Test func `the documented permissions are enough, and each that is taken away is missed as documented`()
            async throws
        {
            let clusters = [try await SharedClusters.guarded(), try await SharedClusters.guardedOld()]
            try await RealMirror.with(clusters) { mirror in
                let scene = try MirroringScene(mirror)
                try await scene.prepare()
                do {
                    try await scene.startWithoutRights()
                    try await scene.runWithAllRights()
                    #expect(scene.untried == [])
                } catch {
                    await scene.revokeAll()
                    throw error
                }
                await scene.revokeAll()
            }
        }
    }
}

/// A flow between two clusters that give its user just what the table says, and take some of it away.
private final class MirroringScene: PermissionScene, @unchecked Sendable {
    init(_ mirror: RealMirror) throws {
        // The group on the source is `SourceGroupTests`' matter: its denial takes librdkafka 45 s to tell.
        try super.init(mirror) { table in
            Set(table.lines.filter { !($0.isSource && $0.on.hasPrefix("group")) }).subtracting(table.groupLines)
        }
        #expect(table.lines.count > 15)
    }

    func prepare() async throws {
        await revokeAll()
        _ = try await target.withAdmin { try await $0.deleteTopics(["mm2-tern-health.internal"], within: .seconds(20)) }
        try await source.createTopic(mirror.topic("orders"), configuration: [("segment.ms", "86400000")])
        try Onlooker.write(samples(0..<10), to: mirror.address(0))
        for line in table.lines { try await give(line) }
    }

    private func samples(_ range: Range<Int>) -> [OwnedRecord] {
        range.map { .sample(mirror.topic("orders"), 0, key: "k\($0)", value: "v\($0)") }
    }

    private func daemon() throws -> MirrorDaemon {
        try mirror.daemon(
            of: mirror.file(
                [(0, 1)],
                mirror.login + """
                    sync.topic.configs.interval.seconds = 1
                    sync.topic.acls.interval.seconds = 1
                    groups = \(mirror.tag)-.*
                    """,
                addresses: [0: source.saslBootstrapServers, 1: target.saslBootstrapServers]))
    }

    // MARK: the start

    /// What a start needs is given one after the other; each time the log tells what lacks next.
    func startWithoutRights() async throws {
        let progress = "topic `mm2-offsets.eu.internal`"
        let lanes = "topic `mm2-tern-lanes.eu.internal`"
        let steps: [(PermissionTable.Line, [String])] = [
            (try line(false, .create, progress), ["flow.waiting", "mm2-offsets", "TOPIC_AUTHORIZATION_FAILED"]),
            (try line(false, .create, lanes), ["flow.waiting", "tern-lanes", "TOPIC_AUTHORIZATION_FAILED"]),
            (try line(false, .read, "group `tern-lanes.eu->us`"), ["lanes.ownership", "GROUP_AUTHORIZATION_FAILED"]),
            (try line(false, .read, lanes), ["lanes.ownership", "TOPIC_AUTHORIZATION_FAILED"]),
            (try line(false, .read, progress), ["lane.start_failed", "mm2-offsets"]),
        ]
        let create = try line(false, .create, "topic `mm2-tern-health.internal`")
        for (line, _) in steps { try await take(line) }
        try await take(create)
        let control = try line(false, .create, "topic `mm2-tern-control.eu.internal`")
        try await take(control)
        let daemon = try daemon()
        try await running(daemon) {
            for (line, words) in steps {
                try await eventually(within: .seconds(40), "\(line) to be missed: \(words)") {
                    self.mirror.log.lines.contains { text in words.allSatisfy { text.contains($0) } }
                }
                try await give(line)
            }
            try await until("10 records", of: daemon, within: .seconds(60)) { $0.isCaughtUp(after: 10) }
            try await until("a region check without its topic", of: daemon) {
                $0.regionCheck.checks.contains { !$0.isHealthy && $0.detail.contains("mm2-tern-health.internal") }
            }
            try await logged("topic.not_created", "mm2-tern-control", "TOPIC_AUTHORIZATION_FAILED", after: 0)
            try await give(control)
            try await give(create)
            try await until("a healthy region", of: daemon) { $0.regionCheck.isHealthy }
        }
    }

    // MARK: a running flow

    func runWithAllRights() async throws {
        let start = mark
        let daemon = try daemon()
        try await running(daemon) {
            try await useEverything(daemon)
            let complaints = mirror.log.lines.dropFirst(start).filter {
                ($0.contains("level=warning") || $0.contains("level=error")) && !$0.contains("access.rule_not_synced")
            }
            #expect(complaints == [])
            try await loseSettings()
            try await loseTopics(daemon)
            try await loseRules()
            try await loseWriting(daemon)
            try await loseOrders(daemon)
            try await loseReading(daemon)
        }
    }

    /// Mirroring, progress, the group on the source, a topic made, one grown, settings and rules carried, the region check.
    private func useEverything(_ daemon: MirrorDaemon) async throws {
        try Onlooker.write(samples(10..<20), to: mirror.address(0))
        try await source.createTopic(mirror.topic("later"))
        try await source.grow(mirror.topic("later"), to: 2)
        try await source.configure(mirror.topic("orders"), "--add-config", "segment.ms=43200000")
        let rule = AccessRule(
            resource: .topic, resourceName: mirror.topic("orders").rawValue, principal: "User:reader", operation: .read)
        try await source.grant([rule])
        try await logged("topic.setting_changed", "is=43200000", after: 0)
        try await logged("access.rule_added", "User:reader", after: 0)
        try await until("two topics, all caught up", of: daemon) { status in
            status.flows[0].partition(self.mirror.topic("later"), 1)?.lagRecords == 0
                && status.flows[0].partition(self.mirror.topic("orders"), 0)?.replicatedOffset == 20
                && status.regionCheck.isHealthy && status.flows[0].counters.progressWrites > 0
        }
        try await eventually(within: .seconds(20), "the group on the source") {
            try await self.source.withAdmin {
                try await $0.groupOffsets(of: GroupID("tern.\(self.mirror.flow(0, 1))"), within: .seconds(10))
            }[TopicPartition(self.mirror.topic("orders"), 0)]?.offset == 20
        }
    }

    private func loseSettings() async throws {
        let describe = try line(true, .describeConfigs, "each topic to mirror")
        var mark = mark
        try await take(describe)
        try await logged("topic.sync_failed", "TOPIC_AUTHORIZATION_FAILED", after: mark)
        try await source.createTopic(mirror.topic("plain"))
        try await logged("topic.settings_unknown", mirror.topic("plain").rawValue, after: mark)
        try await give(describe)
        let alter = try line(false, .alterConfigs, "each copy")
        mark = self.mark
        try await take(alter)
        try await source.configure(mirror.topic("orders"), "--add-config", "segment.ms=21600000")
        try await logged("topic.sync_failed", mirror.copy("orders").rawValue, "TOPIC_AUTHORIZATION_FAILED", after: mark)
        try await give(alter)
        try await logged("topic.setting_changed", "is=21600000", after: mark)
    }

    private func loseTopics(_ daemon: MirrorDaemon) async throws {
        let create = try line(false, .create, "each copy")
        let mark = mark
        try await take(create)
        try await source.createTopic(mirror.topic("denied"))
        try await logged("topic.create_failed", mirror.copy("denied").rawValue, "TOPIC_AUTHORIZATION", after: mark)
        try await give(create)
        try await until("the topic that was denied", of: daemon) {
            $0.flows[0].partition(self.mirror.topic("denied"), 0)?.lagRecords == 0
        }
        let alter = try line(false, .alter, "each copy")
        try await take(alter)
        try await source.grow(mirror.topic("denied"), to: 2)
        try await logged("topic.grow_failed", mirror.copy("denied").rawValue, "TOPIC_AUTHORIZATION", after: mark)
        try await give(alter)
        try await until("the partition that was denied", of: daemon) {
            $0.flows[0].partition(self.mirror.topic("denied"), 1)?.lagRecords == 0
        }
    }

    private func loseRules() async throws {
        let describe = try line(true, .describe, "the cluster")
        let mark = mark
        try await take(describe)
        try await logged("access.no_rules", after: mark)
        try await give(describe)
        let alter = try line(false, .alter, "the cluster")
        try await take(alter)
        let rule = AccessRule(
            resource: .topic, resourceName: mirror.topic("orders").rawValue, principal: "User:late", operation: .read)
        try await source.grant([rule])
        try await logged("access.sync_failed", "CLUSTER_AUTHORIZATION_FAILED", after: mark)
        try await give(alter)
    }

    private func loseWriting(_ daemon: MirrorDaemon) async throws {
        let copies = try line(false, .write, "each copy")
        try await take(copies)
        try Onlooker.write(samples(20..<30), to: mirror.address(0))
        try await until("a refusal", of: daemon) {
            let stop = $0.flows[0].partition(self.mirror.topic("orders"), 0)?.stop
            return stop?.state == .refused && stop?.code == "TOPIC_AUTHORIZATION_FAILED"
        }
        try await give(copies)
        try await until("what was refused", of: daemon) {
            $0.flows[0].partition(self.mirror.topic("orders"), 0)?.replicatedOffset == 30
        }
        let rows = try line(false, .write, "topic `mm2-offsets.eu.internal`")
        try await take(rows)
        try Onlooker.write(samples(30..<40), to: mirror.address(0))
        try await until("progress that is not written", of: daemon) {
            $0.flows[0].state == .degraded && $0.flows[0].reason?.contains("progress cannot be written") == true
                && $0.flows[0].partition(self.mirror.topic("orders"), 0)?.replicatedOffset == 40
        }
        try await give(rows)
        try await until("a flow that runs again", of: daemon) { $0.flows[0].state == .running }
        for operation in [AccessRule.Operation.write, .read] {
            let health = try line(false, operation, "topic `mm2-tern-health.internal`")
            try await take(health)
            try await until("an unhealthy region", of: daemon) {
                $0.regionCheck.checks.contains { !$0.isHealthy }
            }
            try await give(health)
            try await until("a healthy region", of: daemon) { $0.regionCheck.isHealthy }
        }
    }

    private func loseOrders(_ daemon: MirrorDaemon) async throws {
        let topic = "topic `mm2-tern-control.eu.internal`"
        let (read, write) = (try line(false, .read, topic), try line(false, .write, topic))
        let rows = TopicName("mm2-tern-control.\(mirror.aliases[0]).internal")
        func order(_ key: ControlRow.Key, _ value: [UInt8]?) throws {
            try Onlooker.write(
                [
                    .sample(
                        rows, 0, key: String(decoding: ControlRow.key(key), as: UTF8.self),
                        value: value.map { String(decoding: $0, as: UTF8.self) })
                ], to: mirror.address(1))
        }
        var mark = mark
        try await take(read)
        let by = ControlOrder(by: "test", at: 1)
        try order(.init(.pause, .topic("nothing")), ControlRow.value(by))
        try await logged("control.failed", "grant Read", after: mark)
        try await give(read)
        try await logged("flow.paused", "nothing", after: mark)
        try order(.init(.pause, .topic("nothing")), nil)
        mark = self.mark
        try await take(write)
        let place = TopicPartition(mirror.topic("orders"), 0)
        let partition = daemon.status.flows[0].partition(place.topic, 0)
        let id = try #require(daemon.status.clusters.first { $0.alias.rawValue == mirror.aliases[0] }?.clusterID)
        let wanted = ProgressOrder(
            id: "t", order: by, offset: try #require(partition?.replicatedOffset) - 1, sourceID: id)
        try order(.init(.progress, .partition(place)), ControlRow.value(wanted))
        try await logged("progress.set", after: mark)
        try await logged("control.failed", "TOPIC_AUTHORIZATION_FAILED", after: mark)
        try await give(write)
        // Until it is answered the lane gives the partition up again for each try.
        try await eventually(within: .seconds(30), "an answer to the order") {
            try self.mirror.records(of: rows, at: 1).last?.text.contains(#""outcome":"done""#) == true
        }
        try await until("the flow as before", of: daemon) { status in
            status.flows[0].partition(place.topic, 0)?.lagRecords == 0
        }
    }

    private func loseReading(_ daemon: MirrorDaemon) async throws {
        let read = try line(true, .read, "each topic to mirror")
        let mark = mark
        try await take(read)
        try await source.createTopic(mirror.topic("unseen"))
        try await until("topics that are not seen, and an unknown lag", of: daemon) { status in
            status.flows[0].partition(self.mirror.topic("orders"), 0)?.state == .unknown
                && status.flows[0].topics.allSatisfy { $0.topic != self.mirror.topic("unseen") }
        }
        try await logged("topic.gone", mirror.topic("orders").rawValue, after: mark)
        try await give(read)
        try await until("topics that are seen", of: daemon) {
            $0.flows[0].partition(self.mirror.topic("unseen"), 0)?.lagRecords == 0
                && $0.flows[0].partition(self.mirror.topic("orders"), 0)?.lagRecords == 0
        }
    }
}

extension RealCluster {
    fileprivate func grow(_ topic: TopicName, to count: Int32) async throws {
        let answer = try await withAdmin { try await $0.createPartitions([topic: count], within: .seconds(20)) }
        if let error = answer[topic] ?? nil { throw error }
    }
}
