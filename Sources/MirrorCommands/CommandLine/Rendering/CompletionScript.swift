// SPDX-License-Identifier: Apache-2.0

/// Scripts that complete commands, flags and their values in a shell, printed from the table.
struct CompletionScript {
    enum Shell: String, CaseIterable { case bash, zsh, fish }
    let table: CommandTable

    func text(for shell: Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: zsh
        case .fish: fish
        }
    }

    /// Every path that a word can continue: the program, the families, the commands; aliases are for fingers that know.
    var paths: [[String]] { [[]] + table.commands.map(\.path) }

    func flags(of path: [String]) -> [Flag] {
        table.commands.first { $0.path == path }?.allFlags ?? Flag.everywhere
    }

    /// The hidden command that looks live names up: `tern __complete topic -- WORDS`.
    static let lookup = "__complete"

    /// Where the names of an argument come from, if any of the command's takes names.
    func names(after path: [String]) -> Flag.NameSource? {
        let command = table.commands.first { $0.path == path }
        for argument in command?.arguments ?? [] { if case .name(let source) = argument.kind { return source } }
        return nil
    }

    /// The words that can stand as the next argument, or `nil` when files can.
    func words(after path: [String]) -> (words: [String], takesFiles: Bool) {
        let children = table.children(of: path).compactMap(\.path.last)
        guard let command = table.commands.first(where: { $0.path == path }), !command.isFamily else {
            return (children, false)
        }
        var words: [String] = []
        var takesFiles = false
        for argument in command.arguments {
            switch argument.kind {
            case .choice(let choices): words += choices
            case .command: words += table.children(of: []).map(\.name)
            case .file: takesFiles = true
            case .text, .name: break
            }
        }
        return (words, takesFiles)
    }

    /// Names of flags, long and short, that take a value.
    var flagsWithValue: [String] {
        table.flags.filter(\.takesValue).flatMap { flag in ["--" + flag.name] + (flag.short.map { ["-\($0)"] } ?? []) }
    }

    func names(_ flag: Flag) -> [String] { ["--" + flag.name] + (flag.short.map { ["-\($0)"] } ?? []) }

    /// The text within single quotes of a POSIX shell.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
