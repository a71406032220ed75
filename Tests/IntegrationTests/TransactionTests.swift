// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Testing

extension RealBrokers {
    /// Offsets that are no records: markers, aborted records, compacted ones.
    @Suite struct TransactionTests {
        @Test func `aborted records stay behind, and lag is 0 behind markers and an aborted tail`() async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("aborted")
                try await mirror.clusters[0].createTopic(topic)
                try await Scribe.write(
                    ["p:3", "c:5", "a:4", "c:2", "a:7"], to: topic, of: mirror.clusters[0], in: mirror.folder)
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("10 records and lag 0", of: daemon) { $0.isCaughtUp(after: 10) }
                    let partition = try #require(daemon.status.flows[0].partition(topic, 0))
                    // 21 records and 4 markers.
                    #expect(partition.endOffset == 25)
                    #expect(partition.replicatedOffset == 25)
                    #expect(partition.lagHeldRecords == 0)
                }
                let kinds = try mirror.records(of: mirror.copy("aborted"), at: 1).map { $0.text.first }
                #expect(kinds == Array("ppp" + "ccccc" + "cc"))
                // The next daemon is not behind either, and repeats nothing.
                let second = try mirror.daemon()
                try await running(second) {
                    try await until("lag 0 after a restart", of: second) {
                        $0.flows[0].lagRecords == 0 && $0.flows[0].partition(topic, 0)?.replicatedOffset == 25
                    }
                }
                #expect(try mirror.records(of: mirror.copy("aborted"), at: 1).count == 10)
            }
        }

        @Test func `records of aborted transactions are mirrored where the consumer is told to read uncommitted`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("uncommitted")
                try await mirror.clusters[0].createTopic(topic)
                try await Scribe.write(["c:2", "a:3"], to: topic, of: mirror.clusters[0], in: mirror.folder)
                let daemon = try mirror.daemon(
                    [(0, 1)], "\(mirror.aliases[0]).consumer.isolation.level = read_uncommitted")
                try await running(daemon) {
                    try await until("5 records", of: daemon) { $0.isCaughtUp(after: 5) }
                }
                #expect(try mirror.records(of: mirror.copy("uncommitted"), at: 1).count == 5)
            }
        }

        @Test func `what an open transaction holds back is shown as held, not as lag`() async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("open")
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write([.sample(topic, 0, key: "k", value: "first")], to: mirror.address(0))
                let open = try await Scribe.open(6, to: topic, of: mirror.clusters[0], in: mirror.folder)
                try Onlooker.write([.sample(topic, 0, key: "k", value: "behind")], to: mirror.address(0))
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("7 held", of: daemon) {
                        let partition = $0.flows[0].partition(topic, 0)
                        return partition?.lagHeldRecords == 7 && partition?.lagRecords == 0
                            && partition?.lagSeconds == 0 && partition?.replicatedOffset == 1
                    }
                    try await until("the word for it", of: daemon, within: .seconds(40)) {
                        $0.flows[0].partition(topic, 0)?.state == .held
                    }
                    try await open.commit()
                    try await until("the rest", of: daemon) {
                        $0.isCaughtUp(after: 8) && $0.flows[0].partition(topic, 0)?.lagHeldRecords == 0
                    }
                }
                #expect(
                    try mirror.records(of: mirror.copy("open"), at: 1).map { $0.text.first } == Array("foooooob"))
            }
        }

        @Test func `gaps of a compacted log neither stall the position nor count as lag`() async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("compacted")
                try await mirror.clusters[0].createTopic(
                    topic,
                    configuration: [
                        ("cleanup.policy", "compact"), ("min.cleanable.dirty.ratio", "0.01"), ("segment.ms", "100"),
                        ("min.compaction.lag.ms", "0"),
                    ])
                let records = (0..<300).map { OwnedRecord.sample(topic, 0, key: "k\($0 % 3)", value: "v\($0)") }
                try Onlooker.write(records, to: mirror.address(0))
                // A segment is compacted only once another one follows it.
                var written = 300
                try await eventually(within: .seconds(40), "compaction") { () async throws -> Bool in
                    try Onlooker.write(
                        [.sample(topic, 0, key: "last\(written)", value: "last")], to: mirror.address(0))
                    written += 1
                    return try mirror.records(of: topic, at: 0).count < written - 250
                }
                let left = try mirror.records(of: topic, at: 0).count
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("what is left, and lag 0", of: daemon) {
                        $0.flows[0].lagRecords == 0 && $0.flows[0].partition(topic, 0)?.endOffset == Int64(written)
                            && $0.flows[0].partition(topic, 0)?.replicatedOffset == Int64(written)
                    }
                }
                #expect(daemon.status.flows[0].replicated <= Int64(left))
            }
        }
    }
}
