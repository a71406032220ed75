// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Foundation
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Testing

extension RealBrokers {
    /// The file that comes with MirrorMaker, but for the addresses.
    @Suite struct SampleFileTests {
        static func text(_ a: RealCluster, _ b: RealCluster) -> String {
            """
            # specify any number of cluster aliases
            clusters = A, B

            # connection information for each cluster
            # This is a comma separated host:port pairs for each cluster
            A.bootstrap.servers = \(a.bootstrapServers)
            B.bootstrap.servers = \(b.bootstrapServers)

            # enable and configure individual replication flows
            A->B.enabled = true

            # regex which defines which topics gets replicated. For eg "foo-.*"
            A->B.topics = .*

            B->A.enabled = true
            B->A.topics = .*

            # Setting replication factor of newly created remote topics
            replication.factor=1

            checkpoints.topic.replication.factor=1
            heartbeats.topic.replication.factor=1
            offset-syncs.topic.replication.factor=1

            offset.storage.replication.factor=1
            status.storage.replication.factor=1
            config.storage.replication.factor=1

            # customize as needed
            # replication.policy.separator = _
            # sync.topic.acls.enabled = false
            # emit.heartbeats.interval.seconds = 5
            """
        }

        /// The largest value of a record without key and headers that a topic takes whose limit is the default, 1048588:
        /// less the batch's 61 bytes and the record's 11.
        static let largestValue = 1_048_588 - 72

        @Test(.needsExecutable)
        func `the file that comes with MirrorMaker mirrors records of every shape both ways, byte for byte`()
            async throws
        {
            let (a, b) = (try await Brokers.first(), try await Brokers.second())
            try await RealMirror.with([a, b], aliases: ["A", "B"]) { mirror in
                try await write(mirror)
                let tern = try TernProcess(Self.text(a, b), in: mirror.folder)
                try await tern.until("all records mirrored") {
                    await tern.metric("tern_replicated_records_total", mirror.tag) == 4 * 300 + 2
                }
                try await tern.until("lag 0") { await tern.isCaughtUp(mirror.tag, partitions: 4) }
                try await checkPage(tern)
                #expect(try await tern.stop() == 0)
                try check(mirror)
                try await checkByKcat(mirror)
            }
        }

        /// Records of each direction; `TERN_TEST_RECORDS` makes more of them.
        static let count = ProcessInfo.processInfo.environment["TERN_TEST_RECORDS"].flatMap(Int.init) ?? 20_000

        @Test(.needsExecutable)
        func `killed in the middle, it brings every record of both sides across, in order and byte for byte`()
            async throws
        {
            let (a, b) = (try await Brokers.first(), try await Brokers.second())
            try await RealMirror.with([a, b], aliases: ["A", "B"]) { mirror in
                let topic = mirror.topic("crossing")
                let partitions = 4
                for cluster in mirror.clusters {
                    try await cluster.createTopic(
                        topic, partitions: Int32(partitions), configuration: [("retention.ms", "-1")])
                }
                try write(Self.count / 2, to: topic, partitions, mirror, seed: 1)
                let text = Self.text(a, b)
                let first = try TernProcess(text, in: mirror.folder, name: "first")
                try await first.until("copies both ways") {
                    for source in mirror.aliases {
                        let labels = "source=\"\(source)\""
                        guard await first.metric("tern_replicated_records_total", mirror.tag, labels) ?? 0 > 0
                        else { return false }
                    }
                    return true
                }
                try await first.kill()
                try write(Self.count - Self.count / 2, to: topic, partitions, mirror, seed: 100)
                let second = try TernProcess(text, in: mirror.folder, name: "second")
                try await second.until("lag 0", within: .seconds(300)) {
                    await second.isCaughtUp(mirror.tag, partitions: 2 * partitions)
                }
                try await checkPage(second)
                #expect(try await second.stop() == 0)
                for (source, target) in [(0, 1), (1, 0)] {
                    try mirror.expectEqual(
                        topic, at: source, TopicName("\(mirror.aliases[source]).\(topic)"), at: target,
                        partitions: partitions, allowsRepeats: true)
                }
            }
        }

        /// So many records of every shape to both sides.
        private func write(
            _ count: Int, to topic: TopicName, _ partitions: Int, _ mirror: RealMirror, seed: UInt64
        ) throws {
            for (index, cluster) in mirror.clusters.enumerated() {
                for partition in 0..<partitions {
                    var mixed = MixedRecords(seed: seed + UInt64(index * partitions + partition))
                    try Onlooker.write(
                        mixed.records(count / partitions, of: topic, partition: Int32(partition)),
                        to: cluster.bootstrapServers, within: .seconds(120), properties: ["linger.ms": "20"])
                }
            }
        }

        private func write(_ mirror: RealMirror) async throws {
            for (index, cluster) in mirror.clusters.enumerated() {
                let topic = mirror.topic("mixed")
                // The records are older than a broker would keep them.
                try await cluster.createTopic(topic, partitions: 2, configuration: [("retention.ms", "-1")])
                var records: [OwnedRecord] = []
                for partition in Int32(0)..<2 {
                    var mixed = MixedRecords(seed: UInt64(index) * 2 + UInt64(partition))
                    records += mixed.records(300, of: topic, partition: partition)
                }
                var largest = OwnedRecord.sample(topic, 0, value: nil, timestamp: 1_700_000_000_000)
                largest.value = [UInt8](repeating: 7, count: Self.largestValue)
                records.append(largest)
                try Onlooker.write(records, to: cluster.bootstrapServers, properties: ["message.max.bytes": "2000000"])
            }
        }

        private func check(_ mirror: RealMirror) throws {
            let topic = mirror.topic("mixed")
            try mirror.expectEqual(topic, at: 0, TopicName("A.\(topic)"), at: 1, partitions: 2)
            try mirror.expectEqual(topic, at: 1, TopicName("B.\(topic)"), at: 0, partitions: 2)
        }

        /// A reader that shares no code with Tern but librdkafka.
        private func checkByKcat(_ mirror: RealMirror) async throws {
            guard program("kcat") != nil else { return }
            // A control character stands for itself, whatever bytes come before it.
            let end = "\u{1}<end of record>"
            func read(_ topic: TopicName, _ cluster: RealCluster) async throws -> [String] {
                let result = try await Command.run([
                    "kcat", "-C", "-q", "-e", "-b", cluster.bootstrapServers, "-t", topic.rawValue, "-o", "beginning",
                    "-f", "%p %T %K %k %S %s %h\(end)",
                ])
                return result.output.components(separatedBy: end).filter { !$0.isEmpty }
            }
            let topic = mirror.topic("mixed")
            let originals = try await read(topic, mirror.clusters[0])
            let copies = try await read(TopicName("A.\(topic)"), mirror.clusters[1]).map { copy in
                let own = copy.components(separatedBy: "tern.origin=")[0]
                // By bytes: the comma may have grown together with what stands before it.
                return own.utf8.last == UInt8(ascii: ",") ? String(decoding: own.utf8.dropLast(), as: UTF8.self) : own
            }
            // Partitions come in any order, each in its own.
            #expect(originals.count == 601)
            for partition in ["0 ", "1 "] {
                let left = originals.filter { $0.hasPrefix(partition) }
                let right = copies.filter { $0.hasPrefix(partition) }
                let difference = zip(left, right).first { $0 != $1 }
                #expect(
                    left.count == right.count && difference == nil, "\("\(String(describing: difference))".prefix(500))"
                )
            }
        }

        private func checkPage(_ tern: TernProcess) async throws {
            #expect(try await tern.get("/readyz").status == 200)
            #expect(try await tern.get("/livez").status == 200)
            guard let promtool = program("promtool") else { return }
            let page = try await tern.get("/metrics").body
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            try folder.write("page", page)
            let result = try await Command.run([
                "sh", "-c", "exec \"$1\" check metrics < \"$2\"", "promtool", promtool, folder.path("page"),
            ])
            #expect(result.status == 0, "\(result.output)\(result.errors)")
        }

        @Test func `a record of timestamp 0 arrives, with timestamp 1`() async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("epoch")
                try await mirror.clusters[0].createTopic(topic, configuration: [("retention.ms", "-1")])
                try await Scribe.write(["p:1", "z:2", "p:1"], to: topic, of: mirror.clusters[0], in: mirror.folder)
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("4 records", of: daemon) { $0.isCaughtUp(after: 4) }
                }
                #expect(
                    try mirror.records(of: topic, at: 0).map { $0.timestamp.milliseconds == 0 } == [
                        false, true, true, false,
                    ])
                try mirror.expectEqual(topic, at: 0, mirror.copy("epoch"), at: 1)
                #expect(daemon.status.flows[0].counters.timestampAnomalies["zero"] == 2)
            }
        }
    }
}
