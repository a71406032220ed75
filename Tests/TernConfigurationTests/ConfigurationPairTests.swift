// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Testing

@Suite struct ConfigurationPairTests {
    private func pairs(_ aliases: [String], _ text: String, clusters: [ClusterAlias]? = nil) -> [String] {
        let servers = aliases.map { "\($0).bootstrap.servers = x:1" }.joined(separator: "\n")
        let loaded = loadConfiguration(
            "clusters = \(aliases.joined(separator: ","))\n\(servers)\n\(text)", clusters: clusters)
        return loaded.configuration?.flows.map(\.name.description) ?? loaded.errors
    }

    /// The counts of MirrorMaker's own tests.
    @Test func `every pair is selected unless its heartbeats are off`() {
        let three = ["a", "b", "c"]
        let six = ["a", "b", "c", "d", "e", "f"]
        #expect(pairs(three, "").count == 6)
        #expect(
            pairs(three, "emit.heartbeats.enabled = false")
                == ["mm2.properties: there is nothing to mirror: write S->T.enabled = true for a pair of clusters"])
        #expect(pairs(three, "a->b.emit.heartbeats.enabled = false\na->c.emit.heartbeats.enabled = false").count == 4)
        #expect(
            pairs(six, "emit.heartbeats.enabled = false\na->b.enabled = true\nc->d.enabled = true\ne->f.enabled = true")
                == ["a->b", "c->d", "e->f"])
        #expect(
            pairs(
                six,
                "emit.heartbeats.enabled = false\na->b.enabled = true\nc->d.enabled = true\n"
                    + "e->f.emit.heartbeats.enabled = true") == ["a->b", "c->d", "e->f"])
    }

    @Test func `a pair that is selected for its heartbeats copies nothing`() throws {
        let loaded = loadConfiguration(twoClusters)
        #expect(try #require(loaded.flow("A", "B")).isEnabled)
        #expect(try !#require(loaded.flow("B", "A")).isEnabled)
    }

    @Test(arguments: [("true", true), ("TRUE", true), ("True", true), ("false", false)])
    func `a flow is on when it says true`(word: String, isEnabled: Bool) {
        let loaded = loadConfiguration(twoClusters + "B->A.enabled = \(word)")
        #expect(loaded.flow("B", "A")?.isEnabled == isEnabled)
        #expect(loaded.problems == [])
    }

    @Test func `a blank behind true is told`() {
        let off = loadConfiguration(twoClusters + "emit.heartbeats.enabled = false\nB->A.enabled = true ")
        #expect(off.flow("B", "A") == nil)
        #expect(
            off.warnings == [
                "mm2.properties:6: B->A.enabled: \"true \" is not exactly `true`, so the flow is off, as in MirrorMaker: "
                    + "remove the blank behind it"
            ])
        let on = loadConfiguration(twoClusters + "B->A.enabled = true ")
        #expect(on.flow("B", "A")?.isEnabled == true)
        #expect(on.warnings.count == 1)
    }

    @Test func `enabled at the top level turns on what heartbeats select`() {
        let loaded = loadConfiguration(twoClusters + "enabled = true")
        #expect(loaded.flow("B", "A")?.isEnabled == true)
        #expect(loaded.warnings.count == 1)
    }

    @Test func `a word that is no boolean is an error`() {
        #expect(loadConfiguration(twoClusters + "B->A.enabled = yes").errors.count == 1)
        #expect(
            loadConfiguration(twoClusters + "emit.heartbeats.enabled = false\nB->A.enabled = yes").errors == [
                "mm2.properties:6: B->A.enabled: \"yes\" is neither true nor false"
            ])
    }

    @Test func `only flows to the targets of the command line are kept`() {
        #expect(pairs(["a", "b", "c"], "", clusters: ["b"]) == ["a->b", "c->b"])
        #expect(pairs(["a", "b", "c"], "", clusters: []).count == 6)
        #expect(
            pairs(["a", "b"], "", clusters: ["x"]).first
                == "mm2.properties: --clusters names x, which is not in `clusters`")
    }

    @Test(arguments: [
        ("", "mm2.properties: clusters: is missing: write the aliases of the clusters, such as clusters = A, B"),
        (
            "clusters =",
            "mm2.properties:1: clusters: is empty: write the aliases of the clusters, such as clusters = A, B"
        ),
        (
            "clusters = A,,B\nbootstrap.servers = x:1",
            "mm2.properties:1: clusters: has an alias without a name: remove the comma too many"
        ),
        (
            "clusters = A\nbootstrap.servers = x:1",
            "mm2.properties: there is nothing to mirror: `clusters` names one cluster, at least two are needed"
        ),
        (
            "clusters = A, B\nA.bootstrap.servers = x:1",
            "mm2.properties: B.bootstrap.servers: is missing: write some of the cluster's brokers, host:port, separated by "
                + "commas"
        ),
    ])
    func `a list of clusters that cannot be is an error`(text: String, error: String) {
        let loaded = loadConfiguration(text)
        #expect(loaded.configuration == nil)
        #expect(loaded.errors == [error])
    }

    @Test(arguments: ["A", "A, B"])
    func `a file that only names clusters will do for whoever mirrors nothing`(clusters: String) {
        let text = "clusters = \(clusters)\nbootstrap.servers = x:1\nemit.heartbeats.enabled = false\n"
        #expect(loadConfiguration(text).configuration == nil)
        let loaded = ConfigurationLoader.load(file: "mm2.properties", text: Array(text.utf8), needsFlow: false)
        #expect(loaded.errors == [])
        #expect(loaded.configuration?.flows.isEmpty == true)
        #expect(loaded.configuration?.clusters.map(\.alias.rawValue).joined(separator: ", ") == clusters)
    }

    @Test func `a comment behind the clusters is part of an alias, and told`() {
        let loaded = loadConfiguration("clusters = A, B # two of them\nbootstrap.servers = x:1")
        #expect(loaded.configuration?.clusters.map(\.alias) == ["A", "B # two of them"])
        #expect(loaded.warnings.contains { $0.contains("put the comment on a line of its own") })
    }

    /// MirrorMaker's own test has this alias.
    @Test func `an alias may be any text`() throws {
        let odd = #"B- ._~:/?#[]@!$&'()*+;="<>%{}|\^`618"#
        let escaped = odd.flatMap { " :=\\#!".contains($0) ? "\\\($0)" : "\($0)" }
        let key = String(escaped)
        let value = odd.replacing("\\", with: "\\\\")
        let loaded = loadConfiguration(
            """
            clusters = A, \(value)
            A.bootstrap.servers = x:1
            \(key).bootstrap.servers = y:1
            \(key).producer.linger.ms = 3
            A->\(key).enabled = true
            \(key)->A.enabled = true
            \(key)->A.topics = orders
            replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy
            """)
        #expect(loaded.errors == [])
        #expect(loaded.warnings == [])
        let there = try #require(loaded.flow("A", ClusterAlias(odd)))
        #expect(there.isEnabled)
        #expect(there.producerProperties["linger.ms"] == "3")
        let back = try #require(loaded.flow(ClusterAlias(odd), "A"))
        #expect(back.topics.include.entries == ["orders"])
        let legal = { (name: TopicName) in
            name.rawValue.utf8.allSatisfy {
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0
                    || "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-".utf8.contains($0)
            }
        }
        #expect(legal(back.lanesTopic))
        #expect(legal(back.progressTopic.name))
        #expect(there.progressTopic.name == "mm2-offsets.A.internal")
    }

    @Test func `an alias that no topic can be called after is told where the policy needs it`() {
        let loaded = loadConfiguration(
            "clusters = us west, B\nbootstrap.servers = x:1\nus\\ west->B.enabled = true")
        #expect(loaded.errors == [])
        #expect(loaded.warnings.count == 1)
        #expect(loaded.warnings.first?.contains("IdentityReplicationPolicy") == true)
    }

    /// Aliases are plain prefixes to MirrorMaker: `a` takes the keys of `a.b` too, and they mean nothing to it.
    @Test func `an alias may start with another`() throws {
        let loaded = loadConfiguration(
            """
            clusters = a, a.b
            a.bootstrap.servers = x:1
            a.b.bootstrap.servers = y:1
            a.b.consumer.fetch.min.bytes = 2
            a->a.b.enabled = true
            a.b->a.enabled = true
            """)
        #expect(loaded.problems == [])
        #expect(try #require(loaded.flow("a", "a.b")).consumerProperties["fetch.min.bytes"] == nil)
        #expect(try #require(loaded.flow("a.b", "a")).consumerProperties["fetch.min.bytes"] == "2")
    }

    @Test func `an alias may look like a flow`() throws {
        let loaded = loadConfiguration(
            "clusters = A, B, A->B\nbootstrap.servers = x:1\nA->B.enabled = true\nA->B->B.enabled = true")
        #expect(loaded.errors == [])
        #expect(loaded.flow("A", "B")?.isEnabled == true)
        #expect(loaded.flow("A->B", "B")?.isEnabled == true)
    }
}
