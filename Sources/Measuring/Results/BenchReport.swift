// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// Prints results, as a table for people or one document for programs.
public struct BenchReport: Sendable {
    /// The measurements of one size and codec.
    struct Case: Sendable {
        var mirror: Sample
        var bare: Sample?
        var latency: Sample?

        /// CPU per record against the bare loop of the same run.
        var ratio: Double? { bare.map { mirror.cpuSecondsPerMillion / $0.cpuSecondsPerMillion } }
    }

    private struct Document: Encodable {
        struct Row: Encodable {
            var size: Int
            var codec: String
            var records: Int
            var recordsPerSecond: Double
            var megabytesPerSecond: Double
            var cpuSecondsPerMillion: Double
            var peakRssBytes: Int
            var mallocsPerRecord: Double?
            var latencyP50Ms: Double?
            var latencyP99Ms: Double?
            var unmirroredP50Ms: Double?
            var unmirroredP99Ms: Double?
            var bareCpuSecondsPerMillion: Double?
            var bareRecordsPerSecond: Double?
            var cpuRatioToBare: Double?
        }
        var kind = "MirrorBenchmark"
        var version = 1
        var rows: [Row]
    }

    private struct MicroDocument: Encodable {
        struct Row: Encodable {
            var name: String
            var unit: String
            var count: Int
            var nanoseconds: Double
            var mallocs: Double?
            var bytes: Double?
        }
        var kind = "MicroBenchmark"
        var version = 1
        var rows: [Row]
    }

    private struct AllocationDocument: Encodable {
        var kind = "AllocationLimits"
        var version = 1
        var rows: [AllocationLimits.Row]
    }

    static func text(_ cases: [Case], _ format: BenchOptions.Format) -> String {
        switch format {
        case .json: json(Document(rows: cases.map(row)))
        case .table: table(cases)
        }
    }

    static func text(_ samples: [MicroSample], _ format: BenchOptions.Format) -> String {
        switch format {
        case .json:
            return json(
                MicroDocument(
                    rows: samples.map {
                        .init(
                            name: $0.name, unit: $0.unit, count: $0.count, nanoseconds: $0.nanoseconds,
                            mallocs: $0.mallocs, bytes: $0.bytes)
                    }))
        case .table:
            let rows = samples.map {
                [
                    $0.name, $0.unit, "\($0.count)", fixed($0.nanoseconds, 1), $0.mallocs.map { fixed($0, 2) } ?? "–",
                    $0.bytes.map { fixed($0, 1) } ?? "–",
                ]
            }
            return aligned([["WHAT", "PER", "COUNT", "NS", "MALLOCS", "BYTES"]] + rows, leftColumns: 2)
        }
    }

    static func text(_ rows: [AllocationLimits.Row], _ format: BenchOptions.Format) -> String {
        guard format == .table else { return json(AllocationDocument(rows: rows)) }
        let lines = rows.map {
            [$0.name, $0.unit, fixed($0.mallocs, 3), fixed($0.limit, 3), $0.isKept ? "kept" : "ABOVE"]
        }
        return aligned([["WHAT", "PER", "MALLOCS", "LIMIT", ""]] + lines, leftColumns: 2)
    }

    private static func row(_ found: Case) -> Document.Row {
        Document.Row(
            size: found.mirror.size, codec: found.mirror.codec, records: found.mirror.records,
            recordsPerSecond: found.mirror.recordsPerSecond, megabytesPerSecond: found.mirror.megabytesPerSecond,
            cpuSecondsPerMillion: found.mirror.cpuSecondsPerMillion, peakRssBytes: found.mirror.peakBytes,
            mallocsPerRecord: found.mirror.mallocs,
            latencyP50Ms: found.latency?.p50, latencyP99Ms: found.latency?.p99,
            unmirroredP50Ms: found.latency?.floorP50, unmirroredP99Ms: found.latency?.floorP99,
            bareCpuSecondsPerMillion: found.bare?.cpuSecondsPerMillion,
            bareRecordsPerSecond: found.bare?.recordsPerSecond, cpuRatioToBare: found.ratio)
    }

    private static func table(_ cases: [Case]) -> String {
        var rows = [
            [
                "SIZE", "CODEC", "RECORDS", "REC/S", "MB/S", "CPU-S/M", "PEAK-MB", "MALLOCS", "P50-MS", "P99-MS",
                "NO-MIRROR-P50",
                "BARE-CPU-S/M", "RATIO",
            ]
        ]
        for found in cases {
            let mirror = found.mirror
            rows.append([
                "\(mirror.size)", mirror.codec, "\(mirror.records)", fixed(mirror.recordsPerSecond, 0),
                fixed(mirror.megabytesPerSecond, 1), fixed(mirror.cpuSecondsPerMillion, 2),
                "\(mirror.peakBytes / 1_000_000)", fixed(mirror.mallocs, 1), fixed(found.latency?.p50, 1),
                fixed(found.latency?.p99, 1),
                fixed(found.latency?.floorP50, 1), fixed(found.bare?.cpuSecondsPerMillion, 2), fixed(found.ratio, 2),
            ])
        }
        return aligned(rows, leftColumns: 0)
    }

    private static func json(_ document: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        guard let data = try? encoder.encode(document) else { return "{}\n" }
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    private static func fixed(_ number: Double?, _ digits: Int) -> String {
        number.map { String(format: "%.\(digits)f", $0) } ?? "–"
    }

    private static func aligned(_ rows: [[String]], leftColumns: Int) -> String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return column < leftColumns ? row[column] + padding : padding + row[column]
            }.joined(separator: "  ") + "\n"
        }.joined()
    }
}
