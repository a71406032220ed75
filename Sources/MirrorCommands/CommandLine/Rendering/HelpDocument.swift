// SPDX-License-Identifier: Apache-2.0
internal import Text

/// The table as data: what `tern help --json` prints, for tools that build on the command line.
struct HelpDocument {
    let table: CommandTable

    /// One command, a family with its members, or everything for an empty path.
    func json(for path: [String]) -> JSONValue {
        let commands = table.commands.filter { $0.path.starts(with: path) }
        return [
            "version": .string(TernVersion.current),
            "commands": .array(commands.map(json)),
            "flags": .array(Flag.everywhere.map(json)),
            "exit_statuses": .array(
                ExitStatus.allCases.map { ["status": .integer(Int64($0.rawValue)), "meaning": .string($0.meaning)] }),
        ]
    }

    private func json(_ command: Command) -> JSONValue {
        [
            "path": .array(command.path.map { .string($0) }),
            "aliases": .array(command.aliases.map { .string($0.joined(separator: " ")) }),
            "summary": .string(command.summary),
            "usage": .string(command.usage),
            "discussion": .array(command.discussion.map { .string($0) }),
            "is_family": .bool(command.isFamily),
            "arguments": .array(command.arguments.map(json)),
            "flags": .array(command.flags.map(json)),
            "examples": .array(
                command.examples.map { ["purpose": .string($0.purpose), "line": .string($0.line)] }),
            "exit_statuses": .array(
                command.exitMeanings.map {
                    ["status": .integer(Int64($0.status.rawValue)), "meaning": .string($0.meaning)]
                }),
            "kind": .optional(command.kind),
        ]
    }

    private func json(_ argument: Argument) -> JSONValue {
        [
            "name": .string(argument.name), "required": .bool(argument.isRequired),
            "repeatable": .bool(argument.isRepeatable), "summary": .string(argument.summary),
        ]
    }

    private func json(_ flag: Flag) -> JSONValue {
        var choices: JSONValue = .null
        if case .choice(let words) = flag.value { choices = .array(words.map { .string($0) }) }
        return [
            "name": .string(flag.name), "short": .optional(flag.short.map(String.init)),
            "value": .optional(flag.metavariable), "choices": choices, "repeatable": .bool(flag.isRepeatable),
            "default": .optional(flag.preset), "summary": .string(flag.summary),
        ]
    }
}
