// SPDX-License-Identifier: Apache-2.0

/// Lag rows as tables, one shape for each level.
enum LagTable {
    typealias Row = LagQuery.Row

    static func flows(_ rows: [Row]) -> TextTable {
        TextTable(
            [
                .init("FLOW"), .init("STATE"), .init("LAG", .right), .init("BEHIND", .right), .init("REC/S", .right),
                .init("MB/S", .right), .init("CAUGHT-UP-IN", .right),
            ],
            rows: rows.map { row in
                [
                    .text(row.flow.name), state(row.json["state"]?.string), .count(row.lagRecords),
                    .age(seconds: row.lagSeconds), .rate(row.json["records_per_second"]?.number),
                    .fixed(row.json["bytes_per_second"]?.number.map { $0 / 1_000_000 }, digits: 1),
                    .age(seconds: row.json["eta_seconds"]?.number),
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
                    .text(row.flow.name), .text(row.topic?.name), .text(row.json["target_topic"]?.string),
                    .count(row.topic.map { Int64($0.partitions.count) }), .count(row.lagRecords),
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
                let json = row.json
                return [
                    .text(row.flow.name), .text(row.topic?.name), .count(json["partition"]?.integer),
                    .count(json["start_offset"]?.integer), .count(json["end_offset"]?.integer),
                    .count(json["last_stable_offset"]?.integer), .count(json["replicated_offset"]?.integer),
                    .count(json["target_end_offset"]?.integer), .count(row.lagRecords),
                    .count(json["lag_held_records"]?.integer), .age(seconds: row.lagSeconds),
                    status(json["status"]?.string), .age(seconds: headroom(row)),
                ]
            })
    }

    /// Stopped partitions say why, and what to do; figures that stand still say so.
    /// - Parameter flows: those that were asked about, whether or not they have rows.
    static func notes(of rows: [Row], _ flows: [LagReport.Flow], _ report: LagReport) -> [String] {
        var notes: [String] = []
        if let age = report.json["snapshot_age_seconds"]?.number, age >= 10 {
            notes.append("! these figures are \(DurationText.age(seconds: age)) old: the daemon's meter stands still")
        }
        for flow in flows { notes += Self.notes(on: flow) }
        for row in rows {
            for topic in row.topic.map({ [$0] }) ?? row.flow.topics {
                for partition in row.partition.map({ [$0] }) ?? topic.partitions {
                    guard let stop = partition["stopped"], stop != .null else { continue }
                    notes.append(note(row.flow.name, topic.name, partition, stop))
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
        if flow.carriesPart, let all = flow.json["lanes"]?.integer, let owned = flow.json["lanes_owned"]?.integer {
            notes.append(
                "! \(flow.name): this daemon carries \(owned) of \(all) lanes, and tells nothing of the others: ask the daemons "
                    + "that have them")
        }
        if let count = flow.json["topics_not_mirrored"]?.integer, count > 0 {
            notes.append("! \(flow.name) does not mirror \(count) of its topics: tern status '\(flow.name)'")
        }
        return notes
    }

    /// One stopped partition, why, and what to do.
    static func note(_ flow: String, _ topic: String, _ partition: JSONValue, _ stop: JSONValue) -> String {
        let number = partition["partition"]?.integer.map { "/\($0)" } ?? ""
        let limit = stop["limit"]?.integer.map { ", limit \(NumberText.grouped($0))" } ?? ""
        let offset = stop["offset"]?.integer.map { " at offset \(NumberText.grouped($0))" } ?? ""
        let code = stop["code"]?.string ?? "unknown"
        return "! \(flow) \(topic)\(number) is \(partition["status"]?.string ?? "STOPPED")\(offset) (\(code)\(limit)): "
            + (stop["text"]?.string ?? "")
    }

    /// One flow needs no column for its name; programs get it always.
    private static func flowColumn(_ rows: [Row]) -> TextTable.Column {
        .init("FLOW", isWide: Set(rows.map(\.flow.name)).count <= 1)
    }

    private static func headroom(_ row: Row) -> Double? {
        row.json["retention_headroom_seconds"]?.number ?? row.topic?.json["retention_headroom_seconds"]?.number
    }

    /// From bad to good: what a topic says when its partitions differ.
    private static let severity = [
        "REFUSED", "LOST_DATA", "REWOUND", "TARGET_RESET", "SOURCE_MISSING", "STALLED", "STOPPED", "UNKNOWN",
        "HELD", "FALLING_BEHIND", "PAUSED", "CATCHING_UP", "OK", "EMPTY",
    ]

    static func worst(_ partitions: [JSONValue]) -> String? {
        partitions.compactMap { $0["status"]?.string }
            .min { (severity.firstIndex(of: $0) ?? 0) < (severity.firstIndex(of: $1) ?? 0) }
    }

    static func status(_ word: String?) -> TextTable.Cell {
        switch word {
        case "OK", "EMPTY": .text(word, .good)
        case "CATCHING_UP", "PAUSED": .text(word)
        case "FALLING_BEHIND", "HELD", "UNKNOWN", "STOPPED": .text(word, .warning)
        default: .text(word, .bad)
        }
    }

    static func state(_ word: String?) -> TextTable.Cell {
        switch word {
        case "running": .text(word, .good)
        case "starting", "paused": .text(word)
        case "degraded", "failing_over", "failed_over": .text(word, .warning)
        default: .text(word, .bad)
        }
    }
}
