// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Patterns
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
            ("tern-health.internal", .internalTopic), ("mm2-tern-health.internal", .excluded),
            ("heartbeats", .selected), ("B.heartbeats", .cycle),
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
        #expect(open.selects("mm2-tern-lanes.A.internal", naming: naming, target: "B") == .internalTopic)
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

    @Test func `a list names the entry that is wrong`() throws {
        let problem = #expect(throws: NamePatternProblem.self) { try NamePatternList(["fine", "a(b"]) }
        #expect(problem?.pattern == "a(b")
        #expect(problem?.description == "'a(b' at character 2: the group that starts here is not closed by ')'")
    }

    @Test func `no answer is given about a topic only where it matters`() throws {
        let long = TopicName(String(repeating: "a", count: 200) + "!")
        let naming = PrefixNaming(source: "A")
        func verdict(_ include: [String], _ exclude: [String]) throws -> TopicSelection.Verdict {
            try selection(include, exclude: exclude).selects(long, naming: naming, target: "B")
        }
        let hopeless = "(a+)+b"
        #expect(try verdict([hopeless], []) == .undecided)
        #expect(try verdict([".*"], [hopeless]) == .undecided)
        #expect(try verdict([hopeless], ["a.*"]) == .excluded)
        #expect(try verdict(["b.*"], [hopeless]) == .notIncluded)
        #expect(try verdict([hopeless, ".*!"], []) == .selected)
    }

    @Test func `a group or a setting without an answer is not taken in silence`() throws {
        let name = String(repeating: "a", count: 200) + "!"
        let list = try NamePatternList(["(a+)+b"])
        #expect(throws: UndecidedName.self) { try GroupSelection(include: list).selects(GroupID(name)) }
        #expect(throws: UndecidedName.self) {
            try GroupSelection(include: NamePatternList([".*"]), exclude: list).selects(GroupID(name))
        }
        let filter = ConfigurationFilter(exclude: list)
        #expect(!filter.keeps(name))
        #expect(filter.undecided(name)?.limit.name == name)
        #expect(filter.undecided("retention.ms") == nil)
    }

    @Test func `no answer says where the pattern stands`() throws {
        let flow = loadConfiguration(twoClusters + "topics = orders, (a+)+b\n").flow("A", "B")
        let long = TopicName(String(repeating: "a", count: 200) + "!")
        #expect(flow?.topics.selects(long, naming: PrefixNaming(source: "A"), target: "B") == .undecided)
        #expect(
            flow?.topics.undecided(long)?.description.hasPrefix(
                "mm2.properties:5: topics: the regular expression '(a+)+b' gives no answer about 'aaa") == true)
    }

    @Test func `a pattern that is a secret is not quoted`() throws {
        let file = "secrets.properties"
        let text =
            twoClusters + "config.providers = f\n"
            + "config.providers.f.class = org.apache.kafka.common.config.provider.FileConfigProvider\n"
            + "topics = ${f:/\(file):topics}\n"
        let flow = loadConfiguration(text, files: ["/\(file)": Array("topics=(a+)+b".utf8)]).flow("A", "B")
        let said = flow?.topics.undecided(TopicName(String(repeating: "a", count: 200) + "!"))?.description
        #expect(said?.contains("'•••' gives no answer") == true, "\(said ?? "nothing")")
    }

    @Test func `two thousand topics against many patterns`() throws {
        let include = (0..<20).map { "team\($0)[\\-\\.]\\p{Alnum}+(\\.v\\d+)?" } + ["orders.*", "payments"]
        let many = try selection(include)
        let naming = PrefixNaming(source: "A")
        let topics = (0..<2000).map { TopicName("team\($0 % 25).topic\($0).v1") }
        let selected = topics.filter { many.selects($0, naming: naming, target: "B").isSelected }
        #expect(selected.count == 1600)
    }

    @Test func `Tern's own groups are never translated, whatever the list says`() throws {
        let groups = GroupSelection(include: try NamePatternList([".*"]))
        for own in ["tern.eu->us", "tern-lanes.eu->us"] as [GroupID] { #expect(try !groups.selects(own)) }
        for other in ["tern", "tern.orders", "eu->us"] as [GroupID] { #expect(try groups.selects(other)) }
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
