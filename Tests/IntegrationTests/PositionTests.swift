// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Telemetry
import Testing

extension RealBrokers {
    /// Logs that are not what they were: never a silent jump.
    @Suite struct PositionTests {
        private func samples(_ topic: TopicName, _ range: Range<Int>, _ word: String = "v") -> [OwnedRecord] {
            range.map { .sample(topic, 0, key: "k\($0)", value: "\(word)\($0)") }
        }

        /// Mirrors what is there and stops in order.
        private func mirrorAll(_ mirror: RealMirror, records: Int64) async throws {
            let daemon = try mirror.daemon()
            try await running(daemon) {
                try await until("\(records) records", of: daemon) { $0.isCaughtUp(after: records) }
            }
        }

        /// Creates a topic anew, deleted or not.
        private func recreate(_ topic: TopicName, of mirror: RealMirror, at cluster: Int = 0) async throws {
            try? await mirror.remove(topic, at: cluster)
            // A broker may still be deleting it.
            try await eventually(within: .seconds(20), "the topic's creation") { () async throws -> Bool in
                (try? await mirror.clusters[cluster].createTopic(topic)) != nil
            }
        }

        @Test func `records deleted before they were mirrored, while stopped, are LOST_DATA`() async throws {
            try await RealMirror.withPair { mirror in
                let (topic, other) = (mirror.topic("lost"), mirror.topic("other"))
                try await mirror.clusters[0].createTopic(topic)
                try await mirror.clusters[0].createTopic(other)
                try Onlooker.write(samples(topic, 0..<10), to: mirror.address(0))
                try await mirrorAll(mirror, records: 10)
                try Onlooker.write(samples(topic, 10..<30), to: mirror.address(0))
                try Onlooker.write(samples(other, 0..<5), to: mirror.address(0))
                try await mirror.deleteRecords(of: topic, before: 20, at: 0)
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("LOST_DATA", of: daemon) { $0.flows[0].partition(topic, 0)?.state == .lostData }
                    let stop = try #require(daemon.status.flows[0].partition(topic, 0)?.stop)
                    #expect(stop.offset == 10)
                    #expect(stop.limit == 20)
                    #expect(stop.text.contains("10 offsets"))
                    try await until("the other topic", of: daemon) {
                        $0.flows[0].partition(other, 0)?.replicatedOffset == 5
                    }
                    #expect(daemon.status.flows[0].topics.first { $0.topic == topic }?.counters.lostRecords == 10)
                }
                #expect(try mirror.records(of: mirror.copy("lost"), at: 1).count == 10)
            }
        }

        @Test func `records deleted in front of a partition that stands are LOST_DATA while it runs`() async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("overrun")
                try await mirror.clusters[0].createTopic(topic)
                try await mirror.clusters[1].createTopic(
                    mirror.copy("overrun"), configuration: [("max.message.bytes", "10000")])
                var records = samples(topic, 0..<30)
                records[10].value = [UInt8](repeating: 1, count: 20_000)
                try Onlooker.write(records, to: mirror.address(0))
                let daemon = try mirror.daemonWithoutSync()
                try await running(daemon) {
                    try await until("a refusal", of: daemon) { $0.flows[0].partition(topic, 0)?.state == .refused }
                    try await mirror.deleteRecords(of: topic, before: 20, at: 0)
                    try await until("LOST_DATA", of: daemon) { $0.flows[0].partition(topic, 0)?.state == .lostData }
                    #expect(daemon.status.flows[0].partition(topic, 0)?.stop?.offset == 10)
                }
                #expect(try mirror.records(of: mirror.copy("overrun"), at: 1).count == 10)
            }
        }

        @Test(arguments: [5, 9, 10, 40])
        func `a source topic recreated while the daemon was down is REWOUND, whatever its length`(length: Int)
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("recreated")
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write(samples(topic, 0..<10), to: mirror.address(0))
                try await mirrorAll(mirror, records: 10)
                try await recreate(topic, of: mirror)
                try Onlooker.write(samples(topic, 0..<length, "new"), to: mirror.address(0))
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("REWOUND", of: daemon) { $0.flows[0].partition(topic, 0)?.state == .rewound }
                }
                #expect(try mirror.records(of: mirror.copy("recreated"), at: 1).count == 10)
            }
        }

        @Test(arguments: [5, 40])
        func `a source topic recreated while the daemon runs stops, and nothing of the new log is mixed in`(length: Int)
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("swapped")
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write(samples(topic, 0..<10), to: mirror.address(0))
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("10 records", of: daemon) { $0.isCaughtUp(after: 10) }
                    try await mirror.remove(topic, at: 0)
                    // What comes back within one look of the meter is a blind spot.
                    try await until("SOURCE_MISSING", of: daemon) {
                        $0.flows[0].partition(topic, 0)?.state == .sourceMissing
                    }
                    try await recreate(topic, of: mirror)
                    try Onlooker.write(samples(topic, 0..<length, "new"), to: mirror.address(0))
                    try await until("a stop", of: daemon) {
                        [.rewound, .lostData].contains($0.flows[0].partition(topic, 0)?.state)
                    }
                }
                #expect(
                    try mirror.records(of: mirror.copy("swapped"), at: 1).map(\.text).filter { $0.hasPrefix("new") }
                        == [])
            }
        }

        @Test func `a source topic that is deleted is SOURCE_MISSING, and its copy stays`() async throws {
            try await RealMirror.withPair { mirror in
                let (topic, other) = (mirror.topic("deleted"), mirror.topic("stays"))
                try await mirror.clusters[0].createTopic(topic)
                try await mirror.clusters[0].createTopic(other)
                try Onlooker.write(samples(topic, 0..<10) + samples(other, 0..<10), to: mirror.address(0))
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("20 records", of: daemon) { $0.isCaughtUp(after: 20) }
                    try await mirror.remove(topic, at: 0)
                    try await until("SOURCE_MISSING", of: daemon) {
                        $0.flows[0].partition(topic, 0)?.state == .sourceMissing
                    }
                    for start in stride(from: 10, to: 60, by: 10) {
                        try Onlooker.write(samples(other, start..<(start + 10)), to: mirror.address(0))
                        try await until("the other topic, whose lag stays known", of: daemon) { status in
                            let partition = status.flows[0].partition(other, 0)
                            return partition?.lastStableOffset == Int64(start + 10) && partition?.lagRecords == 0
                        }
                    }
                }
                #expect(try mirror.records(of: mirror.copy("deleted"), at: 1).count == 10)
                #expect(mirror.log.lines.contains { $0.contains("topic.gone") })
            }
        }

        @Test func `a target topic recreated while the daemon was down is TARGET_RESET`() async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("reset")
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write(samples(topic, 0..<10), to: mirror.address(0))
                try await mirrorAll(mirror, records: 10)
                try await recreate(mirror.copy("reset"), of: mirror, at: 1)
                try Onlooker.write(samples(topic, 10..<20), to: mirror.address(0))
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("TARGET_RESET", of: daemon) {
                        $0.flows[0].partition(topic, 0)?.state == .targetReset
                    }
                }
                #expect(try mirror.records(of: mirror.copy("reset"), at: 1).isEmpty)
            }
        }

        @Test func `a target topic recreated while the daemon runs is TARGET_RESET at the next record`() async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("pulled")
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write(samples(topic, 0..<10), to: mirror.address(0))
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("10 records", of: daemon) { $0.isCaughtUp(after: 10) }
                    try await recreate(mirror.copy("pulled"), of: mirror, at: 1)
                    try Onlooker.write(samples(topic, 10..<12), to: mirror.address(0))
                    try await until("TARGET_RESET", of: daemon, within: .seconds(60)) {
                        $0.flows[0].partition(topic, 0)?.state == .targetReset
                    }
                }
            }
        }

        @Test func `progress made in another cluster under the same alias is not followed`() async throws {
            try await RealMirror.with([
                try await Brokers.first(), try await Brokers.second(), try await Brokers.third(),
            ]) { mirror in
                let topic = mirror.topic("moved")
                for index in [0, 2] {
                    try await mirror.clusters[index].createTopic(topic)
                    try Onlooker.write(samples(topic, 0..<10), to: mirror.address(index))
                }
                try await mirrorAll(mirror, records: 10)
                // The alias of the first cluster now leads to the third; the third's own is let go.
                let text = mirror.file(addresses: [0: mirror.address(2)]).replacing(
                    "clusters = \(mirror.aliases.joined(separator: ", "))",
                    with: "clusters = \(mirror.aliases[0]), \(mirror.aliases[1])")
                let daemon = try mirror.daemon(of: text)
                try await running(daemon) {
                    try await until("REWOUND", of: daemon) {
                        $0.flows[0].partition(topic, 0)?.stop?.code == "CLUSTER_ID_CHANGED"
                    }
                }
                #expect(try mirror.records(of: mirror.copy("moved"), at: 1).count == 10)
            }
        }
    }
}

extension RealMirror {
    /// Deletes a topic and waits until the brokers have forgotten it.
    func remove(_ topic: TopicName, at cluster: Int) async throws {
        try await clusters[cluster].withAdmin { admin in
            _ = try await admin.deleteTopics([topic], within: .seconds(20))
            try await eventually(within: .seconds(20), "the end of \(topic)") { () async throws -> Bool in
                try await !admin.topics(within: .seconds(10)).contains { $0.name == topic }
            }
        }
    }

    func deleteRecords(of topic: TopicName, before offset: Int64, at cluster: Int) async throws {
        try await clusters[cluster].withAdmin { admin in
            _ = try await admin.deleteRecords(before: [TopicPartition(topic, 0): offset], within: .seconds(20))
        }
    }
}
