// SPDX-License-Identifier: Apache-2.0
import TopicPlanning
import Foundation
import KafkaTypes
import Testing

@testable import TopicFiles

@Suite struct TopicFileWritingTests {
    @Test func `a topic is written in a fixed order, in human units`() {
        let topic = TopicSpecification(
            name: "orders", partitions: 12, replicationFactor: 3,
            settings: [
                "retention.ms": "604800000", "cleanup.policy": "compact,delete", "max.message.bytes": "1048588",
                "flush.ms": "9223372036854775807", "min.insync.replicas": "2", "preallocate": "true",
                "min.cleanable.dirty.ratio": "0.5", "compression.gzip.level": "-1", "confluent.x": "yes",
                "retention.bytes": "-1", "message.format.version": "3.0-IV1",
            ], summary: "Orders: one each", labels: ["owner": "no", "tier": "1"])
        #expect(
            TopicFileWriter.text(for: [topic], comment: ["From eu."]) == """
                # From eu.
                name: orders
                description: "Orders: one each"
                labels:
                  owner: "no"
                  tier: "1"
                partitions: 12
                replication-factor: 3
                settings:
                  cleanup.policy: [compact, delete]
                  compression.gzip.level: standard
                  confluent.x: "yes"
                  flush.ms: unlimited
                  max.message.bytes: 1048588B
                  message.format.version: "3.0-IV1"
                  min.cleanable.dirty.ratio: 0.5
                  min.insync.replicas: 2
                  preallocate: true
                  retention.bytes: forever
                  retention.ms: 7d

                """)
    }

    @Test func `several topics are a list, in the order of their names`() {
        let topics = ["b", "a", "no", "1e3"].map { TopicSpecification(name: TopicName($0), partitions: 1) }
        #expect(
            TopicFileWriter.text(for: topics, only: ["no"]) == """
                topics:
                - name: "1e3"
                  only: ["no"]
                  partitions: 1
                - name: a
                  only: ["no"]
                  partitions: 1
                - name: b
                  only: ["no"]
                  partitions: 1
                - name: "no"
                  only: ["no"]
                  partitions: 1

                """)
    }

    @Test func `what is written is read as the same topics`() throws {
        var generator = SystemRandomNumberGenerator()
        let texts = [
            "", "no", "12", "1e3", "0x1F", "1:30", "~", "null", "a: b", "a #b", " lead", "trail ", "é\u{1F600}",
            "tab\there", "line\nend",
            "'", "\"", "\\", "- a", "? a", "[a", "{a", "&a", "*a", "!a", "%a", "@a", "`a", "|", ">", "2024-01-01",
            "0b1", "0o7", ".5", "+1", "=",
            "<<", "\u{202E}", "\u{85}", "\u{2028}", "TRUE", "On", "7d", "1E3", "0b",
            String(repeating: "x", count: 5000),
        ]
        for (index, text) in texts.enumerated() {
            let topic = TopicSpecification(
                name: TopicName("t\(index)"), partitions: Int32.random(in: 1...100, using: &generator),
                replicationFactor: 3,
                settings: [
                    "retention.ms": "\(Int64.random(in: 0...(.max), using: &generator))",
                    "vendor.text": text.isEmpty ? "x" : text,
                ],
                unmanaged: TopicSpecification.alwaysUnmanaged.union(["segment.*"]), summary: text.isEmpty ? nil : text,
                labels: ["label \(text)": text])
            let written = TopicFileWriter.text(for: [topic])
            let file = topicFile(written)
            #expect(file.problems.filter { $0.severity == .error }.isEmpty, "\(written)")
            var read = try #require(file.topics.first?.specification(on: nil))
            read.location = nil
            #expect(read == topic, "\(written)")
        }
    }

    @Test func `every setting of the catalogue survives writing and reading`() throws {
        var settings: [String: String] = [:]
        for setting in TopicSettingCatalogue.settings {
            settings[setting.name] =
                ["-1", "compact,delete", "true", "CreateTime", "4096", "0.5", "0:1,1:2"].lazy
                .compactMap { try? setting.raw($0) }.first
        }
        let topic = TopicSpecification(name: "all", settings: settings)
        let file = topicFile(TopicFileWriter.text(for: [topic]))
        #expect(file.problems.allSatisfy { $0.severity == .warning })
        #expect(file.topics.first?.specification(on: nil)?.settings == settings)
    }

    @Test func `file names mean what they are in a folder`() {
        let names = TopicFileWriter.fileNames(for: ["orders", "Orders", "topic-defaults", ".hidden", "a.yaml"])
        #expect(
            names == [
                "orders": "orders~.yaml", "Orders": "Orders.yaml", "topic-defaults": "topic-defaults~.yaml",
                ".hidden": "topic.hidden.yaml", "a.yaml": "a.yaml.yaml",
            ])
    }

    @Test func `comments cannot end early`() {
        let text = YAMLText.write([.mapping([("a", .null)])], comment: ["one\nname: evil", ""])
        #expect(text == "# onename: evil\n#\na: null\n")
    }

    @Test func `the schema file is the one that the tables print`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
            .appendingPathComponent("docs/schemas/topic-file.schema.json")
        if ProcessInfo.processInfo.environment["TERN_UPDATE_SNAPSHOTS"] == "1" {
            try Data(TopicFileSchema.text.utf8).write(to: file)
        }
        let written = try String(contentsOf: file, encoding: .utf8)
        #expect(written == TopicFileSchema.text, "TERN_UPDATE_SNAPSHOTS=1 rewrites it")
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(written.utf8)) }
    }
}
