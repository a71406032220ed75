// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Mirroring
internal import TernConfiguration
internal import Text

/// Events of loss, as people and programs are shown them.
struct LedgerView {
    let flow: FlowConfiguration
    var events: [LossEvent]
    /// Milliseconds since 1970.
    let now: Int64
    var isDetailed = false
    /// Of the cluster that answers as the flow's source now; `nil` where none does.
    var sourceID: String?
    var notes: [String] = []
    var failures: [CommandFailure] = []

    static func name(_ event: LossEvent) -> String { "\(event.key.source):\(event.key.position)" }

    /// Takes those that were named, and complains about what is not there.
    mutating func select(_ named: [(TopicPartition, Int64)], of all: [LossEvent]) {
        events = all.filter { event in
            named.contains { $0.0 == event.key.source && $0.1 == event.key.position }
        }
        for (place, position) in named
        where !events.contains(where: { $0.key.source == place && $0.key.position == position }) {
            let name = "\(place):\(position)"
            failures.append(
                CommandFailure(
                    .failed, code: "UNKNOWN_EVENT", "the ledger has no event \(name)", resource: name,
                    hint: "tern ledger list --every shows all"))
        }
    }

    func report(_ kind: String) -> Report {
        var report = Report(kind: kind, data: json, tables: [table])
        report.names = events.map(Self.name)
        let others = Set(events.compactMap(\.sourceID)).subtracting([sourceID].compactMap(\.self))
        if let sourceID, !others.isEmpty {
            report.notes = [
                "\(flow.name.source) is cluster \(sourceID) now: offsets of events from \(others.sorted().joined(separator: ", ")) mean "
                    + "nothing in it."
            ]
        }
        report.notes += notes
        report.failures = failures
        if !failures.isEmpty { report.status = .failed }
        if isDetailed { report.text = events.map(text).joined(separator: "\n") }
        return report
    }

    private var table: TextTable {
        TextTable(
            [
                .init("EVENT"), .init("CAUSE"), .init("OFFSETS"), .init("COUNT", .right), .init("STATE"),
                .init("AGE", .right), .init("NOTE"), .init("TEXT", isWide: true, isSentence: true),
            ],
            rows: events.map { event in
                [
                    .text(Self.name(event)), .text(event.key.cause.rawValue),
                    .text(event.offsets.map { "\($0.lowerBound)..\($0.upperBound)" }), .count(event.count),
                    .text(event.outcome.rawValue, event.outcome == .open ? .bad : .plain),
                    .age(seconds: Double(now - event.detectedAt) / 1000), .text(event.note), .text(event.text),
                ]
            })
    }

    private func text(_ event: LossEvent) -> String {
        func time(_ milliseconds: Int64) -> String { UTCText.text(milliseconds: milliseconds) }
        var rows: [(String, String)] = [
            (
                "event",
                "\(Self.name(event)), \(event.key.cause.rawValue) (\(event.code), detector \(event.key.cause.detector))"
            ),
            ("copy", "\(event.targetTopic)/\(event.key.source.partition) on \(flow.name.target)"),
            (
                "offsets",
                event.offsets.map { "\($0.lowerBound) to before \($0.upperBound) on \(flow.name.source)" } ?? "unknown"
            ),
            ("cluster", event.sourceID.map(cluster) ?? "unknown"),
            ("count", event.count.map { "at most \(NumberText.grouped($0))" } ?? "unknown"),
            ("found", time(event.detectedAt)), ("message", event.text),
        ]
        if let at = event.acknowledgedAt {
            rows.append(("accepted", time(at) + (event.note.map { ", \($0)" } ?? "")))
        }
        if let at = event.endedAt {
            let by = event.policy.map { " by on.data.loss = \($0.rawValue)" } ?? ""
            rows.append(("ended", "\(time(at)), continued at \(event.endedPosition ?? -1)\(by)"))
        } else if let policy = event.policy {
            rows.append(("policy", "on.data.loss = \(policy.rawValue): continues by itself"))
        }
        rows.append(("state", event.outcome.rawValue))
        return rows.map { name, value in
            name + String(repeating: " ", count: 10 - name.count) + value.printable + "\n"
        }.joined()
    }

    private func cluster(_ id: String) -> String {
        guard let now = sourceID, now != id else { return id }
        return "\(id); \(flow.name.source) is \(now) now, another one"
    }

    private var json: JSONValue {
        [
            "flow": .string("\(flow.name)"), "topic": .string(flow.ledgerTopic.rawValue),
            "events": .array(
                events.map { event in
                    [
                        "topic": .string(event.key.source.topic.rawValue),
                        "partition": .integer(Int64(event.key.source.partition)),
                        "position": .integer(event.key.position), "target_topic": .string(event.targetTopic.rawValue),
                        "cause": .string(event.key.cause.rawValue), "detector": .string(event.key.cause.detector),
                        "code": .string(event.code), "text": .string(event.text),
                        "first_offset": .optional(event.offsets?.lowerBound),
                        "end_offset": .optional(event.offsets?.upperBound), "count": .optional(event.count),
                        "state": .string(event.outcome.rawValue), "detected_at_ms": .integer(event.detectedAt),
                        "acknowledged_at_ms": .optional(event.acknowledgedAt), "note": .optional(event.note),
                        "ended_at_ms": .optional(event.endedAt), "ended_position": .optional(event.endedPosition),
                        "policy": .optional(event.policy?.rawValue), "source_id": .optional(event.sourceID),
                    ]
                }),
            "notes": .array(notes.map { .string($0) }),
        ]
    }
}
