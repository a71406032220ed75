// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Testing

/// What MirrorMaker's policy answers about one topic, in the order of its own table.
struct NamingRow: Sendable, CustomTestStringConvertible {
    let topic: TopicName
    let source: ClusterAlias?
    let upstream: TopicName?
    let original: TopicName
    let isHeartbeats: Bool
    let isInternal: Bool

    init(
        _ topic: TopicName, _ source: ClusterAlias?, _ upstream: TopicName?, _ original: TopicName,
        heartbeats: Bool = false, internal isInternal: Bool = false
    ) {
        self.topic = topic
        self.source = source
        self.upstream = upstream
        self.original = original
        isHeartbeats = heartbeats
        self.isInternal = isInternal
    }

    var testDescription: String { topic.rawValue }
}

@Suite struct PrefixNamingTests {
    let naming = PrefixNaming(source: "A")

    @Test(arguments: [
        NamingRow("topic", nil, nil, "topic"),
        NamingRow("A.topic", "A", "topic", "topic"),
        NamingRow("B.A.topic", "B", "A.topic", "topic"),
        NamingRow(".topic", "", "topic", "topic", internal: true),
        NamingRow("topic.", nil, nil, "topic."),  // Java's split drops the empty piece at the end
        NamingRow("a..", nil, nil, "a.."),
        NamingRow("..", nil, nil, "..", internal: true),
        NamingRow("a.b.", "a", "b.", "b."),
        NamingRow("a..b", "a", ".b", "b"),
        NamingRow("my.heartbeats", "my", "heartbeats", "heartbeats", heartbeats: true),
        NamingRow("device-heartbeats", nil, nil, "device-heartbeats"),
        NamingRow("A.device-heartbeats", "A", "device-heartbeats", "device-heartbeats"),
        NamingRow("heartbeats.", nil, nil, "heartbeats."),
        NamingRow("foo-internal", nil, nil, "foo-internal"),
        NamingRow("foo.internal", "foo", "internal", "internal"),
        NamingRow("foo_internal", nil, nil, "foo_internal"),
        NamingRow("checkpoints.internal", "checkpoints", "internal", "internal"),
        NamingRow("A.checkpoints.internal", "A", "checkpoints.internal", "internal", internal: true),
        NamingRow("mm2-offsets.A.internal", "mm2-offsets", "A.internal", "internal", internal: true),
        NamingRow("A.mm2-offsets.B.internal", "A", "mm2-offsets.B.internal", "internal"),
        NamingRow("mm2.internal", "mm2", "internal", "internal", internal: true),
        NamingRow("mm2-internal", nil, nil, "mm2-internal"),
        NamingRow("MM2-x.internal", "MM2-x", "internal", "internal"),
        NamingRow("connect-configs.internal", "connect-configs", "internal", "internal"),
        NamingRow("__consumer_offsets", nil, nil, "__consumer_offsets", internal: true),
        // Tern's own, which MirrorMaker does not know.
        NamingRow("tern-lanes.A.internal", "tern-lanes", "A.internal", "internal", internal: true),
        NamingRow("tern-health.internal", "tern-health", "internal", "internal", internal: true),
        NamingRow("tern-orders.internal", "tern-orders", "internal", "internal"),
    ])
    func `answers what the default policy of MirrorMaker 4,3 answers`(row: NamingRow) {
        #expect(naming.source(of: row.topic) == row.source)
        #expect(naming.upstreamTopic(of: row.topic) == row.upstream)
        #expect(naming.originalTopic(of: row.topic) == row.original)
        #expect(naming.isHeartbeats(row.topic) == row.isHeartbeats)
        #expect(naming.isInternal(row.topic) == row.isInternal)
        #expect(naming.remoteTopic(for: row.topic) == TopicName("A." + row.topic.rawValue))
    }

    @Test(
        arguments: [
            ("a__b", "__", "a", "b"),
            ("a___b", "__", "a", "_b"),  // pieces do not overlap
            ("a____", "__", nil, nil),
            ("a.b", "__", nil, nil),
            ("us->orders", "->", "us", "orders"),
            ("a-b", "-", "a", "b"),
            ("topic", "", "t", "opic"),  // an empty separator splits every character off
            ("x", "", nil, nil),
        ] as [(TopicName, String, ClusterAlias?, TopicName?)])
    func `takes any separator`(topic: TopicName, separator: String, source: ClusterAlias?, upstream: TopicName?) {
        let naming = PrefixNaming(source: "A", separator: separator)
        #expect(naming.source(of: topic) == source)
        #expect(naming.upstreamTopic(of: topic) == upstream)
        #expect(naming.remoteTopic(for: topic) == TopicName("A\(separator)\(topic)"))
    }

    @Test(
        arguments: [
            ("A_checkpoints_internal", true, false), ("mm2-offset-syncs_A_internal", true, false),
            ("A.checkpoints.internal", false, true), ("foo_internal", false, false),
            // MirrorMaker's class knows these by the separator only, and leaves the rest to topics.exclude. They are its progress:
            // never mirrored here.
            ("mm2-offsets.A.internal", true, true),
        ] as [(TopicName, Bool, Bool)])
    func `a separator names the topics that are internal`(topic: TopicName, isInternal: Bool, withoutItsUse: Bool) {
        #expect(PrefixNaming(source: "A", separator: "_").isInternal(topic) == isInternal)
        let dots = PrefixNaming(source: "A", separator: "_", internalSeparatorEnabled: false)
        #expect(dots.isInternal(topic) == withoutItsUse)
    }

    @Test(
        arguments: [
            ("target.topic1", true), ("target.source.topic1", true), ("source.target.topic1", true),
            ("target.source.target.topic1", true), ("source.target.source.topic1", true),
            // Of the source itself: a cycle since Kafka 4.4 (KAFKA-9914).
            ("source.topic1", true), ("other.source.topic1", true), ("source.heartbeats", true),
            ("topic1", false), ("other.topic1", false),
            ("x-target.topic1", false), ("x-source.topic1", false), ("target.", false), ("other.target.", false),
        ] as [(TopicName, Bool)])
    func `a topic whose name tells of the target, or of the source itself, is a cycle`(topic: TopicName, isCycle: Bool)
    {
        #expect(PrefixNaming(source: "source").isCycle(topic, target: "target") == isCycle)
    }

    @Test func `a local topic can read as a copy from the target`() {
        let naming = PrefixNaming(source: "A")
        #expect(naming.isCycle("x-A.B.y", target: "B"))
        #expect(naming.readsAsRemote("x-A.B.y"))
        #expect(naming.hops(of: "x-A.B.y") == ["x-A", "B"])
        #expect(!naming.readsAsRemote("orders"))
    }

    @Test(
        arguments: [
            ("A.orders", "orders", true), ("B.A.orders", "orders", true), ("B.A.orders", "A.orders", true),
            ("orders", "orders", false),  // not a copy at all: it was unwrapped no time
            ("A.orders", "A.orders", false), ("A.orders", "order", false), ("A.orders", "", false),
        ] as [(TopicName, TopicName, Bool)])
    func `a copy unwraps to its origin`(topic: TopicName, origin: TopicName, isCopy: Bool) {
        #expect(naming.isCopy(topic, of: origin) == isCopy)
    }

    @Test func `names are bytes`() {
        let composed = PrefixNaming(source: "caf\u{e9}")
        #expect(composed.isCycle("caf\u{e9}.x", target: "caf\u{e9}"))
        #expect(!composed.isCycle("cafe\u{301}.x", target: "caf\u{e9}"))
    }
}
