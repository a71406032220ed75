// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Testing

/// What is left to a flow of another cluster.
@Suite(.serialized) struct DirectFlowTests {
    /// A record of `C` as another mirror has brought it to `A`.
    private func copied(_ topic: TopicName, _ number: Int, from id: String) -> OwnedRecord {
        var record = OwnedRecord.sample(topic, 0, key: "k\(number)", value: "v\(number)")
        record.headers = [
            OwnedHeader("tern.origin", "C/\(topic)/0/\(number)"), OwnedHeader("tern.path", id),
        ]
        return record
    }

    @Test func `records of a cluster that was down at the start are left to its own flow once it answers`() async throws
    {
        let mirror = try MockMirror()
        defer { mirror.close() }
        let third = try MockCluster()
        defer { third.close() }
        let admin = try AdminClient(.testing(third.bootstrapServers), clientID: "asker")
        let id = try await admin.clusterID(within: .seconds(10))
        admin.close()
        try third.setBrokerDown()
        try mirror.pair.createTopic("orders", partitions: 1)
        let source = mirror.pair.source.bootstrapServers
        let daemon = try mirror.daemon(
            """
            clusters = A, B, C
            C.bootstrap.servers = \(third.bootstrapServers)
            A->B.enabled = true
            C->B.enabled = true
            replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy
            lag.interval.ms = 100
            """)
        func counters() -> TopicCounters? {
            daemon.status.flows.first { $0.name == FlowName(source: "A", target: "B") }?.topics.first?.counters
        }
        _ = try await running(daemon) {
            try Onlooker.write([copied("orders", 0, from: id)], to: source)
            try await until("a record of an unknown cluster") { counters()?.replicatedRecords == 1 }
            try third.setBrokerUp()
            var next = 1
            try await eventually(within: .seconds(30), "a record that is left to the direct flow") {
                try Onlooker.write([copied("orders", next, from: id)], to: source)
                next += 1
                return (counters()?.filteredDirect ?? 0) > 0
            }
        }
    }
}

private typealias Onlooker = KafkaTesting.Witness
