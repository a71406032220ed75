// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import TernConfiguration
internal import KafkaTypes

/// The live screen: drawn over itself, and left standing above the summary at the end.
struct DemoScreen: Sendable {
    /// Narrower than this, or unable to move the cursor, a terminal gets lines as a pipe does.
    static let leastWidth = 44
    private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    private static let historyLength = 40

    private let width: Int
    private let isColored: Bool
    private var history: [FlowName: [Int64?]] = [:]
    private var drawnLines = 0

    init(width: Int, isColored: Bool) {
        self.width = width
        self.isColored = isColored
    }

    /// What the terminal is sent to show this moment in place of the last.
    mutating func draw(_ moment: DemoMoment) -> String {
        for flow in moment.flows {
            history[flow.name, default: []].append(flow.lagRecords)
            if let count = history[flow.name]?.count, count > Self.historyLength {
                history[flow.name]?.removeFirst(count - Self.historyLength)
            }
        }
        let lines = lines(moment)
        // Up to the first line, then each line over its predecessor: nothing is cleared first, so nothing flickers.
        var text = drawnLines > 0 ? "\r\u{1B}[\(drawnLines)A" : ""
        for line in lines { text += line + "\u{1B}[K\n" }
        text += "\u{1B}[J"
        drawnLines = lines.count
        return text
    }

    private func lines(_ moment: DemoMoment) -> [String] {
        var lines = [
            bold(cut("tern demo: \(moment.writers.count) clusters in this process, all flows between them")),
            dim(cut(moment.url.map { "\($0)/metrics  \($0)/api/v1/lag" } ?? "no HTTP server (--listen none)")), "",
        ]
        lines += split(writers(moment).text(style)) + [""]
        lines += split(flows(moment)) + [""]
        lines += [progress(moment), dim(cut(moment.notice))]
        return lines
    }

    private var style: TextTable.Style { TextTable.Style(width: width, isColored: isColored) }

    private func writers(_ moment: DemoMoment) -> TextTable {
        TextTable(
            [.init("CLUSTER"), .init("BOOTSTRAP"), .init("WRITTEN", .right), .init("TOPICS")],
            rows: moment.writers.map {
                [
                    .text($0.alias.rawValue), .text($0.bootstrapServers), .count(Int64($0.written)),
                    .text(DemoTopic.all.map(\.name.rawValue).joined(separator: " ")),
                ]
            })
    }

    /// The widest table that fits.
    private func flows(_ moment: DemoMoment) -> String {
        for names in [
            ["FLOW", "LAG", "BEHIND", "REC/S", "MB/S", "P50", "P99", "COPIED", "LAG SO FAR"],
            ["FLOW", "LAG", "BEHIND", "REC/S", "P99", "COPIED", "LAG SO FAR"],
            ["FLOW", "LAG", "BEHIND", "REC/S", "P99", "COPIED"],
        ] {
            guard let table = try? flowTable(moment).selecting(names) else { continue }
            let plain = split(table.text(TextTable.Style()))
            if plain.allSatisfy({ DisplayWidth.of($0) <= width }) { return table.text(style) }
        }
        let table = try? flowTable(moment).selecting(["FLOW", "LAG", "REC/S"])
        return table?.text(style) ?? ""
    }

    private func flowTable(_ moment: DemoMoment) -> TextTable {
        TextTable(
            [
                .init("FLOW"), .init("LAG", .right), .init("BEHIND", .right), .init("REC/S", .right),
                .init("MB/S", .right), .init("P50", .right), .init("P99", .right), .init("COPIED", .right),
                .init("LAG SO FAR"),
            ],
            rows: moment.flows.map { flow in
                let tone: TextTable.Tone = flow.lagRecords.map { $0 == 0 ? .good : .warning } ?? .bad
                return [
                    .text("\(flow.name.source) → \(flow.name.target)"), .count(flow.lagRecords, tone),
                    .age(seconds: flow.lagSeconds), .rate(flow.recordsPerSecond),
                    .fixed(flow.bytesPerSecond / 1_000_000, digits: 2), .latency(seconds: flow.latency.quantile(0.5)),
                    .latency(seconds: flow.latency.quantile(0.99)), .count(flow.copied),
                    .text(Self.bars(history[flow.name] ?? [])),
                ]
            })
    }

    /// Small bars under a common ceiling; a blank where the lag was not known.
    static func bars(_ values: [Int64?]) -> String {
        let most = values.compactMap { $0 }.max() ?? 0
        return String(
            values.map { value -> Character in
                guard let value else { return " " }
                guard most > 0, value > 0 else { return bars[0] }
                return bars[min(bars.count - 1, Int(value * Int64(bars.count) / (most + 1)))]
            })
    }

    private func progress(_ moment: DemoMoment) -> String {
        let label = " \(min(moment.second, moment.seconds)) of \(moment.seconds) s"
        let room = min(40, width - label.count - 1)
        let full = moment.seconds > 0 ? min(room, moment.second * room / moment.seconds) : room
        return String(repeating: "━", count: full) + dim(String(repeating: "─", count: room - full)) + label
    }

    private func split(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    }

    private func cut(_ text: String) -> String { text.count <= width ? text : text.prefix(width - 1) + "…" }
    private func bold(_ text: String) -> String { isColored ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    private func dim(_ text: String) -> String { isColored ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}
