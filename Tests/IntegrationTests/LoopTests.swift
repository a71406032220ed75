// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Testing

extension RealBrokers {
    /// Equal names in both directions, rings, meshes: every record arrives once everywhere, and never returns.
    @Suite struct LoopTests {
        private static let identity =
            "replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy"

        private func three() async throws -> [RealCluster] {
            [try await Brokers.first(), try await Brokers.second(), try await Brokers.third()]
        }

        /// Creates the topic everywhere, and writes records on each cluster that name it.
        private func write(_ topic: TopicName, _ mirror: RealMirror, _ count: Int) async throws {
            for cluster in mirror.clusters { try await cluster.createTopic(topic) }
            for (index, alias) in mirror.aliases.enumerated() {
                let records = (0..<count).map { OwnedRecord.sample(topic, 0, key: "k", value: "\(alias) \($0)") }
                try Onlooker.write(records, to: mirror.address(index))
            }
        }

        /// Every cluster has each record once, those of one origin in their order.
        private func expectOnceEverywhere(_ topic: TopicName, _ mirror: RealMirror, _ count: Int) throws {
            for index in mirror.clusters.indices {
                let texts = try mirror.records(of: topic, at: index).map(\.text)
                for alias in mirror.aliases {
                    #expect(
                        texts.filter { $0.hasPrefix("\(alias) ") } == (0..<count).map { "\(alias) \($0)" },
                        "of \(alias) on \(mirror.aliases[index])")
                }
                #expect(texts.count == count * mirror.clusters.count)
            }
        }

        @Test func `equal names in both directions, each record arrives once and never returns`() async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("both")
                try await write(topic, mirror, 50)
                let daemon = try mirror.daemon([(0, 1), (1, 0)], Self.identity)
                try await running(daemon) {
                    try await until("50 records each way, and none back", of: daemon) { status in
                        status.flows.allSatisfy {
                            $0.replicated == 50 && $0.lagRecords == 0 && $0.filtered(\.filteredCycle) == 50
                        }
                    }
                }
                try expectOnceEverywhere(topic, mirror, 50)
            }
        }

        @Test func `in a ring of three every record arrives once everywhere`() async throws {
            try await RealMirror.with(try await three()) { mirror in
                let topic = mirror.topic("ring")
                try await write(topic, mirror, 30)
                let daemon = try mirror.daemon([(0, 1), (1, 2), (2, 0)], Self.identity)
                try await running(daemon) {
                    try await until("60 records on each flow", of: daemon) { status in
                        status.flows.allSatisfy {
                            $0.replicated == 60 && $0.lagRecords == 0 && $0.filtered(\.filteredCycle) == 30
                        }
                    }
                }
                try expectOnceEverywhere(topic, mirror, 30)
            }
        }

        @Test func `in a full mesh of three every record arrives once everywhere`() async throws {
            try await RealMirror.with(try await three()) { mirror in
                let topic = mirror.topic("mesh")
                try await write(topic, mirror, 30)
                let flows = [(0, 1), (1, 0), (1, 2), (2, 1), (0, 2), (2, 0)]
                let daemon = try mirror.daemon(flows, Self.identity)
                try await running(daemon) {
                    try await until("30 records on each flow", of: daemon) { status in
                        status.flows.allSatisfy {
                            $0.replicated == 30 && $0.lagRecords == 0
                                && $0.filtered(\.filteredCycle) + $0.filtered(\.filteredDirect) == 60
                        }
                    }
                }
                try expectOnceEverywhere(topic, mirror, 30)
            }
        }

        @Test func `an application that copies the headers of a mirrored record is not taken for a loop`() async throws
        {
            try await RealMirror.withPair { mirror in
                let (topic, derived) = (mirror.topic("born"), mirror.topic("derived"))
                for cluster in mirror.clusters {
                    try await cluster.createTopic(topic)
                    try await cluster.createTopic(derived)
                }
                try Onlooker.write([.sample(topic, 0, key: "k", value: "born")], to: mirror.address(0))
                let daemon = try mirror.daemon([(0, 1), (1, 0)], Self.identity)
                try await running(daemon) {
                    try await until("the first record", of: daemon) { $0.flow(mirror.flow(0, 1))?.replicated == 1 }
                    // On B, what is derived from A's record carries A's headers, and must come to A all the same.
                    let copied = try #require(try mirror.records(of: topic, at: 1).first)
                    let echo = OwnedRecord.sample(derived, 0, key: "k", value: "derived", headers: copied.headers)
                    try Onlooker.write([echo], to: mirror.address(1))
                    try await until("the derived record", of: daemon) {
                        $0.flow(mirror.flow(1, 0))?.replicated == 1
                            && $0.flow(mirror.flow(1, 0))?.counters.echoedHeaders == 1
                    }
                    try await until("no lag", of: daemon) { $0.isCaughtUp(after: 2) }
                }
                let arrived = try mirror.records(of: derived, at: 0)
                #expect(arrived.map(\.text) == ["derived"])
                #expect(arrived.first?.header("tern.origin") == "\(mirror.aliases[1])/\(derived)/0/0")
                #expect(arrived.first?.header("tern.path") == mirror.clusters[1].clusterID)
                #expect(arrived.first?.headers.count == 2)
                #expect(try mirror.records(of: derived, at: 1).count == 1)
            }
        }

        @Test func `one cluster under two aliases is refused`() async throws {
            let cluster = try await Brokers.first()
            try await RealMirror.with([cluster, cluster]) { mirror in
                let daemon = try mirror.daemon()
                guard case .invalid(let reason) = await daemon.run() else {
                    Issue.record("it ran")
                    return
                }
                #expect(reason.contains(mirror.aliases[0]) && reason.contains(mirror.aliases[1]))
            }
        }

        @Test(.needsExecutable) func `one cluster under two aliases ends the process with 2 and says so`() async throws
        {
            let cluster = try await Brokers.first()
            try await RealMirror.with([cluster, cluster]) { mirror in
                let tern = try TernProcess(mirror.file(), in: mirror.folder)
                #expect(try await tern.ended() == 2)
                #expect(tern.log.contains("are one cluster (\(cluster.clusterID))"))
            }
        }

        /// Each region runs its own file and calls the other one `far`: the copies of one are no topics for the other.
        @Test func `two files that call each other's cluster by one name copy nothing back, and no topic grows`()
            async throws
        {
            let clusters = [try await Brokers.first(), try await Brokers.second()]
            try await RealMirror.with(clusters, aliases: ["near", "far"]) { mirror in
                let flow = mirror.flow(1, 0)
                let lines = "\(flow).topics = .*\(mirror.tag)-.*"
                let swapped = [0: mirror.address(1), 1: mirror.address(0)]
                let first = try mirror.daemon(of: mirror.file([(1, 0)], lines), instance: "1")
                let second = try mirror.daemon(of: mirror.file([(1, 0)], lines, addresses: swapped), instance: "2")
                try await running(first) {
                    try await running(second) {
                        // Three topics one after the other: between them both have looked at all topics.
                        for name in ["x", "y", "z"] {
                            try await clusters[0].createTopic(mirror.topic(name))
                            try Onlooker.write(
                                [.sample(mirror.topic(name), 0, key: "k", value: name)], to: mirror.address(0))
                            try await until("the copy of \(name)", of: second) {
                                $0.flows[0].partition(mirror.topic(name), 0)?.replicatedOffset == 1
                            }
                        }
                    }
                }
                func topics(_ cluster: RealCluster) async throws -> [String] {
                    try await cluster.withAdmin { try await $0.topics(within: .seconds(10)) }.map(\.name.rawValue)
                        .filter { $0.contains(mirror.tag) }.sorted()
                }
                let names = ["x", "y", "z"].map { mirror.topic($0).rawValue }
                #expect(try await topics(clusters[0]) == names)
                #expect(try await topics(clusters[1]) == names.map { "far.\($0)" })
                #expect(first.status.flows[0].replicated == 0)
            }
        }
    }
}

extension FlowStatus {
    func filtered(_ reason: KeyPath<TopicCounters, Int64>) -> Int64 {
        topics.reduce(0) { $0 + $1.counters[keyPath: reason] }
    }
}
