// SPDX-License-Identifier: Apache-2.0

/// The table as a manual page, in the mdoc macros: `tern help --man | man -l -`.
struct ManualPage {
    let table: CommandTable

    var text: String {
        var text = """
            .\\" Printed by 'tern help --man' from the command table.
            .Dd November 1, 2026
            .Dt TERN 1
            .Os
            .Sh NAME
            .Nm tern
            .Nd mirror Kafka topics between clusters
            .Sh SYNOPSIS
            .Nm tern
            .Ar command
            .Op Ar flag ...
            .Op Ar argument ...
            .Sh DESCRIPTION
            .Nm
            mirrors topics between Kafka clusters, in any direction,
            from the properties file that MirrorMaker reads.
            Flags stand anywhere on the line;
            .Fl \\&-
            ends them.
            Data goes to the standard output, everything else to the standard error.

            """
        text += ".Ss Flags that every command takes\n" + flags(Flag.everywhere)
        text += ".Sh COMMANDS\n"
        for command in table.commands { text += section(command) }
        text += environment
        text += ".Sh EXIT STATUS\n" + statuses(ExitStatus.allCases.map { ($0, $0.meaning) })
        return text
    }

    private func section(_ command: Command) -> String {
        var text = ".Ss tern \(escaped(command.name))\n"
        text += line(command.summary.prefix(1).uppercased() + command.summary.dropFirst() + ".")
        text += ".Pp\n" + line(command.usage)
        for paragraph in command.discussion { text += ".Pp\n" + line(paragraph) }
        if !command.arguments.isEmpty {
            text += ".Bl -tag -width Ds\n"
            for argument in command.arguments { text += ".It Ar \(escaped(argument.name))\n" + line(argument.summary) }
            text += ".El\n"
        }
        if !command.flags.isEmpty { text += flags(command.flags) }
        for example in command.examples {
            text += ".Pp\n" + line(example.purpose + ":") + ".Dl " + escaped(example.line) + "\n"
        }
        if !command.statuses.isEmpty { text += ".Pp\nExit status:\n" + statuses(command.statuses) }
        return text
    }

    private func flags(_ flags: [Flag]) -> String {
        var text = ".Bl -tag -width Ds\n"
        for flag in flags {
            let short = flag.short.map { "Fl \($0) , " } ?? ""
            let value = flag.metavariable.map { " Ar " + quoted($0) } ?? ""
            text += ".It \(short)Fl \\&-\(escaped(flag.name))\(value)\n" + line(HelpText.summary(flag))
        }
        return text + ".El\n"
    }

    private func statuses(_ statuses: [(status: ExitStatus, meaning: String)]) -> String {
        ".Bl -tag -width Ds\n" + statuses.map { ".It \($0.status.rawValue)\n" + line($0.meaning) }.joined() + ".El\n"
    }

    private var environment: String {
        let variables = [
            ("TERN_CONFIG", "the properties file, where neither an argument nor \u{2010}\u{2010}config names one"),
            ("NO_COLOR", "no colours, when it is set to anything"),
            ("COLUMNS", "the width that tables on a terminal must fit"),
        ]
        return ".Sh ENVIRONMENT\n.Bl -tag -width Ds\n"
            + variables.map { ".It Ev \($0.0)\n" + line($0.1) }.joined() + ".El\n"
    }

    /// Sentences on lines of their own, as mdoc wants them, and no line over 80 bytes.
    private func line(_ text: some StringProtocol) -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            let word = escaped(word)
            let endsSentence = line.hasSuffix(".") && !line.hasSuffix("..") || line.hasSuffix("?")
            if !line.isEmpty, endsSentence || line.utf8.count + word.utf8.count >= 78 {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? word : " " + word
        }
        return (lines + [line]).map { ($0.hasPrefix(".") ? "\\&" + $0 : $0) + "\n" }.joined()
    }

    private func quoted(_ text: String) -> String { text.contains(" ") ? "\"\(escaped(text))\"" : escaped(text) }

    /// Backslashes, leading dots and quotes mean something to roff; what is not ASCII is written by its code point.
    private func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "`": result += "\\(aq"
            case "'": result += "\\(aq"
            case "\"": result += "\\(dq"
            case "~": result += "\\(ti"
            case "^": result += "\\(ha"
            case _ where scalar.value > 0x7E:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\[u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "]"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
