// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Telemetry
import Testing

/// Clusters that go away and come back, and daemons that do.
@Suite(.serialized) struct OutageTests {
    @Test func `a target that was away gets what was written meanwhile, once and in order`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        let daemon = try mirror.daemon()
        _ = try await running(daemon) {
            try mirror.write("orders", 0..<10)
            try await daemon.untilReplicated(10)
            try mirror.pair.target.setBrokerDown()
            try mirror.write("orders", 10..<40)
            try await until("a lag of 30") { daemon.lag == 30 }
            try mirror.pair.target.setBrokerUp()
            try await daemon.untilReplicated(40)
        }
        try mirror.expectCopies(of: "orders", 0..<40)
    }

    /// Refusing connections, or taking them and not answering.
    @Test(arguments: [("A", true), ("A", false), ("B", true), ("B", false)])
    func `a cluster that goes away is seen by everything that is shown`(name: String, isRefused: Bool) async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        let cluster = name == "A" ? mirror.pair.source : mirror.pair.target
        let daemon = try mirror.daemon("A->B.enabled = true\nhealth.cluster = \(name)")
        _ = try await running(daemon) {
            try await daemon.untilFlowing()
            try await until("a healthy region") { daemon.status.regionCheck.isHealthy }
            if isRefused { try cluster.setBrokerDown() } else { try cluster.setRoundTripTime(.seconds(60)) }
            try await until("a cluster that is down", within: .seconds(isRefused ? 2 : 10)) {
                let status = daemon.status
                return status.clusters.contains { $0.alias.rawValue == name && !$0.isUp && $0.downSince != nil }
                    && status.flows[0].hasBothClusters == false && status.flows[0].state == .degraded
                    && status.flows[0].reason?.hasPrefix("\(name): ") == true && !status.regionCheck.isHealthy
            }
            #expect(mirror.log.lines.contains { $0.contains("event=cluster.down cluster=\(name)") })
            if isRefused { try cluster.setBrokerUp() } else { try cluster.setRoundTripTime(.zero) }
            try await until("a flow that runs", within: .seconds(90)) {
                daemon.flow?.state == .running && daemon.flow?.hasBothClusters == true
                    && daemon.status.regionCheck.isHealthy
            }
        }
    }

    @Test func `a source that was away is read on where it was left`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        let daemon = try mirror.daemon()
        _ = try await running(daemon) {
            try mirror.write("orders", 0..<10)
            try await daemon.untilReplicated(10)
            try mirror.pair.source.setBrokerDown()
            try await until("a lag that nobody knows", within: .seconds(40)) { daemon.lag == nil }
            try mirror.pair.source.setBrokerUp()
            try mirror.write("orders", 10..<40)
            try await daemon.untilReplicated(40)
        }
        try mirror.expectCopies(of: "orders", 0..<40)
    }

    @Test(arguments: [true, false])
    func `a cluster that is down at the start is waited for`(isSource: Bool) async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        try mirror.write("orders", 0..<10)
        let cluster = isSource ? mirror.pair.source : mirror.pair.target
        try cluster.setBrokerDown()
        let daemon = try mirror.daemon()
        _ = try await running(daemon) {
            try await until("a cluster that is seen to be down") {
                daemon.status.clusters.contains { !$0.isUp && $0.problem != nil }
            }
            #expect(daemon.flow?.hasBothClusters == false)
            try cluster.setBrokerUp()
            try await daemon.untilReplicated(10)
            #expect(daemon.flow?.hasBothClusters == true)
        }
        try mirror.expectCopies(of: "orders", 0..<10)
    }

    @Test func `leaders that move on either side are followed`() async throws {
        let mirror = try MockMirror(brokers: 2)
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        try mirror.pair.target.createTopic("A.orders", partitions: 1)
        let daemon = try mirror.daemon()
        _ = try await running(daemon) {
            var written = 0
            for broker in [Int32(1), 2, 1] {
                try mirror.pair.source.setLeader(of: TopicPartition("orders", 0), to: broker)
                try mirror.pair.target.setLeader(of: TopicPartition("A.orders", 0), to: broker)
                try mirror.write("orders", written..<(written + 10))
                written += 10
                try await daemon.untilReplicated(Int64(written))
            }
        }
        try mirror.expectCopies(of: "orders", 0..<30)
    }

    @Test func `a clean stop and a new start repeat nothing and leave nothing out`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 2)
        for round in 0..<3 {
            for partition in 0..<2 {
                try mirror.write("orders", partition: Int32(partition), (round * 10)..<(round * 10 + 10))
            }
            let daemon = try mirror.daemon()
            let (_, end) = try await running(daemon) { try await daemon.untilReplicated(20) }
            guard case .drained = end else {
                Issue.record("round \(round) ended with \(end)")
                return
            }
        }
        for partition in 0..<2 { try mirror.expectCopies(of: "orders", partition: Int32(partition), 0..<30) }
    }

    @Test func `two clusters with equal topic names in both directions return nothing`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.createTopic("orders", partitions: 1)
        try mirror.write("orders", 0..<20)
        try KafkaTesting.Witness.write(
            (100..<120).map { .sample("orders", 0, value: "v\($0)") }, to: mirror.pair.target.bootstrapServers)
        let daemon = try mirror.daemon(
            """
            A->B.enabled = true
            B->A.enabled = true
            replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy
            """)
        _ = try await running(daemon) {
            try await until("both flows caught up") {
                daemon.status.flows.allSatisfy {
                    // Lag is 0 for a moment before the copies of the other flow come in sight.
                    $0.topics.first?.counters.replicatedRecords == 20 && $0.lagRecords == 0
                        && $0.topics.first?.counters.filteredCycle == 20
                }
            }
        }
        for cluster in [mirror.pair.source, mirror.pair.target] {
            let records = try KafkaTesting.Witness.records(of: "orders", partitions: 1, at: cluster.bootstrapServers)
            let values = records.map { String(decoding: $0.value ?? [], as: UTF8.self) }
            #expect(values.count == 40)
            #expect(Set(values) == Set(((0..<20).map { $0 } + (100..<120).map { $0 }).map { "v\($0)" }))
        }
    }
}
