// SPDX-License-Identifier: Apache-2.0

/// What `--help` prints: examples first, since most people look for one.
struct HelpText {
    private static let width = 100
    let table: CommandTable

    /// Help for a command or family; for the program when the path is empty.
    func text(for path: [String]) -> String {
        guard !path.isEmpty, let command = table.match(path)?.command else { return program }
        return command.isFamily ? family(command) : text(for: command)
    }

    private var program: String {
        var text = "tern mirrors Kafka topics between clusters, in any direction, and says how far behind it is.\n"
        text += "\nUsage: tern COMMAND [FLAG…] [ARGUMENT…]\n"
        text += "\nExamples:\n"
        text += examples(
            [
                .init(purpose: "two clusters in the process, mirrored both ways before your eyes", line: "tern demo"),
                .init(
                    purpose: "what is wrong with a file, and whether its clusters let Tern in",
                    line: "tern check mirror.properties"),
                .init(purpose: "mirror, in the foreground", line: "tern run mirror.properties"),
            ].filter { example in table.commands.contains { example.line.split(separator: " ")[1] == $0.path[0] } })
        text += "\nCommands:\n" + list(table.children(of: []).map { ($0.name, $0.summary) })
        text += "\nFlags that every command takes:\n" + list(Flag.everywhere.map { (Self.term($0), $0.summary) })
        text +=
            "\n'tern help COMMAND' or 'tern COMMAND --help' says more. A command that reads the properties file takes it\n"
        text += "as an argument, from --config, or from the variable TERN_CONFIG.\n"
        return text
    }

    private func family(_ command: Command) -> String {
        var text = "tern \(command.name) – \(command.summary)\n\nUsage: \(command.usage)\n"
        text += paragraphs(command.discussion)
        if !command.examples.isEmpty { text += "\nExamples:\n" + examples(command.examples) }
        text += "\nCommands:\n" + list(table.children(of: command.path).map { ($0.name, $0.summary) })
        return text
    }

    private func text(for command: Command) -> String {
        var text = "tern \(command.name) – \(command.summary)\n\nUsage: \(command.usage)\n"
        if !command.aliases.isEmpty {
            text +=
                "Also:  " + command.aliases.map { "tern " + $0.joined(separator: " ") }.joined(separator: ", ") + "\n"
        }
        if !command.examples.isEmpty { text += "\nExamples:\n" + examples(command.examples) }
        text += paragraphs(command.discussion)
        if !command.arguments.isEmpty {
            text += "\nArguments:\n" + list(command.arguments.map { ($0.name, $0.summary) })
        }
        if !command.flags.isEmpty {
            text += "\nFlags:\n" + list(command.flags.map { (Self.term($0), Self.summary($0)) })
        }
        text += "\nFlags that every command takes:\n" + list(Flag.everywhere.map { (Self.term($0), Self.summary($0)) })
        text += "\nExit status:\n" + list(command.exitMeanings.map { (String($0.status.rawValue), $0.meaning) })
        return text
    }

    /// `-o, --output table|json`; flags without a letter are indented, so that the long names stand in a column.
    static func term(_ flag: Flag) -> String {
        (flag.short.map { "-\($0), " } ?? "    ") + "--\(flag.name)" + (flag.metavariable.map { " " + $0 } ?? "")
    }

    static func summary(_ flag: Flag) -> String {
        flag.summary + (flag.preset.map { " (default: \($0))" } ?? "")
    }

    private func examples(_ examples: [Command.Example]) -> String {
        examples.map { "  # \($0.purpose)\n  \($0.line)\n" }.joined()
    }

    private func paragraphs(_ paragraphs: [String]) -> String {
        paragraphs.map { "\n" + Self.wrapped($0, to: Self.width, indentation: 0) }.joined()
    }

    private func list(_ entries: [(term: String, text: String)]) -> String {
        let column = min(30, entries.map { DisplayWidth.of($0.term) }.max() ?? 0)
        var text = ""
        for entry in entries {
            let padding = column - DisplayWidth.of(entry.term)
            let body = Self.wrapped(entry.text, to: Self.width, indentation: column + 4)
            if padding >= 0 {
                text += "  " + entry.term + String(repeating: " ", count: padding + 2) + body.dropFirst(column + 4)
            } else {
                text += "  " + entry.term + "\n" + body
            }
        }
        return text
    }

    /// Breaks at spaces; every line is indented and ends with a newline.
    static func wrapped(_ text: String, to width: Int, indentation: Int) -> String {
        let margin = String(repeating: " ", count: indentation)
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, DisplayWidth.of(line) + 1 + DisplayWidth.of(String(word)) > width - indentation {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        lines.append(line)
        return lines.map { margin + $0 + "\n" }.joined()
    }
}

extension Command {
    /// All statuses that the command can end with, in order.
    var exitMeanings: [(status: ExitStatus, meaning: String)] {
        let general: [ExitStatus] = [.done, .failed, .usage]
        let special = Dictionary(statuses.map { ($0.status, $0.meaning) }) { first, _ in first }
        return ExitStatus.allCases.compactMap { status in
            if let meaning = special[status] { return (status, meaning) }
            return general.contains(status) ? (status, status.meaning) : nil
        }
    }
}
