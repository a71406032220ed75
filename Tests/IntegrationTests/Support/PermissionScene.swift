// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Telemetry
import Testing

/// A flow between two clusters that give its user what the table of permissions says, and take some of it away.
class PermissionScene: @unchecked Sendable {  // used by one test, one call after the other
    let mirror: RealMirror
    let table: PermissionTable
    /// Lines of the table whose loss no step has shown yet.
    private(set) var untried: Set<PermissionTable.Line>
    private let user = AccessRuleFilter(principal: "User:tern")
    /// How long a line of the log is waited for.
    private let patience: Duration

    /// - Parameter tried: the lines that the steps are to show.
    init(
        _ mirror: RealMirror, patience: Duration = .seconds(30),
        _ tried: (PermissionTable) -> Set<PermissionTable.Line>
    ) throws {
        self.mirror = mirror
        self.patience = patience
        table = try PermissionTable()
        untried = tried(table)
    }

    var source: RealCluster { mirror.clusters[0] }
    var target: RealCluster { mirror.clusters[1] }
    var mark: Int { mirror.log.lines.count }

    func revokeAll() async {
        for cluster in mirror.clusters {
            _ = try? await cluster.withAdmin { try await $0.deleteAccessRules([user], within: .seconds(20)) }
        }
    }

    func give(_ line: PermissionTable.Line) async throws {
        try await (line.isSource ? source : target).grant([table.rule(line, in: mirror)])
    }

    func take(_ line: PermissionTable.Line) async throws {
        try await (line.isSource ? source : target).revoke([table.rule(line, in: mirror)])
        untried.remove(line)
    }

    func line(_ isSource: Bool, _ operation: AccessRule.Operation, _ on: String) throws -> PermissionTable.Line {
        let wanted = PermissionTable.Line(isSource: isSource, on: on, operation: operation)
        try #require(table.lines.contains(wanted), "the table has no line: \(wanted)")
        return wanted
    }

    /// Waits for a line of the log that came after `mark` and has all the words.
    func logged(_ words: String..., after mark: Int) async throws {
        try await eventually(within: patience, "a line of the log with \(words)") {
            self.mirror.log.lines.dropFirst(mark).contains { line in words.allSatisfy { line.contains($0) } }
        }
    }
}
