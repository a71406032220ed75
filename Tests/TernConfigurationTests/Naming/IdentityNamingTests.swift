// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Testing

@Suite struct IdentityNamingTests {
    let naming = IdentityNaming(source: "A")

    @Test(
        arguments: [
            ("topic", "topic", "A", false), ("A.topic", "A.topic", "A", false), ("B.A.topic", "B.A.topic", "A", false),
            (".topic", ".topic", "A", false), ("topic.", "topic.", "A", false), ("a..b", "a..b", "A", false),
            ("my.heartbeats", "A.my.heartbeats", "my", true),
            ("device-heartbeats", "A.device-heartbeats", nil, false),  // only by its ending
            ("heartbeats", "A.heartbeats", nil, true), ("B.heartbeats", "A.B.heartbeats", "B", true),
        ] as [(TopicName, TopicName, ClusterAlias?, Bool)])
    func `keeps names, heartbeats excepted`(
        topic: TopicName, remote: TopicName, source: ClusterAlias?, isHeartbeats: Bool
    ) {
        #expect(naming.remoteTopic(for: topic) == remote)
        #expect(naming.source(of: topic) == source)
        #expect(naming.isHeartbeats(topic) == isHeartbeats)
    }

    @Test func `unwrapping a kept name ends at once`() {
        #expect(naming.upstreamTopic(of: "B.A.topic") == "B.A.topic")
        #expect(naming.originalTopic(of: "B.A.topic") == "B.A.topic")
        #expect(naming.hops(of: "B.A.topic").isEmpty)
        #expect(!naming.readsAsRemote("B.A.topic"))
    }

    @Test func `only heartbeats can be a cycle`() {
        let naming = IdentityNaming(source: "source")
        #expect(!naming.isCycle("target.topic1", target: "target"))
        #expect(!naming.isCycle("topic1", target: "target"))
        #expect(naming.isCycle("target.heartbeats", target: "target"))
        #expect(naming.isCycle("source.target.heartbeats", target: "target"))
        #expect(!naming.isCycle("source.heartbeats", target: "target"))
        #expect(!naming.isCycle("heartbeats", target: "target"))
    }

    @Test(
        arguments: [
            ("orders", "orders", true), ("A.orders", "orders", false), ("orders", "other", false),
            ("A.heartbeats", "heartbeats", true), ("B.A.heartbeats", "heartbeats", true),
            ("heartbeats", "heartbeats", false), ("A.device-heartbeats", "device-heartbeats", true),
        ] as [(TopicName, TopicName, Bool)])
    func `a copy has its origin's name`(topic: TopicName, origin: TopicName, isCopy: Bool) {
        #expect(naming.isCopy(topic, of: origin) == isCopy)
    }

    @Test func `internal topics keep the separator`() {
        let naming = IdentityNaming(source: "A", separator: "__")
        #expect(naming.internalTopics.checkpoints(of: "A") == "A__checkpoints__internal")
        #expect(naming.remoteTopic(for: "heartbeats") == "A__heartbeats")
    }
}
