// SPDX-License-Identifier: Apache-2.0
@testable import TernConfiguration
@testable import TopicPlanning
import KafkaTypes
import Testing

@Suite struct TopicComparisonTests {
    private let roomy = ["max.message.bytes": "1049612"]

    private func flow(
        _ topics: [String] = [".*"], excluding: [String] = [".*[\\-\\.]internal", "__.*"], identity: Bool = false,
        isEnabled: Bool = true,
        syncs: Bool = true, refreshes: Bool = true
    ) throws -> ComparedFlow {
        ComparedFlow(
            name: FlowName(source: "eu", target: "us"), isEnabled: isEnabled,
            naming: identity ? IdentityNaming(source: "eu") : PrefixNaming(source: "eu"),
            selection: TopicSelection(include: try NamePatternList(topics), exclude: try NamePatternList(excluding)),
            refreshesTopics: refreshes, rules: syncs ? try syncRules() : nil)
    }

    private func lines(_ comparison: TopicComparison) -> [String] {
        comparison.differences.map { difference in
            "\(difference.topic) \(difference.field.name) \(text(difference.from)) \(text(difference.to)) "
                + "\(difference.sync.isSynced ? "yes" : "no"): \(difference.sync.reason)"
        }
    }

    private func text(_ side: TopicDifference.Side) -> String {
        switch side {
        case .present: "present"
        case .missing: "missing"
        case .unreadable: "unreadable"
        case .number(let number): "\(number)"
        case .setting(let state): "\(state.value ?? "hidden")(\(state.source.rawValue))"
        case .unknown: "unknown"
        }
    }

    private func cluster(_ alias: ClusterAlias, _ topics: ObservedTopic..., unreadable: [TopicName: String] = [:])
        -> ObservedCluster
    {
        ObservedCluster(alias: alias, clusterID: "id-\(alias)", brokers: 3, topics: topics, unreadable: unreadable)
    }

    @Test func `a mirrored pair in step has no differences under either naming`() throws {
        let prefix = TopicComparison(
            from: cluster(
                "eu", .made("orders"), .made("us.payments"), .made("__consumer_offsets"),
                .made("mm2-offset-syncs.us.internal")),
            to: cluster("us", .made("eu.orders", roomy), .made("payments"), .made("eu.checkpoints.internal")),
            flow: try flow())
        #expect(lines(prefix) == [])
        #expect(prefix.compared == 1 && prefix.identical == 1)
        let identity = TopicComparison(
            from: cluster("eu", .made("orders")), to: cluster("us", .made("orders", roomy)),
            flow: try flow(identity: true))
        #expect(lines(identity) == [])
    }

    @Test func `each difference says whether the flow mends it`() throws {
        let comparison = TopicComparison(
            from: cluster(
                "eu", .made("grown", partitions: 6), .made("local"), .made("missing"), .made("more", partitions: 2),
                .made("orders", ["retention.ms": "1", "min.insync.replicas": "2"]),
                .made("replicas", factor: 2), .made("static", brokers: ["segment.ms": ("5", .staticBroker)])),
            to: cluster(
                "us", .made("eu.grown", roomy), .made("eu.more", partitions: 3, roomy),
                .made("eu.orders", ["segment.ms": "8"].merging(roomy) { $1 }),
                .made("eu.replicas", roomy), .made("eu.static", roomy), .made("eu.gone"), .made("own")),
            flow: try flow(excluding: ["local"]))
        #expect(
            lines(comparison) == [
                "gone – missing present no: a mirror deletes no topic",
                "grown partitions 6 3 yes: will be added by the next refresh",
                "local – present missing no: filtered: topics.exclude",
                "missing – present missing yes: will be created by the next refresh",
                "more partitions 2 3 no: partitions are never removed",
                "orders min.insync.replicas 2(topic) 1(default) no: excluded property",
                "orders retention.ms 1(topic) 604800000(default) yes: will be set by the next sync",
                "orders segment.ms 604800000(default) 8(topic) yes: will be taken away by the next sync",
                "replicas replication-factor 2 3 no: chosen when the topic is created",
                "static segment.ms 5(server.properties) 604800000(default) no: from the source's server.properties",
            ])
        #expect(comparison.compared == 8)
        #expect(comparison.identical == 0)
    }

    @Test func `a flow that does less says so`() throws {
        let from = cluster("eu", .made("a", ["retention.ms": "1"]), .made("b"))
        let to = cluster("us", .made("eu.a"))
        #expect(
            lines(TopicComparison(from: from, to: to, flow: try flow(isEnabled: false))).allSatisfy {
                $0.hasSuffix("no: the flow is not enabled")
            })
        #expect(
            lines(TopicComparison(from: from, to: to, flow: try flow(syncs: false, refreshes: false))) == [
                "a retention.ms 1(topic) 604800000(default) no: sync.topic.configs.enabled=false",
                "b – present missing no: refresh.topics.enabled=false",
            ])
        #expect(lines(TopicComparison(from: from, to: to, flow: try flow(["b"])))[0].hasSuffix("no: filtered: topics"))
    }

    @Test func `clusters without a flow are compared by equal names`() {
        let comparison = TopicComparison(
            from: cluster("eu", .made("a", roomy), .made("b"), .made("secret")),
            to: cluster("us", .made("a"), .made("c"), unreadable: ["secret": "TOPIC_AUTHORIZATION_FAILED"]))
        #expect(
            lines(comparison) == [
                "a max.message.bytes 1049612(topic) 1048588(default) no: no flow between them",
                "b – present missing no: no flow between them",
                "c – missing present no: a mirror deletes no topic", "secret – present unreadable no: cannot be read",
            ])
    }

    @Test func `the room counts as equal, and its lack does not`() throws {
        let from = cluster("eu", .made("a"))
        #expect(
            lines(TopicComparison(from: from, to: cluster("us", .made("eu.a")), flow: try flow())) == [
                "a max.message.bytes 1048588(default) 1048588(default) yes: will be set by the next sync"
            ])
        // A flow that does not sync settings wants neither more nor less.
        for limit in [roomy, [:]] {
            #expect(
                lines(
                    TopicComparison(from: from, to: cluster("us", .made("eu.a", limit)), flow: try flow(syncs: false)))
                    == [])
        }
    }

    @Test func `settings that one version does not know matter only when somebody set them`() throws {
        let quiet = ConfigurationEntry(name: "message.format.version", value: "3.0-IV1", source: .default)
        let loud = ConfigurationEntry.topic("message.format.version", "2.8-IV1")
        let to = cluster("us", .made("eu.a", roomy))
        #expect(lines(TopicComparison(from: cluster("eu", .made("a", extra: [quiet])), to: to, flow: try flow())) == [])
        #expect(
            lines(TopicComparison(from: cluster("eu", .made("a", extra: [loud])), to: to, flow: try flow())) == [
                "a message.format.version 2.8-IV1(topic) unknown no: the target's brokers do not know it"
            ])
    }

    @Test func `only the topics that were asked for are compared`() throws {
        let comparison = TopicComparison(
            from: cluster("eu", .made("a"), .made("b")), to: cluster("us", .made("eu.c")), flow: try flow(),
            includes: { ["a", "c"].contains($0) })
        #expect(comparison.differences.map(\.topic) == ["a", "c"])
        #expect(comparison.differences.map(\.counterpart) == ["eu.a", "eu.c"])
    }

    @Test func `two thousand topics are compared without going back and forth`() throws {
        let source = (0..<2000).map { ObservedTopic.made(TopicName("topic-\($0)")) }
        let target = (0..<2000).map { ObservedTopic.made(TopicName("eu.topic-\($0)"), roomy) }
        let comparison = TopicComparison(
            from: ObservedCluster(clusterID: "a", brokers: 1, topics: source),
            to: ObservedCluster(clusterID: "b", brokers: 1, topics: target), flow: try flow())
        #expect(comparison.identical == 2000)
        #expect(comparison.differences.isEmpty)
    }
}
