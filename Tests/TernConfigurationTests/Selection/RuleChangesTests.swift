// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Testing

@Suite struct RuleChangesTests {
    private static let topics: [TopicName] = [
        "x.internal", "orders", "orders-internal", "A.own", "B.copy", "C.copy", "mm2-offsets.B.internal",
        "B.checkpoints.internal", "__consumer_offsets", "tern-health.internal", "tern-lanes.B.internal", "a.replica",
        "connect-offsets.internal", "heartbeats", "A.heartbeats",
    ]

    private func changes(
        topics include: [String] = [".*"], exclude: [String] = TopicSelection.defaultExclude,
        naming: any ReplicationNaming = PrefixNaming(source: "A")
    ) throws -> RuleChanges {
        RuleChanges(
            of: Self.topics,
            selection: TopicSelection(include: try NamePatternList(include), exclude: try NamePatternList(exclude)),
            naming: naming, target: "B")
    }

    @Test func `with the defaults topics of users come in, and copies of the source itself go`() throws {
        let changes = try changes()
        #expect(changes.broughtIn == ["connect-offsets.internal", "orders-internal", "x.internal"])
        #expect(changes.leftOut == ["A.heartbeats", "A.own"])
    }

    @Test func `the old default, written down, keeps what it left out`() throws {
        let changes = try changes(exclude: [#".*[\-\.]internal"#, #".*\.replica"#, "__.*"])
        #expect(changes.broughtIn == [])
    }

    @Test func `a list of one's own changes only what the class calls internal`() throws {
        #expect(try changes(exclude: ["connect-.*"]).broughtIn == ["orders-internal", "x.internal"])
    }

    @Test func `what is not asked for does not come in`() throws {
        let changes = try changes(topics: ["orders"])
        #expect(changes.broughtIn == [])
        #expect(changes.leftOut == ["A.heartbeats"])
    }

    @Test func `with equal names nothing is left out but what was`() throws {
        let changes = try changes(naming: IdentityNaming(source: "A"))
        #expect(changes.broughtIn == ["connect-offsets.internal", "orders-internal", "x.internal"])
        #expect(changes.leftOut == [])
    }
}
