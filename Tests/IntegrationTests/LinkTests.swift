// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import TernConfiguration
import Testing

extension RealBrokers {
    /// A cluster at the other end of a link.
    @Suite(.serialized) struct LinkTests {
        /// - Parameter far: the source (0) or the target (1).
        private func withLink(
            _ link: Relay.Link, far: Int = 0, _ body: (RealMirror, Relay) async throws -> Void
        ) async throws {
            let (linked, near) = (try await Brokers.linked(), try await Brokers.second())
            let relay = linked.links[0]
            relay.set(link)
            defer { relay.set(.init()) }
            try await RealMirror.with(far == 0 ? [linked, near] : [near, linked]) { try await body($0, relay) }
        }

        private func daemon(_ mirror: RealMirror, far: Int = 0, _ lines: String = "") throws -> MirrorDaemon {
            let address = mirror.clusters[far].linkedBootstrapServers
            return try mirror.daemon(of: mirror.file([(0, 1)], lines, addresses: [far: address]))
        }

        @Test(arguments: [0, 1])
        func `a link that is cut is told, and when it is mended everything follows`(far: Int) async throws {
            try await withLink(.init(roundTrip: .milliseconds(20)), far: far) { mirror, relay in
                let topic = mirror.topic("cut")
                try await mirror.clusters[0].createTopic(topic, partitions: 2)
                func write(_ range: Range<Int>) throws {
                    try Onlooker.write(
                        range.map { .sample(topic, Int32($0 % 2), key: "k", value: "\($0)") }, to: mirror.address(0))
                }
                try write(0..<20)
                let daemon = try daemon(mirror, far: far)
                try await running(daemon) {
                    try await until("20 records", of: daemon) { $0.isCaughtUp(after: 20) }
                    relay.cut()
                    try write(20..<40)
                    try await until("word of the cut", of: daemon) { status in
                        let cluster = status.clusters.first { $0.alias.rawValue == mirror.aliases[far] }
                        return cluster?.isUp == false && status.flows[0].state == .degraded
                            && status.flows[0].lagRecords == (far == 0 ? nil : 20)
                    }
                    relay.mend()
                    try await until("40 records", of: daemon) {
                        $0.isCaughtUp(after: 40) && $0.flows[0].state == .running
                    }
                }
                // What was on its way to the target arrives when the link is mended, after its lane was lost: at least once.
                try mirror.expectEqual(topic, at: 0, mirror.copy("cut"), at: 1, allowsRepeats: far == 1)
            }
        }

        @Test(arguments: [0, 1])
        func `connections that are reset, and a link that gets farther and slower, cost no record and no order`(
            far: Int
        )
            async throws
        {
            let link = Relay.Link(roundTrip: .milliseconds(60), bytesPerSecond: 3 << 20)
            try await withLink(link, far: far) { mirror, relay in
                let topic = mirror.topic("rough")
                try await mirror.clusters[0].createTopic(topic, partitions: 4)
                let filling = String(repeating: "x", count: 1000)
                try Onlooker.write(
                    (0..<8000).map { .sample(topic, Int32($0 % 4), key: "k", value: "\($0) \(filling)") },
                    to: mirror.address(0))
                let daemon = try daemon(mirror, far: far)
                try await running(daemon) {
                    func copied(_ count: Int64) async throws {
                        try await until("\(count) records", of: daemon) { $0.flows[0].replicated >= count }
                    }
                    try await copied(500)
                    relay.resetBusiest()
                    try await copied(2000)
                    relay.set(.init(roundTrip: .milliseconds(300), bytesPerSecond: 3 << 20))
                    try await copied(3500)
                    for _ in 0..<3 { relay.resetBusiest() }
                    try await copied(5000)
                    relay.set(.init(roundTrip: .milliseconds(60), bytesPerSecond: 1 << 20))
                    try await copied(6500)
                    relay.resetBusiest()
                    relay.set(.init())
                    try await until("all", of: daemon) { $0.isCaughtUp(after: 8000) }
                }
                try mirror.expectEqual(topic, at: 0, mirror.copy("rough"), at: 1)
            }
        }

        @Test func `topics that are caught up go on while another topic's backlog fills the link`() async throws {
            try await withLink(.init(bytesPerSecond: 1 << 20)) { mirror, relay in
                let (first, bulk, last) = (mirror.topic("a"), mirror.topic("bulk"), mirror.topic("z"))
                for (topic, partitions) in [(first, 1), (bulk, 8), (last, 1)] as [(TopicName, Int32)] {
                    try await mirror.clusters[0].createTopic(topic, partitions: partitions)
                }
                // A minute of the link, so that it is still full when a slow machine has seen the third round.
                let value = String(repeating: "x", count: 10_000)
                for partition in 0..<8 as Range<Int32> {
                    try Onlooker.write(
                        (0..<800).map { _ in .sample(bulk, partition, value: value) }, to: mirror.address(0))
                }
                // A fetch brings four partitions' share.
                let daemon = try daemon(
                    mirror, far: 0,
                    """
                    prefetch.max.bytes = 1048576
                    \(mirror.aliases[0]).consumer.fetch.max.bytes = 262144
                    \(mirror.aliases[0]).consumer.max.partition.fetch.bytes = 65536
                    """)
                try await running(daemon) {
                    try await until("some of the backlog", of: daemon) { $0.flows[0].replicated > 100 }
                    for round in 1...3 as ClosedRange<Int64> {
                        for topic in [first, last] {
                            try Onlooker.write([.sample(topic, 0, value: "\(round)")], to: mirror.address(0))
                        }
                        try await until("the small topics, round \(round)", of: daemon) { status in
                            let topics = status.flows[0].topics.filter { $0.topic != bulk }
                            return topics.allSatisfy { $0.counters.replicatedRecords == round }
                        }
                    }
                    let left = daemon.status.flows[0].topics.first { $0.topic == bulk }?.lagRecords
                    #expect(try #require(left) > 0)
                    relay.set(.init())
                    try await until("all", of: daemon) { $0.isCaughtUp(after: 6406) }
                    try await until("one connection again", of: daemon) { $0.flows[0].sourceConnections == 1 }
                }
                try mirror.expectEqual(bulk, at: 0, mirror.copy("bulk"), at: 1)
            }
        }
    }
}
