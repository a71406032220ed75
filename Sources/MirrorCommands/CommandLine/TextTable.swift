// SPDX-License-Identifier: Apache-2.0
internal import Text

/// A table: aligned for people, or tab-separated for programs.
struct TextTable: Sendable {
    struct Column: Sendable {
        enum Alignment: Sendable { case left, right }
        let title: String
        var alignment: Alignment = .left
        /// Shown by `-o wide`, `-o tsv` and `--columns` only.
        var isWide = false
        /// Sentences are not cut on a narrow terminal: it breaks their lines.
        var isSentence = false

        init(_ title: String, _ alignment: Alignment = .left, isWide: Bool = false, isSentence: Bool = false) {
            self.title = title
            self.alignment = alignment
            self.isWide = isWide
            self.isSentence = isSentence
        }
    }

    /// What a value means to somebody who looks for trouble.
    enum Tone: Sendable { case plain, good, warning, bad }

    struct Cell: Sendable {
        /// For people; empty prints as an en dash.
        let text: String
        /// For programs; empty prints as `-`.
        let raw: String
        var tone: Tone = .plain

        static let empty = Cell(text: "", raw: "")
        static func text(_ text: String?, _ tone: Tone = .plain) -> Cell {
            let line = (text ?? "").printable
            return Cell(text: line, raw: line, tone: tone)
        }
        static func count(_ number: Int64?, _ tone: Tone = .plain) -> Cell {
            number.map { Cell(text: NumberText.grouped($0), raw: String($0), tone: tone) } ?? .empty
        }
        /// With a unit for people, the whole number for programs.
        static func bytes(_ number: Int64?) -> Cell {
            number.map { Cell(text: NumberText.bytes($0), raw: String($0)) } ?? .empty
        }
        /// Hundredths for people, millionths for programs. Something is never shown as nothing.
        static func money(_ amount: Double?) -> Cell {
            guard let amount else { return .empty }
            let text = amount > 0 && amount < 0.005 ? "<0.01" : NumberText.fixed(amount, digits: 2)
            return Cell(text: text, raw: NumberText.fixed(amount, digits: 6))
        }
        /// Rounded for people, one digit after the point for programs.
        static func rate(_ number: Double?) -> Cell {
            number.map { Cell(text: NumberText.grouped(Int64($0.rounded())), raw: NumberText.fixed($0, digits: 1)) }
                ?? .empty
        }
        static func fixed(_ number: Double?, digits: Int) -> Cell {
            number.map { Cell(text: NumberText.fixed($0, digits: digits), raw: NumberText.fixed($0, digits: digits)) }
                ?? .empty
        }
        static func age(seconds: Double?, _ tone: Tone = .plain) -> Cell {
            seconds.map { Cell(text: AgeText.age(seconds: $0), raw: NumberText.fixed($0, digits: 3), tone: tone) }
                ?? .empty
        }
        static func latency(seconds: Double?) -> Cell {
            seconds.map { Cell(text: AgeText.latency(seconds: $0), raw: NumberText.fixed($0, digits: 3)) }
                ?? .empty
        }
    }

    struct Style: Sendable {
        var showsHeaders = true
        var isWide = false
        /// `nil` outside a terminal: nothing is cut there.
        var width: Int?
        var isColored = false
    }

    var columns: [Column]
    var rows: [[Cell]] = []

    init(_ columns: [Column], rows: [[Cell]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// The table with the named columns only, in that order; `nil` and the name when there is no such column.
    func selecting(_ names: [String]) throws(CommandFailure) -> TextTable {
        var indexes: [Int] = []
        for name in names {
            guard let index = columns.firstIndex(where: { $0.title.lowercased() == name.lowercased() }) else {
                let titles = columns.map { $0.title.lowercased() }
                let suggestion = NearestName.of(name, among: titles).map { "did you mean \($0)?" }
                throw .usage(
                    "--columns: there is no column '\(name)'",
                    hint: suggestion ?? "there are \(titles.joined(separator: ", "))")
            }
            indexes.append(index)
        }
        return TextTable(
            indexes.map { Column(columns[$0].title, columns[$0].alignment, isSentence: columns[$0].isSentence) },
            rows: rows.map { row in indexes.map { row[$0] } })
    }

    /// Lines with tabs between the cells and no headers: numbers as they are, `-` for what is empty.
    var tabSeparated: String {
        rows.map { row in row.map { $0.raw.isEmpty ? "-" : $0.raw }.joined(separator: "\t") + "\n" }.joined()
    }

    func text(_ style: Style) -> String {
        let shown = columns.indices.filter { style.isWide || !columns[$0].isWide }
        var widths = shown.map { index in
            rows.reduce(style.showsHeaders ? DisplayWidth.of(columns[index].title) : 0) {
                max($0, DisplayWidth.of(display($1[index])))
            }
        }
        if let width = style.width { shrink(&widths, of: shown, to: width) }
        var text = ""
        if style.showsHeaders {
            text += line(shown.map { (columns[$0].title, .plain) }, shown, widths, isColored: false)
        }
        for row in rows {
            text += line(shown.map { (display(row[$0]), row[$0].tone) }, shown, widths, isColored: style.isColored)
        }
        return text
    }

    private func display(_ cell: Cell) -> String { cell.text.isEmpty ? "–" : cell.text }

    private func line(
        _ cells: [(text: String, tone: Tone)], _ shown: [Int], _ widths: [Int], isColored: Bool
    ) -> String {
        var line = ""
        for (position, cell) in cells.enumerated() {
            let text = Self.cut(cell.text, to: widths[position])
            let padding = String(repeating: " ", count: max(0, widths[position] - DisplayWidth.of(text)))
            let painted = isColored ? Paint.painted(text, cell.tone) : text
            if position > 0 { line += "  " }
            let isLast = position == cells.count - 1
            switch columns[shown[position]].alignment {
            case .right: line += padding + painted
            case .left: line += isLast ? painted : painted + padding
            }
        }
        return line + "\n"
    }

    /// Takes columns of text down, the widest first, never numbers: half a number is a wrong one.
    private func shrink(_ widths: inout [Int], of shown: [Int], to limit: Int) {
        let floor = 8
        while widths.reduce(0, +) + 2 * (widths.count - 1) > limit {
            let candidates = widths.indices.filter { isCuttable(columns[shown[$0]]) && widths[$0] > floor }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return }
            widths[widest] -= 1
        }
    }

    private func isCuttable(_ column: Column) -> Bool { column.alignment == .left && !column.isSentence }

    private static func cut(_ text: String, to width: Int) -> String {
        guard DisplayWidth.of(text) > width else { return text }
        var result = ""
        var used = 0
        for character in text {
            let next = DisplayWidth.of(character)
            guard used + next <= width - 1 else { break }
            result.append(character)
            used += next
        }
        return result + "…"
    }
}

/// Colours, for terminals only; never the only bearer of a meaning.
enum Paint {
    static func painted(_ text: String, _ tone: TextTable.Tone) -> String {
        switch tone {
        case .plain: text
        case .good: "\u{1B}[32m\(text)\u{1B}[0m"
        case .warning: "\u{1B}[33m\(text)\u{1B}[0m"
        case .bad: "\u{1B}[31m\(text)\u{1B}[0m"
        }
    }
}
