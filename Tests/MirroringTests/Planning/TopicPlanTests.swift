// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Testing

@Suite struct TopicPlanTests {
    func plan(
        source: [TopicName: Int32], target: [TopicName: Int32] = [:], topics: [String] = [".*"],
        naming: any ReplicationNaming = PrefixNaming(source: "A")
    ) throws -> TopicPlan {
        let selection = TopicSelection(
            include: try NamePatternList(topics), exclude: try NamePatternList(["__.*", ".*[\\-\\.]internal"]))
        return TopicPlan(source: source, target: target, selection: selection, naming: naming, targetAlias: "B")
    }

    @Test func `a topic that the target lacks is created with the source's partitions`() throws {
        let plan = try plan(source: ["orders": 3, "__consumer_offsets": 50])
        #expect(plan.mirrored == [MirroredTopic(source: "orders", target: "A.orders", partitionCount: 3)])
        #expect(plan.changes == [.create(plan.mirrored[0])])
        #expect(plan.warnings.isEmpty)
    }

    @Test func `a topic with fewer partitions on the target grows, one with more stays`() throws {
        let plan = try plan(source: ["a": 4, "b": 2, "c": 1], target: ["A.a": 3, "A.b": 2, "A.c": 5])
        #expect(plan.changes == [.addPartitions("A.a", total: 4)])
        #expect(plan.warnings == [.targetHasMorePartitions("A.c", source: 1, target: 5)])
        #expect(plan.mirrored.map(\.source) == ["a", "b", "c"])
    }

    @Test func `nothing is done about topics that only the target has`() throws {
        let plan = try plan(source: [:], target: ["A.gone": 3, "local": 1])
        #expect(plan == (try self.plan(source: [:])))
        #expect(plan.changes.isEmpty)
    }

    @Test func `topics that read as copies from the target are told`() throws {
        let plan = try plan(source: ["B.orders": 1, "x-A.B.y": 1])
        #expect(plan.mirrored.isEmpty)
        #expect(plan.warnings == [.readsAsCycle("B.orders"), .readsAsCycle("x-A.B.y")])
    }

    @Test func `a topic without partitions is not there yet`() throws {
        #expect(try plan(source: ["orders": 0]).mirrored.isEmpty)
    }

    @Test func `equal names are kept, heartbeats renamed`() throws {
        let plan = try plan(source: ["orders": 1, "heartbeats": 1], naming: IdentityNaming(source: "A"))
        #expect(plan.mirrored.map(\.target) == ["A.heartbeats", "orders"])
    }

    @Test func `two topics never share a target`() throws {
        struct OneForAll: ReplicationNaming {
            let internalTopics = InternalTopics()
            let keepsNames = false
            func remoteTopic(for topic: TopicName) -> TopicName { "all" }
            func source(of topic: TopicName) -> ClusterAlias? { nil }
            func upstreamTopic(of topic: TopicName) -> TopicName? { nil }
            func possibleOrigins(of topic: TopicName) -> [TopicName] { [] }
        }
        let plan = try plan(source: ["a": 1, "b": 1], naming: OneForAll())
        #expect(plan.mirrored.map(\.source) == ["a"])
        #expect(plan.warnings == [.sameTarget("b", kept: "a", target: "all")])
    }
}

@Suite struct CreationSettingsTests {
    func settings(_ entries: [ConfigurationEntry], copiesDefaults: Bool = false) throws -> [String] {
        let filter = ConfigurationFilter(
            exclude: try NamePatternList(["min\\.insync\\.replicas", "exclude_param.*"]))
        return CreationSettings.settings(from: entries, filter: filter, copiesDefaults: copiesDefaults)
            .map { "\($0.0)=\($0.1)" }
    }

    func entry(_ name: String, _ value: String?, _ source: ConfigurationEntry.Source) -> ConfigurationEntry {
        ConfigurationEntry(name: name, value: value, source: source)
    }

    @Test func `what was set on the topic or its cluster is copied, defaults only when asked for`() throws {
        let entries = [
            entry("name-1", "1", .dynamicTopic), entry("name-2", "2", .default),
            entry("name-3", "3", .dynamicDefaultBroker), entry("name-4", "4", .staticBroker),
            entry("min.insync.replicas", "2", .dynamicTopic), entry("exclude_param.param1", "5", .dynamicTopic),
        ]
        #expect(try settings(entries) == ["name-1=1", "name-3=3"])
        #expect(try settings(entries, copiesDefaults: true) == ["name-1=1", "name-2=2", "name-3=3"])
    }

    @Test func `the limit is the source's and room for the headers, wherever the source has it from`() throws {
        #expect(try settings([entry("max.message.bytes", "1048588", .default)]) == ["max.message.bytes=1049612"])
        #expect(try settings([entry("max.message.bytes", "5000000", .staticBroker)]) == ["max.message.bytes=5001024"])
        #expect(
            try settings([entry("max.message.bytes", "2147483647", .dynamicTopic)])
                == ["max.message.bytes=2147483647"])
        #expect(CreationSettings.headerRoom == HeaderRoom.reserved)
    }

    @Test func `what Kafka 4 has forgotten, what is read-only and what is secret stays behind`() throws {
        let entries = [
            entry("message.format.version", "3.0-IV1", .dynamicTopic),
            entry("message.timestamp.difference.max.ms", "1", .dynamicTopic),
            ConfigurationEntry(name: "fixed", value: "1", source: .dynamicTopic, isReadOnly: true),
            ConfigurationEntry(name: "secret", value: nil, source: .dynamicTopic, isSensitive: true),
            entry("untold", nil, .dynamicTopic),
        ]
        #expect(try settings(entries).isEmpty)
    }
}
