// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Testing

/// The daemon's syncing of access rules, against brokers.
@Suite(
    .serialized,
    .enabled(
        if: KafkaDistribution.found != nil && KafkaDistribution.old != nil, Comment(rawValue: KafkaDistribution.missing)
    ),
    .timeLimit(.minutes(3)))
struct TopicSyncAccessTests {
    private func rule(
        _ topic: TopicName, _ principal: String, _ operation: AccessRule.Operation,
        _ permission: AccessRule.Permission = .allow, pattern: AccessRule.PatternKind = .literal
    ) -> AccessRule {
        AccessRule(
            resource: .topic, resourceName: topic.rawValue, pattern: pattern, principal: "User:\(principal)",
            operation: operation, permission: permission)
    }

    private func add(_ rules: [AccessRule], to cluster: RealCluster) async throws {
        let answers = try await cluster.withAdmin { try await $0.createAccessRules(rules, within: .seconds(20)) }
        for case let error? in answers { throw error }
    }

    private func rules(of topic: TopicName, at cluster: RealCluster) async throws -> Set<AccessRule> {
        try await cluster.withAdmin { admin in
            let filter = AccessRuleFilter(resource: .topic, resourceName: topic.rawValue, pattern: .literal)
            return Set(try await admin.accessRules(matching: filter, within: .seconds(20)))
        }
    }

    @Test func `rules of a topic are copied without the right to write, and none is ever removed`() async throws {
        let mirror = TopicSyncMirror(
            source: try await SharedClusters.guarded(), target: try await SharedClusters.guardedOld(), tag: "acl1")
        let (topic, copy) = (mirror.topic("orders"), mirror.copy("orders"))
        try await mirror.source.createTopic(topic)
        let local = rule(copy, "local", .alter)
        try await add([local], to: mirror.target)
        let original = [
            rule(topic, "owner", .all), rule(topic, "writer", .write), rule(topic, "reader", .describe),
            rule(topic, "stranger", .all, .deny), rule(topic, "families", .read, pattern: .prefixed),
            rule(mirror.topic("later"), "reader", .read), rule(TopicName("unrelated-\(mirror.tag)"), "reader", .read),
        ]
        try await add(original, to: mirror.source)
        let transactional = try await mirror.source.distribution.run(
            "kafka-acls.sh",
            [
                "--bootstrap-server", mirror.source.bootstrapServers, "--add", "--allow-principal", "User:payer",
                "--operation", "Write", "--transactional-id", "payments-\(mirror.tag)",
            ])
        try #require(transactional.status == 0, "\(transactional.output)\(transactional.errors)")
        let expected: Set<AccessRule> = [
            local, rule(copy, "owner", .read), rule(copy, "reader", .describe), rule(copy, "stranger", .all, .deny),
        ]
        let daemon = try mirror.daemon()
        try await mirror.running(daemon) {
            try await eventually(within: .seconds(60), "the rules on the target") {
                try await rules(of: copy, at: mirror.target) == expected
            }
            // Not limited to topics that exist.
            #expect(try await rules(of: mirror.copy("later"), at: mirror.target).count == 1)
            _ = try await mirror.source.withAdmin { admin in
                try await admin.deleteAccessRules(
                    [AccessRuleFilter(rule(topic, "owner", .all))], within: .seconds(20))
            }
            try await add([rule(topic, "marker", .describe)], to: mirror.source)
            let marker = rule(copy, "marker", .describe)
            try await eventually(within: .seconds(30), "another round") {
                try await rules(of: copy, at: mirror.target).contains(marker)
            }
            #expect(try await rules(of: copy, at: mirror.target) == expected.union([marker]))
            try await eventually("the rules to be counted") {
                daemon.status.flows.first?.counters.topicSyncChanges["create_acl"] == 5
            }
            #expect(daemon.status.flows.first?.counters.topicSyncErrors == 0)
        }
        #expect(mirror.lines("access.rule_not_synced", "User:families").count == 1)
        #expect(mirror.lines("access.rule_not_synced", "User:payer").count == 1)
        #expect(mirror.lines("access.rule_not_synced", "User:writer").isEmpty)
        #expect(mirror.lines("access.rule_added", "User:owner", "operation=read").count == 1)
    }

    @Test func `a cluster without an authorizer is named once, on either side`() async throws {
        let guarded = try await SharedClusters.guarded()
        let plain = try await SharedClusters.pair().target
        let mirror = TopicSyncMirror(source: guarded, target: plain, tag: "acl2")
        try await guarded.createTopic(mirror.topic("orders"))
        try await plain.createTopic(mirror.topic("payments"))
        try await add([rule(mirror.topic("orders"), "reader", .read)], to: guarded)
        let daemon = try mirror.daemon(bothWays: true)
        try await mirror.running(daemon) {
            try await eventually(within: .seconds(60), "the word about both clusters") {
                !mirror.lines("access.security_disabled").isEmpty && !mirror.lines("access.no_rules").isEmpty
            }
        }
        #expect(mirror.lines("access.security_disabled").count == 1)
        #expect(mirror.lines("access.no_rules").count == 1)
        #expect(mirror.lines("access.sync_failed").isEmpty)
    }
}
