// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kafka
import KafkaTesting
import KafkaTypes
import Testing

extension RealBrokers {
    /// What a killed daemon leaves, and what one that was stopped in order does not.
    @Suite(.needsExecutable) struct CrashTests {
        /// Records per partition; `TERN_TEST_RECORDS` makes more of them.
        static let count = ProcessInfo.processInfo.environment["TERN_TEST_RECORDS"].flatMap(Int.init) ?? 20_000
        static let partitions = 3

        private func write(_ mirror: RealMirror, to topic: TopicName, _ range: Range<Int>) throws {
            let records = range.flatMap { number in
                (0..<Self.partitions).map { OwnedRecord.sample(topic, Int32($0), key: "k", value: "value \(number)") }
            }
            try Onlooker.write(
                records, to: mirror.address(0), within: .seconds(60), properties: ["linger.ms": "20"])
        }

        private func runs(_ mirror: RealMirror, _ topic: TopicName) throws -> [Run] {
            let copies = try mirror.records(of: topic, at: 1, partitions: Self.partitions)
            return (0..<Self.partitions).map { partition in
                Run(
                    of: copies.filter { $0.partition == Int32(partition) }.map { $0.bornAt ?? -1 },
                    count: Self.count)
            }
        }

        @Test func `after kill -9 under load nothing is missing, and each partition steps back once at most`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("load")
                try await mirror.clusters[0].createTopic(topic, partitions: Int32(Self.partitions))
                try write(mirror, to: topic, 0..<(Self.count / 2))
                // Throttled by its own limits, so that the kill comes in the middle.
                let text = mirror.file(
                    [(0, 1)], "offset.flush.interval.ms = 200\n\(mirror.aliases[1]).offset.flush.interval.ms = 200")
                let first = try TernProcess(text, in: mirror.folder, name: "first")
                try await first.until("the first copies") {
                    await first.metric("tern_replicated_records_total") ?? 0 > 0
                }
                try await first.kill()
                try write(mirror, to: topic, (Self.count / 2)..<Self.count)
                let second = try TernProcess(text, in: mirror.folder, name: "second")
                try await second.until("lag 0") {
                    await second.isCaughtUp(mirror.tag, partitions: Self.partitions)
                }
                #expect(try await second.stop() == 0)
                for run in try runs(mirror, mirror.copy("load")) {
                    #expect(run.missing == 0)
                    #expect(run.gaps == 0)
                    #expect(run.stepsBack.count <= 1, "\(run)")
                }
            }
        }

        @Test func `a daemon that is killed again and again still brings everything across in order`() async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("often")
                try await mirror.clusters[0].createTopic(topic, partitions: Int32(Self.partitions))
                let text = mirror.file([(0, 1)], "\(mirror.aliases[1]).offset.flush.interval.ms = 50")
                let rounds = 4
                for round in 0..<rounds {
                    let tern = try TernProcess(text, in: mirror.folder, name: "round\(round)")
                    try write(mirror, to: topic, (Self.count * round / rounds)..<(Self.count * (round + 1) / rounds))
                    try await tern.until("some copies") {
                        await tern.metric("tern_replicated_records_total") ?? 0 > 0
                    }
                    try await tern.kill()
                }
                let last = try TernProcess(text, in: mirror.folder, name: "last")
                try await last.until("lag 0") {
                    await last.isCaughtUp(mirror.tag, partitions: Self.partitions)
                }
                #expect(try await last.stop() == 0)
                for run in try runs(mirror, mirror.copy("often")) {
                    #expect(run.missing == 0)
                    #expect(run.gaps == 0)
                    #expect(run.stepsBack.count <= rounds, "\(run)")
                }
            }
        }

        @Test func `SIGTERM under load and a restart repeat nothing`() async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("clean")
                try await mirror.clusters[0].createTopic(topic, partitions: Int32(Self.partitions))
                try write(mirror, to: topic, 0..<(Self.count / 2))
                let text = mirror.file()
                let first = try TernProcess(text, in: mirror.folder, name: "first")
                try await first.until("the first copies") {
                    await first.metric("tern_replicated_records_total") ?? 0 > 0
                }
                #expect(try await first.stop() == 0)
                try write(mirror, to: topic, (Self.count / 2)..<Self.count)
                let second = try TernProcess(text, in: mirror.folder, name: "second")
                try await second.until("lag 0") {
                    await second.isCaughtUp(mirror.tag, partitions: Self.partitions)
                }
                #expect(try await second.stop() == 0)
                for run in try runs(mirror, mirror.copy("clean")) {
                    #expect(run.missing == 0)
                    #expect(run.gaps == 0)
                    #expect(run.stepsBack == [])
                }
                try mirror.expectEqual(topic, at: 0, mirror.copy("clean"), at: 1, partitions: Self.partitions)
            }
        }
    }
}
