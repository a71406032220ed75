// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Telemetry
import Testing

extension RealBrokers {
    /// Topics that are found, created and grown while others flow.
    @Suite struct TopicTests {
        @Test func `a copy gets the source's partition count, and its size limit with room for two headers`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let (plain, large) = (mirror.topic("plain"), mirror.topic("large"))
                try await mirror.clusters[0].createTopic(plain, partitions: 3)
                try await mirror.clusters[0].createTopic(large, configuration: [("max.message.bytes", "3000000")])
                var record = OwnedRecord.sample(large, 0, key: nil, value: nil)
                // The largest that the source takes: less the batch's 61 bytes and the record's 13.
                record.value = [UInt8](repeating: 9, count: 3_000_000 - 74)
                try Onlooker.write([record], to: mirror.address(0), properties: ["message.max.bytes": "4000000"])
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("the record", of: daemon) { $0.isCaughtUp(after: 1) }
                }
                try await mirror.clusters[1].withAdmin { admin in
                    let topics = try await admin.topics(within: .seconds(10))
                    #expect(topics.first { $0.name == mirror.copy("plain") }?.partitions.count == 3)
                    let described = try await admin.describeConfigurations(
                        topics: [mirror.copy("plain"), mirror.copy("large")], within: .seconds(10))
                    func limit(_ name: String) throws -> String? {
                        try described[mirror.copy(name)]?.get().first { $0.name == "max.message.bytes" }?.value
                    }
                    #expect(try limit("plain") == "\(1_048_588 + 1024)")
                    #expect(try limit("large") == "\(3_000_000 + 1024)")
                }
                try mirror.expectEqual(large, at: 0, mirror.copy("large"), at: 1)
            }
        }

        @Test
        func `new partitions and new topics start to flow, and deleted ones are reported, without disturbing others`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let (first, second) = (mirror.topic("first"), mirror.topic("second"))
                try await mirror.clusters[0].createTopic(first)
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try Onlooker.write([.sample(first, 0, key: "k", value: "0")], to: mirror.address(0))
                    try await until("the first record", of: daemon) { $0.isCaughtUp(after: 1) }
                    try await mirror.clusters[0].withAdmin { admin in
                        _ = try await admin.createPartitions([first: 3], within: .seconds(10))
                        try await eventually(within: .seconds(20), "partitions") { () async throws -> Bool in
                            try await admin.topics(within: .seconds(10)).first { $0.name == first }?.partitions.count
                                == 3
                        }
                    }
                    try await mirror.clusters[0].createTopic(second)
                    try Onlooker.write(
                        [
                            .sample(first, 0, key: "k", value: "1"), .sample(first, 2, key: "k", value: "2"),
                            .sample(second, 0, key: "k", value: "3"),
                        ], to: mirror.address(0))
                    try await until("the new partition and the new topic", of: daemon) {
                        $0.isCaughtUp(after: 4) && $0.flows[0].partition(second, 0)?.replicatedOffset == 1
                    }
                    try await mirror.remove(second, at: 0)
                    try await eventually(within: .seconds(20), "a report") { () async throws -> Bool in
                        mirror.log.lines.contains { $0.contains("topic.gone") && $0.contains(second.rawValue) }
                    }
                }
                try mirror.expectEqual(first, at: 0, mirror.copy("first"), at: 1, partitions: 3)
                #expect(try mirror.records(of: mirror.copy("second"), at: 1).count == 1)
            }
        }

        @Test func `latest begins at the end, once: what comes while the daemon is down is not jumped over`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("latest")
                try await mirror.clusters[0].createTopic(topic)
                let lines = "\(mirror.aliases[0]).consumer.auto.offset.reset = latest"
                func write(_ text: String) throws {
                    try Onlooker.write([.sample(topic, 0, key: "k", value: text)], to: mirror.address(0))
                }
                try write("before")
                let first = try mirror.daemon([(0, 1)], lines)
                try await running(first) {
                    try await until("a start at the end", of: first) {
                        $0.flows[0].partition(topic, 0)?.replicatedOffset == 1
                    }
                }
                try write("while it was down")
                let second = try mirror.daemon([(0, 1)], lines)
                try await running(second) {
                    try await until("the record", of: second) { $0.isCaughtUp(after: 1) }
                    // A topic that comes later is wanted from its beginning.
                    let late = mirror.topic("late")
                    try await mirror.clusters[0].createTopic(late)
                    try Onlooker.write([.sample(late, 0, key: "k", value: "late")], to: mirror.address(0))
                    try await until("the late topic", of: second) { $0.isCaughtUp(after: 2) }
                }
                #expect(try mirror.records(of: mirror.copy("latest"), at: 1).map(\.text) == ["while it was down"])
            }
        }

        @Test func `a backlog of many topics flows in both directions with several lanes`() async throws {
            try await RealMirror.withPair { mirror in
                let topics = (0..<20).map { mirror.topic("many\($0)") }
                for (index, cluster) in mirror.clusters.enumerated() {
                    try await cluster.createTopics(
                        topics.map { NewTopic(name: $0, partitionCount: 2, replicationFactor: 1) })
                    let records = topics.flatMap { topic in
                        (0..<40).map {
                            OwnedRecord.sample(topic, Int32($0 % 2), key: "k\($0)", value: "\(index) v\($0)")
                        }
                    }
                    try Onlooker.write(records, to: mirror.address(index))
                }
                let daemon = try mirror.daemon([(0, 1), (1, 0)], "tasks.max = 3")
                try await running(daemon) {
                    try await until("everything", of: daemon) { $0.isCaughtUp(after: 2 * 20 * 40) }
                }
                for index in [0, 7, 19] {
                    try mirror.expectEqual(topics[index], at: 0, mirror.copy("many\(index)"), at: 1, partitions: 2)
                    try mirror.expectEqual(
                        topics[index], at: 1, mirror.copy("many\(index)", from: 1), at: 0, partitions: 2)
                }
            }
        }

        @Test func `progress goes to the partitions that an existing offsets topic has`() async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("rows")
                let rows = TopicName("mm2-offsets.\(mirror.aliases[0]).internal")
                try await mirror.clusters[0].createTopic(topic, partitions: 4)
                try await mirror.clusters[1].createTopic(
                    rows, partitions: 3, configuration: [("cleanup.policy", "compact")])
                let records = (0..<40).map { OwnedRecord.sample(topic, Int32($0 % 4), key: "k", value: "v\($0)") }
                try Onlooker.write(records, to: mirror.address(0))
                for _ in 0..<2 {
                    let daemon = try mirror.daemon()
                    try await running(daemon) {
                        try await until("no lag", of: daemon) {
                            $0.flows[0].lagRecords == 0 && $0.flows[0].partition(topic, 3)?.replicatedOffset == 10
                        }
                    }
                }
                #expect(Set(try mirror.records(of: rows, at: 1, partitions: 3).map(\.key)).count == 4)
                try mirror.expectEqual(topic, at: 0, mirror.copy("rows"), at: 1, partitions: 4)
            }
        }
    }
}
