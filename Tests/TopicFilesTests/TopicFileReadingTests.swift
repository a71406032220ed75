// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import TopicPlanning
import KafkaTypes
import Testing

@testable import TopicFiles

@Suite struct TopicFileReadingTests {
    @Test func `a whole topic is read`() throws {
        let text = """
            # what the shop sells
            name: orders
            description: "Orders: one record each"
            labels: {owner: shop, data-class: internal}
            partitions: 12
            replication-factor: 3
            settings:
              retention.ms: 7d
              max.message.bytes: 2MiB
              cleanup.policy: [compact, delete]
              min.insync.replicas: 2
              preallocate: false
              compression.type: zstd
            unmanaged: [segment.*]
            clusters:
              us:
                partitions: 24
                settings:
                  retention.ms: 14d
                  min.insync.replicas: default
            """
        let base = try specification(text)
        #expect(base.name == "orders")
        #expect(base.summary == "Orders: one record each")
        #expect(base.labels == ["owner": "shop", "data-class": "internal"])
        #expect(base.partitions == 12)
        #expect(base.replicationFactor == 3)
        #expect(
            base.settings == [
                "retention.ms": "604800000", "max.message.bytes": "2097152", "cleanup.policy": "compact,delete",
                "min.insync.replicas": "2", "preallocate": "false", "compression.type": "zstd",
            ])
        #expect(base.leavesAlone("segment.ms"))
        #expect(base.leavesAlone("leader.replication.throttled.replicas"))
        #expect(!base.leavesAlone("retention.bytes"))
        #expect(base.location == FileLocation(file: "t.yaml", line: 2, column: 7))

        let us = try specification(text, on: "us")
        #expect(us.partitions == 24)
        #expect(us.replicationFactor == 3)
        #expect(us.settings["retention.ms"] == "1209600000")
        #expect(us.settings["min.insync.replicas"] == nil)
        #expect(try specification(text, on: "eu") == base)
    }

    @Test(arguments: [
        "name: a\n---\nname: b\n", "- name: a\n- name: b\n", "topics:\n- name: a\n- name: b\n",
        "topics:\n  - name: a\n---\n# nothing here\n---\n- name: b\n", "%YAML 1.1\n---\nname: a\n...\n---\nname: b\n",
        "{topics: [{name: a}, {name: b}]}", "\u{FEFF}name: a\r\n---\r\nname: b\r\n",
        "{\"topics\": [{\"name\": \"a\"}, {\"name\": \"b\"}]}",
    ])
    func `topics are found in every arrangement of a file`(text: String) {
        let file = topicFile(text)
        #expect(file.problems.isEmpty)
        #expect(file.topics.map(\.name.value) == ["a", "b"])
    }

    @Test func `defaults hold for the topics of their file, and what is nearer to the topic wins`() throws {
        let text = """
            defaults:
              partitions: 6
              settings: {retention.ms: 1d, retention.bytes: 1GiB, segment.ms: 1h}
              clusters:
                us: {settings: {retention.ms: 2d, segment.ms: 2h}}
            topics:
              - name: a
                settings: {retention.ms: 3d}
                clusters:
                  us: {settings: {retention.bytes: default}}
              - name: b
            """
        let file = topicFile(text)
        #expect(file.problems.isEmpty)
        func settings(_ index: Int, _ cluster: ClusterAlias?) -> [String: String]? {
            file.topics[index].specification(on: cluster)?.settings
        }
        #expect(
            settings(0, nil) == ["retention.ms": "259200000", "retention.bytes": "1073741824", "segment.ms": "3600000"])
        #expect(settings(0, "us") == ["retention.ms": "259200000", "segment.ms": "7200000"])
        #expect(
            settings(1, "us") == [
                "retention.ms": "172800000", "retention.bytes": "1073741824", "segment.ms": "7200000",
            ])
        #expect(file.topics[1].specification(on: "us")?.partitions == 6)
    }

    @Test func `a topic is only where it is meant to be`() throws {
        let file = topicFile(
            "- {name: a, only: eu}\n- {name: b, only: [eu, no]}\n- {name: c, clusters: {us: {state: absent}}}")
        #expect(file.problems.isEmpty)
        #expect(file.topics[0].specification(on: "us") == nil)
        #expect(file.topics[0].specification(on: "eu") != nil)
        // A cluster may be called "no": nothing here guesses at types.
        #expect(file.topics[1].specification(on: "no") != nil)
        #expect(file.topics[2].specification(on: "us")?.state == .absent)
        #expect(file.topics[2].specification(on: "eu")?.state == .present)
    }

    @Test(arguments: [
        ("nane: orders", "1:1: a topic has no key \"nane\"; did you mean \"name\"?"),
        ("partitions: 3", "1:1: this topic has no name; add \"name: \" and the topic's name"),
        ("name: orders\npartition: 3", "2:1: a topic has no key \"partition\"; did you mean \"partitions\"?"),
        ("name: orders\nrf: 3", "2:1: a topic has no key \"rf\"; did you mean \"replication-factor\"?"),
        (
            "name: orders\nreplicationFactor: 3",
            "2:1: a topic has no key \"replicationFactor\"; did you mean \"replication-factor\"?"
        ),
        (
            "name: orders\nretention.ms: 7d",
            "2:1: a topic has no key \"retention.ms\": it is a setting; put it under settings:"
        ),
        (
            "name: orders\nretention: 7d",
            "2:1: a topic has no key \"retention\"; did you mean the setting \"retention.bytes\"? It goes under settings:"
        ),
        (
            "name: orders\nxyzzy: 7d",
            "2:1: a topic has no key \"xyzzy\"; the keys here are name, description, labels, only, state, partitions, replication-factor, settings, unmanaged, clusters"
        ),
        (
            "topics: []\npartitions: 7",
            "2:1: a file has no key \"partitions\"; it belongs to a topic, in the list below topics:"
        ),
        (
            "name: a\nsettings:\n  retention.m: 7d",
            "3:3: \"retention.m\" is not a setting of topics; did you mean \"retention.ms\"?"
        ),
        (
            "name: a\nsettings:\n  retention.ms: 7 parsecs",
            "3:17: retention.ms: \"7 parsecs\": \"parsecs\" is not a unit of time; write 500ms, 30s, 90m, 36h or 7d, or \"forever\""
        ),
        (
            "name: a\nsettings:\n  max.message.bytes: 1M",
            "3:22: max.message.bytes: \"1M\": \"M\" may mean two things; write MiB (1024-based) or MB (1000-based)"
        ),
        (
            "name: a\nsettings:\n  retention.ms: 1GiB",
            "3:17: retention.ms: \"1GiB\" is a size, and a duration is expected; write 500ms, 30s, 90m, 36h or 7d, or \"forever\""
        ),
        (
            "name: a\nsettings:\n  retention:\n    ms: 7d",
            "3:3: settings: \"retention\" holds a mapping; write Kafka's whole names, such as retention.ms: 7d"
        ),
        (
            "name: a\nsettings:\n  retention.ms:",
            "3:16: retention.ms: a value is expected, and there is nothing; write a value, or \"default\" for the broker's default"
        ),
        (
            "name: a\nsettings:\n  retention.ms: [1d, 2d]",
            "3:17: retention.ms: a value is expected, and there is a list; write one value"
        ),
        ("name: a\nsettings:\n  preallocate: no", "3:16: preallocate: \"no\" is not read as false here; write false"),
        (
            "name: a\nsettings:\n  unclean.leader.election.enable: on",
            "3:35: unclean.leader.election.enable: \"on\" is not read as true here; write true"
        ),
        (
            "name: a\nsettings: 7d",
            "2:11: settings: settings are expected as \"name: value\", and there is \"7d\"; write them as a mapping"
        ),
        (
            "name: a\nsettings:",
            "2:10: settings: settings are expected as \"name: value\", and there is nothing; add them, or leave the key out"
        ),
        (
            "name: a\npartitions: 012",
            "2:13: partitions: \"012\" is not a whole number from 1 up; write it in digits without the leading 0, or \"default\" for the broker's default"
        ),
        (
            "name: a\npartitions: 1_000",
            "2:13: partitions: \"1_000\" is not a whole number from 1 up; write it in digits, or \"default\" for the broker's default"
        ),
        (
            "name: a\npartitions: 0",
            "2:13: partitions: \"0\" is not a whole number from 1 up; write it in digits, or \"default\" for the broker's default"
        ),
        (
            "name: a\npartitions: -1",
            "2:13: partitions: \"-1\" is not a whole number from 1 up; write it in digits, or \"default\" for the broker's default"
        ),
        (
            "name: a\npartitions: 12.0",
            "2:13: partitions: \"12.0\" is not a whole number from 1 up; write it in digits, or \"default\" for the broker's default"
        ),
        (
            "name: a\npartitions: 1:30",
            "2:13: partitions: \"1:30\" is not a whole number from 1 up; write it in digits, or \"default\" for the broker's default"
        ),
        (
            "name: a\npartitions: 3000000000",
            "2:13: partitions: 3000000000 is too large; the most that Kafka takes is 2147483647"
        ),
        (
            "name: a\nreplication-factor: 40000",
            "2:21: replication-factor: 40000 is too large; the most that Kafka takes is 32767"
        ),
        (
            "name: a\npartitions:",
            "2:12: partitions: a number is expected, and there is nothing; write a number, or \"default\" for the broker's default"
        ),
        (
            "name: a b",
            "1:7: the topic's name \"a b\" has the character \" \", and Kafka takes letters, digits, \".\", \"_\" and \"-\"; choose another name"
        ),
        (
            "name: \"a\\u202eb\"",
            "1:7: the topic's name \"a\\u{202e}b\" has the character \"\\u{202e}\", and Kafka takes letters, digits, \".\", \"_\" and \"-\"; choose another name"
        ),
        ("name: ..", "1:7: \"..\" is no name for a topic; choose another name"),
        ("name:", "1:6: name: a text is expected, and there is nothing; write the text"),
        ("name: [a]", "1:7: name: a text is expected, and there is a list; write the text"),
        (
            "just a text",
            "1:1: a topic is expected, and there is \"just a text\"; start with \"name: \" and the topic's name"
        ),
        (
            "topics: {a: {}}",
            "1:9: topics: a list is expected, and there is a mapping; start each topic with \"- name: \""
        ),
        ("- orders", "1:3: a topic is expected, and there is \"orders\"; write \"name: \" and the topic's name"),
        (
            "name: a\nonly: []",
            "2:7: only: a list of names is expected, and there is a list; write [a, b], or leave the key out"
        ),
        ("name: a\nstate: gone", "2:8: state: \"gone\" is neither present nor absent; write present or absent"),
        (
            "name: a\nclusters: {us: }",
            "2:16: clusters: what is different on \"us\" is expected, and there is nothing; write keys such as partitions: below it, or remove the alias; only: says where a topic lives"
        ),
        (
            "name: a\nclusters: {us: {only: eu}}",
            "2:17: a cluster's part has no key \"only\"; it belongs to a topic, in the list below topics:"
        ),
        (
            "name: a\nunmanaged: ['*.ms']",
            "2:13: unmanaged: \"*.ms\" has a * that is not at its end; write a setting's name, or its beginning and *"
        ),
        ("name: a\nname: b", "2:1: \"name\" is here and at t.yaml:1:1; keep one of the two"),
        ("name: a\nlabels: {x: [y]}", "2:13: labels: a text is expected, and there is a list; write the text"),
        (
            "defaults: {partitions: 1}\n---\ndefaults: {partitions: 2}",
            "3:11: defaults: is twice in this file; put all of them in one place"
        ),
        (
            "defaults: {state: absent}",
            "1:12: defaults has no key \"state\"; it belongs to a topic, in the list below topics:"
        ),
        ("cluster-ids: {us: }", "1:19: cluster-ids: an id is expected; write the cluster's id"),
    ])
    func `what is wrong is told with its place and what to do`(text: String, message: String) {
        #expect(problems(text) == ["t.yaml:\(message)"])
    }
}
