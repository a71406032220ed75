// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernConfiguration
internal import Text

/// What `tern verify` prints for people: a line for each topic, then what differs and what was not compared.
enum VerificationText {
    private static let mostLines = 40

    static func report(_ document: VerificationDocument) -> Report {
        var report = Report(kind: "VerificationReport", data: document.json, tables: [table(document)])
        let topics = topics(document)
        let failing = document.reports.filter { $0.problem != nil }
        report.failures = document.plan.impossible.map { topic, reason in
            CommandFailure(
                .failed, code: "NOT_VERIFIED", "\(topic) is not verified: \(reason)", resource: topic.rawValue)
        }
        report.failures += failing.map { partition in
            CommandFailure(
                .failed, code: "NOT_VERIFIED",
                "\(partition.scope.source) is not verified to its end: \(partition.problem ?? "")",
                resource: "\(partition.scope.source)")
        }
        let differing = document.reports.filter { !$0.isSame && $0.problem == nil }
        if !report.failures.isEmpty { report.status = .failed }
        if !differing.isEmpty || !failing.allSatisfy(\.differences.isEmpty) { report.status = .found }
        report.notes = differences(document) + remarks(topics) + document.plan.notes
        if document.reports.isEmpty, document.plan.impossible.isEmpty {
            report.notes.append("No topic is selected: nothing was compared.")
        }
        let seconds = AgeText.latency(seconds: Double(document.ended - document.began) / 1000)
        let records = NumberText.grouped(document.reports.reduce(0) { $0 + $1.counts.read })
        report.notes.append(
            report.status == .done
                ? "Same: \(records) records of \(document.flow.source) in \(seconds)."
                : "Not the same, or not verified: see above. \(records) records of \(document.flow.source) in \(seconds)."
        )
        return report
    }

    private static func topics(_ document: VerificationDocument) -> [(topic: TopicName, parts: [PartitionReport])] {
        let grouped = Dictionary(grouping: document.reports) { $0.scope.source.topic }
        return grouped.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func table(_ document: VerificationDocument) -> TextTable {
        var table = TextTable([
            .init("TOPIC"), .init("COPY"), .init("PARTS", .right), .init("RECORDS", .right),
            .init("LEFT-OUT", .right, isWide: true), .init("MATCHED", .right), .init("DIFFERENT", .right),
            .init("NOT-COMPARED", .right), .init("RESULT"),
        ])
        for (topic, parts) in topics(document) {
            func sum(_ value: (PartitionReport) -> Int64) -> Int64 { parts.reduce(0) { $0 + value($1) } }
            let isSame = parts.allSatisfy(\.isSame)
            let isBroken = parts.contains { $0.problem != nil }
            table.rows.append([
                .text(topic.rawValue), .text(parts.first?.scope.target.topic.rawValue), .count(Int64(parts.count)),
                .count(sum { $0.counts.read }), .count(sum { $0.counts.leftOut.values.reduce(0, +) }),
                document.mode == .counts ? .empty : .count(sum(\.matched)),
                document.mode == .records ? .count(sum(\.differences.total)) : .empty,
                .count(sum { $0.notCompared.values.reduce(0, +) }),
                isSame ? .text("same", .good) : isBroken ? .text("not verified", .bad) : .text("differs", .bad),
            ])
        }
        for (topic, _) in document.plan.impossible {
            table.rows.append(
                [.text(topic.rawValue)] + [TextTable.Cell](repeating: .empty, count: 7) + [.text("not verified", .bad)])
        }
        return table
    }

    private static func differences(_ document: VerificationDocument) -> [String] {
        var lines: [String] = []
        var omitted = 0
        for report in document.reports {
            for difference in report.differences.kept {
                if lines.count < mostLines { lines.append(line(difference, report)) } else { omitted += 1 }
            }
            omitted += report.differences.omitted
            if document.mode == .counts, !report.isSame, report.problem == nil {
                lines.append(
                    "! \(report.scope.source): \(report.counts.expected) records must be there, and \(report.counts.copies) are"
                )
            }
            if document.mode == .hashes {
                for range in report.ranges where !range.isSame && lines.count < mostLines {
                    lines.append(line(range, report))
                }
            }
        }
        if omitted > 0 { lines.append("and \(NumberText.grouped(Int64(omitted))) more differences: -o json has them") }
        return lines
    }

    static func line(_ difference: Difference, _ report: PartitionReport) -> String {
        let count = difference.count == 1 ? "1 record" : "\(NumberText.grouped(difference.count)) records"
        let what =
            switch difference.kind {
            case .altered: "\(difference.fields.map(\.rawValue).joined(separator: ", ")) altered"
            case .outOfOrder: "out of order"
            case .wrongPartition: "in partition \(difference.foundIn.map { "\($0)" } ?? "?")"
            case .staleKey: "not the key's latest value (\(difference.fields.map(\.rawValue).joined(separator: ", ")))"
            case .missing, .repeated, .foreign: difference.kind.rawValue
            }
        var line = "! \(report.scope.source): \(count) \(what)"
        if let source = difference.source { line += ", source \(offsets(source))" }
        if let target = difference.target { line += ", target \(offsets(target))" }
        return line
    }

    private static func line(_ range: ComparedRange, _ report: PartitionReport) -> String {
        func text(_ side: RangeDigest?) -> String {
            side.map { "\(offsets($0.first...$0.last)) (\(NumberText.grouped($0.count)) records)" } ?? "nothing"
        }
        return "! \(report.scope.source): source \(text(range.source)) differs from target \(text(range.target))"
    }

    private static func offsets(_ range: ClosedRange<Int64>) -> String {
        range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)..\(range.upperBound)"
    }

    /// What was set apart, by topic.
    private static func remarks(_ topics: [(topic: TopicName, parts: [PartitionReport])]) -> [String] {
        topics.flatMap { topic, parts -> [String] in
            func sum(_ value: (PartitionReport) -> Int64?) -> Int64 { parts.reduce(0) { $0 + (value($1) ?? 0) } }
            var parts: [String] = []
            func add(_ count: Int64, _ what: String) {
                if count > 0 { parts.append("\(NumberText.grouped(count)) \(what)") }
            }
            for reason in ForwardingPolicy.Reason.allCases {
                add(sum { $0.counts.leftOut[reason] }, "left out by rule (\(reason.rawValue))")
            }
            add(sum(\.counts.quarantined), "quarantined (tern quarantine list)")
            for reason in NotCompared.allCases {
                add(sum { $0.notCompared[reason] }, "not compared (\(reason.rawValue))")
            }
            add(sum { $0.counts.bornOnTarget }, "born on the target")
            add(sum { $0.counts.ofOtherFlows }, "brought by other flows")
            add(sum(\.repaired), "repaired")
            add(sum { $0.counts.withoutRecord }, "offsets without a record (markers, aborted, compacted)")
            return parts.isEmpty ? [] : ["\(topic): \(parts.joined(separator: ", "))"]
        }
    }
}
