// SPDX-License-Identifier: Apache-2.0
import TopicPlanning
import Foundation
import KafkaTypes
import Testing

@testable import TopicFiles

@Suite struct TopicFileDocumentTests {
    private let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/topics-as-code.md")

    @Test func `the tables of the document are those that read the files`() throws {
        let written = try String(contentsOf: path, encoding: .utf8)
        let updated = TopicFileReference.updated(written)
        if ProcessInfo.processInfo.environment["TERN_UPDATE_SNAPSHOTS"] == "1" {
            try Data(updated.utf8).write(to: path)
        } else {
            #expect(written == updated, "TERN_UPDATE_SNAPSHOTS=1 rewrites it")
        }
        #expect(updated.contains("| `unclean.leader.election.enable` | true, false |"))
        #expect(updated.contains("| `delete-topic` |"))
    }

    @Test func `the examples of the document are a folder without problems`() throws {
        let text = try String(contentsOf: path, encoding: .utf8)
        var files: [String: String] = [:]
        for block in text.components(separatedBy: "```yaml\n# ").dropFirst() {
            let body = block.components(separatedBy: "```")[0]
            let name = body.prefix { $0 != "\n" }
            files["/home/ops/\(name)"] = "# " + body
        }
        #expect(files.count == 3)
        let set = TopicFolder.read(["topics"], in: system(files))
        #expect(set.problems.isEmpty, "\(set.problems)")
        #expect(set.problems(knowing: ["eu", "us"]).isEmpty)
        let eu = set.specifications(on: "eu")
        let us = set.specifications(on: "us")
        #expect(eu.map(\.name) == ["orders", "payments", "payments.audit", "payments.dlq", "payments.old"])
        #expect(us.map(\.name) == ["orders", "payments", "payments.dlq", "payments.old"])
        #expect(us[0].settings["retention.ms"] == "1209600000")
        #expect(us[0].replicationFactor == 3)
        #expect(us[1].replicationFactor == 2)
        #expect(us[1].settings["min.insync.replicas"] == nil)
        #expect(us[2].partitions == 3)
        #expect(us[3].state == .absent)
    }
}
