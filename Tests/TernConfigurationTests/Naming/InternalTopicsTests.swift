// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Testing

@Suite struct InternalTopicsTests {
    @Test func `names with dots unless a separator is set`() {
        let topics = InternalTopics()
        #expect(topics.heartbeats == "heartbeats")
        #expect(topics.checkpoints(of: "S") == "S.checkpoints.internal")
        #expect(topics.offsetSyncs(named: "T") == "mm2-offset-syncs.T.internal")
    }

    @Test func `a separator names checkpoints and offset syncs`() {
        let topics = InternalTopics(separator: "__")
        #expect(topics.checkpoints(of: "CLUSTER") == "CLUSTER__checkpoints__internal")
        #expect(topics.offsetSyncs(named: "CLUSTER") == "mm2-offset-syncs__CLUSTER__internal")
        #expect(topics.heartbeats == "heartbeats")
    }

    @Test func `the flag keeps the dots of before 3,1`() {
        let topics = InternalTopics(separator: "__", internalSeparatorEnabled: false)
        #expect(topics.checkpoints(of: "CLUSTER") == "CLUSTER.checkpoints.internal")
        #expect(topics.offsetSyncs(named: "CLUSTER") == "mm2-offset-syncs.CLUSTER.internal")
    }

    @Test func `the topics of a flow are named after its source`() {
        #expect(InternalTopics.progress(of: "S") == "mm2-offsets.S.internal")
        #expect(InternalTopics.lanes(of: "S") == "mm2-tern-lanes.S.internal")
        #expect(InternalTopics.health == "mm2-tern-health.internal")
    }

    @Test(arguments: [nil, "_"] as [String?])
    func `Tern's own topics are internal, by their former names too`(separator: String?) {
        let topics = InternalTopics(separator: separator)
        for topic in [InternalTopics.lanes(of: "S"), InternalTopics.formerLanes(of: "S")] {
            #expect(topics.isInternal(topic))
        }
        for topic in [InternalTopics.health, InternalTopics.formerHealth] { #expect(topics.isInternal(topic)) }
    }

    @Test(arguments: ["source1.checkpoints.internal", "source2.source1.checkpoints.internal"] as [TopicName])
    func `checkpoints topics end in their suffix`(topic: TopicName) {
        #expect(InternalTopics().isCheckpoints(topic))
    }

    @Test(
        arguments: [
            "checkpoints.internal", "checkpoints-internal", "source1.checkpoints.internal!",
            "source1checkpointsinternal",
        ] as [TopicName])
    func `what only resembles a checkpoints topic is none`(topic: TopicName) {
        #expect(!InternalTopics().isCheckpoints(topic))
    }

    @Test(
        arguments: [
            ("heartbeats", true), ("source1.heartbeats", true), ("source2.source1.heartbeats", true),
            ("heartbeats!", false), ("!heartbeats", false), ("source1heartbeats", false), ("source1-heartbeats", false),
        ] as [(TopicName, Bool)])
    func `heartbeats topics unwrap to heartbeats`(topic: TopicName, isHeartbeats: Bool) {
        #expect(PrefixNaming(source: "A").isHeartbeats(topic) == isHeartbeats)
        #expect(IdentityNaming(source: "A").isHeartbeats(topic) == isHeartbeats)
    }
}
