// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Testing

extension RealBrokers {
    /// Between the old line of Kafka and the new one, and beside MirrorMaker itself.
    @Suite struct OtherKafkaTests {
        private static let hasOld = KafkaDistribution.old != nil

        @Test(
            .enabled(if: hasOld, "no older Kafka: KAFKA_HOME_OLD, or kafka-3.9 beside KAFKA_HOME"),
            arguments: [true, false])
        func `records of every shape go between Kafka 3-9 and 4, either way`(isOldSource: Bool) async throws {
            let (old, new) = (try await SharedClusters.guardedOld(), try await Brokers.second())
            try await RealMirror.with(isOldSource ? [old, new] : [new, old]) { mirror in
                let topic = mirror.topic("lines")
                try await mirror.clusters[0].createTopic(topic, partitions: 2, configuration: [("retention.ms", "-1")])
                for partition in Int32(0)..<2 {
                    var mixed = MixedRecords(seed: UInt64(partition))
                    try Onlooker.write(
                        mixed.records(200, of: topic, partition: partition), to: mirror.address(0),
                        properties: ["compression.type": partition == 0 ? "zstd" : "lz4"])
                }
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("400 records", of: daemon) { $0.isCaughtUp(after: 400) }
                }
                try mirror.expectEqual(topic, at: 0, mirror.copy("lines"), at: 1, partitions: 2)
            }
        }

        @Test func `Tern goes on where MirrorMaker stopped, and MirrorMaker where Tern stopped`() async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("handover")
                let copy = mirror.copy("handover")
                try await mirror.clusters[0].createTopic(topic, partitions: 3)
                // The same file for both.
                let text = mirror.file(
                    [(0, 1)],
                    """
                    emit.heartbeats.enabled = false
                    checkpoints.topic.replication.factor = 1
                    offset-syncs.topic.replication.factor = 1
                    status.storage.replication.factor = 1
                    config.storage.replication.factor = 1
                    \(mirror.aliases[1]).offset.flush.interval.ms = 500
                    \(mirror.aliases[1]).scheduled.rebalance.max.delay.ms = 0
                    """)
                try mirror.folder.write("mm2.properties", text)
                var written = 0
                func write(_ count: Int) throws {
                    let records = (written..<(written + count)).map {
                        OwnedRecord.sample(topic, Int32($0 % 3), key: "k\($0)", value: "v\($0)")
                    }
                    written += count
                    try Onlooker.write(records, to: mirror.address(0))
                }
                func mirrorMaker() async throws {
                    let expected = written
                    let maker = try ChildProcess(
                        [
                            mirror.clusters[0].distribution.script("connect-mirror-maker.sh"),
                            mirror.folder.path("mm2.properties"),
                        ],
                        environment: ["KAFKA_HEAP_OPTS": "-Xms128M -Xmx512M"], output: mirror.folder.path("mm2.log"),
                        errors: mirror.folder.path("mm2.log"))
                    do {
                        try await eventually(within: .seconds(90), "MirrorMaker's copies") { () async throws -> Bool in
                            ((try? mirror.records(of: copy, at: 1, partitions: 3))?.count ?? 0) >= expected
                        }
                    } catch {
                        maker.send(signal: 9)
                        throw NeverHappened("\(error); \((try? mirror.folder.read("mm2.log"))??.suffix(2000) ?? "")")
                    }
                    maker.send(signal: 15)
                    try await eventually(within: .seconds(60), "MirrorMaker's end") { () async throws -> Bool in
                        try maker.wait(within: .milliseconds(1)) != nil
                    }
                }
                func tern() async throws {
                    let expected = Int64(written)
                    let daemon = try mirror.daemon(of: text)
                    try await running(daemon) {
                        try await until("Tern's copies", of: daemon) { status in
                            status.flows[0].lagRecords == 0
                                && status.flows[0].topics.first { $0.topic == topic }?.partitions.reduce(0) {
                                    $0 + ($1.replicatedOffset ?? 0)
                                } == expected
                        }
                    }
                }
                try write(300)
                try await mirrorMaker()
                try write(300)
                try await tern()
                #expect(try mirror.records(of: copy, at: 1, partitions: 3).count == 600)
                try write(300)
                try await mirrorMaker()
                let copies = try mirror.records(of: copy, at: 1, partitions: 3)
                for partition in 0..<3 {
                    let values = copies.filter { $0.partition == Int32(partition) }.map(\.text)
                    #expect(values == (0..<900).filter { $0 % 3 == partition }.map { "v\($0)" })
                }
            }
        }
    }
}
