// SPDX-License-Identifier: Apache-2.0
import Mirroring
import TernConfiguration
import Glibc
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Testing

extension RealBrokers {
    /// Clusters that do not answer.
    @Suite struct OutageTests {
        private func samples(_ topic: TopicName, _ range: Range<Int>) -> [OwnedRecord] {
            range.map { .sample(topic, 0, key: "k\($0)", value: "v\($0)") }
        }

        @Test(.timeLimit(.minutes(5)), arguments: [0, 1])
        func `a cluster that is down at the start and later, source or target, is waited for`(down: Int) async throws {
            // The second and the third cluster stop and start here, so the shared first one need not.
            let clusters = [try await Brokers.second(), try await Brokers.third()]
            try await RealMirror.with(down == 0 ? clusters : clusters.reversed()) { mirror in
                let topic = mirror.topic("outage")
                let cluster = mirror.clusters[down]
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write(samples(topic, 0..<10), to: mirror.address(0))
                try await cluster.stop()
                let daemon = try mirror.daemon()
                do {
                    try await running(daemon) {
                        try await until("word of the cluster that is down", of: daemon) {
                            $0.clusters.contains {
                                $0.alias.rawValue == mirror.aliases[down] && !$0.isUp && $0.problem != nil
                            }
                                && $0.flows[0].hasBothClusters == false
                        }
                        try await cluster.restart()
                        try await until("10 records", of: daemon, within: .seconds(60)) { $0.isCaughtUp(after: 10) }
                        try await cluster.stop()
                        try await until("a degraded flow", of: daemon) { $0.flows[0].state == .degraded }
                        if down == 1 {
                            try Onlooker.write(samples(topic, 10..<20), to: mirror.address(0))
                            try await until("lag that is told", of: daemon) { $0.flows[0].lagRecords == 10 }
                        } else {
                            try await until("lag that is unknown", of: daemon) { $0.flows[0].lagRecords == nil }
                        }
                        try await cluster.restart()
                        if down == 0 { try Onlooker.write(samples(topic, 10..<20), to: mirror.address(0)) }
                        try await until("20 records", of: daemon, within: .seconds(60)) {
                            $0.isCaughtUp(after: 20) && $0.flows[0].state == .running
                        }
                        // The outage may have cost the lane its place in the group, which is told a moment later: a lane
                        // that is lost while it drains writes no progress any more.
                        let rows = TopicName("mm2-offsets.\(mirror.aliases[0]).internal")
                        try await eventually(within: .seconds(30), "progress of 20") { () async throws -> Bool in
                            try Onlooker.records(of: rows, partitions: 25, at: mirror.address(1)).contains {
                                $0.value.flatMap(SourceOffsetRow.parseValue) == 19
                            }
                        }
                    }
                } catch {
                    try await cluster.restart()
                    throw error
                }
                try mirror.expectEqual(topic, at: 0, mirror.copy("outage"), at: 1)
            }
        }

        @Test func `a third cluster that nobody reaches holds up no other`() async throws {
            let (a, b) = (try await Brokers.first(), try await Brokers.second())
            try await RealMirror.with([a, b, a]) { mirror in
                let topic = mirror.topic("third")
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write(samples(topic, 0..<10), to: mirror.address(0))
                let nowhere = "127.0.0.1:\(try unusedPort())"
                let daemon = try mirror.daemon(
                    of: mirror.file([(2, 1), (0, 1), (0, 2)], addresses: [2: nowhere]))
                try await running(daemon) {
                    try await until("10 records", of: daemon) { $0.flow(mirror.flow(0, 1))?.replicated == 10 }
                    #expect(daemon.status.flow(mirror.flow(0, 2))?.state == .starting)
                    #expect(daemon.status.flow(mirror.flow(2, 1))?.hasBothClusters == false)
                }
            }
        }

        @Test(.needsExecutable)
        func `a target that hangs is told by readyz, lag grows, counters stay, and it carries on by itself`()
            async throws
        {
            let clusters = [try await Brokers.first(), try await Brokers.second()]
            try await RealMirror.with(clusters) { mirror in
                let topic = mirror.topic("frozen")
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write(samples(topic, 0..<10), to: mirror.address(0))
                let tern = try TernProcess(mirror.file(), in: mirror.folder)
                func replicated() async -> Double? { await tern.metric("tern_replicated_records_total", mirror.tag) }
                func lag() async -> Double? { await tern.metric("tern_lag_records", mirror.tag) }
                try await tern.until("10 records, and readiness") {
                    let (count, status) = (await replicated(), try? await tern.get("/readyz").status)
                    return count == 10 && status == 200
                }
                try await frozen(clusters[1]) {
                    try await tern.until("no readiness") { try await tern.get("/readyz").status == 503 }
                    try Onlooker.write(samples(topic, 10..<20), to: mirror.address(0))
                    try await tern.until("a lag of 10") { await lag() == 10 }
                    // Longer than the group keeps a member: the lane is lost, what is known of it is not.
                    try await tern.until("the loss of the lane") { tern.log.contains("lanes.revoked") }
                    try Onlooker.write(samples(topic, 20..<30), to: mirror.address(0))
                    try await tern.until("a lag of 20") { await lag() == 20 }
                    #expect(await replicated() == 10)
                    try await tern.until("its age") { await tern.metric("tern_lag_seconds", mirror.tag) ?? 0 > 0 }
                    #expect(try await tern.get("/livez").status == 200)
                }
                try await tern.until("30 records, and readiness", within: .seconds(60)) {
                    let (count, lag, status) = (await replicated(), await lag(), try? await tern.get("/readyz").status)
                    return count == 30 && lag == 0 && status == 200
                }
                #expect(try await tern.stop() == 0)
                // What had reached the hanging broker's socket is written when it wakes, after its lane was lost: at least once.
                try mirror.expectEqual(topic, at: 0, mirror.copy("frozen"), at: 1, allowsRepeats: true)
            }
        }

        /// One broker of three does nothing any more, with its connections open.
        @Test func `a broker that hangs leaves the partitions of the others measured, and its own unknown`()
            async throws
        {
            let source = try await RealCluster.start(try #require(KafkaDistribution.found), .init(brokers: 3))
            do {
                try await RealMirror.with([source, try await Brokers.second()]) { mirror in
                    let topic = mirror.topic("spread")
                    // One replica each: the controller would have another broker lead them after nine seconds.
                    try await source.createTopics([NewTopic(name: topic, partitionCount: 6, replicationFactor: 1)])
                    let partitions = try await source.withAdmin { try await $0.topics(within: .seconds(10)) }
                        .first { $0.name == topic }?.partitions
                    let healthy = Set(try #require(partitions).filter { $0.leader != 3 }.map(\.index))
                    try #require(healthy.count == 4)
                    let server = source.bootstrapServers.split(separator: ",").map(String.init)[0]
                    // An idempotent writer asks for an id, which the controller gives out: that may be the broker that hangs.
                    func write(_ range: Range<Int>) throws {
                        for partition in healthy {
                            try Onlooker.write(
                                range.map { .sample(topic, partition, key: "k", value: "v\($0)") }, to: server,
                                properties: ["enable.idempotence": "false"])
                        }
                    }
                    try write(0..<10)
                    let daemon = try mirror.daemon()
                    try await running(daemon) {
                        try await until("40 records", of: daemon) { $0.isCaughtUp(after: 40) }
                        let hanging = try #require(source.processIDs.last)
                        kill(hanging, SIGSTOP)
                        defer { kill(hanging, SIGCONT) }
                        for round in 1...3 {
                            try write(round * 10..<(round + 1) * 10)
                            try await until("what is known of each, round \(round)", of: daemon) { status in
                                (0..<6 as Range<Int32>).allSatisfy { index in
                                    guard let partition = status.flows[0].partition(topic, index) else { return false }
                                    guard healthy.contains(index) else {
                                        return partition.lagRecords == nil && partition.state == .unknown
                                    }
                                    return partition.endOffset == Int64((round + 1) * 10) && partition.lagRecords == 0
                                }
                            }
                        }
                        #expect(daemon.status.flows[0].lagRecords == nil)
                        kill(hanging, SIGCONT)
                        try await until("all six", of: daemon) { $0.isCaughtUp(after: 160) }
                    }
                }
                try await source.close()
            } catch {
                try await source.close()
                throw error
            }
        }

        /// Stops a cluster's processes for as long as the body runs.
        private func frozen(_ cluster: RealCluster, _ body: () async throws -> Void) async throws {
            let processes = cluster.processIDs
            for process in processes { kill(process, SIGSTOP) }
            defer { for process in processes { kill(process, SIGCONT) } }
            try await body()
        }

        @Test(.needsExecutable) func `a target that takes nothing any more ends SIGTERM with 75 and its reason`()
            async throws
        {
            let clusters = [try await Brokers.first(), try await Brokers.second()]
            try await RealMirror.with(clusters) { mirror in
                let topic = mirror.topic("stuck")
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write(samples(topic, 0..<10), to: mirror.address(0))
                let text = mirror.file([(0, 1)], "\(mirror.aliases[1]).task.shutdown.graceful.timeout.ms = 2000")
                let tern = try TernProcess(text, in: mirror.folder)
                try await tern.until("10 records") { await tern.metric("tern_replicated_records_total") == 10 }
                // Not stopped, which takes a broker seconds: without its target the daemon gives its lanes up after six,
                // and with them what is in flight.
                try await frozen(clusters[1]) {
                    try Onlooker.write(samples(topic, 10..<20), to: mirror.address(0))
                    try await tern.until("records in flight") {
                        let bytes = await tern.metric("tern_buffer_bytes")
                        return await tern.metric("tern_lag_records", mirror.tag) == 10 && bytes ?? 0 > 0
                    }
                    #expect(try await tern.stop() == 75)
                }
                #expect(tern.log.contains("not acknowledged"))
            }
        }

        @Test(.needsExecutable) func `the clients' own lines are in the log with log.level=debug, and only then`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let nowhere = [1: "127.0.0.1:\(try unusedPort())"]
                let text = mirror.file([(0, 1)], "\(mirror.aliases[1]).admin.debug = broker", addresses: nowhere)
                let quiet = try TernProcess(text, in: mirror.folder, name: "quiet")
                try await quiet.until("a word about the target") { quiet.log.contains("event=cluster.down") }
                #expect(try await quiet.stop() == 0)
                #expect(!quiet.log.contains("event=client.log"))
                let talking = try TernProcess(text + "\nlog.level = debug", in: mirror.folder, name: "talking")
                try await talking.until("a client's lines") {
                    talking.log.contains("event=client.log client=tern|\(mirror.aliases[1])|admin#consumer-")
                        && talking.log.contains("facility=CONNECT")
                }
                #expect(try await talking.stop() == 0)
            }
        }
    }
}
