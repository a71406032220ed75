// SPDX-License-Identifier: Apache-2.0
internal import Text

/// What a command found: one value from which every output format is made.
struct Report: Sendable {
    /// The `kind` of the JSON document.
    let kind: String
    /// `null` when there is nothing to show.
    var data: JSONValue
    /// Printed one after the other; `tsv` and `--columns` concern the first.
    var tables: [TextTable] = []
    /// Printed for people instead of tables.
    var text: String?
    /// What `-o name` prints, one a line; a name that is on several clusters is printed once.
    var names: [String] = []
    /// Lines under the tables, for people only.
    var notes: [String] = []
    var failures: [CommandFailure] = []
    /// The tables show the failures already: stderr need not repeat them.
    var failuresAreInTables = false
    var status: ExitStatus = .done

    /// `{"kind":…,"version":1,"ok":…,"data":…,"errors":[…]}`: the document of every command, failures included.
    var envelope: JSONValue {
        [
            "kind": .string(kind), "version": 1, "ok": .bool(failures.isEmpty && status == .done), "data": data,
            "errors": .array(failures.map(\.json)),
        ]
    }
}

extension CommandContext {
    /// Prints a report as the invocation wants it: data on stdout, failures on stderr.
    ///
    /// - Throws: `CommandFailure` when `--columns` names a column that the table has not.
    func print(_ report: Report, for invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let text = try text(of: report, for: invocation)
        let limit = 20  // stderr is for people; all failures are in the document
        let complaints = report.failuresAreInTables ? [] : report.failures
        for failure in complaints.prefix(limit) { complain(failure) }
        if complaints.count > limit { diagnostics.write("tern: and \(complaints.count - limit) more\n") }
        output.write(text)
        return report.status
    }

    func complain(_ failure: CommandFailure) { diagnostics.write("tern: " + failure.line + "\n") }

    private func text(of report: Report, for invocation: Invocation) throws(CommandFailure) -> String {
        var tables = report.tables
        var choosesColumns = false
        if invocation.command.flag(named: Flag.columns.name) != nil, let names = invocation.list(.columns) {
            choosesColumns = true
            tables = try tables.prefix(1).map { table throws(CommandFailure) in try table.selecting(names) }
        }
        switch invocation.format {
        case .json: return report.envelope.text + "\n"
        case .yaml: return report.envelope.yaml
        case .name:
            var met: Set<String> = []
            return report.names.filter { met.insert($0).inserted }.map { $0.printable + "\n" }.joined()
        case .tsv: return tables.first?.tabSeparated ?? ""
        case .table, .wide:
            if let text = report.text, !choosesColumns { return text }
            let style = TextTable.Style(
                showsHeaders: !invocation.hidesHeaders, isWide: invocation.format == .wide, width: tableWidth,
                isColored: paints(invocation))
            let parts = tables.filter { !$0.rows.isEmpty }.map { $0.text(style) }
            let notes = report.notes.map { $0.printable + "\n" }.joined()
            return (parts + (notes.isEmpty ? [] : [notes])).joined(separator: parts.count > 1 ? "\n" : "")
        }
    }
}

extension Invocation {
    fileprivate var hidesHeaders: Bool { values[Flag.noHeaders.name] != nil }
}
