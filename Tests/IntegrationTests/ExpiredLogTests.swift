// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Testing

extension RealBrokers {
    /// Logs that expired, or began again, where nothing that was to be mirrored is lost.
    @Suite struct ExpiredLogTests {
        private func samples(_ topic: TopicName, _ range: Range<Int>) -> [OwnedRecord] {
            range.map { .sample(topic, 0, key: "k\($0)", value: "v\($0)") }
        }

        @Test(arguments: [["c:5"], ["p:3", "a:4"]])
        func `transaction markers and aborted records that expire while the daemon is down are no lost data`(
            steps: [String]
        ) async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("markers")
                try await mirror.clusters[0].createTopic(topic)
                try await Scribe.write(steps, to: topic, of: mirror.clusters[0], in: mirror.folder)
                let count: Int64 = steps == ["c:5"] ? 5 : 3
                let first = try mirror.daemon()
                try await running(first) {
                    try await until("\(count) records", of: first) { $0.isCaughtUp(after: count) }
                }
                try await mirror.deleteRecords(of: topic, before: -1, at: 0)
                try Onlooker.write(samples(topic, 0..<10), to: mirror.address(0))
                let second = try mirror.daemon()
                try await running(second) {
                    try await until("10 further records", of: second) { $0.isCaughtUp(after: 10) }
                    #expect(second.status.flows[0].partition(topic, 0)?.stop == nil)
                }
                #expect(try mirror.records(of: mirror.copy("markers"), at: 1).count == Int(count) + 10)
            }
        }

        @Test func `a log of which nothing was mirrored is read from its beginning when it is there again`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("again")
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write(samples(topic, 0..<20), to: mirror.address(0))
                try await mirror.deleteRecords(of: topic, before: 20, at: 0)
                let daemon = try mirror.daemon([(0, 1)], "lag.interval.ms = 200")
                try await running(daemon) {
                    try await until("an empty log", of: daemon) {
                        $0.flows[0].partition(topic, 0)?.replicatedOffset == 20
                    }
                    try await mirror.remove(topic, at: 0)
                    try await until("SOURCE_MISSING", of: daemon) {
                        $0.flows[0].partition(topic, 0)?.state == .sourceMissing
                    }
                    #expect(daemon.status.flows[0].partition(topic, 0)?.lagRecords == nil)
                    #expect(daemon.status.flows[0].lagRecords == nil)
                    try await eventually(within: .seconds(20), "the topic's creation") { () async throws -> Bool in
                        (try? await mirror.clusters[0].createTopic(topic)) != nil
                    }
                    try Onlooker.write(samples(topic, 0..<30), to: mirror.address(0))
                    try await until("30 records", of: daemon) { $0.isCaughtUp(after: 30) }
                }
                #expect(
                    try mirror.records(of: mirror.copy("again"), at: 1).map(\.text) == (0..<30).map { "v\($0)" })
            }
        }

        @Test func `where only copies of the other direction come, a restart reads on and not from where they began`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("echo")
                for cluster in mirror.clusters { try await cluster.createTopic(topic) }
                let lines = "replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy"
                try Onlooker.write(samples(topic, 0..<50), to: mirror.address(0))
                let daemon = try mirror.daemon([(0, 1), (1, 0)], lines)
                try await running(daemon) {
                    try await until("50 records, and their echoes passed over", of: daemon) { status in
                        status.isCaughtUp(after: 50)
                            && status.flow(mirror.flow(1, 0))?.partition(topic, 0)?.replicatedOffset == 50
                    }
                    try Onlooker.write(samples(topic, 50..<110), to: mirror.address(0))
                    try await until("110", of: daemon) { status in
                        status.flow(mirror.flow(1, 0))?.partition(topic, 0)?.replicatedOffset == 110
                    }
                }
                let rows = try mirror.records(
                    of: TopicName("mm2-offsets.\(mirror.aliases[1]).internal"), at: 0, partitions: 25
                ).filter { String(decoding: $0.key ?? [], as: UTF8.self).contains(topic.rawValue) }
                let last = try #require(rows.last)
                let value = try #require(
                    last.headers.last { String(decoding: $0.name, as: UTF8.self) == Witness.headerName }?.value)
                #expect(Witness(encoded: value)?.sourceOffset ?? -1 >= 49)
            }
        }
    }

    /// Where partitions begin that have no progress.
    @Suite struct LatestStartTests {
        private func daemon(_ mirror: RealMirror) throws -> MirrorDaemon {
            try mirror.daemon([(0, 1)], "\(mirror.aliases[0]).consumer.auto.offset.reset = latest")
        }

        private func write(_ mirror: RealMirror, _ topic: TopicName, _ partition: Int32, _ count: Int) throws {
            try Onlooker.write(
                (0..<count).map { .sample(topic, partition, key: "k", value: "v\($0)") }, to: mirror.address(0))
        }

        @Test func `with latest, the first topic of a source that had none is copied from its beginning`() async throws
        {
            try await RealMirror.withPair { mirror in
                let first = try daemon(mirror)
                try await running(first) {
                    try await until("a flow without topics", of: first) {
                        $0.flows[0].state == .running && $0.flows[0].lagRecords == 0
                    }
                    let topic = mirror.topic("new")
                    try await mirror.clusters[0].createTopic(topic)
                    try write(mirror, topic, 0, 30)
                    try await until("30 records", of: first) { $0.isCaughtUp(after: 30) }
                }
            }
        }

        @Test func `with latest, a partition that was empty is not jumped over at a restart, nor one that was added`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("empty")
                try await mirror.clusters[0].createTopic(topic)
                let first = try daemon(mirror)
                try await running(first) {
                    try await until("an empty topic", of: first) {
                        $0.flows[0].partition(topic, 0)?.replicatedOffset == 0
                    }
                }
                try await mirror.clusters[0].withAdmin { admin in
                    _ = try await admin.createPartitions([topic: 2], within: .seconds(20))
                }
                try write(mirror, topic, 0, 20)
                try write(mirror, topic, 1, 10)
                let second = try daemon(mirror)
                try await running(second) {
                    try await until("all 30", of: second) { $0.isCaughtUp(after: 30) }
                }
            }
        }

        @Test func `with latest, a topic that was found later and stayed empty is not jumped over at a restart`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("later")
                let first = try daemon(mirror)
                try await running(first) {
                    try await until("a flow without topics", of: first) {
                        $0.flows[0].state == .running && $0.flows[0].lagRecords == 0
                    }
                    try await mirror.clusters[0].createTopic(topic)
                    try await until("an empty topic", of: first) {
                        $0.flows[0].partition(topic, 0)?.replicatedOffset == 0
                    }
                }
                try write(mirror, topic, 0, 20)
                let second = try daemon(mirror)
                try await running(second) {
                    try await until("all 20", of: second) { $0.isCaughtUp(after: 20) }
                }
            }
        }

        @Test func `with latest, a topic found later whose log does not begin at 0 is copied from where it begins`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let known = mirror.topic("known")
                try await mirror.clusters[0].createTopic(known)
                let text = mirror.file(
                    [(0, 1)], "\(mirror.aliases[0]).consumer.auto.offset.reset = latest"
                ).replacing("refresh.topics.interval.seconds = 1", with: "refresh.topics.interval.seconds = 5")
                let daemon = try mirror.daemon(of: text)
                try await running(daemon) {
                    try await until("the known topic", of: daemon) {
                        $0.flows[0].partition(known, 0)?.replicatedOffset == 0
                    }
                    let topic = mirror.topic("later")
                    try await mirror.clusters[0].createTopic(topic)
                    try write(mirror, topic, 0, 20)
                    try await mirror.deleteRecords(of: topic, before: 5, at: 0)
                    try await until("15 records", of: daemon) { $0.isCaughtUp(after: 15) }
                }
            }
        }
    }
}
