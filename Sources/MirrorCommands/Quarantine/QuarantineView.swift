// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernConfiguration
internal import Text

/// Records that are set aside, as people and programs are shown them.
struct QuarantineView {
    let flow: FlowConfiguration
    let action: String
    /// Milliseconds since 1970.
    let now: Int64
    var isDryRun = false
    var entries: [QuarantineEntry]
    /// One for each entry, where something was done.
    var outcomes: [QuarantineOutcome] = []
    /// Of `tern quarantine show`, by the key of the envelope.
    var bodies: [[UInt8]: QuarantineEnvelope.Body] = [:]
    var notes: [String] = []
    var failures: [CommandFailure] = []

    static func name(_ entry: QuarantineEntry) -> String { "\(entry.envelope.source):\(entry.envelope.offset)" }

    var report: Report {
        var report = Report(kind: QuarantineFamily.kind, data: json, tables: [outcomes.isEmpty ? table : outcomeTable])
        report.notes = notes
        report.failures = failures
        for (entry, outcome) in zip(entries, outcomes) {
            guard let problem = outcome.problem else { continue }
            let name = Self.name(entry)
            report.failures.append(
                CommandFailure(
                    .failed, code: "NOT_REPLAYED", "\(name): \(problem)", resource: name, hint: "it stays set aside"))
        }
        if !report.failures.isEmpty { report.status = .failed }
        if action == "show" {
            report.text = entries.map(text).joined(separator: "\n") + notes.map { $0 + "\n" }.joined()
        }
        return report
    }

    private var table: TextTable {
        TextTable(
            [
                .init("RECORD"), .init("TARGET", isWide: true), .init("ERROR"), .init("SIZE", .right), .init("CONTENT"),
                .init("AGE", .right), .init("MESSAGE", isWide: true, isSentence: true),
            ],
            rows: entries.map { entry in
                [
                    .text(Self.name(entry)), .text("\(entry.envelope.target)"), .text(entry.envelope.code, .bad),
                    .count(entry.size.map(Int64.init)), .text(entry.size == nil ? "on the source" : "kept"),
                    .age(seconds: Double(now - entry.quarantinedAt) / 1000), .text(entry.envelope.message),
                ]
            })
    }

    private var outcomeTable: TextTable {
        TextTable(
            [
                .init("RECORD"), .init("TARGET"), .init("OFFSET", .right), .init("RESULT"),
                .init("PROBLEM", isSentence: true),
            ],
            rows: zip(entries, outcomes).map { entry, outcome in
                [
                    .text(Self.name(entry)), .text("\(entry.envelope.target)"), .count(outcome.targetOffset),
                    .text(result(outcome), outcome.problem == nil ? .good : .bad), .text(outcome.problem, .bad),
                ]
            })
    }

    private func result(_ outcome: QuarantineOutcome) -> String {
        if outcome.problem == nil { return action == "drop" ? "dropped" : "replayed" }
        // Where the mark fails, the record is there all the same, and another replay writes it again.
        return outcome.targetOffset == nil ? "failed" : "written, not marked"
    }

    // MARK: one record

    private func text(_ entry: QuarantineEntry) -> String {
        let envelope = entry.envelope
        let time = envelope.witness.timestamp
        var rows: [(String, String)] = [
            ("record", "\(Self.name(entry)) on \(envelope.sourceCluster) (cluster \(envelope.witness.clusterID))"),
            ("target", "\(envelope.target) on \(flow.name.target)"),
            ("timestamp", time < 0 ? "none" : "\(time) (\(UTCText.text(milliseconds: time)))"),
            ("set aside", UTCText.text(milliseconds: entry.quarantinedAt)),
            ("error", "\(envelope.code): \(envelope.message)"),
        ]
        if let body = bodies[envelope.key] {
            rows.append(("key", Self.preview(body.key)))
            rows.append(("value", Self.preview(body.value)))
            for header in body.headers {
                rows.append(
                    ("header", "\(String(decoding: header.name, as: UTF8.self)) = \(Self.preview(header.value))"))
            }
        } else {
            rows.append(
                ("content", "not kept here: tern quarantine replay reads it from \(envelope.sourceCluster) again"))
        }
        return rows.map { name, value in
            name + String(repeating: " ", count: 11 - name.count) + value.printable + "\n"
        }.joined()
    }

    private static let previewed = 300

    /// Text as it is, other bytes in hexadecimal; the beginning only.
    private static func preview(_ bytes: [UInt8]?) -> String {
        guard let bytes else { return "null" }
        let start = bytes.prefix(previewed)
        let rest = bytes.count > start.count ? "… (\(NumberText.grouped(Int64(bytes.count))) bytes)" : ""
        if let text = String(validating: bytes, as: UTF8.self) { return "\"\(String(text.prefix(previewed)))\"\(rest)" }
        return "0x" + start.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + rest
    }

    // MARK: for programs

    private var json: JSONValue {
        [
            "flow": .string("\(flow.name)"), "topic": .string(flow.quarantineTopic.rawValue),
            "action": .string(action), "dry_run": .bool(isDryRun),
            "entries": .array(
                entries.indices.map { json(entries[$0], outcomes.indices.contains($0) ? outcomes[$0] : nil) }),
            "notes": .array(notes.map { .string($0) }),
        ]
    }

    private func json(_ entry: QuarantineEntry, _ outcome: QuarantineOutcome?) -> JSONValue {
        let envelope = entry.envelope
        var members: [(String, JSONValue)] = [
            ("topic", .string(envelope.source.topic.rawValue)),
            ("partition", .integer(Int64(envelope.source.partition))),
            ("offset", .integer(envelope.offset)), ("cluster_id", .string(envelope.witness.clusterID)),
            ("timestamp_ms", .integer(envelope.witness.timestamp)),
            ("target_topic", .string(envelope.target.topic.rawValue)),
            ("target_partition", .integer(Int64(envelope.target.partition))), ("code", .string(envelope.code)),
            ("message", .string(envelope.message)), ("quarantined_at_ms", .integer(entry.quarantinedAt)),
            ("size", .optional(entry.size.map(Int64.init))),
            ("result", .optional(outcome.map { result($0) })), ("target_offset", .optional(outcome?.targetOffset)),
            ("problem", .optional(outcome?.problem)),
        ]
        if let body = bodies[envelope.key] {
            members.append(("key_base64", .optional(body.key.map(Self.base64))))
            members.append(("value_base64", .optional(body.value.map(Self.base64))))
            members.append(
                (
                    "headers",
                    .array(
                        body.headers.map { header in
                            [
                                "name": .string(String(decoding: header.name, as: UTF8.self)),
                                "value_base64": .optional(header.value.map(Self.base64)),
                            ]
                        })
                ))
        }
        return .object(members.map { .init(name: $0.0, value: $0.1) })
    }

    private static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
