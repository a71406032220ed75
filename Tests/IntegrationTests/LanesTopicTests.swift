// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Telemetry
import Testing

extension RealBrokers {
    /// A Tern that calls its topics `mm2-tern-….internal` beside one that does not yet, and behind one.
    @Suite struct LanesTopicTests {
        private static let partitions = 8

        private struct Scene {
            let mirror: RealMirror
            let topic: TopicName
            let copy: TopicName
            var target: RealCluster { mirror.clusters[1] }
            var current: TopicName { TopicName("mm2-tern-lanes.\(mirror.aliases[0]).internal") }

            init(_ mirror: RealMirror) async throws {
                self.mirror = mirror
                topic = mirror.topic("orders")
                copy = mirror.copy("orders")
                try await mirror.clusters[0].createTopic(topic, partitions: Int32(partitions))
            }

            func daemon(lanes: Int = 2) throws -> MirrorDaemon {
                try mirror.daemon([(0, 1)], "tasks.max = \(lanes)\n\(mirror.aliases[1]).offset.flush.interval.ms = 200")
            }

            func write(_ numbers: Range<Int>) throws {
                let records = numbers.flatMap { number in
                    (0..<Int32(partitions)).map { OwnedRecord.sample(topic, $0, key: "k", value: "v\(number)") }
                }
                try Onlooker.write(records, to: mirror.address(0))
            }

            /// How many copies each partition has.
            func copies() throws -> [Int] {
                let copies = try mirror.records(of: copy, at: 1, partitions: partitions)
                return (0..<Int32(partitions)).map { partition in copies.count { $0.partition == partition } }
            }

            /// What they are where each partition has so many records, and only those of some lanes are copied.
            func expected(_ count: Int, before: Int = 0, withoutLanes lanes: Set<Int>) -> [Int] {
                (0..<Int32(partitions)).map { partition in
                    lanes.contains(LanePlan.lane(of: TopicPartition(topic, partition), laneCount: 2)) ? before : count
                }
            }

            func until(lanes count: Int, of daemon: MirrorDaemon, and older: OlderDaemon? = nil, having: Int = 0)
                async throws
            {
                try await IntegrationTests.until("\(count) lanes", of: daemon, within: .seconds(60)) {
                    $0.flows[0].ownedLanes == count && $0.flows[0].carriedLagRecords == 0
                        && (older?.lanes.count ?? having) == having
                }
            }

            func topics() async throws -> [TopicName: Int] {
                let topics = try await target.withAdmin { try await $0.topics(within: .seconds(10)) }
                return Dictionary(topics.map { ($0.name, $0.partitions.count) }) { first, _ in first }
            }

            func deleteFormer() async throws {
                let former = OlderDaemon.topic(mirror)
                _ = try await target.withAdmin { try await $0.deleteTopics([former], within: .seconds(20)) }
            }
        }

        @Test func `beside an older daemon lanes are shared by the former name, and none has two owners`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let scene = try await Scene(mirror)
                let older = try await OlderDaemon(mirror, lanes: 2)
                try await eventually(within: .seconds(30), "an older daemon with both lanes") { older.lanes.count == 2 }
                try scene.write(0..<10)
                for round in 1...2 {
                    let daemon = try scene.daemon()
                    try await running(daemon) {
                        try await scene.until(lanes: 1, of: daemon, and: older, having: 1)
                        #expect(try scene.copies() == scene.expected(10, withoutLanes: older.lanes), "round \(round)")
                    }
                }
                let last = try scene.daemon()
                try await running(last) {
                    try await scene.until(lanes: 1, of: last, and: older, having: 1)
                    try await older.stop()
                    try await scene.until(lanes: 2, of: last)
                    #expect(try scene.copies() == scene.expected(10, withoutLanes: []))
                    // It goes on by the former name until it is started anew.
                    #expect(try await scene.topics()[scene.current] == nil)
                }
            }
        }

        @Test func `a start without older daemons takes the new name, and one that comes later is heard`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let scene = try await Scene(mirror)
                try await scene.target.createTopic(OlderDaemon.topic(mirror), partitions: 2)
                try scene.write(0..<10)
                let daemon = try scene.daemon(lanes: 1)
                try await running(daemon) {
                    try await scene.until(lanes: 2, of: daemon)
                    #expect(try await scene.topics()[scene.current] == 2)
                    let older = try await OlderDaemon(mirror, lanes: 2)
                    try await scene.until(lanes: 1, of: daemon, and: older, having: 1)
                    let theirs = older.lanes
                    try scene.write(10..<20)
                    try await until("its own lane's records", of: daemon) {
                        $0.flows[0].carriedLagRecords == 0 && $0.flows[0].replicated == 120
                    }
                    #expect(try scene.copies() == scene.expected(20, before: 10, withoutLanes: theirs))
                    try await older.stop()
                    try await scene.until(lanes: 2, of: daemon)
                    try await scene.deleteFormer()
                    try await eventually(within: .seconds(60), "the current name") {
                        mirror.log.lines.last { $0.contains("lanes.topic") }?.contains(scene.current.rawValue) == true
                    }
                    try await scene.until(lanes: 2, of: daemon)
                    try scene.write(20..<30)
                    try await until("the rest", of: daemon) { $0.isCaughtUp(after: 240) }
                    #expect(try scene.copies() == scene.expected(30, withoutLanes: []))
                }
            }
        }

        @Test func `with the rights of an older daemon it goes on by the former names, and so does the region check`()
            async throws
        {
            let clusters = [try await Brokers.second(), try await SharedClusters.guarded()]
            try await RealMirror.with(clusters) { mirror in
                let scene = try await Scene(mirror)
                let health: TopicName = "tern-health.internal"
                let formerLanes = OlderDaemon.topic(mirror)
                try await scene.target.createTopic(formerLanes, partitions: 2)
                try await scene.target.createTopic(health)
                _ = try await scene.target.withAdmin {
                    try await $0.deleteTopics([InternalTopics.health], within: .seconds(20))
                }
                let all: [AccessRule.Operation] = [.create, .read, .write, .alter]
                let names: [(String, AccessRule.PatternKind)] = [
                    (formerLanes.rawValue, .literal), (health.rawValue, .literal), ("\(mirror.aliases[0]).", .prefixed),
                    ("mm2-offsets.", .prefixed),
                ]
                var rules = names.flatMap { name, kind in
                    all.map {
                        AccessRule(
                            resource: .topic, resourceName: name, pattern: kind, principal: "User:tern", operation: $0)
                    }
                }
                rules.append(
                    AccessRule(
                        resource: .group, resourceName: "tern-lanes.\(mirror.flow(0, 1))", principal: "User:tern",
                        operation: .read))
                try await scene.target.grant(rules)
                let login = """
                    \(mirror.aliases[1]).security.protocol = SASL_PLAINTEXT
                    \(mirror.aliases[1]).sasl.mechanism = PLAIN
                    \(mirror.aliases[1]).sasl.jaas.config = \
                    org.apache.kafka.common.security.plain.PlainLoginModule required username="tern" \
                    password="tern-secret";
                    """
                try scene.write(0..<10)
                let file = mirror.file([(0, 1)], login, addresses: [1: scene.target.saslBootstrapServers])
                let daemon = try mirror.daemon(of: file)
                try await running(daemon) {
                    try await scene.until(lanes: 2, of: daemon)
                    try await until("a healthy region", of: daemon) { $0.regionCheck.isHealthy }
                    #expect(try scene.copies() == scene.expected(10, withoutLanes: []))
                }
                try await scene.target.revoke(rules)
                _ = try await scene.target.withAdmin { try await $0.deleteTopics([health], within: .seconds(20)) }
            }
        }
    }
}
