// SPDX-License-Identifier: Apache-2.0
internal import TernAPI

/// Lag rows as tables, one shape for each level.
enum LagTable {
    typealias Row = LagRows.Row

    static func flows(_ rows: [Row]) -> TextTable {
        TextTable(
            [
                .init("FLOW"), .init("STATE"), .init("LAG", .right), .init("BEHIND", .right), .init("REC/S", .right),
                .init("MB/S", .right), .init("CAUGHT-UP-IN", .right),
            ],
            rows: rows.map { row in
                [
                    .text(row.flow.flowName), state(row.flow.state), .count(row.lagRecords),
                    .age(seconds: row.lagSeconds), .rate(row.flow.recordsPerSecond),
                    .fixed(row.flow.bytesPerSecond.map { $0 / 1_000_000 }, digits: 1),
                    .age(seconds: row.flow.etaSeconds),
                ]
            })
    }

    static func topics(_ rows: [Row]) -> TextTable {
        TextTable(
            [
                flowColumn(rows), .init("TOPIC"), .init("TARGET-TOPIC", isWide: true), .init("PARTS", .right),
                .init("LAG", .right), .init("BEHIND", .right), .init("STATUS"), .init("RETENTION-LEFT", .right),
            ],
            rows: rows.map { row in
                let worst = Self.worst(row.topic?.partitions ?? [])
                return [
                    .text(row.flow.flowName), .text(row.topic?.topic), .text(row.topic?.targetTopic),
                    .count(row.topic.map { Int64($0.partitions?.count ?? 0) }), .count(row.lagRecords),
                    .age(seconds: row.lagSeconds), status(worst), .age(seconds: headroom(row)),
                ]
            })
    }

    static func partitions(_ rows: [Row]) -> TextTable {
        TextTable(
            [
                flowColumn(rows), .init("TOPIC"), .init("PART", .right), .init("SRC-START", .right, isWide: true),
                .init("SRC-END", .right), .init("SRC-STABLE", .right, isWide: true), .init("REPLICATED", .right),
                .init("TGT-END", .right), .init("LAG", .right), .init("HELD", .right, isWide: true),
                .init("BEHIND", .right), .init("STATUS"), .init("RETENTION-LEFT", .right),
            ],
            rows: rows.map { row in
                let partition = row.partition
                return [
                    .text(row.flow.flowName), .text(row.topic?.topic), .count(partition?.partition),
                    .count(partition?.startOffset), .count(partition?.endOffset),
                    .count(partition?.lastStableOffset), .count(partition?.replicatedOffset),
                    .count(partition?.targetEndOffset), .count(row.lagRecords),
                    .count(partition?.lagHeldRecords), .age(seconds: row.lagSeconds),
                    status(partition?.status), .age(seconds: headroom(row)),
                ]
            })
    }

    /// Stopped partitions say why, and what to do; figures that stand still say so.
    /// - Parameter flows: those that were asked about, whether or not they have rows.
    static func notes(of rows: [Row], _ flows: [LagReport.Flow], _ report: LagReport) -> [String] {
        var notes = staleness(report.snapshotAgeSeconds)
        for flow in flows { notes += Self.notes(on: flow) }
        for row in rows {
            for topic in row.topic.map({ Rows([$0]) }) ?? row.flow.topics ?? Rows([]) {
                for partition in row.partition.map({ [$0] }) ?? topic.partitions ?? [] {
                    guard let stop = partition.stopped else { continue }
                    notes.append(
                        note(row.flow.flowName, topic.topic, partition.partition, partition.status, stop))
                }
            }
        }
        let limit = 20  // a screen's worth; all of them are in the rows
        return notes.count > limit
            ? notes.prefix(limit) + ["! and \(notes.count - limit) more partitions are stopped"] : notes
    }

    /// What the rows do not show: what other daemons carry, and what nobody does.
    private static func notes(on flow: LagReport.Flow) -> [String] {
        var notes: [String] = []
        if flow.carriesPart, let all = flow.lanes, let owned = flow.lanesOwned {
            notes.append(
                "! \(flow.flowName): this daemon carries \(owned) of \(all) lanes, and tells nothing of the others: ask the "
                    + "daemons that have them")
        }
        if let count = flow.topicsNotMirrored, count > 0 {
            notes.append("! \(flow.flowName) does not mirror \(count) of its topics: tern status '\(flow.flowName)'")
        }
        return notes
    }

    /// A line where the daemon has measured nothing for a while.
    static func staleness(_ age: Double) -> [String] {
        age >= 10 ? ["! these figures are \(AgeText.age(seconds: age)) old: the daemon's meter stands still"] : []
    }

    /// One stopped partition, why, and what to do.
    static func note(_ flow: String, _ topic: String, _ partition: Int64, _ status: String, _ stop: Stop) -> String {
        let limit = stop.limit.map { ", limit \(NumberText.grouped($0))" } ?? ""
        let offset = stop.offset.map { " at offset \(NumberText.grouped($0))" } ?? ""
        return "! \(flow) \(topic)/\(partition) is \(status)\(offset) (\(stop.code)\(limit)): \(stop.text)"
    }

    /// One flow needs no column for its name; programs get it always.
    private static func flowColumn(_ rows: [Row]) -> TextTable.Column {
        .init("FLOW", isWide: Set(rows.map(\.flow.flowName)).count <= 1)
    }

    private static func headroom(_ row: Row) -> Double? {
        row.topic?.retentionHeadroomSeconds
    }

    /// From bad to good: what a topic says when its partitions differ.
    private static let severity = [
        "REFUSED", "LOST_DATA", "REWOUND", "TARGET_RESET", "SOURCE_MISSING", "STALLED", "UNKNOWN", "HELD",
        "FALLING_BEHIND", "CATCHING_UP", "OK", "EMPTY",
    ]

    static func worst(_ partitions: [LagReport.Partition]) -> String? {
        partitions.map(\.status)
            .min { (severity.firstIndex(of: $0) ?? 0) < (severity.firstIndex(of: $1) ?? 0) }
    }

    static func status(_ word: String?) -> TextTable.Cell {
        switch word {
        case "OK", "EMPTY": .text(word, .good)
        case "CATCHING_UP": .text(word)
        case "FALLING_BEHIND", "HELD", "UNKNOWN": .text(word, .warning)
        default: .text(word, .bad)
        }
    }

    static func state(_ word: String?) -> TextTable.Cell {
        switch word {
        case "running": .text(word, .good)
        case "starting": .text(word)
        case "degraded": .text(word, .warning)
        default: .text(word, .bad)
        }
    }
}
