// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Synchronization
import TernConfiguration
import Testing

extension RealBrokers {
    /// Whoever waits for a record, and what is measured of groups.
    @Suite struct BarrierTests {
        private func flow(_ mirror: RealMirror, _ source: Int, _ target: Int) -> FlowName {
            FlowName(source: ClusterAlias(mirror.aliases[source]), target: ClusterAlias(mirror.aliases[target]))
        }

        /// Begins to wait at once; the answer comes by the task.
        private func wait(
            _ daemon: MirrorDaemon, _ flow: FlowName, _ topic: TopicName, _ offset: Int64,
            within limit: Duration = .seconds(30)
        ) -> AsyncStream<BarrierAnswer> {
            let (answers, stream) = AsyncStream<BarrierAnswer>.makeStream()
            daemon.wait(flow, TopicPartition(topic, 0), offset, within: limit) {
                stream.yield($0)
                stream.finish()
            }
            return answers
        }

        @Test func `a record that is waited for is told when it is copied, or which rule skips it`() async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("awaited")
                for cluster in mirror.clusters { try await cluster.createTopic(topic) }
                let daemon = try mirror.daemon(
                    [(0, 1), (1, 0)],
                    "replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy")
                try await running(daemon) {
                    try await until("both lanes at the topic", of: daemon) { status in
                        status.flows.allSatisfy {
                            $0.partition(topic, 0)?.replicatedOffset != nil || $0.lagRecords == 0
                        }
                            && status.flows.allSatisfy { $0.topics.contains { $0.topic == topic } }
                    }
                    let (there, back) = (flow(mirror, 0, 1), flow(mirror, 1, 0))
                    let copied = wait(daemon, there, topic, 0)
                    let skipped = wait(daemon, back, topic, 0)
                    let early = wait(daemon, there, topic, 5, within: .seconds(2))
                    try Onlooker.write([.sample(topic, 0, key: "k", value: "v")], to: mirror.address(0))
                    #expect(await copied.first { _ in true } == .passed(.copied(at: 0), next: 1))
                    #expect(await skipped.first { _ in true } == .passed(.skipped(.cycle), next: 1))
                    #expect(await early.first { _ in true } == .late(next: 1, stop: nil))
                    #expect(await wait(daemon, there, topic, 0).first { _ in true } == .passed(.copied(at: 0), next: 1))
                    #expect(await wait(daemon, back, topic, 0).first { _ in true } == .passed(.noCopy, next: 1))
                    #expect(await wait(daemon, there, mirror.topic("no"), 0).first { _ in true } == .topicUnknown)
                    let strange = FlowName(source: "x", target: "y")
                    #expect(await wait(daemon, strange, topic, 0).first { _ in true } == .flowUnknown)
                }
            }
        }

        @Test func `a group's lag on the source and what it would read again on the target are measured`() async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("measured")
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write((0..<100).map { .sample(topic, 0, key: "k", value: "\($0)") }, to: mirror.address(0))
                let group = GroupID("\(mirror.tag)-measured")
                try await mirror.clusters[0].commit([TopicPartition(topic, 0): 30], for: group)
                let daemon = try mirror.daemon(
                    [(0, 1)],
                    """
                    groups = \(mirror.tag)-.*
                    emit.checkpoints.interval.seconds = 1
                    sync.group.offsets.enabled = true
                    sync.group.offsets.interval.seconds = 4
                    """)
                try await running(daemon) {
                    try await until("a lag of 70, and nothing to read again", of: daemon) { status in
                        let found = status.flows[0].groups.first
                        return found?.lagRecords == 70 && found?.readAgainRecords == 0
                    }
                    var position: Int64 = 30
                    try await eventually(within: .seconds(40), "records that would be read again") {
                        let found = daemon.status.flows[0].groups.first
                        if (found?.readAgainRecords ?? 0) > 0 { return true }
                        // Each commit is a new chance to be seen before the offsets are written on the target.
                        if found?.lagRecords == 100 - position, position < 100 {
                            position += 10
                            try await mirror.clusters[0].commit([TopicPartition(topic, 0): position], for: group)
                        }
                        return false
                    }
                    try await until("nothing to read again", of: daemon) { status in
                        let found = status.flows[0].groups.first
                        return found?.lagRecords == 100 - position && found?.readAgainRecords == 0
                    }
                }
            }
        }
    }
}
