// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes
internal import Mirroring
internal import Text

/// What `tern check` shows.
struct CheckReport {
    let file: String
    let result: CheckResult
    /// `nil` when the file has errors.
    let configuration: MirrorConfiguration?

    init(_ file: String, _ result: CheckResult, _ configuration: MirrorConfiguration?) {
        self.file = file
        self.result = result
        self.configuration = configuration
    }

    var report: Report {
        // The file's problems come in its own order; what the clusters said, worst first.
        let findings = result.findings
        let errors = findings.filter { $0.severity == .error }
        var report = Report(kind: "CheckReport", data: data)
        // Without an answer there is nothing to say about flows.
        let hasPlans = result.flows.contains { $0.plan != nil }
        report.tables = [findingTable, clusterTable] + (hasPlans ? [flowTable] : [])
        report.notes = [summary]
        // On the screen the first table shows the failures; programs find them in the document.
        report.failures = errors.map(\.failure)
        report.failuresAreInTables = true
        report.status =
            errors.contains { $0.status == .usage } ? .usage : errors.isEmpty ? .done : .failed
        return report
    }

    private var data: JSONValue {
        [
            "file": .string(file), "findings": .array(result.findings.map(\.json)),
            "clusters": .array(result.clusters.map(\.json)), "flows": .array(result.flows.map(\.json)),
        ]
    }

    private var findingTable: TextTable {
        TextTable(
            [.init("SEVERITY"), .init("WHERE"), .init("CODE", isWide: true), .init("WHAT", isSentence: true)],
            rows: result.findings.map { finding in
                [
                    .text(finding.severity.rawValue, tone(finding.severity)), .text(finding.place), .text(finding.code),
                    .text(finding.message + (finding.hint.map { "; \($0)" } ?? "")),
                ]
            })
    }

    private var clusterTable: TextTable {
        TextTable(
            [.init("CLUSTER"), .init("STATE"), .init("ID"), .init("BROKERS", .right), .init("TOPICS", .right)],
            rows: result.clusters.map { cluster in
                let isReached = cluster.id != nil
                return [
                    .text(cluster.alias.rawValue),
                    .text(isReached ? "reached" : "unreachable", isReached ? .good : .bad),
                    .text(cluster.id), .count(cluster.description.map { Int64($0.brokers.count) }),
                    .count(cluster.description.map { Int64($0.topics.count) }),
                ]
            })
    }

    private var flowTable: TextTable {
        TextTable(
            [
                .init("FLOW"), .init("TOPICS", .right), .init("PARTS", .right), .init("TO-CREATE", .right),
                .init("SELECTED"),
            ],
            rows: result.flows.filter(\.flow.isEnabled).map { inspection in
                let names = inspection.plan?.mirrored.map(\.source.rawValue)
                return [
                    .text(inspection.flow.name.description), .count(names.map { Int64($0.count) }),
                    .count(inspection.partitionCount),
                    .count(inspection.plan.map { _ in Int64(inspection.created.count) }),
                    .text(names.map(AccessSummary.list)),
                ]
            })
    }

    private var summary: String {
        let counts = CheckFinding.Severity.allCases.compactMap { severity -> String? in
            let count = result.findings.count { $0.severity == severity }
            return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
        }
        let found = counts.isEmpty ? "nothing to say" : counts.joined(separator: ", ")
        guard configuration != nil else { return "\(file): \(found). Nothing was asked of the clusters." }
        return "\(file): \(found)."
    }

    private func tone(_ severity: CheckFinding.Severity) -> TextTable.Tone {
        switch severity {
        case .error: .bad
        case .warning: .warning
        case .note: .plain
        }
    }
}
