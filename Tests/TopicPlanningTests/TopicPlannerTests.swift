// SPDX-License-Identifier: Apache-2.0
@testable import TopicPlanning
import KafkaTypes
import Testing
import Text

@Suite struct TopicPlannerTests {
    private func plan(
        _ wanted: TopicSpecification..., on cluster: ObservedCluster, prune: PruneRule? = nil, room: MessageRoom? = nil
    ) -> ClusterTopicPlan {
        TopicPlanner(cluster, room: { _ in room }).plan(wanted, prune: prune)
    }

    @Test func `a change of min.insync.replicas says that it clears the eligible leader replicas of Kafka 4`() {
        func notes(_ wanted: TopicSpecification, _ topic: ObservedTopic) -> [String] {
            plan(wanted, on: .made(topic)).entries.flatMap(\.notes)
        }
        let wanted = TopicSpecification.made("a", ["min.insync.replicas": "2"])
        #expect(notes(wanted, .made("a")).first?.contains("clears the topic's eligible leader replicas (ELR") == true)
        #expect(notes(.made("a"), .made("a", ["min.insync.replicas": "2"])).count == 1)
        #expect(notes(.made("a", ["retention.ms": "1"]), .made("a")) == [])
        // Kafka 3 keeps no such list.
        let old = ConfigurationEntry(name: "message.downconversion.enable", value: "true", source: .default)
        #expect(notes(wanted, .made("a", extra: [old])) == [])
    }

    @Test func `a cluster that is as specified plans to nothing`() {
        let cluster = ObservedCluster.made(.made("a", ["retention.ms": "1000"]), .made("b"))
        let plan = plan(.made("a", ["retention.ms": "1000"]), .made("b"), on: cluster)
        #expect(plan.entries.isEmpty)
        #expect(plan.unchanged == 2)
        #expect(plan.isEmpty)
    }

    @Test func `a missing topic is created with everything it wants`() {
        let plan = plan(
            .made("a", partitions: 6, factor: nil, ["retention.ms": "1000", "cleanup.policy": "compact"]),
            on: .made(.made("b")))
        #expect(plan.changes == ["a create 6 -1 cleanup.policy=compact retention.ms=1000"])
        #expect(plan.count(of: .create) == 1)
        #expect(plan.risks.isEmpty)
    }

    @Test func `old and new are told with where the old one comes from`() {
        let cluster = ObservedCluster.made(
            .made("a", ["retention.ms": "1000"], brokers: ["min.insync.replicas": ("1", .dynamicDefaultBroker)]))
        let plan = plan(
            .made("a", ["retention.ms": "2000", "min.insync.replicas": "2", "segment.ms": "60000"]), on: cluster)
        #expect(
            plan.changes == [
                "a min.insync.replicas 1(cluster)->2", "a retention.ms 1000(topic)->2000",
                "a segment.ms 604800000(default)->60000",
            ])
        #expect(plan.risks.isEmpty)
    }

    @Test(arguments: [
        // Wanted what the broker's default is: no change, although the topic has no value of its own.
        ([:], ["retention.ms": "604800000"], []),
        // A value of its own that equals the default is left.
        (["cleanup.policy": "delete"], [:], []),
        (["cleanup.policy": "delete,compact"], ["cleanup.policy": "compact,delete"], []),
        (["preallocate": "TRUE"], ["preallocate": "true"], []),
        (["retention.bytes": "-7"], ["retention.bytes": "-1"], []),
        // Drift: somebody set something that no file wants.
        (["segment.ms": "1000"], [:], ["a segment.ms 1000->unset(604800000)"]),
        (["cleanup.policy": "compact"], [:], ["a cleanup.policy compact->unset(delete)"]),
        // The tool that moves replicas owns these.
        (["leader.replication.throttled.replicas": "0:1"], [:], []),
    ])
    func `only what differs is a change`(own: [String: String], wanted: [String: String], changes: [String]) {
        #expect(plan(.made("a", wanted), on: .made(.made("a", own), .made("other"))).changes == changes)
    }

    @Test func `what would hold after a value is taken away is read off the other topics`() {
        let lonely = plan(.made("a"), on: .made(.made("a", ["retention.ms": "1"])))
        #expect(lonely.changes == ["a retention.ms 1->unset(?)"])
        let accompanied = plan(.made("a"), .made("b"), on: .made(.made("a", ["retention.ms": "1"]), .made("b")))
        #expect(accompanied.changes == ["a retention.ms 1->unset(604800000)"])
    }

    @Test func `unmanaged settings are left as they are`() {
        var wanted = TopicSpecification.made("a")
        wanted.unmanaged = ["segment.*", "retention.bytes"]
        #expect(
            plan(wanted, on: .made(.made("a", ["segment.ms": "1", "retention.bytes": "1"]), .made("b"))).entries.isEmpty
        )
    }

    @Test func `two wanted names that Kafka takes for one are not both created`() {
        let plan = plan(.made("a.b"), .made("a_b"), .made("a.c"), on: .made(.made("other")))
        #expect(plan.entries.map(\.topic) == ["a.b", "a.c", "a_b"])
        #expect(plan.entries.map(\.obstacles) == [[], [], [.nameTaken(by: "a.b")]])
        #expect(plan.count(of: .create) == 2)
        // Where both are there already they are left alone.
        #expect(self.plan(.made("a.b"), .made("a_b"), on: .made(.made("a.b"), .made("a_b"))).entries.isEmpty)
    }

    @Test func `taking away a setting that no broker knows is told, not passed over`() {
        let plan = TopicPlanner(.made(.made("a"))).plan(altering: [
            TopicAlteration(name: "a", unset: ["segment.ms", "no.such.setting"])
        ])
        #expect(plan.entries.map(\.obstacles) == [[.unknownSetting("no.such.setting")]])
        #expect(plan.isEmpty)
    }

    @Test func `what the admin calls cannot do is told with the tool that can`() {
        let cluster = ObservedCluster.made(.made("a", partitions: 6, factor: 2))
        let plan = plan(.made("a", partitions: 3, factor: 3, ["retention.ms": "1"]), on: cluster)
        #expect(plan.changes == ["a retention.ms 604800000(default)->1"])
        let obstacles = plan.entries[0].obstacles
        #expect(obstacles == [.replicationFactor(have: 2, wanted: 3), .fewerPartitions(have: 6, wanted: 3)])
        #expect(obstacles[0].remedy.contains("kafka-reassign-partitions.sh"))
        #expect(obstacles[1].remedy.contains("never removes"))
    }

    @Test func `a name that is taken in another spelling, or a factor above the brokers, creates nothing`() {
        let plan = plan(.made("a.b"), .made("c", factor: 4), .made("d"), on: .made(.made("a_b")))
        #expect(plan.changes == ["d create 3 3 "])
        #expect(plan.entries[0].obstacles == [.nameTaken(by: "a_b")])
        #expect(plan.entries[1].obstacles == [.tooFewBrokers(have: 3, wanted: 4)])
    }

    @Test func `a setting that the brokers do not know is left out, the rest is done`() {
        let wanted = ["message.format.version": "3.0", "retention.ms": "5"]
        let plan = plan(.made("a", wanted), .made("b", wanted), on: .made(.made("a")))
        #expect(plan.changes == ["a retention.ms 604800000(default)->5", "b create 3 3 retention.ms=5"])
        #expect(plan.entries.allSatisfy { $0.obstacles == [.unknownSetting("message.format.version")] })
        // Where no topic could be described, the brokers decide.
        #expect(
            self.plan(.made("b", wanted), on: .made()).changes == [
                "b create 3 3 message.format.version=3.0 retention.ms=5"
            ])
    }

    @Test func `more replicas in sync than there are is never planned`() {
        let plan = plan(
            .made("a", factor: nil, ["min.insync.replicas": "3"]), .made("b", factor: 2, ["min.insync.replicas": "3"]),
            on: .made(.made("a", factor: 2)))
        #expect(plan.changes == ["b create 3 2 "])
        #expect(plan.entries.allSatisfy { $0.obstacles == [.minimumAboveReplication(minimum: 3, factor: 2)] })
    }

    @Test func `a topic that may not be read is told, and the others are planned`() {
        let cluster = ObservedCluster.made(.made("b"), unreadable: ["a": "TOPIC_AUTHORIZATION_FAILED"])
        let plan = plan(.made("a"), .made("b", ["retention.ms": "1"]), on: cluster)
        #expect(plan.changes == ["b retention.ms 604800000(default)->1"])
        #expect(plan.entries[0].obstacles == [.unreadable("TOPIC_AUTHORIZATION_FAILED")])
    }

    @Test func `a value that the broker hides is never compared nor overwritten`() {
        let hidden = ConfigurationEntry.topic("vendor.key", nil, isSensitive: true)
        let cluster = ObservedCluster.made(.made("a", extra: [hidden]))
        #expect(
            plan(.made("a", ["vendor.key": "x"]), on: cluster).entries[0].obstacles == [.hiddenSetting("vendor.key")])
    }

    @Test func `topics that no file describes go only by prune, and some never`() {
        let cluster = ObservedCluster.made(
            .made("a"), .made("old"), .made("__consumer_offsets"), .made("mm2-offsets.eu.internal"),
            .made("heartbeats"), .made("eu.orders"), .made("connect-offsets.internal"), .made("orders-internal"))
        #expect(plan(.made("a"), on: cluster).entries.isEmpty)
        let rule = PruneRule { $0.rawValue.hasPrefix("eu.") ? "the flow eu->us writes it" : nil }
        let pruned = plan(.made("a"), on: cluster, prune: rule)
        #expect(pruned.changes == ["old delete"])
        #expect(pruned.riskNames == ["delete-topic"])
        #expect(rule.reasonToKeep("eu.orders") == "the flow eu->us writes it")
    }

    @Test func `pruning keeps what tools keep for themselves, and tells the state of Connect and Streams apart`() {
        let cluster = ObservedCluster.made(
            .made("_schemas"), .made("_confluent-metrics"), .made("connect-offsets"), .made("payments"),
            .made("app-KSTREAM-AGGREGATE-STATE-STORE-0000000003-changelog"), .made("a"))
        let pruned = plan(.made("a"), on: cluster, prune: PruneRule())
        #expect(
            pruned.entries.map {
                "\($0.topic): \($0.changes[0].risks.map(\.riskClass.rawValue).joined(separator: ","))"
            }
                == [
                    "app-KSTREAM-AGGREGATE-STATE-STORE-0000000003-changelog: delete-topic,delete-state",
                    "connect-offsets: delete-topic,delete-state", "payments: delete-topic",
                ])
        #expect(pruned.refusals(allowing: RiskAllowance([.deleteTopic])).map(\.topic).count == 2)
    }

    @Test func `a topic that should be absent is deleted if it is there`() {
        var gone = TopicSpecification.made("a")
        gone.state = .absent
        #expect(plan(gone, on: .made(.made("a"))).changes == ["a delete"])
        #expect(plan(gone, on: .made(.made("b"))).entries.isEmpty)
    }

    @Test func `the room that a mirror added is not taken away`() {
        let grown = ObservedCluster.made(.made("a", ["max.message.bytes": "1049612"]))
        // The file says nothing, or the source's limit, or the limit with the room.
        #expect(plan(.made("a"), on: grown, room: MessageRoom()).entries.isEmpty)
        #expect(plan(.made("a", ["max.message.bytes": "1048588"]), on: grown, room: MessageRoom()).entries.isEmpty)
        #expect(plan(.made("a", ["max.message.bytes": "1049612"]), on: grown, room: MessageRoom()).entries.isEmpty)
        #expect(!plan(.made("a", ["max.message.bytes": "2000000"]), on: grown, room: MessageRoom()).entries.isEmpty)
        // Of a topic that nobody mirrors it is drift like any other.
        #expect(plan(.made("a"), on: grown).changes == ["a max.message.bytes 1049612->unset(1048588)"])
        #expect(plan(.made("a", ["max.message.bytes": "1048588"]), on: grown).riskNames == ["shrink-message-size"])
    }

    @Test func `alterations change what they name and nothing else`() {
        let cluster = ObservedCluster.made(.made("a", ["retention.ms": "1", "segment.ms": "2"]), .made("b"))
        let plan = TopicPlanner(cluster).plan(altering: [
            TopicAlteration(
                name: "a", partitions: 6, set: ["cleanup.policy": "compact"], unset: ["segment.ms", "retention.bytes"]),
            TopicAlteration(name: "missing", set: ["retention.ms": "1"]), TopicAlteration(name: "b", partitions: 2),
        ])
        #expect(
            plan.changes == [
                "a cleanup.policy delete(default)->compact", "a segment.ms 2->unset(604800000)", "a partitions 3->6",
            ])
        #expect(plan.entries[1].obstacles == [.fewerPartitions(have: 3, wanted: 2)])
        #expect(plan.entries[2].obstacles == [.missing(near: nil)])
        #expect(TopicPlanner(cluster).plan(deleting: ["a", "c"]).changes == ["a delete"])
    }

    @Test func `a topic that is not there is told with the one that was most likely meant`() {
        let plan = TopicPlanner(.made(.made("orders"), .made("payments"))).plan(deleting: ["order"])
        #expect(plan.entries[0].obstacles == [.missing(near: "orders")])
        #expect(plan.entries[0].obstacles[0].remedy == "did you mean \"orders\"?")
    }

    @Test(arguments: [
        ("retention.ms", "604800000", "1000", ["reduce-retention"]), ("retention.ms", "1000", "604800000", []),
        ("retention.ms", "-1", "604800000", ["reduce-retention"]), ("retention.ms", "604800000", "-1", []),
        ("retention.bytes", "-1", "1000", ["reduce-retention"]), ("retention.bytes", "1000", "-1", []),
        ("cleanup.policy", "delete", "compact", ["change-cleanup-policy"]),
        ("cleanup.policy", "compact", "compact,delete", ["change-cleanup-policy"]),
        ("cleanup.policy", "delete", "", ["change-cleanup-policy"]),
        ("min.insync.replicas", "2", "1", ["lower-durability"]),
        ("min.insync.replicas", "1", "2", []),
        ("unclean.leader.election.enable", "false", "true", ["lower-durability"]),
        ("unclean.leader.election.enable", "true", "false", []),
        ("max.message.bytes", "1048588", "1000", ["shrink-message-size"]),
        ("max.message.bytes", "1000", "1048588", []),
        ("message.timestamp.type", "CreateTime", "LogAppendTime", ["restrict-timestamps"]),
        ("message.timestamp.type", "LogAppendTime", "CreateTime", []),
        ("message.timestamp.before.max.ms", "9223372036854775807", "1000", ["restrict-timestamps"]),
        ("message.timestamp.after.max.ms", "1000", "9223372036854775807", []),
        ("remote.storage.enable", "true", "false", ["drop-tiered-data"]),
        ("compression.type", "producer", "zstd", []), ("segment.ms", "604800000", "1000", []),
        // Tombstones only matter where keys are compacted.
        ("delete.retention.ms", "86400000", "1000", []),
    ])
    func `risk is told by class`(name: String, from: String, to: String, classes: [String]) {
        let plan = plan(.made("a", [name: to]), on: .made(.made("a", [name: from])))
        #expect(plan.changes.count == 1)
        #expect(plan.riskNames == classes)
    }

    @Test func `risk depends on what else changes`() {
        // Under compaction alone nothing is deleted by age, and with it switched on everything is.
        let compacted = ObservedCluster.made(.made("a", ["cleanup.policy": "compact"]))
        #expect(plan(.made("a", ["cleanup.policy": "compact", "retention.ms": "1"]), on: compacted).riskNames == [])
        #expect(
            plan(.made("a", ["cleanup.policy": "compact,delete", "retention.ms": "1"]), on: compacted).riskNames
                == ["change-cleanup-policy", "reduce-retention"])
        #expect(
            plan(.made("a", ["cleanup.policy": "compact", "delete.retention.ms": "1"]), on: compacted).riskNames == [
                "reduce-retention"
            ])
    }

    @Test func `a minimum above what is in sync now blocks writes`() {
        let cluster = ObservedCluster.made(.made("a", inSync: 1))
        #expect(plan(.made("a", ["min.insync.replicas": "2"]), on: cluster).riskNames == ["block-writes"])
    }

    @Test func `more partitions and deletions are risks, and what an unknown default hides is one`() {
        #expect(plan(.made("a", partitions: 6), on: .made(.made("a"))).riskNames == ["add-partitions"])
        #expect(
            plan(.made("a"), on: .made(.made("a", ["retention.ms": "99999999999"]))).riskNames == ["reduce-retention"])
        #expect(plan(.made("a"), .made("b"), on: .made(.made("a", ["retention.ms": "1"]), .made("b"))).riskNames == [])
    }

    @Test func `every risk of every class is refused until it is named`() throws {
        let plan = plan(.made("a", partitions: 6, ["retention.ms": "1"]), on: .made(.made("a")))
        #expect(plan.riskClasses == [.reduceRetention, .addPartitions])
        #expect(plan.refusals(allowing: RiskAllowance()).count == 2)
        #expect(
            plan.refusals(allowing: try RiskAllowance("add-partitions")).map(\.risk.riskClass) == [.reduceRetention])
        #expect(plan.refusals(allowing: try RiskAllowance("add-partitions, reduce-retention")).isEmpty)
        let problem = #expect(throws: UnitProblem.self) { try RiskAllowance("reduce-retentio") }
        #expect(problem?.reason == "\"reduce-retentio\" is no class of risk: did you mean reduce-retention?")
        #expect(throws: UnitProblem.self) { try RiskAllowance("all") }
    }
}
