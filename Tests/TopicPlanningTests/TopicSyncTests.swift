// SPDX-License-Identifier: Apache-2.0
@testable import TernConfiguration
@testable import TopicPlanning
import KafkaTypes
import Testing

/// MirrorMaker's own default of `config.properties.exclude`.
let standardExcludes = [
    #"follower\.replication\.throttled\.replicas"#, #"leader\.replication\.throttled\.replicas"#,
    #"message\.timestamp\.difference\.max\.ms"#, #"message\.timestamp\.type"#, #"unclean\.leader\.election\.enable"#,
    #"min\.insync\.replicas"#,
]

/// The rules of a flow.
func syncRules(
    excluding: [String] = standardExcludes, sourceDefaults: Bool = false,
    room: MessageRoom = MessageRoom()
) throws -> TopicSyncRules {
    TopicSyncRules(
        filter: ConfigurationFilter(exclude: try NamePatternList(excluding)), usesSourceDefaults: sourceDefaults,
        room: room)
}

@Suite struct TopicSyncTests {
    /// In step from the start: the target has the room.
    private let roomy = ["max.message.bytes": "1049612"]

    private func steps(
        _ source: ObservedTopic, _ target: ObservedTopic, _ rules: TopicSyncRules? = nil, mutual: MutualSync? = nil
    ) throws -> [String] {
        let sync = TopicConfigurationSync(
            source: source, target: target, rules: try rules ?? syncRules(), mutual: mutual)
        return sync.changes.map { change in
            switch change {
            case .set(let name, let value): "\(name)=\(value)"
            case .delete(let name): "-\(name)"
            }
        }
    }

    @Test func `a target in step is not written to`() throws {
        let own = ["retention.ms": "1000", "cleanup.policy": "compact"]
        #expect(try steps(.made("a", own), .made("eu.a", own.merging(roomy) { $1 })) == [])
    }

    @Test(arguments: [
        // An override follows the source, and goes with it.
        (["retention.ms": "1000"], [:], ["retention.ms=1000"]), ([:], ["retention.ms": "1000"], ["-retention.ms"]),
        (["retention.ms": "1000"], ["retention.ms": "2000"], ["retention.ms=1000"]),
        // Equal by another route: nothing to write.
        (["retention.ms": "604800000"], [:], []), ([:], ["retention.ms": "604800000"], []),
        (["cleanup.policy": "delete,compact"], ["cleanup.policy": "compact,delete"], []),
        // Excluded ones are never touched.
        (["min.insync.replicas": "2"], [:], []), ([:], ["min.insync.replicas": "2"], []),
        ([:], ["unclean.leader.election.enable": "true"], []), (["message.timestamp.type": "LogAppendTime"], [:], []),
        ([:], ["leader.replication.throttled.replicas": "0:1"], []),
    ])
    func `only differences are written`(source: [String: String], target: [String: String], expected: [String]) throws {
        #expect(try steps(.made("a", source), .made("eu.a", target.merging(roomy) { $1 })) == expected)
    }

    @Test func `where a source's value comes from decides as MirrorMaker has it`() throws {
        let source = ObservedTopic.made(
            "a",
            brokers: [
                "retention.ms": ("1", .dynamicBroker), "segment.ms": ("2", .dynamicDefaultBroker),
                "compression.type": ("zstd", .staticBroker),
                "preallocate": ("true", .unknown),
            ])
        #expect(try steps(source, .made("eu.a", roomy)) == ["retention.ms=1", "segment.ms=2"])
        let sync = TopicConfigurationSync(source: source, target: .made("eu.a", roomy), rules: try syncRules())
        #expect(sync.exceptions == ["compression.type": .brokerFile, "preallocate": .unknownSource])
        #expect(sync.drift == 2)
        #expect(sync.steps[0].from == SettingState(value: "604800000", source: .default))
    }

    @Test func `defaults of the source are written only when the flow takes them from there`() throws {
        let target = ObservedTopic.made("eu.a", roomy, brokers: ["retention.ms": ("1000", .staticBroker)])
        #expect(try steps(.made("a"), target) == [])
        #expect(
            try TopicConfigurationSync(source: .made("a"), target: target, rules: syncRules()).exceptions == [
                "retention.ms": .brokerDefaults
            ])
        #expect(try steps(.made("a"), target, syncRules(sourceDefaults: true)) == ["retention.ms=604800000"])
        #expect(
            try steps(
                .made("a"), .made("eu.a", ["segment.ms": "5"].merging(roomy) { $1 }), syncRules(sourceDefaults: true))
                == ["segment.ms=604800000"])
    }

    @Test func `the room for Tern's headers is wanted, a default on the source included`() throws {
        #expect(try steps(.made("a"), .made("eu.a")) == ["max.message.bytes=1049612"])
        #expect(
            try steps(.made("a", ["max.message.bytes": "2000"]), .made("eu.a", ["max.message.bytes": "2000"])) == [
                "max.message.bytes=3024"
            ])
        #expect(
            try steps(.made("a", brokers: ["max.message.bytes": ("5000", .staticBroker)]), .made("eu.a")) == [
                "max.message.bytes=6024"
            ])
        #expect(
            try steps(
                .made("a", ["max.message.bytes": "2147483647"]), .made("eu.a", ["max.message.bytes": "2147483647"]))
                == [])
        #expect(try steps(.made("a"), .made("eu.a"), syncRules(excluding: ["max\\..*"])) == [])
    }

    /// A timestamp limit of the topic's own, with the broker's below it.
    private func limit(_ value: String, over below: String) -> ConfigurationEntry {
        let name = "message.timestamp.after.max.ms"
        return ConfigurationEntry(
            name: name, value: value, source: .dynamicTopic,
            synonyms: [
                .init(name: name, value: value, source: .dynamicTopic),
                .init(name: "log.\(name)", value: below, source: .default),
            ])
    }

    @Test func `what a person lets a target take beyond the source stays`() throws {
        // On Tern's own advice, where a record only fitted the source compressed.
        #expect(try steps(.made("a"), .made("eu.a", ["max.message.bytes": "4194304"])) == [])
        // From an older Kafka without a limit to one that takes an hour, raised to seven days.
        let unlimited = ("9223372036854775807", ConfigurationEntry.Source.default)
        let source = ObservedTopic.made("a", brokers: ["message.timestamp.after.max.ms": unlimited])
        let raised = ObservedTopic.made("eu.a", roomy, extra: [limit("604800000", over: "3600000")])
        #expect(try steps(source, raised) == [])
        let sync = TopicConfigurationSync(source: source, target: raised, rules: try syncRules())
        #expect(sync.exceptions == ["message.timestamp.after.max.ms": .widerOnTarget])
        #expect(sync.exceptionsWorthNaming.isEmpty)
        // One that is narrower than the broker's own is taken away.
        let narrow = ObservedTopic.made("eu.a", roomy, extra: [limit("5", over: "3600000")])
        #expect(try steps(source, narrow) == ["-message.timestamp.after.max.ms"])
    }

    @Test func `timestamp limits are carried where the target takes more by them, and never where it would refuse`()
        throws
    {
        let name = "message.timestamp.before.max.ms"
        let narrow = ObservedTopic.made("a", [name: "3600000"])
        let sync = TopicConfigurationSync(source: narrow, target: .made("eu.a", roomy), rules: try syncRules())
        #expect(sync.changes.isEmpty)
        #expect(sync.exceptionsWorthNaming == [name: .narrower])
        let tight = ObservedTopic.made("eu.a", roomy.merging([name: "1000"]) { $1 })
        #expect(try steps(narrow, tight) == ["\(name)=3600000"])
        func created(_ value: String, over below: String?) throws -> [String] {
            let source = ObservedTopic.made("a", ["message.timestamp.after.max.ms": value])
            return CreatedTopicSettings(
                source: source.settings.values, rules: try syncRules(),
                targetDefaults: below.map { ["message.timestamp.after.max.ms": $0] } ?? [:]
            ).settings.map { "\($0.name)=\($0.value)" }
        }
        let room = "max.message.bytes=1049612"
        #expect(try created("604800000", over: "3600000") == [room, "message.timestamp.after.max.ms=604800000"])
        #expect(try created("60000", over: "3600000") == [room])
        #expect(try created("60000", over: nil) == [room])
    }

    @Test func `limits that feed each other come to rest`() throws {
        let flows: [FlowName] = [("a", "b"), ("b", "c"), ("c", "a")].map {
            FlowName(source: ClusterAlias($0), target: ClusterAlias($1))
        }
        func rest(_ flows: [FlowName], _ start: [ClusterAlias: Int64]) -> (rounds: Int, limits: [ClusterAlias: Int64]) {
            var limits = start
            for round in 0..<20 {
                var changed = false
                for flow in flows {
                    let room = MessageRoom(of: flow, amongFlowsKeepingNames: flows)
                    guard let source = limits[flow.source], let target = limits[flow.target] else { continue }
                    if !room.accepts(target: target, forSource: source) {
                        limits[flow.target] = room.wanted(forSource: source)
                        changed = true
                    }
                }
                if !changed { return (round, limits) }
            }
            return (20, limits)
        }
        let ring = rest(flows, ["a": 1000, "b": 1000, "c": 1000])
        #expect(ring.rounds == 0)
        let created = rest(flows, ["a": 1000, "b": 2024, "c": 3048])
        #expect(created.rounds == 0)
        let raised = rest(flows, ["a": 100_000, "b": 2024, "c": 3048])
        #expect(raised.rounds < 3)
        #expect(raised.limits["a"] == 100_000)
        let pair = [flows[0], FlowName(source: "b", target: "a")]
        #expect(rest(pair, ["a": 1000, "b": 50_000]).limits == ["a": 51_024, "b": 50_000])
        // Without a way back there is no slack: the room is exact.
        let chain = [flows[0], flows[1]]
        #expect(rest(chain, ["a": 1000, "b": 1000, "c": 9000]).limits == ["a": 1000, "b": 2024, "c": 3048])
    }

    @Test func `what the target's brokers do not know, or cannot have, is named and not written`() throws {
        let old: [ConfigurationEntry] = [
            .topic("message.format.version", "3.0-IV1"), .topic("message.downconversion.enable", "false"),
        ]
        let source = ObservedTopic.made("a", ["remote.storage.enable": "true", "min.insync.replicas": "3"], extra: old)
        let rules = try syncRules(excluding: [])
        let sync = TopicConfigurationSync(source: source, target: .made("eu.a", factor: 2, roomy), rules: rules)
        #expect(sync.changes.isEmpty)
        #expect(
            sync.exceptionsWorthNaming == [
                "message.format.version": .unknownToTarget, "message.downconversion.enable": .unknownToTarget,
                "remote.storage.enable": .tieredStorage,
                "min.insync.replicas": .aboveReplication(minimum: 3, factor: 2),
            ])
        // A default that only the source knows is no loss.
        let silent = ObservedTopic.made(
            "a", extra: [ConfigurationEntry(name: "message.format.version", value: "3.0-IV1", source: .default)])
        #expect(TopicConfigurationSync(source: silent, target: .made("eu.a", roomy), rules: rules).exceptions.isEmpty)
    }

    @Test func `hidden and read-only values are left alone on both sides`() throws {
        let source = ObservedTopic.made(
            "a",
            extra: [
                .topic("vendor.secret", nil, isSensitive: true),
                ConfigurationEntry(name: "vendor.fixed", value: "1", source: .dynamicTopic, isReadOnly: true),
                .topic("vendor.other", "1"),
            ])
        let target = ObservedTopic.made(
            "eu.a", roomy,
            extra: [
                .topic("vendor.secret", "x"), .topic("vendor.fixed", "2"),
                .topic("vendor.other", nil, isSensitive: true),
            ])
        let sync = TopicConfigurationSync(source: source, target: target, rules: try syncRules())
        #expect(sync.changes.isEmpty)
        #expect(
            sync.exceptions == ["vendor.secret": .hidden, "vendor.fixed": .readOnly, "vendor.other": .hiddenOnTarget])
    }

    @Test func `a topic is created with what the source set, and nothing that a 4.x broker refuses`() throws {
        let old: [ConfigurationEntry] = [
            .topic("message.format.version", "3.0-IV1"), .topic("message.timestamp.difference.max.ms", "5"),
        ]
        let source = ObservedTopic.made(
            "a", ["retention.ms": "1", "min.insync.replicas": "2", "remote.storage.enable": "true"], extra: old)
        func settings(_ created: CreatedTopicSettings) -> [String] { created.settings.map { "\($0.name)=\($0.value)" } }
        let created = CreatedTopicSettings(source: source.settings.values, rules: try syncRules())
        #expect(settings(created) == ["max.message.bytes=1049612", "retention.ms=1"])
        #expect(created.exceptions["message.format.version"] == .unknownToTarget)
        #expect(created.exceptions["remote.storage.enable"] == .tieredStorage)
        #expect(created.exceptions["min.insync.replicas"] == .excluded)
        let known = CreatedTopicSettings(
            source: source.settings.values, rules: try syncRules(),
            targetKnows: ["message.format.version", "retention.ms", "max.message.bytes"])
        #expect(settings(known) == ["max.message.bytes=1049612", "message.format.version=3.0-IV1", "retention.ms=1"])
        let excluded = CreatedTopicSettings(source: source.settings.values, rules: try syncRules(excluding: [".*"]))
        #expect(settings(excluded) == ["max.message.bytes=1049612"])
        let factor = CreatedTopicSettings(
            source: source.settings.values, rules: try syncRules(excluding: []), replicationFactor: 1)
        #expect(factor.exceptions["min.insync.replicas"] == .aboveReplication(minimum: 2, factor: 1))
        let broker = CreatedTopicSettings(
            source: source.settings.values, rules: try syncRules(excluding: []), replicationFactor: -1)
        #expect(settings(broker).contains("min.insync.replicas=2"))
    }

    @Test func `where two flows carry the same topic, the side that changed wins`() throws {
        let flows = [FlowName(source: "a", target: "b"), FlowName(source: "b", target: "a")]
        #expect(MutualSync.applies(to: flows[0], amongFlowsKeepingNames: flows))
        #expect(!MutualSync.applies(to: flows[0], amongFlowsKeepingNames: [flows[0]]))
        let agreed = ObservedTopic.made("x", ["retention.ms": "7", "segment.ms": "9"])
        var forth = MutualSync(sourceWins: true)
        var back = MutualSync(sourceWins: false)
        forth.note(source: agreed, target: agreed)
        back.note(source: agreed, target: agreed)
        let changed = ObservedTopic.made("x", ["retention.ms": "1", "segment.ms": "9"])
        let rules = try syncRules(room: MessageRoom(of: flows[0], amongFlowsKeepingNames: flows))
        // Changed on a: a->b carries it, b->a does not set it back. And the other way round.
        #expect(try steps(changed, agreed, rules, mutual: forth) == ["retention.ms=1"])
        #expect(try steps(agreed, changed, rules, mutual: back) == [])
        #expect(try steps(agreed, changed, rules, mutual: forth) == [])
        #expect(try steps(changed, agreed, rules, mutual: back) == ["retention.ms=1"])
        // A value that was taken away is taken away on the other side too.
        let removed = ObservedTopic.made("x", ["segment.ms": "9"])
        #expect(try steps(removed, agreed, rules, mutual: back) == ["-retention.ms"])
        #expect(try steps(agreed, removed, rules, mutual: forth) == [])
        // Nothing agreed, or both moved: one cluster wins, the same for both flows.
        let other = ObservedTopic.made("x", ["retention.ms": "2", "segment.ms": "9"])
        #expect(try steps(changed, other, rules, mutual: MutualSync(sourceWins: true)) == ["retention.ms=1"])
        #expect(try steps(other, changed, rules, mutual: MutualSync(sourceWins: false)) == [])
        #expect(try steps(changed, other, rules, mutual: forth) == ["retention.ms=1"])
        #expect(try steps(other, changed, rules, mutual: back) == [])
        forth.forget("x")
        #expect(try steps(agreed, changed, rules, mutual: forth) == ["retention.ms=7"])
    }
}
