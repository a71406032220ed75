// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Testing

@Suite(.needsBrokers) struct AdminTopicsTests {
    @Test(arguments: BrokerLine.available)
    func `topics are created, grown, described and deleted`(on line: BrokerLine) async throws {
        let cluster = try await line.cluster()
        try await withAdmin(.testing(cluster.bootstrapServers)) { admin in
            #expect(try await admin.clusterID(within: patience) == cluster.clusterID)
            #expect(try await admin.controllerID(within: patience) == 1)
            let created = try await admin.createTopics(
                [
                    NewTopic(
                        name: "topics-a", partitionCount: 2, replicationFactor: -1,
                        configuration: [("retention.ms", "3600000")]),
                    NewTopic(name: "topics-b", partitionCount: -1, replicationFactor: 1),
                    NewTopic(name: "no/topic", partitionCount: 1, replicationFactor: 1),
                    NewTopic(
                        name: "topics-c", partitionCount: 1, replicationFactor: 1,
                        configuration: [("no.such.setting", "1")]),
                    NewTopic(name: "topics-d", partitionCount: 1, replicationFactor: 7),
                ], within: patience)
            #expect(created["topics-a"] == .some(nil))
            #expect(created["topics-b"] == .some(nil))
            #expect(created["no/topic"]??.code == .topicException)
            #expect(created["topics-c"]??.code == .invalidConfig)
            #expect(created["topics-c"]??.reason.contains("no.such.setting") == true)
            #expect(created["topics-d"]??.code == .invalidReplicationFactor)
            let again = try await admin.createTopics(
                [NewTopic(name: "topics-a", partitionCount: 2, replicationFactor: 1)], within: patience)
            #expect(again["topics-a"]??.code == .topicAlreadyExists)

            let grown = try await admin.createPartitions(
                ["topics-a": 4, "topics-b": 1, "topics-missing": 3], within: patience)
            #expect(grown["topics-a"] == .some(nil))
            #expect(grown["topics-b"]??.code == .invalidPartitions)
            #expect(grown["topics-missing"]??.code == .unknownTopicOrPart)
            try await eventually("the growth in the metadata") {
                let topics = try await admin.topics(within: patience)
                return topics.first { $0.name == "topics-a" }?.partitions.map(\.index) == [0, 1, 2, 3]
            }

            let deleted = try await admin.deleteTopics(["topics-a", "topics-b", "topics-missing"], within: patience)
            #expect(deleted["topics-a"] == .some(nil))
            #expect(deleted["topics-missing"]??.code == .unknownTopicOrPart)
            try await eventually("the deletion in the metadata") {
                try await !admin.topics(within: patience).contains { $0.name == "topics-a" }
            }
        }
    }

    /// A controller takes no more than 10,000 records of metadata in one request.
    @Test func `more than fits into one request is created and grown in portions`() async throws {
        let cluster = try await BrokerLine.current.cluster()
        try await withAdmin(.testing(cluster.bootstrapServers)) { admin in
            let many = (0..<7).map {
                NewTopic(name: TopicName("portion-\($0)"), partitionCount: 2_000, replicationFactor: 1)
            }
            let asked = try await admin.createTopics(many, validateOnly: true, within: patience)
            #expect(asked.count == 7)
            #expect(asked.values.allSatisfy { $0 == nil }, "\(asked)")
            let few = (0..<7).map { TopicName("grown-\($0)") }
            let created = try await admin.createTopics(
                few.map { NewTopic(name: $0, partitionCount: 1, replicationFactor: 1) }, within: patience)
            #expect(created.values.allSatisfy { $0 == nil }, "\(created)")
            let grown = try await admin.createPartitions(
                Dictionary(uniqueKeysWithValues: few.map { ($0, 2_000) }), validateOnly: true, within: patience)
            #expect(grown.count == 7)
            #expect(grown.values.allSatisfy { $0 == nil }, "\(grown)")
            _ = try await admin.deleteTopics(few, within: patience)
        }
    }

    @Test func `asking for what would happen creates nothing`() async throws {
        let cluster = try await BrokerLine.current.cluster()
        try await withAdmin(.testing(cluster.bootstrapServers)) { admin in
            let answer = try await admin.createTopics(
                [NewTopic(name: "only-asked", partitionCount: 1, replicationFactor: 1)], validateOnly: true,
                within: patience)
            #expect(answer["only-asked"] == .some(nil))
            #expect(try await !admin.topics(within: patience).contains { $0.name == "only-asked" })
        }
    }

    @Test(arguments: BrokerLine.available)
    func `settings are described with their source and replaced as a whole`(on line: BrokerLine) async throws {
        let cluster = try await line.cluster()
        try await withAdmin(.testing(cluster.bootstrapServers)) { admin in
            try await cluster.createTopic(
                "settings", configuration: [("retention.ms", "1000"), ("cleanup.policy", "compact")])
            func entries() async throws -> [String: ConfigurationEntry] {
                let described = try await admin.describeConfigurations(topics: ["settings"], within: patience)
                let list = try #require(described["settings"]).get()
                return Dictionary(uniqueKeysWithValues: list.map { ($0.name, $0) })
            }
            let before = try await entries()
            #expect(before["retention.ms"]?.value == "1000")
            #expect(before["retention.ms"]?.source == .dynamicTopic)
            #expect(before["max.message.bytes"]?.isDefault == true)
            #expect(before["max.message.bytes"]?.synonyms.first?.name == "message.max.bytes")

            let altered = try await admin.alterConfigurations(
                ["settings": [("retention.ms", "2000")], "settings-missing": []], within: patience)
            #expect(altered["settings"] == .some(nil))
            #expect(altered["settings-missing"]??.code == .unknownTopicOrPart)
            // Brokers learn of a change a moment after the controller has confirmed it.
            try await eventually("the new settings, and only those") {
                let after = try await entries()
                return after["retention.ms"]?.value == "2000" && after["cleanup.policy"]?.isDefault == true
            }

            let refused = try await admin.alterConfigurations(
                ["settings": [("retention.ms", "abc")]], within: patience)
            #expect(refused["settings"]??.code == .invalidConfig)

            let mixed = try await admin.describeConfigurations(
                topics: ["settings", "settings-missing"], within: patience)
            #expect(throws: KafkaError.self) { try mixed["settings-missing"]?.get() }
            #expect(try mixed["settings"]?.get().isEmpty == false)

            let broker = try await admin.describeConfiguration(broker: 1, within: patience)
            #expect(broker.contains { $0.name == "auto.create.topics.enable" && $0.value == "false" })
            #expect(broker.contains { $0.isSensitive && $0.value == nil })
        }
    }

    @Test func `single settings are changed where the library can, and refused by name where it cannot`() async throws {
        let cluster = try await BrokerLine.current.cluster()
        try await withAdmin(.testing(cluster.bootstrapServers)) { admin in
            try await cluster.createTopic(
                "increments", configuration: [("retention.ms", "1000"), ("cleanup.policy", "compact")])
            let changes: [TopicName: [ConfigurationChange]] = [
                "increments": [.set(name: "segment.ms", value: "60000"), .delete(name: "retention.ms")]
            ]
            guard AdminClient.supportsIncrementalAlter else {
                #expect(Clients.libraryVersion.hasPrefix("2.0") || Clients.libraryVersion.hasPrefix("2.1"))
                let error = await #expect(throws: KafkaError.self) {
                    try await admin.incrementallyAlterConfigurations(changes, within: patience)
                }
                #expect(error?.code == ._unsupportedFeature)
                return
            }
            let answer = try await admin.incrementallyAlterConfigurations(changes, within: patience)
            #expect(answer["increments"] == .some(nil))
            try await eventually("the changes, and nothing else") {
                let described = try await admin.describeConfigurations(topics: ["increments"], within: patience)
                let entries = try #require(described["increments"]).get().filter { $0.source == .dynamicTopic }
                return entries.map(\.name) == ["cleanup.policy", "segment.ms"]
            }
        }
    }
}
