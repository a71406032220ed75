// SPDX-License-Identifier: Apache-2.0
@testable import TernConfiguration
@testable import TopicPlanning
import KafkaTypes
import Testing

@Suite struct AccessPlanTests {
    private func rule(
        _ topic: String, _ operation: AccessRule.Operation, _ permission: AccessRule.Permission = .allow,
        resource: AccessRule.ResourceKind = .topic, pattern: AccessRule.PatternKind = .literal
    ) -> AccessRule {
        AccessRule(
            resource: resource, resourceName: topic, pattern: pattern, principal: "User:x", operation: operation,
            permission: permission)
    }

    private func plan(
        _ source: [AccessRule], target: [AccessRule] = [], written: Set<AccessRule> = [], identity: Bool = false
    ) -> AccessPlan {
        AccessPlan(
            source: source, target: target, written: written,
            naming: identity ? IdentityNaming(source: "eu") : PrefixNaming(source: "eu"),
            verdict: { $0 == "skipped" ? .excluded : .selected })
    }

    @Test(
        arguments: [
            (.read, .allow, .read), (.all, .allow, .read),
            (.all, .deny, .all), (.write, .allow, nil),
            (.write, .deny, .write), (.describe, .allow, .describe), (.delete, .allow, .delete),
            (.alterConfigs, .allow, .alterConfigs),
        ] as [(AccessRule.Operation, AccessRule.Permission, AccessRule.Operation?)])
    func `rules are carried as MirrorMaker carries them`(
        operation: AccessRule.Operation, permission: AccessRule.Permission, expected: AccessRule.Operation?
    ) {
        let plan = plan([rule("orders", operation, permission)])
        #expect(plan.creations == (expected.map { [rule("eu.orders", $0, permission)] } ?? []))
        #expect(plan.skipped.map(\.exception) == (expected == nil ? [.writeGrant] : []))
    }

    @Test(
        arguments: [
            ("User:*", .write, nil), ("User:tern", .write, nil), ("User:*", .describe, nil),
            ("User:*", .alterConfigs, nil),
            // What it says of readers is carried.
            ("User:*", .all, .read), ("User:tern", .read, .read), ("User:*", .delete, .delete),
            ("User:x", .write, .write),
        ] as [(String, AccessRule.Operation, AccessRule.Operation?)])
    func `a rule that would deny the mirror its own copies is not carried, and named`(
        principal: String, operation: AccessRule.Operation, expected: AccessRule.Operation?
    ) {
        let denied = AccessRule(
            resource: .topic, resourceName: "orders", principal: principal, operation: operation, permission: .deny)
        let plan = AccessPlan(
            source: [denied], target: [], naming: IdentityNaming(source: "eu"), mirrorsAs: ["User:tern"],
            verdict: { _ in .selected })
        #expect(plan.creations.map(\.operation) == (expected.map { [$0] } ?? []))
        #expect(plan.skipped.map(\.exception) == (expected == nil ? [.deniesMirror] : []))
        #expect(plan.skipped.allSatisfy { $0.exception.isWorthNaming })
    }

    @Test func `what is not about single mirrored topics is told and not carried`() {
        let plan = plan([
            rule("ord", .read, pattern: .prefixed), rule("g", .read, resource: .group),
            rule("kafka-cluster", .alter, resource: .cluster),
            rule("tx", .write, resource: .unknown), rule("orders", .unknown), rule("skipped", .read), rule("*", .read),
        ])
        #expect(plan.creations.isEmpty)
        #expect(
            plan.skipped.map(\.exception) == [
                .prefixed, .otherResource(.group), .otherResource(.cluster), .unknownResource, .unknownPart,
                .notMirrored(.excluded), .allTopics,
            ])
        #expect(
            plan.skipped.filter(\.exception.isWorthNaming).map(\.rule.resourceName) == ["ord", "tx", "orders", "*"])
        #expect(self.plan([rule("*", .read)], identity: true).creations == [rule("*", .read)])
    }

    @Test func `only what the target lacks is written, and once where it tells nothing`() {
        let source = [rule("a", .read), rule("a", .all), rule("b", .read)]
        // READ and ALL come to the same rule.
        #expect(plan(source).creations == [rule("eu.a", .read), rule("eu.b", .read)])
        #expect(plan(source, target: [rule("eu.a", .read), rule("other", .write)]).creations == [rule("eu.b", .read)])
        #expect(plan(source, written: [rule("eu.a", .read), rule("eu.b", .read)]).creations.isEmpty)
    }

    @Test func `an empty answer removes nothing and is told`() {
        let plan = plan([], target: [rule("eu.a", .read)])
        #expect(plan.creations.isEmpty)
        #expect(plan.sourceToldNothing)
    }
}

@Suite struct TargetLimitsCheckTests {
    private func findings(
        _ source: [String: String] = [:], _ target: [String: String] = [:], oldestAge: Int64? = nil, factor: Int16 = 3
    ) -> [String] {
        let roomy =
            target["max.message.bytes"] == nil ? target.merging(["max.message.bytes": "1049612"]) { $1 } : target
        return TargetLimitsCheck(
            source: .made("a", source), target: .made("eu.a", factor: factor, roomy), oldestAge: oldestAge
        ).findings.map {
            "\($0.severity.rawValue) \($0.setting): \($0.what); \($0.remedy)"
        }
    }

    @Test func `a target that takes what the source has raises nothing`() {
        #expect(findings() == [])
        #expect(findings(["retention.ms": "1000"], ["retention.ms": "-1"]) == [])
        #expect(findings(["retention.ms": "1000"]) == [])
        #expect(findings([:], ["cleanup.policy": "compact,delete"]).count == 1)
    }

    /// Y1: each start advised 1 KiB more than the last, on the two sides in turn.
    @Test func `flows that carry a topic both ways do not ask for room above each other's room`() {
        let there = FlowName(source: "eu", target: "us")
        let back = FlowName(source: "us", target: "eu")
        func warnings(_ source: String, _ target: String) -> [String] {
            TargetLimitsCheck(
                source: .made("a", ["max.message.bytes": source]), target: .made("a", ["max.message.bytes": target]),
                room: MessageRoom(of: back, amongFlowsKeepingNames: [there, back])
            ).findings.map(\.setting)
        }
        // As Tern creates the copy, and as people set the other side on Tern's advice.
        #expect(warnings("1049612", "1048588") == [])
        #expect(warnings("1050636", "1049612") == [])
        #expect(warnings("1048588", "1049612") == [])
        // A side that is really too small is still named.
        #expect(warnings("10485760", "1048588") == ["max.message.bytes"])
    }

    @Test func `records that would go at once for their age are warned about`() {
        let text = "warning retention.ms: records older than 1d are deleted as soon as they are copied; set it to 7d"
        #expect(findings([:], ["retention.ms": "86400000"]) == [text])
        #expect(
            findings(["retention.ms": "-1"]) == [
                "warning retention.ms: records older than 7d are deleted as soon as they are copied; set it to forever"
            ])
        #expect(
            findings(["cleanup.policy": "compact"]).contains {
                $0.contains("retention.ms") && $0.hasSuffix("set it to forever")
            })
        // Nothing is deleted by age under compaction alone, nor where the age starts with the copy.
        #expect(findings(["cleanup.policy": "compact"], ["cleanup.policy": "compact", "retention.ms": "1"]) == [])
        #expect(
            findings(
                ["message.timestamp.type": "LogAppendTime"],
                ["retention.ms": "1", "message.timestamp.type": "LogAppendTime"]) == [])
        // No record is that old yet, or one is.
        #expect(findings([:], ["retention.ms": "86400000"], oldestAge: 3_600_000) == [])
        #expect(
            findings([:], ["retention.ms": "86400000"], oldestAge: 172_800_000).first?.contains("the oldest is 2d old")
                == true)
    }

    @Test(
        arguments: [
            (
                ["retention.bytes": "-1"], ["retention.bytes": "1073741824"],
                "warning retention.bytes: only the last 1GiB of a partition are kept; set it to forever"
            ),
            (
                [:], ["cleanup.policy": "compact"],
                "warning cleanup.policy: records without a key are refused and stop their partition, and older records of a key are removed; set it to delete as on the source"
            ),
            (
                [:], ["message.timestamp.type": "LogAppendTime"],
                "warning message.timestamp.type: copies get the time of copying and lose the one they come with; set it to CreateTime"
            ),
            (
                [:], ["message.timestamp.before.max.ms": "86400000"],
                "warning message.timestamp.before.max.ms: records more than 1d behind the target's clock are refused and stop their partition; set it to unlimited"
            ),
            // Kafka 4's default is an hour, an older source's is none: worth a note for every topic, not a warning.
            (
                ["message.timestamp.after.max.ms": "9223372036854775807"], [:],
                "note message.timestamp.after.max.ms: records more than 1h ahead of the target's clock are refused and stop their partition; set it to unlimited"
            ),
            (
                ["max.message.bytes": "2000000"], ["max.message.bytes": "1048588"],
                "warning max.message.bytes: batches above 1048588B are refused and stop their partition; set it to 2001024B"
            ),
            (
                [:], ["max.message.bytes": "1048588"],
                "note max.message.bytes: the largest records leave no room for Tern's headers; set it to 1049612B"
            ),
        ] as [([String: String], [String: String], String)])
    func `what would be refused or lost is told with the setting to change`(
        source: [String: String], target: [String: String], text: String
    ) {
        #expect(findings(source, target) == [text])
    }

    @Test func `a minimum in sync above the replicas lets nothing in`() {
        #expect(
            findings([:], ["min.insync.replicas": "2"], factor: 1) == [
                "warning min.insync.replicas: 2 replicas must be in sync and there are 1: no record can be copied; set it to 1"
            ])
    }
}
