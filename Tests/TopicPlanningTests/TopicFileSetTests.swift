// SPDX-License-Identifier: Apache-2.0
@testable import TernConfiguration
@testable import TopicPlanning
import KafkaTypes
import Testing

@Suite struct TopicFileSetTests {
    private func place(_ line: Int) -> FileLocation { FileLocation(file: "t.yaml", line: line, column: 1) }

    private func topic(
        _ name: TopicName, line: Int, only: [ClusterAlias]? = nil, _ edit: (inout TopicBody) -> Void = { _ in }
    ) -> TopicDeclaration {
        var topic = TopicDeclaration(name: Located(name, at: place(line)))
        topic.only = only.map { $0.map { Located($0, at: place(line)) } }
        edit(&topic.body)
        return topic
    }

    @Test func `duplicates are told with both places unless they are for different clusters`() {
        let set = TopicFileSet(topics: [topic("a", line: 1), topic("b", line: 2), topic("a", line: 3)])
        #expect(
            set.problems.map(\.description) == [
                "t.yaml:3:1: topic \"a\" is described here and at t.yaml:1:1; keep one of the two, or give each its own clusters with only:"
            ])
        #expect(
            TopicFileSet(topics: [topic("a", line: 1, only: ["eu"]), topic("a", line: 2, only: ["us"])]).problems
                .isEmpty)
        #expect(
            TopicFileSet(topics: [topic("a", line: 1, only: ["eu"]), topic("a", line: 2, only: ["us", "eu"])]).hasErrors
        )
    }

    @Test func `two spellings of one name are told`() {
        let set = TopicFileSet(topics: [topic("a.b", line: 1), topic("a_b", line: 2), topic("a-b", line: 3)])
        #expect(
            set.problems.map(\.description) == [
                "t.yaml:2:1: \"a_b\" and \"a.b\" at t.yaml:1:1 differ only in \".\" and \"_\", and Kafka does not let both exist; rename one of them"
            ])
    }

    @Test func `a minimum in sync above the factor is told where it was written, for the cluster it is wrong on`() {
        var wrong = topic("a", line: 1) { body in
            body.replicationFactor = Located(.value(2), at: place(2))
            body.settings["min.insync.replicas"] = Located(.value("3"), at: place(3))
        }
        #expect(
            TopicFileSet(topics: [wrong]).problems.map(\.description) == [
                "t.yaml:3:1: topic \"a\" has min.insync.replicas 3 above its replication factor 2, so no write with acks=all would be answered; lower min.insync.replicas to 1 or raise the replication factor"
            ])
        wrong.body.replicationFactor = Located(.value(3), at: place(2))
        var us = TopicBody()
        us.replicationFactor = Located(.value(1), at: place(5))
        wrong.clusters["us"] = Located(us, at: place(4))
        #expect(
            TopicFileSet(topics: [wrong]).problems.first?.description.hasPrefix(
                "t.yaml:3:1: topic \"a\" on us has min.insync.replicas 3 above its replication factor 1") == true)
        // Where the broker decides the factor nobody can tell.
        wrong.body.replicationFactor = nil
        wrong.clusters = [:]
        #expect(TopicFileSet(topics: [wrong]).problems.isEmpty)
    }

    @Test func `clusters that the configuration does not have are told once per place`() {
        var a = topic("a", line: 1, only: ["eu", "su"])
        var defaults = TopicDefaults()
        defaults.clusters["eo"] = Located(TopicBody(), at: place(9))
        a.defaults = [defaults]
        var b = topic("b", line: 2)
        b.defaults = [defaults]
        let set = TopicFileSet(topics: [a, b], clusterIDs: ["xx": Located("id", at: place(7))])
        #expect(
            set.problems(knowing: ["eu", "us"]).map(\.description) == [
                "t.yaml:1:1: no cluster is called \"su\"; did you mean \"eu\"?",
                "t.yaml:7:1: no cluster is called \"xx\"; the configuration has eu, us",
                "t.yaml:9:1: no cluster is called \"eo\"; did you mean \"eu\"?",
            ])
    }

    @Test func `specifications come in the order of names, for one cluster at a time`() {
        let set = TopicFileSet(topics: [topic("b", line: 1), topic("a", line: 2, only: ["eu"])])
        #expect(set.specifications(on: "eu").map(\.name) == ["a", "b"])
        #expect(set.specifications(on: "us").map(\.name) == ["b"])
        #expect(set.specifications(on: nil).map(\.name) == ["a", "b"])
    }

    @Test func `messages are one line, whatever was written`() {
        let problem = TopicFileProblem(
            at: FileLocation(file: "a\nb.yaml", line: 1, column: 2), "x\u{1B}[31m", do: "y\u{202E}")
        #expect(problem.description == "a\\u{a}b.yaml:1:2: x\\u{1b}[31m; y\\u{202e}")
    }

    @Test(arguments: [
        ("orders", nil), ("a.b_c-D9", nil), ("", "empty"), (".", "no name"), ("..", "no name"),
        ("a/b", "character \"/\""), ("a b", "character"),
        ("é", "character"), (String(repeating: "a", count: 250), "249"), (String(repeating: "a", count: 249), nil),
    ])
    func `names are those that Kafka takes`(name: String, hint: String?) {
        let problem = TopicNameRule.problem(with: TopicName(name))
        #expect((problem == nil) == (hint == nil))
        if let hint { #expect(problem?.contains(hint) == true) }
    }
}
