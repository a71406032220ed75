// SPDX-License-Identifier: Apache-2.0
internal import Text

enum HelpCommand {
    static let json = Flag("json", "print the command table as one JSON document")
    static let markdown = Flag("markdown", "print the reference of all commands, docs/cli.md")
    static let manual = Flag("man", "print the manual page, for 'man -l -'")

    /// - Parameter table: asked for late, since the table has the command itself.
    static func command(_ table: @escaping @Sendable () -> CommandTable) -> Command {
        Command(
            path: ["help"],
            summary: "show help for a command, or list them all",
            arguments: [
                Argument(
                    name: "COMMAND", kind: .command, isRepeatable: true, summary: "the command, in one word or two")
            ],
            flags: [json, markdown, manual],
            examples: [
                .init(purpose: "what a command does and takes", line: "tern help lag"),
                .init(purpose: "everything, as data", line: "tern help --json"),
                .init(purpose: "read the manual", line: "tern help --man | man -l -"),
            ],
            kind: "Help",
            body: { invocation, context in
                context.output.write(try text(invocation, table()))
                return .done
            })
    }

    private static func text(_ invocation: Invocation, _ table: CommandTable) throws(CommandFailure) -> String {
        let words = invocation.allArguments("COMMAND")
        let match = table.match(words)
        guard match?.count ?? 0 == words.count else {
            let known = table.commands.map(\.name)
            let typed = words.joined(separator: " ")
            throw .usage(
                "unknown command '\(typed)'",
                hint: NearestName.of(typed, among: known).map { "did you mean 'tern help \($0)'?" }
                    ?? "'tern help' lists the commands")
        }
        let path = match?.command.path ?? []
        let chosen = [json, markdown, manual].filter(invocation.has)
        guard chosen.count <= 1 else {
            throw .usage("\(chosen.map(\.spelling).joined(separator: " and ")) exclude each other")
        }
        if invocation.has(json) {
            return Report(kind: "Help", data: HelpDocument(table: table).json(for: path)).envelope.text + "\n"
        }
        if invocation.has(markdown) { return CommandReference(table: table).markdown }
        if invocation.has(manual) { return ManualPage(table: table).text }
        return HelpText(table: table).text(for: path)
    }
}
