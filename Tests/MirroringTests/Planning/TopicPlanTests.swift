// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
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

    @Test func `a topic about which a pattern gives no answer is not mirrored, and is named with the pattern`() throws {
        let long = TopicName(String(repeating: "a", count: 200) + "!")
        let plan = try plan(source: [long: 1, "orders": 1], topics: ["orders", "(a+)+b"])
        #expect(plan.mirrored.map(\.source) == ["orders"])
        guard case .undecided(long, let reason)? = plan.warnings.first, plan.warnings.count == 1 else {
            Issue.record("\(plan.warnings)")
            return
        }
        #expect(reason.description.hasPrefix("the regular expression '(a+)+b' gives no answer about '\(long)'"))
    }

    @Test func `topics that read as copies from the target or of the source are told`() throws {
        let plan = try plan(source: ["B.orders": 1, "x-A.B.y": 1, "A.own": 1])
        #expect(plan.mirrored.isEmpty)
        #expect(
            plan.warnings == [
                .readsAsCycle("A.own", from: "A"), .readsAsCycle("B.orders", from: "B"),
                .readsAsCycle("x-A.B.y", from: "B"),
            ])
    }

    @Test func `a topic that is called like a copy, and whose original is not on the target, is told from a copy`()
        throws
    {
        let plan = try plan(source: ["B.orders": 1, "B.sales": 1, "A.own": 1], target: ["orders": 1])
        #expect(plan.mirrored.isEmpty)
        #expect(plan.withoutOriginal == ["B.sales": "sales"])
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
            let sourceAlias: ClusterAlias = "A"
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
