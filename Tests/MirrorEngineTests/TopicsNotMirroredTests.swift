// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Synchronization
import Telemetry
import Testing

@Suite(.serialized) struct TopicsNotMirroredTests {
    @Test func `a flow that can create none of its topics does not say that it runs and has no lag`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        for name in ["a", "b"] { try mirror.pair.source.createTopic(TopicName(name), partitions: 1) }
        try mirror.write("a", 0..<3)
        let isRefused = Atomic(true)
        let daemon = try mirror.daemon("A->B.enabled = true\nrefresh.topics.interval.seconds = 1") {
            (topic: NewTopic) -> KafkaError? in
            guard isRefused.load(ordering: .relaxed), topic.name.rawValue.hasPrefix("A.") else { return nil }
            return KafkaError(.policyViolation, during: "create topics", reason: "not here")
        }
        _ = try await running(daemon) {
            try await until("a flow that is told to lack topics") {
                daemon.flow?.state == .degraded && daemon.flow?.notMirrored.count == 2
            }
            #expect(daemon.flow?.reason == "2 selected topics are not mirrored, a among them")
            #expect(
                daemon.flow?.notMirrored.first
                    == TopicNotMirrored(
                        topic: "a", reason: "A.a cannot be created on B: not here (POLICY_VIOLATION)"))
            #expect(daemon.lag == nil)
            #expect(daemon.flow?.isCaughtUp == nil)
            // One line for all that are refused for the same reason, not one for each at every look.
            try await until("looks at the topics") { daemon.flow?.counters.topicSyncErrors ?? 0 >= 6 }
            #expect(mirror.log.lines.count { $0.contains("topic.create_failed") && $0.contains("topics=2") } == 1)
            isRefused.store(false, ordering: .relaxed)
            try await daemon.untilReplicated(3)
            #expect(daemon.flow?.state == .running)
            #expect(daemon.flow?.notMirrored == [])
        }
    }
}
