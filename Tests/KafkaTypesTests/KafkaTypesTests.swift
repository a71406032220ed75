// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Testing

@Suite struct NamesTests {
    @Test func `names that Swift calls equal are different to Kafka`() {
        let composed = TopicName("caf\u{E9}")
        let decomposed = TopicName("cafe\u{301}")
        #expect(composed.rawValue == decomposed.rawValue)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
    }

    @Test func `names sort by their bytes, not by language`() {
        #expect((["a", "B", "é", "_", "10", "9"] as [TopicName]).sorted() == ["10", "9", "B", "_", "a", "é"])
    }

    @Test func `partitions sort by topic, then by number`() {
        let sorted = [TopicPartition("b", 0), TopicPartition("a", 10), TopicPartition("a", 9)].sorted()
        #expect(sorted.map(\.description) == ["a/9", "a/10", "b/0"])
    }
}

@Suite struct KafkaErrorCodeTests {
    @Test(
        arguments: [
            (.msgSizeTooLarge, 10, "MSG_SIZE_TOO_LARGE"), (._timedOut, -185, "_TIMED_OUT"), (.unknown, -1, "UNKNOWN"),
            (.noError, 0, "NO_ERROR"), (._fenced, -144, "_FENCED"), (.rebootstrapRequired, 129, "REBOOTSTRAP_REQUIRED"),
        ] as [(KafkaErrorCode, Int32, String)])
    func `a code has the number and the name of the protocol`(code: KafkaErrorCode, number: Int32, name: String) {
        #expect(code.rawValue == number)
        #expect(code.name == name)
        #expect("\(code)" == name)
    }

    @Test func `a code of a later version keeps its number`() {
        #expect(KafkaErrorCode(rawValue: 4711).name == "ERROR_4711")
        #expect(!KafkaErrorCode(rawValue: 4711).isLocal)
        #expect(KafkaErrorCode._transport.isLocal)
        #expect(!KafkaErrorCode.unknown.isLocal)
    }
}

@Suite struct ClientPropertiesTests {
    @Test func `a later value wins, and nil removes`() {
        var properties = ClientProperties(["a": "1", "b": "2", "a": "3"])
        #expect(properties["a"] == "3")
        #expect(properties.entries.map(\.key) == ["b", "a"])
        properties["b"] = nil
        #expect(properties == ClientProperties(["a": "3"]))
        #expect(properties.merging(ClientProperties(["a": "4", "c": "5"])) == ClientProperties(["a": "4", "c": "5"]))
    }

    @Test func `a secret shows dots, wherever it is printed`() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\([secret])", dumped] {
            #expect(!text.contains("hunter2"))
        }
        #expect(secret.reveal() == "hunter2")
        #expect(secret == Secret("hunter2"))
    }
}

@Suite struct DescriptionTests {
    @Test func `a topic without partitions has no replication factor`() {
        let none = TopicDescription(name: "t", partitions: [])
        #expect(none.replicationFactor == 0)
        let two = TopicDescription(
            name: "t",
            partitions: [PartitionDescription(index: 0, leader: 1, replicas: [1, 2], inSyncReplicas: [1])])
        #expect(two.replicationFactor == 2)
    }

    @Test func `a filter made of a rule means all of it`() {
        let rule = AccessRule(resource: .topic, resourceName: "t", principal: "User:a", operation: .read)
        let filter = AccessRuleFilter(rule)
        #expect(filter.resource == .topic && filter.resourceName == "t" && filter.pattern == .literal)
        #expect(filter.host == "*" && filter.operation == .read && filter.permission == .allow)
    }
}
