// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Testing

extension RealBrokers {
    /// Records that the target does not take.
    @Suite struct RefusalTests {
        /// What makes a target refuse a record, and what makes it take the record after all.
        struct Case: Sendable, CustomTestStringConvertible {
            var testDescription: String
            /// Settings of the target's topic: before, and after somebody has seen to it.
            var refusing: [(String, String)]
            var taking: [(String, String)]
            var code: String
            var limit: Int64?
            var word: String
            var isBad: @Sendable (OwnedRecord) -> OwnedRecord
        }

        static let cases = [
            Case(
                testDescription: "too large", refusing: [("max.message.bytes", "100000")],
                taking: [("max.message.bytes", "2000000")], code: "MSG_SIZE_TOO_LARGE", limit: 100_000,
                word: "max.message.bytes"
            ) { record in
                var record = record
                record.value = (record.value ?? []) + [UInt8](repeating: 120, count: 120_000)
                return record
            },
            Case(
                testDescription: "a small topic, too large", refusing: [("max.message.bytes", "2000")],
                taking: [("max.message.bytes", "2000000")], code: "MSG_SIZE_TOO_LARGE", limit: 2000,
                word: "max.message.bytes"
            ) { record in
                var record = record
                record.value = (record.value ?? []) + [UInt8](repeating: 120, count: 3000)
                return record
            },
            Case(
                testDescription: "from the future", refusing: [("message.timestamp.after.max.ms", "3600000")],
                taking: [("message.timestamp.after.max.ms", "9223372036854775807")], code: "INVALID_TIMESTAMP",
                limit: nil, word: "message.timestamp.after.max.ms"
            ) { record in
                var record = record
                record.timestamp = Timestamp(milliseconds: 4_000_000_000_000, kind: .create)
                return record
            },
            Case(
                testDescription: "no key, compacted", refusing: [("cleanup.policy", "compact")],
                taking: [("cleanup.policy", "delete")], code: "INVALID_RECORD", limit: nil, word: "cleanup.policy"
            ) { record in
                var record = record
                record.key = nil
                return record
            },
        ]

        @Test(arguments: cases)
        func `a refused record stops its partition only, until the target takes it`(_ refusal: Case) async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("refused")
                let copy = mirror.copy("refused")
                try await mirror.clusters[0].createTopic(
                    topic, partitions: 2, configuration: [("message.timestamp.after.max.ms", "9223372036854775807")])
                try await mirror.clusters[1].createTopic(copy, partitions: 2, configuration: refusal.refusing)
                let bad: Set<Int> = [300, 301, 450]
                var records = (0..<500).map { OwnedRecord.sample(topic, 0, key: "k\($0)", value: "v\($0)") }
                for index in bad { records[index] = refusal.isBad(records[index]) }
                records += (0..<500).map { OwnedRecord.sample(topic, 1, key: "k\($0)", value: "v\($0)") }
                // Batches of many, so that the refused record takes good ones with it.
                try Onlooker.write(records, to: mirror.address(0), properties: ["linger.ms": "50"])
                let daemon = try mirror.daemonWithoutSync()
                let flow = mirror.flow(0, 1)
                try await running(daemon) {
                    try await until("a refusal, the other partition mirrored", of: daemon) {
                        $0.flow(flow)?.partition(topic, 0)?.state == .refused
                            && $0.flow(flow)?.partition(topic, 1)?.replicatedOffset == 500
                    }
                    let partition = try #require(daemon.status.flow(flow)?.partition(topic, 0))
                    let stop = try #require(partition.stop)
                    #expect(stop.code == refusal.code)
                    #expect(stop.offset == 300)
                    #expect(stop.limit == refusal.limit)
                    #expect(stop.text.contains(refusal.word))
                    #expect(partition.replicatedOffset == 300)
                    #expect(partition.lagRecords == 200)
                    #expect(daemon.status.flow(flow)?.state == .degraded)
                    let before = try mirror.records(of: copy, at: 1, partitions: 2).filter { $0.partition == 0 }
                    #expect(before.map(\.bornAt) == (0..<300).map { Int64($0) })

                    // Records that come meanwhile flow on next door.
                    try Onlooker.write([.sample(topic, 1, key: "late", value: "late")], to: mirror.address(0))
                    try await until("the late record", of: daemon) {
                        $0.flow(flow)?.partition(topic, 1)?.replicatedOffset == 501
                    }
                    #expect(daemon.status.flow(flow)?.partition(topic, 0)?.state == .refused)

                    try await mirror.clusters[1].withAdmin { admin in
                        _ = try await admin.alterConfigurations([copy: refusal.taking], within: .seconds(10))
                    }
                    try await until("the rest, by itself", of: daemon) { $0.isCaughtUp(after: 1001) }
                    #expect(daemon.status.flow(flow)?.partition(topic, 0)?.stop == nil)
                    try await until("a flow in order", of: daemon) { $0.flow(flow)?.state == .running }
                }
                // A producer that died of a refusal leaves batches of which nobody knows: they are sent again.
                try mirror.expectEqual(topic, at: 0, copy, at: 1, partitions: 2, allowsRepeats: true)
            }
        }

        @Test func `a restart finds the refused record again, and still nothing is lost`() async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("again")
                let copy = mirror.copy("again")
                try await mirror.clusters[0].createTopic(topic)
                try await mirror.clusters[1].createTopic(copy, configuration: [("max.message.bytes", "100000")])
                var records = (0..<50).map { OwnedRecord.sample(topic, 0, key: "k\($0)", value: "v\($0)") }
                records[20].value = [UInt8](repeating: 1, count: 150_000)
                try Onlooker.write(records, to: mirror.address(0))
                for _ in 0..<2 {
                    let daemon = try mirror.daemonWithoutSync()
                    try await running(daemon) {
                        try await until("a refusal", of: daemon) {
                            $0.flows[0].partition(topic, 0)?.stop?.offset == 20
                        }
                    }
                }
                try await mirror.clusters[1].withAdmin { admin in
                    _ = try await admin.alterConfigurations([copy: []], within: .seconds(10))
                }
                let daemon = try mirror.daemonWithoutSync()
                try await running(daemon) {
                    try await until("the rest", of: daemon) { $0.isCaughtUp(after: 30) }
                }
                try mirror.expectEqual(topic, at: 0, copy, at: 1)
            }
        }

        @Test
        func `records that fit only compressed are copied where the target's producer compresses, without a restart`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("packed")
                try await mirror.clusters[0].createTopic(topic)
                let value = [UInt8](repeating: 97, count: 3_000_000)
                try Onlooker.write(
                    (0..<20).map { index in
                        var record = OwnedRecord.sample(topic, 0, key: "k\(index)", value: "")
                        record.value = value
                        return record
                    }, to: mirror.address(0),
                    properties: ["message.max.bytes": "10000000", "compression.type": "gzip"])
                let daemon = try mirror.daemon(
                    [(0, 1)], "\(mirror.aliases[1]).producer.compression.type = gzip")
                try await running(daemon) {
                    try await until("all of them", of: daemon) { $0.isCaughtUp(after: 20) }
                }
                #expect(daemon.status.flows[0].counters.laneRestarts == 0)
                try mirror.expectEqual(topic, at: 0, mirror.copy("packed"), at: 1)
            }
        }

        @Test func `what stands is told how long its source keeps it, and nothing where nothing is behind`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let (topic, other) = (mirror.topic("kept"), mirror.topic("fine"))
                for name in [topic, other] {
                    try await mirror.clusters[0].createTopic(name, configuration: [("retention.ms", "3600000")])
                }
                let small = [("max.message.bytes", "2000"), ("retention.ms", "3600000")]
                try await mirror.clusters[1].createTopic(mirror.copy("kept"), configuration: small)
                let large = OwnedRecord.sample(topic, 0, key: "k", value: String(repeating: "v", count: 3000))
                try Onlooker.write([large, .sample(other, 0, key: "k", value: "v")], to: mirror.address(0))
                let daemon = try mirror.daemon([(0, 1)], "sync.topic.configs.enabled = false")
                try await running(daemon) {
                    try await until("a refusal, and the headroom", of: daemon) {
                        $0.flows[0].partition(topic, 0)?.state == .refused
                            && $0.flows[0].partition(topic, 0)?.retentionHeadroomSeconds != nil
                    }
                    let headroom = daemon.status.flows[0].partition(topic, 0)?.retentionHeadroomSeconds ?? -1
                    #expect((3000...3600).contains(headroom))
                    #expect(daemon.status.flows[0].partition(other, 0)?.retentionHeadroomSeconds == nil)
                }
            }
        }

        @Test func `a topic that Tern may not write stops by name, and goes on when the right is granted`() async throws
        {
            // Towards the guarded cluster: its second listener knows who may do what.
            try await RealMirror.with([try await Brokers.second(), try await Brokers.first()]) { mirror in
                let (open, closed) = (mirror.topic("open"), mirror.topic("closed"))
                let guarded = mirror.clusters[1]
                try await mirror.clusters[0].createTopics([
                    NewTopic(name: open, partitionCount: 1, replicationFactor: 1),
                    NewTopic(name: closed, partitionCount: 1, replicationFactor: 1),
                ])
                try await guarded.createTopics([
                    NewTopic(name: mirror.copy("open"), partitionCount: 1, replicationFactor: 1),
                    NewTopic(name: mirror.copy("closed"), partitionCount: 1, replicationFactor: 1),
                ])
                let user = "User:tern"
                let denial = AccessRule(
                    resource: .topic, resourceName: mirror.copy("closed").rawValue, principal: user, operation: .write,
                    permission: .deny)
                let rules = [
                    AccessRule(resource: .topic, resourceName: "*", principal: user, operation: .all),
                    AccessRule(resource: .group, resourceName: "*", principal: user, operation: .all),
                    AccessRule(resource: .cluster, resourceName: "kafka-cluster", principal: user, operation: .all),
                ]
                try await guarded.withAdmin { admin in
                    _ = try await admin.createAccessRules(rules + [denial], within: .seconds(10))
                }
                let records = (0..<20).flatMap { number in
                    [open, closed].map { OwnedRecord.sample($0, 0, key: "k", value: "v\(number)") }
                }
                try Onlooker.write(records, to: mirror.address(0))
                let login = """
                    \(mirror.aliases[1]).security.protocol = SASL_PLAINTEXT
                    \(mirror.aliases[1]).sasl.mechanism = PLAIN
                    \(mirror.aliases[1]).sasl.jaas.config = org.apache.kafka.common.security.plain.PlainLoginModule \
                    required username="tern" password="tern-secret";
                    """
                let daemon = try mirror.daemon(
                    of: mirror.file([(0, 1)], login, addresses: [1: guarded.saslBootstrapServers]))
                try await running(daemon) {
                    try await until("a refusal, the other topic mirrored", of: daemon) {
                        $0.flows[0].partition(closed, 0)?.stop?.code == "TOPIC_AUTHORIZATION_FAILED"
                            && $0.flows[0].partition(open, 0)?.replicatedOffset == 20
                    }
                    let stop = try #require(daemon.status.flows[0].partition(closed, 0)?.stop)
                    #expect(stop.state == .refused)
                    #expect(stop.offset == 0)
                    #expect(stop.text.contains("grant Write"))
                    try await guarded.withAdmin { admin in
                        _ = try await admin.deleteAccessRules([AccessRuleFilter(denial)], within: .seconds(10))
                    }
                    try await until("the rest, by itself", of: daemon) { $0.isCaughtUp(after: 40) }
                }
                try await guarded.withAdmin { admin in
                    _ = try await admin.deleteAccessRules(rules.map { AccessRuleFilter($0) }, within: .seconds(10))
                }
                try mirror.expectEqual(open, at: 0, mirror.copy("open"), at: 1, allowsRepeats: true)
                try mirror.expectEqual(closed, at: 0, mirror.copy("closed"), at: 1, allowsRepeats: true)
            }
        }
    }
}

extension RealBrokers {
    /// Limits below the size of the batches that a backlog makes.
    @Suite struct SmallLimitTests {
        @Test(arguments: [9000, 70_000, 200_000])
        func `a backlog of small records into a topic with a small limit meets no refusal`(limit: Int) async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("mid")
                try await mirror.clusters[0].createTopic(topic)
                try await mirror.clusters[1].createTopic(
                    mirror.copy("mid"), configuration: [("max.message.bytes", "\(limit)")])
                let value = String(repeating: "x", count: 400)
                try Onlooker.write(
                    (0..<20_000).map { .sample(topic, 0, key: "k\($0)", value: value) }, to: mirror.address(0))
                let daemon = try mirror.daemonWithoutSync()
                try await running(daemon) {
                    try await until("20,000 records", of: daemon) { $0.isCaughtUp(after: 20_000) }
                    #expect(daemon.status.flows[0].counters.produceErrors == [:])
                }
                try mirror.expectEqual(topic, at: 0, mirror.copy("mid"), at: 1)
            }
        }
    }
}
