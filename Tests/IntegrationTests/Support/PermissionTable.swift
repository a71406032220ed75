// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kafka
import KafkaTesting
import KafkaTypes
import Testing

/// The permissions that docs/operations.md tells people to grant, as rules for the test's user and flow.
struct PermissionTable {
    struct Line: Hashable, CustomStringConvertible {
        var isSource: Bool
        var on: String
        var operation: AccessRule.Operation
        var description: String { "\(operation.rawValue) on \(on), \(isSource ? "source" : "target")" }
    }

    let lines: [Line]
    /// Those of them that only the translation of groups needs: the table below "Consumer groups".
    let groupLines: [Line]

    init() throws {
        var file = URL(filePath: #filePath)
        for _ in 0..<4 { file.deleteLastPathComponent() }
        let text = try String(contentsOf: file.appending(path: "docs/operations.md"), encoding: .utf8)
        var lines: [Line] = []
        var groupLines: [Line] = []
        var heading: Substring = ""
        for row in text.split(separator: "\n") {
            if row.hasPrefix("#") { heading = row }
            guard row.hasPrefix("| source |") || row.hasPrefix("| target |") || row.hasPrefix("| `health.cluster` |")
            else { continue }
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            for word in cells[2].split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) }) {
                let operation = try #require(Self.operations[word], "the table knows no operation \(word)")
                // The region check writes to the first target, unless told otherwise.
                let line = Line(isSource: cells[0] == "source", on: cells[1], operation: operation)
                lines.append(line)
                if heading == "### Consumer groups" { groupLines.append(line) }
            }
        }
        self.lines = lines
        self.groupLines = groupLines
    }

    private static let operations: [String: AccessRule.Operation] = [
        "Read": .read, "Write": .write, "Create": .create, "Describe": .describe, "Alter": .alter,
        "DescribeConfigs": .describeConfigs, "AlterConfigs": .alterConfigs,
    ]

    /// The rule that a line stands for.
    func rule(_ line: Line, in mirror: RealMirror) throws -> AccessRule {
        func rule(_ resource: AccessRule.ResourceKind, _ name: String, _ pattern: AccessRule.PatternKind = .literal)
            -> AccessRule
        {
            AccessRule(
                resource: resource, resourceName: name, pattern: pattern, principal: "User:tern",
                operation: line.operation)
        }
        switch line.on {
        case "each topic to mirror": return rule(.topic, mirror.tag, .prefixed)
        case "each group to translate": return rule(.group, mirror.tag, .prefixed)
        // Not `A.checkpoints.internal`, which has lines of its own.
        case "each copy": return rule(.topic, "\(mirror.aliases[0]).\(mirror.tag)", .prefixed)
        case "the cluster": return rule(.cluster, "kafka-cluster")
        default:
            let parts = line.on.split(separator: "`").map(String.init)
            let name = try #require(parts.last).replacing("eu->us", with: mirror.flow(0, 1))
                .replacing(".eu.", with: ".\(mirror.aliases[0]).").replacing(".us.", with: ".\(mirror.aliases[1]).")
                .replacing("eu.checkpoints", with: "\(mirror.aliases[0]).checkpoints")
            return rule(line.on.hasPrefix("group") ? .group : .topic, name)
        }
    }
}

extension RealMirror {
    /// Lines by which all its clusters are reached as the user `tern`.
    var login: String {
        aliases.map { alias in
            """
            \(alias).security.protocol = SASL_PLAINTEXT
            \(alias).sasl.mechanism = PLAIN
            \(alias).sasl.jaas.config = org.apache.kafka.common.security.plain.PlainLoginModule \
            required username="tern" password="tern-secret";

            """
        }.joined()
    }
}

extension RealCluster {
    func grant(_ rules: [AccessRule]) async throws {
        let answers = try await withAdmin { try await $0.createAccessRules(rules, within: .seconds(20)) }
        for case let error? in answers { throw error }
    }

    func revoke(_ rules: [AccessRule]) async throws {
        _ = try await withAdmin {
            try await $0.deleteAccessRules(rules.map { AccessRuleFilter($0) }, within: .seconds(20))
        }
    }
}
