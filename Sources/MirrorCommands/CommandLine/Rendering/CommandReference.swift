// SPDX-License-Identifier: Apache-2.0

/// The table as Markdown: `docs/cli.md` is exactly this.
struct CommandReference {
    let table: CommandTable

    var markdown: String {
        var text = """
            # The command line

            <!-- Printed by `tern help --markdown` from the command table. Change the table, not this file. -->

            `stdout` is data, `stderr` is talk. Flags stand anywhere on the line; `--` ends them. `-o json` prints exactly
            one document, for failures too: `{"kind":…,"version":1,"ok":…,"data":…,"errors":[…]}`; what is unknown is `null`.
            `-o tsv` has no header line, and `-` for what is empty. Tables are for people and may change. Nothing is
            coloured or animated in a pipe.

            A command that reads the properties file takes it as an argument, from `--config`, or from `TERN_CONFIG`.


            """
        text += "| Command | |\n|---|---|\n"
        for command in table.commands {
            text +=
                "| [`tern \(command.name)`](#tern-\(command.path.joined(separator: "-"))) | \(escaped(command.summary)) |\n"
        }
        text += "\n## Flags that every command takes\n\n" + flags(Flag.everywhere)
        text += "\n## Exit statuses\n\n| Status | Meaning |\n|---|---|\n"
        text += ExitStatus.allCases.map { "| \($0.rawValue) | \($0.meaning) |\n" }.joined()
        for command in table.commands { text += section(command) }
        return text
    }

    private func section(_ command: Command) -> String {
        var text = "\n## tern \(command.name)\n\n"
        let summary = command.summary.prefix(1).uppercased() + command.summary.dropFirst()
        text += "\(escaped(summary)).\n\n```\n\(command.usage)\n```\n"
        if !command.aliases.isEmpty {
            text +=
                "\nAlso: " + command.aliases.map { "`tern \($0.joined(separator: " "))`" }.joined(separator: ", ")
                + "\n"
        }
        for paragraph in command.discussion {
            text += "\n" + HelpText.wrapped(escaped(paragraph), to: 120, indentation: 0)
        }
        if !command.examples.isEmpty {
            text += "\n```sh\n" + command.examples.map { "# \($0.purpose)\n\($0.line)\n" }.joined() + "```\n"
        }
        if !command.arguments.isEmpty {
            text += "\n| Argument | |\n|---|---|\n"
            text += command.arguments.map { "| `\($0.usage)` | \(escaped($0.summary)) |\n" }.joined()
        }
        if !command.flags.isEmpty { text += "\n" + flags(command.flags) }
        if !command.statuses.isEmpty {
            text += "\nExit status: "
            text +=
                command.statuses.map { "\($0.status.rawValue) \(escaped($0.meaning))" }.joined(separator: "; ") + ".\n"
        }
        return text
    }

    private func flags(_ flags: [Flag]) -> String {
        var text = "| Flag | Default | |\n|---|---|---|\n"
        for flag in flags {
            let names = (flag.short.map { "-\($0), " } ?? "") + "--\(flag.name)"
            let value = flag.metavariable.map { " " + $0.replacingBars } ?? ""
            text += "| `\(names)\(value)` | \(flag.preset.map { "`\($0)`" } ?? "") | \(escaped(flag.summary)) |\n"
        }
        return text
    }

    private func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        var isCode = false
        for character in text {
            if character == "`" { isCode.toggle() }
            if !isCode, "<>|*_".contains(character) { result += "\\" }
            result.append(character)
        }
        return result
    }
}

extension String {
    /// A bar ends a cell of a Markdown table, within code too.
    fileprivate var replacingBars: String {
        split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}
