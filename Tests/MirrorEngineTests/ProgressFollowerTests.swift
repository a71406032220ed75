// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTesting
import KafkaTypes
import Mirroring
import Testing

@testable import MirrorEngine

/// What is said of a progress topic that cannot be read.
@Suite(.serialized) struct ProgressFollowerTests {
    @Test func `a missing right to read progress is named at every attempt, until something was read`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        let target = mirror.pair.target
        let flow = try #require(try mirror.configuration("A->B.enabled = true").flows.first)
        let topic = flow.progressTopic
        try target.createTopic(topic.name, partitions: 1)
        try KafkaTesting.Witness.write(
            [OwnedRecord.sample(topic.name, 0, key: "k", value: "v")], to: target.bootstrapServers)
        target.pushRequestErrors(.fetch, Array(repeating: .topicAuthorizationFailed, count: 10_000))
        let follower = ProgressFollower(
            topic, partitionCount: 1, flow: flow.name, properties: flow.clients.targetConsumer,
            traffic: ClientTraffic())
        for _ in 0..<3 {
            let error = await #expect(throws: ProgressError.self) {
                try await follower.rows(upTo: [0: 1], by: .now + .seconds(3))
            }
            #expect(error?.reason.hasPrefix("grant Read on topic \(topic.name) on B") == true, "\(error?.reason ?? "")")
        }
        target.clearRequestErrors(.fetch)
        try await eventually(within: .seconds(20), "progress that was read") { () async throws -> Bool in
            (try? await follower.rows(upTo: [0: 1], by: .now + .seconds(1))) != nil
        }
        await follower.end()
    }
}
