// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Testing

extension RealMirror {
    /// A file whose flow delivers exactly once.
    func exactlyOnceFile(_ lines: String = "") -> String {
        file([(0, 1)], "\(aliases[1]).exactly.once.source.support = enabled\n\(lines)")
    }
}

extension RealBrokers {
    /// `exactly.once.source.support = enabled`: a committed reader of the target sees each record once, whatever is killed when.
    @Suite(.needsExecutable) struct ExactlyOnceTests {
        static let partitions = 3

        private func expectOnce(_ mirror: RealMirror, _ topic: String, count: Int) throws {
            let copies = try mirror.records(of: mirror.copy(topic), at: 1, partitions: Self.partitions)
            for partition in 0..<Self.partitions {
                let run = Run(
                    of: copies.filter { $0.partition == Int32(partition) }.map { $0.bornAt ?? -1 }, count: count)
                #expect(run.missing == 0 && run.gaps == 0 && run.stepsBack == [], "\(run) in partition \(partition)")
            }
        }

        @Test
        func `daemons that are killed, or suspended while their lane moves, leave each record there once, in order`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("moved")
                try await mirror.clusters[0].createTopic(topic, partitions: Int32(Self.partitions))
                let writer = SteadyWriter(
                    topic, partitions: Self.partitions, at: mirror.address(0), most: 20_000, step: 20)
                let text = mirror.exactlyOnceFile("source.connections = 2")
                func lanes(_ tern: TernProcess) async -> Double? {
                    await tern.metric("tern_flow_tasks", #"state="owned""#, #"target="\#(mirror.aliases[1])""#)
                }
                func copied(_ tern: TernProcess) async -> Double {
                    await tern.metric("tern_replicated_records_total", mirror.tag) ?? 0
                }
                let killed = try TernProcess(text, in: mirror.folder, name: "killed")
                try await killed.until("copies") { await copied(killed) > 100 }
                try await killed.kill()
                let first = try TernProcess(text, in: mirror.folder, name: "first")
                try await first.until("copies again") { await copied(first) > 100 }
                let second = try TernProcess(text, in: mirror.folder, name: "second")
                try await second.until("a member without lanes") { await lanes(second) == 0 }
                first.send(SIGSTOP)
                try await second.until("the lane, and copies") { await copied(second) > 0 }
                first.send(SIGCONT)
                try await first.until("that it has lost the lane") { await lanes(first) == 0 }
                try await writer.writeMore(100)
                let count = writer.perPartition
                // The group may give the lane back to the one that has woken up.
                func isAtEnd(_ tern: TernProcess) async -> Bool {
                    await tern.metric("tern_replicated_offset", mirror.tag) == Double(count * Self.partitions)
                }
                try await second.until("everything") {
                    let (one, other) = (await isAtEnd(first), await isAtEnd(second))
                    return one || other
                }
                #expect(await second.metric("tern_transactions_total", #"result="committed""#) ?? 0 > 0)
                try await first.kill()
                #expect(try await second.stop() == 0)
                try expectOnce(mirror, "moved", count: count)
            }
        }

        @Test func `a refused record stops its partition only, and nothing of the transactions before is seen twice`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let (topic, copy) = (mirror.topic("refused"), mirror.copy("refused"))
                try await mirror.clusters[0].createTopic(topic, partitions: Int32(Self.partitions))
                try await mirror.clusters[1].createTopic(
                    copy, partitions: Int32(Self.partitions), configuration: [("max.message.bytes", "100000")])
                var records = (0..<150).flatMap { number in
                    (0..<Int32(Self.partitions)).map {
                        OwnedRecord.sample(topic, $0, key: "k\(number)", value: "v\(number)")
                    }
                }
                for number in [60, 61] {
                    // Compressed it may fit, so the record is sent, and refused.
                    records[number * Self.partitions].value = (0..<120_000).map { _ in UInt8.random(in: 0...255) }
                }
                try Onlooker.write(records, to: mirror.address(0), properties: ["linger.ms": "50"])
                let daemon = try mirror.daemon(
                    of: mirror.exactlyOnceFile(
                        "sync.topic.configs.enabled = false\n\(mirror.aliases[1]).producer.compression.type = lz4"))
                try await running(daemon) {
                    try await until("a refusal, the other partitions mirrored", of: daemon) {
                        $0.flows[0].partition(topic, 0)?.state == .refused
                            && $0.flows[0].partition(topic, 1)?.replicatedOffset == 150
                            && $0.flows[0].partition(topic, 2)?.replicatedOffset == 150
                    }
                    let stop = try #require(daemon.status.flows[0].partition(topic, 0)?.stop)
                    #expect(stop.code == "MSG_SIZE_TOO_LARGE" && stop.offset == 60 && stop.limit == 100_000)
                    let before = try mirror.records(of: copy, at: 1, partitions: Self.partitions)
                    #expect(before.filter { $0.partition == 0 }.map(\.bornAt) == (0..<60).map { Int64($0) })
                    try await mirror.clusters[1].withAdmin { admin in
                        _ = try await admin.alterConfigurations(
                            [copy: [("max.message.bytes", "2000000")]], within: .seconds(10))
                    }
                    try await until("the rest, by itself", of: daemon) { $0.isCaughtUp(after: 450) }
                }
                try mirror.expectEqual(topic, at: 0, copy, at: 1, partitions: Self.partitions)
            }
        }

        @Test func `the target's broker is killed and comes back, and nothing is missing or there twice`() async throws
        {
            let distribution = try #require(KafkaDistribution.found)
            // A killed broker is let in again when its last life has expired: nine seconds, unless they are fewer.
            let options = RealCluster.Options(
                properties: ["broker.session.timeout.ms": "3000", "broker.heartbeat.interval.ms": "500"])
            let target = try await RealCluster.start(distribution, options)
            do {
                try await RealMirror.with([try await Brokers.first(), target]) { mirror in
                    let topic = mirror.topic("outage")
                    try await mirror.clusters[0].createTopic(topic, partitions: Int32(Self.partitions))
                    let writer = SteadyWriter(
                        topic, partitions: Self.partitions, at: mirror.address(0), most: 20_000, step: 20)
                    let daemon = try mirror.daemon(of: mirror.exactlyOnceFile())
                    try await running(daemon) {
                        try await until("copies", of: daemon) { $0.flows[0].replicated > 100 }
                        try await target.kill()
                        try await target.restart()
                        try await writer.writeMore(300)
                        let count = Int64(writer.perPartition * Self.partitions)
                        // A transaction that the dead broker has left open may last for its whole time-out.
                        try await until("everything", of: daemon, within: .seconds(120)) { $0.isCaughtUp(after: count) }
                    }
                    try expectOnce(mirror, "outage", count: writer.perPartition)
                }
                try await target.close()
            } catch {
                try await target.close()
                throw error
            }
        }
    }
}
