// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Testing

@Suite struct TopicSelectionTests {
    /// MirrorMaker's default of `topics.exclude` since Kafka 4.0.
    static let defaultExclude = ["mm2.*\\.internal", ".*\\.replica", "__.*"]

    func selection(
        _ include: [String] = [".*"], exclude: [String] = defaultExclude, heartbeats: Bool = true
    ) throws -> TopicSelection {
        TopicSelection(
            include: try NamePatternList(include), exclude: try NamePatternList(exclude),
            replicatesHeartbeats: heartbeats)
    }

    @Test(
        arguments: [
            ("orders", .selected), ("C.orders", .selected), ("B.orders", .cycle), ("A.orders", .cycle),
            ("A.B.orders", .cycle),
            ("x-A.B.y", .cycle),  // a local topic, but its name says otherwise
            ("__consumer_offsets", .excluded), ("a.replica", .excluded), ("mm2-offsets.X.internal", .excluded),
            ("orders-internal", .selected), ("orders.internal", .selected), ("connect-offsets.internal", .selected),
            ("A.checkpoints.internal", .internalTopic), ("tern-lanes.C.internal", .internalTopic),
            ("tern-health.internal", .internalTopic), ("heartbeats", .selected), ("B.heartbeats", .cycle),
            (".hidden", .internalTopic),
        ] as [(TopicName, TopicSelection.Verdict)])
    func `the defaults of MirrorMaker 4,4`(topic: TopicName, verdict: TopicSelection.Verdict) throws {
        let naming = PrefixNaming(source: "A")
        #expect(try selection().selects(topic, naming: naming, target: "B") == verdict)
    }

    @Test func `an empty include list selects nothing but heartbeats`() throws {
        let naming = PrefixNaming(source: "A")
        let empty = try selection([])
        #expect(empty.selects("orders", naming: naming, target: "B") == .notIncluded)
        #expect(empty.selects("C.heartbeats", naming: naming, target: "B") == .selected)
        #expect(try selection([], heartbeats: false).selects("heartbeats", naming: naming, target: "B") == .notIncluded)
    }

    @Test func `an empty exclude list leaves internal topics out all the same`() throws {
        let naming = PrefixNaming(source: "A")
        let open = try selection(exclude: [])
        #expect(open.selects("a.replica", naming: naming, target: "B") == .selected)
        #expect(open.selects("__consumer_offsets", naming: naming, target: "B") == .internalTopic)
        #expect(open.selects("B.checkpoints.internal", naming: naming, target: "B") == .internalTopic)
        #expect(open.selects("tern-lanes.A.internal", naming: naming, target: "B") == .internalTopic)
    }

    @Test func `exclude wins over include, heartbeats over exclude`() throws {
        let naming = PrefixNaming(source: "A")
        let both = try selection(["orders", "heartbeats"], exclude: ["orders", ".*heartbeats"])
        #expect(both.selects("orders", naming: naming, target: "B") == .excluded)
        #expect(both.selects("heartbeats", naming: naming, target: "B") == .selected)
        #expect(both.selects("device-heartbeats", naming: naming, target: "B") == .excluded)
    }

    @Test func `equal names are no cycle by name`() throws {
        let naming = IdentityNaming(source: "A")
        #expect(try selection().selects("B.orders", naming: naming, target: "B") == .selected)
        #expect(try selection().selects("B.heartbeats", naming: naming, target: "B") == .cycle)
    }

    @Test func `entries of a list are one expression`() throws {
        let list = try NamePatternList(["(?i)a", "b"])
        #expect(try list.matches("B"))
        #expect(try NamePatternList(["a", "", "b"]).matches(""))
        #expect(try !NamePatternList.none.matches(""))
    }

    @Test func `two thousand topics against many patterns`() throws {
        let include = (0..<20).map { "team\($0)[\\-\\.]\\p{Alnum}+(\\.v\\d+)?" } + ["orders.*", "payments"]
        let many = try selection(include)
        let naming = PrefixNaming(source: "A")
        let topics = (0..<2000).map { TopicName("team\($0 % 25).topic\($0).v1") }
        let selected = topics.filter { many.selects($0, naming: naming, target: "B").isSelected }
        #expect(selected.count == 1600)
    }

    @Test(arguments: [("app", true), ("console-consumer-123", false), ("connect-x", false), ("__x", false)])
    func `groups follow their own lists`(group: String, isSelected: Bool) throws {
        let groups = GroupSelection(
            include: try NamePatternList([".*"]),
            exclude: try NamePatternList(["console-consumer-.*", "connect-.*", "__.*"]))
        #expect(try groups.selects(GroupID(group)) == isSelected)
    }

    @Test(arguments: [
        ("retention.ms", true), ("min.insync.replicas", false), ("message.timestamp.type", false),
        ("exclude_param.param1", false), ("min-insync.replicas", true),
    ])
    func `settings are kept unless excluded`(name: String, isKept: Bool) throws {
        let exclude = ["message\\.timestamp\\.type", "min\\.insync\\.replicas", "exclude_param.*"]
        #expect(ConfigurationFilter(exclude: try NamePatternList(exclude)).keeps(name) == isKept)
    }
}
