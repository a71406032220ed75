// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// What `/api/v1/status` says, as tables and notes; the document itself goes to programs as it is.
struct StatusReport: Sendable {
    let json: JSONValue
    private let flows: [JSONValue]
    private let generatedAt: Date?

    /// - Parameter names: `source->target` of the flows to show; all when empty.
    init(_ json: JSONValue, flows names: [String]) throws(CommandFailure) {
        guard json["kind"] == "StatusReport", let all = json["flows"]?.array else {
            throw CommandFailure(.failed, code: "NOT_A_DAEMON", "the daemon's answer is no status report")
        }
        guard json["version"] == 1 else {
            throw CommandFailure(
                .failed, code: "VERSION_MISMATCH", "the daemon's status is of a version that this tern does not know",
                hint: "use the tern of the daemon's release")
        }
        let known = all.map(Self.name)
        if let missing = names.first(where: { !known.contains($0) }) {
            throw .unknown("flow", missing, among: known)
        }
        let chosen = names.isEmpty ? all : all.filter { names.contains(Self.name($0)) }
        let members = (json.object ?? []).filter { !["kind", "version", "flows"].contains($0.name) }
        self.json = JSONValue.object(members).setting(["flows": .array(chosen)])
        // A pair that is in the file for its heartbeats alone mirrors nothing: programs see it, people need not.
        flows = chosen.filter { $0["enabled"]?.bool != false || names.contains(Self.name($0)) }
        generatedAt = json["generated_at"]?.string.flatMap(Self.date)
    }

    private static func name(_ flow: JSONValue) -> String {
        "\(flow["source"]?.string ?? "")->\(flow["target"]?.string ?? "")"
    }

    var report: Report {
        Report(kind: "StatusReport", data: json, tables: [flowTable, clusterTable], notes: notes)
    }

    /// Topics that are not mirrored, per flow: mostly for one reason.
    private static let namedTopics = 3

    private var flowTable: TextTable {
        TextTable(
            [
                .init("FLOW"), .init("STATE"), .init("TOPICS", .right), .init("PARTS", .right),
                .init("LANES", .right, isWide: true),
                .init("LAG", .right), .init("HELD", .right, isWide: true), .init("BEHIND", .right),
                .init("P50", .right, isWide: true), .init("P99", .right), .init("REC/S", .right), .init("MB/S", .right),
                .init("LOST", .right, isWide: true), .init("STOPPED", .right, isWide: true), .init("SINCE", .right),
            ],
            rows: flows.map { flow in
                [
                    .text(Self.name(flow)), LagTable.state(flow["state"]?.string), .count(flow["topics"]?.integer),
                    .count(flow["partitions"]?.integer), lanes(flow), .count(flow["lag_records"]?.integer),
                    .count(flow["lag_held_records"]?.integer), .age(seconds: flow["lag_seconds"]?.number),
                    .latency(seconds: flow["replication_latency_p50_seconds"]?.number),
                    .latency(seconds: flow["replication_latency_p99_seconds"]?.number),
                    .rate(flow["records_per_second"]?.number),
                    .fixed(flow["bytes_per_second"]?.number.map { $0 / 1_000_000 }, digits: 1),
                    .count(flow["lost_records"]?.integer), .count(flow["stopped_partitions"]?.integer),
                    .age(seconds: age(flow["since"])),
                ]
            })
    }

    /// Lanes that this process runs, of all that the flow has: the others may run elsewhere.
    private func lanes(_ flow: JSONValue) -> TextTable.Cell {
        guard let owned = flow["lanes_owned"]?.integer, let all = flow["lanes"]?.integer else { return .empty }
        return .text("\(owned)/\(all)")
    }

    private var clusterTable: TextTable {
        var table = TextTable([.init("CLUSTER"), .init("STATE"), .init("ID"), .init("PROBLEM", isSentence: true)])
        table.rows = (json["clusters"]?.array ?? []).map { cluster in
            let isUp = cluster["up"]?.bool == true
            return [
                .text(cluster["alias"]?.string), .text(isUp ? "up" : "down", isUp ? .good : .bad),
                .text(cluster["cluster_id"]?.string), .text(cluster["problem"]?.string),
            ]
        }
        return table
    }

    private var notes: [String] {
        var notes: [String] = []
        if let age = json["snapshot_age_seconds"]?.number, age >= 10 {
            notes.append("! these figures are \(DurationText.age(seconds: age)) old: the daemon's meter stands still")
        }
        if json["draining"]?.bool == true { notes.append("! the daemon is draining: it was told to stop") }
        if json["region"]?["forced_unhealthy"]?.bool == true {
            notes.append("! the region is forced unhealthy by an operator")
        } else if json["region"]?["healthy"]?.bool == false {
            notes.append("! the region check fails: see /health")
        }
        for cluster in json["clusters"]?.array ?? [] where cluster["up"]?.bool == false {
            let problem = cluster["problem"]?.string.map { ": \($0)" } ?? ""
            let time = age(cluster["down_since"]).map { "has been down for \(DurationText.age(seconds: $0))" }
            notes.append("! cluster \(cluster["alias"]?.string ?? "") \(time ?? "has not answered yet")\(problem)")
        }
        for flow in flows { notes += self.notes(on: flow) }
        return notes
    }

    private func notes(on flow: JSONValue) -> [String] {
        var notes: [String] = []
        let name = Self.name(flow)
        if flow["state"] != "running", let reason = flow["reason"]?.string, !reason.isEmpty {
            notes.append("! \(name) is \(flow["state"]?.string ?? "unknown"): \(reason)")
        }
        if let count = flow["topics_not_mirrored"]?.integer, count > 0 {
            let named = (flow["not_mirrored"]?.array ?? []).prefix(Self.namedTopics)
            for topic in named {
                notes.append(
                    "! \(name) does not mirror \(topic["topic"]?.string ?? ""): \(topic["reason"]?.string ?? "")")
            }
            let more = count - Int64(named.count)
            if more > 0 { notes.append("! \(name) does not mirror \(NumberText.grouped(more)) more topics") }
        }
        if let lost = flow["lost_records"]?.integer, lost > 0 {
            notes.append(
                "! \(name) lost \(NumberText.grouped(lost)) records that left the source before they were copied")
        }
        let stopped = flow["stopped"]?.array ?? []
        notes += stopped.map { LagTable.note(name, $0["topic"]?.string ?? "", $0, $0) }
        let more = (flow["stopped_partitions"]?.integer ?? 0) - Int64(stopped.count)
        if more > 0 { notes.append("! \(name) has \(more) more stopped partitions: tern lag '\(name)'") }
        return notes
    }

    private func age(_ moment: JSONValue?) -> Double? {
        guard let generatedAt, let since = moment?.string.flatMap(Self.date) else { return nil }
        return max(0, generatedAt.timeIntervalSince(since))
    }

    private static func date(_ text: String) -> Date? {
        try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)
    }
}
