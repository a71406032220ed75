// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import TopicPlanning
internal import KafkaTypes
internal import Mirroring
internal import Text

/// The closing words of the demo: what was found where, and whether that proves what a mirror promises.
struct DemoSummary: Sendable {
    let proof: DemoProof
    let clusters: [ClusterAlias]

    var isProved: Bool { proof.isProved }

    /// One row for each cluster and topic; on a narrow terminal what is wrong is one number.
    func table(width: Int?) -> TextTable {
        let full = table(isNarrow: false)
        guard let width else { return full }
        let fits = full.text(TextTable.Style()).split(separator: "\n").allSatisfy {
            DisplayWidth.of(String($0)) <= width
        }
        return fits ? full : table(isNarrow: true)
    }

    private func table(isNarrow: Bool) -> TextTable {
        var columns: [TextTable.Column] = [.init("CLUSTER"), .init("TOPIC"), .init("BORN HERE", .right)]
        columns += clusters.map { .init("FROM \($0)".printable, .right) }
        let faults = isNarrow ? ["WRONG"] : ["MISSING", "TWICE", "RETURNED", "MISPLACED", "ALTERED", "CHECKSUM"]
        columns += faults.map { .init($0, .right) } + [.init("RESULT")]
        return TextTable(columns, rows: proof.rows.map { cells($0, isNarrow: isNarrow) })
    }

    private func cells(_ row: DemoProof.Row, isNarrow: Bool) -> [TextTable.Cell] {
        var cells: [TextTable.Cell] = [
            .text(row.cluster.rawValue), .text(row.topic.rawValue), .count(Int64(row.born)),
        ]
        cells += clusters.map { $0 == row.cluster ? .empty : .count(Int64(row.arrived[$0] ?? 0)) }
        let faults = [row.missing, row.repeated, row.returned, row.reordered, row.altered]
        cells += (isNarrow ? [faults.reduce(0, +)] : faults).map { .count(Int64($0), $0 == 0 ? .plain : .bad) }
        if !isNarrow {
            let digits = String(row.checksum, radix: 16)
            cells.append(.text(String(repeating: "0", count: 16 - digits.count) + digits))
        }
        return cells + [row.isProved ? .text("proved", .good) : .text("WRONG", .bad)]
    }

    var verdict: String {
        let names = clusters.map(\.rawValue).joined(separator: ", ")
        if isProved {
            return
                "Proved: each of the \(NumberText.grouped(Int64(proof.written))) records written in \(names) is on every cluster "
                + "exactly once, in order, byte for byte (by checksum), and none came back to where it was born."
        }
        if proof.written == 0 { return "Nothing is proved: nothing was written." }
        if proof.ambiguous > 0 { return "Nothing is proved: \(proof.ambiguous) records were written twice." }
        let wrong = proof.rows.filter { !$0.isProved }.map { "\($0.topic) on \($0.cluster)" }
        return "Not proved: look at \(wrong.joined(separator: ", "))."
    }
}
