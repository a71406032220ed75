// SPDX-License-Identifier: Apache-2.0
internal import Platform

/// What a command may touch of the world outside, so that tests can hand it another one.
package struct CommandContext: Sendable {
    var variables: [String: String]
    var output: any TextOutput
    var diagnostics: any TextOutput
    /// The version of the allocator that serves this process, or "" for the C library's own.
    var allocator: String

    package init(
        variables: [String: String], output: any TextOutput, diagnostics: any TextOutput, allocator: String = ""
    ) {
        self.variables = variables
        self.output = output
        self.diagnostics = diagnostics
        self.allocator = allocator
    }

    /// Something for people, on stderr; nothing with `--quiet`.
    func say(_ text: String, _ invocation: Invocation) {
        if !invocation.isQuiet { diagnostics.write(text + "\n") }
    }

    func paints(_ invocation: Invocation) -> Bool {
        switch invocation[.color] {
        case "always": true
        case "never": false
        default: output.isTerminal && variables["NO_COLOR", default: ""].isEmpty && variables["TERM"] != "dumb"
        }
    }

    /// The width that tables must fit; `nil` in a pipe, where nothing is cut. `COLUMNS` overrides the terminal.
    var tableWidth: Int? {
        guard output.isTerminal else { return nil }
        return variables["COLUMNS"].flatMap { Int($0) } ?? output.terminalColumns
    }
}
