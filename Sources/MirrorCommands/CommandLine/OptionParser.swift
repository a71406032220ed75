// SPDX-License-Identifier: Apache-2.0
internal import Text

/// Reads a command line by the table. Flags stand anywhere; `--` ends them.
struct OptionParser {
    /// What was asked for.
    enum Request {
        case run(Invocation)
        /// Help for the longest path that was recognised; empty for the program's.
        case help(path: [String])
        case version
    }

    private struct Occurrence {
        let flag: Flag
        let value: String?
    }

    /// The command line, sorted by what each token is.
    private struct Tokens {
        var occurrences: [Occurrence] = []
        var unknown: [String] = []
        /// Words before and after `--`; a command's name is looked for among the former only.
        var words: [String] = []
        var literals: [String] = []
        /// The first flag that had no value where it needs one.
        var bare: Flag?

        func has(_ flag: Flag) -> Bool { occurrences.contains { $0.flag.name == flag.name } }
    }

    let table: CommandTable

    /// - Throws: `CommandFailure` with status `usage`, one line.
    func parse(_ arguments: [String]) throws(CommandFailure) -> Request {
        let tokens = tokens(arguments)
        let match = table.match(tokens.words)
        if tokens.has(.help) { return .help(path: match?.command.path ?? []) }
        if tokens.has(.version) { return .version }
        let command = try command(tokens.words, match, tokens.unknown)
        if let token = tokens.unknown.first { throw unknownFlag(token, of: command) }
        let values = try values(of: tokens.occurrences, for: command)
        if let bare = tokens.bare {
            guard let flag = command.flag(named: bare.name) else { throw unknownFlag("--" + bare.name, of: command) }
            throw .usage("\(flag.spelling) needs a value: \(flag.metavariable ?? "")")
        }
        let operands = Array(tokens.words.dropFirst(match?.count ?? 0)) + tokens.literals
        return .run(Invocation(command: command, values: values, arguments: try assign(operands, to: command)))
    }

    private func tokens(_ arguments: [String]) -> Tokens {
        let known = table.flags
        var tokens = Tokens()
        var rest = arguments[...]
        while let token = rest.popFirst() {
            if token == "--" {
                tokens.literals = Array(rest)
                break
            }
            guard token.hasPrefix("-"), token != "-" else {
                tokens.words.append(token)
                continue
            }
            let (flag, attached) = split(token, among: known)
            guard let flag else {
                tokens.unknown.append(token)
                continue
            }
            if flag.takesValue, attached == nil {
                if let next = rest.first, !isFlag(next, among: known) {
                    tokens.occurrences.append(Occurrence(flag: flag, value: next))
                    rest.removeFirst()
                } else {
                    tokens.bare = tokens.bare ?? flag
                }
            } else {
                tokens.occurrences.append(Occurrence(flag: flag, value: attached))
            }
        }
        return tokens
    }

    /// The flag that a token names, and the value attached to it.
    private func split(_ token: String, among known: [Flag]) -> (Flag?, String?) {
        if token.hasPrefix("--") {
            let body = token.dropFirst(2)
            guard let sign = body.firstIndex(of: "=") else { return (known.first { $0.name == body }, nil) }
            return (known.first { $0.name == body[..<sign] }, String(body[body.index(after: sign)...]))
        }
        let body = token.dropFirst()
        guard let letter = body.first, let flag = known.first(where: { $0.short == letter }) else { return (nil, nil) }
        var attached = body.dropFirst()
        guard !attached.isEmpty else { return (flag, nil) }
        if attached.first == "=" { attached = attached.dropFirst() } else if !flag.takesValue { return (nil, nil) }
        return (flag, String(attached))
    }

    private func isFlag(_ token: String, among known: [Flag]) -> Bool {
        guard token.hasPrefix("-"), token != "-" else { return false }
        return token.hasPrefix("--") || split(token, among: known).0 != nil
    }

    private func values(
        of occurrences: [Occurrence], for command: Command
    ) throws(CommandFailure) -> [String: [String]] {
        var values: [String: [String]] = [:]
        for occurrence in occurrences {
            guard let flag = command.flag(named: occurrence.flag.name) else {
                throw unknownFlag("--" + occurrence.flag.name, of: command)
            }
            if !flag.takesValue, occurrence.value != nil { throw .usage("\(flag.spelling) takes no value") }
            if let value = occurrence.value, let problem = flag.problem(with: value) { throw .usage(problem) }
            if values[flag.name] != nil, flag.takesValue, !flag.isRepeatable {
                throw .usage("\(flag.spelling) is given twice")
            }
            values[flag.name, default: []].append(occurrence.value ?? "")
        }
        return values
    }

    private func unknownFlag(_ token: String, of command: Command) -> CommandFailure {
        let name = token.split(separator: "=", maxSplits: 1).first.map(String.init) ?? token
        // "-config" and "--confg" both mean a long name; a letter alone means anything.
        let typed = name.hasPrefix("--") ? name : "-" + name
        let suggestion =
            name.count > 2 ? NearestName.of(typed, among: command.allFlags.map { "--" + $0.name }) : nil
        return .usage(
            "'tern \(command.name)' has no flag \(name)",
            hint: suggestion.map { "did you mean \($0)?" } ?? "'tern help \(command.name)' lists its flags")
    }

    private func command(
        _ words: [String], _ match: (command: Command, count: Int)?, _ unknown: [String]
    ) throws(CommandFailure) -> Command {
        guard let match else {
            guard let first = words.first else {
                if let token = unknown.first {
                    throw .usage("unknown flag \(token)", hint: "'tern help' lists the commands")
                }
                throw .usage("a command is missing", hint: "'tern help' lists them")
            }
            let suggestion = NearestName.of(first, among: table.children(of: []).map(\.name))
            throw .usage(
                "unknown command '\(first)'",
                hint: suggestion.map { "did you mean 'tern \($0)'?" } ?? "'tern help' lists the commands")
        }
        guard match.command.isFamily else { return match.command }
        let verbs = table.children(of: match.command.path).compactMap(\.path.last)
        guard words.count > match.count else {
            throw .usage("'tern \(match.command.name)' wants one of: \(verbs.joined(separator: ", "))")
        }
        let word = words[match.count]
        throw .usage(
            "'tern \(match.command.name)' has no '\(word)'",
            hint: NearestName.of(word, among: verbs).map { "did you mean '\($0)'?" }
                ?? "it has \(verbs.joined(separator: ", "))")
    }

    private func assign(_ operands: [String], to command: Command) throws(CommandFailure) -> [String: [String]] {
        var assigned: [String: [String]] = [:]
        for operand in operands {
            let place = command.arguments.first { argument in
                argument.accepts(operand) && (argument.isRepeatable || assigned[argument.name] == nil)
            }
            guard let place else { throw excess(operand, command) }
            if case .choice(let words) = place.kind, !words.contains(operand) {
                let hint = NearestName.of(operand, among: words).map { "did you mean '\($0)'?" }
                throw .usage("\(place.name): '\(operand)' is none of \(words.joined(separator: ", "))", hint: hint)
            }
            assigned[place.name, default: []].append(operand)
        }
        if let missing = command.arguments.first(where: { $0.isRequired && assigned[$0.name] == nil }) {
            let taken = assigned[ClusterFlags.file.name]?.first.flatMap { ClusterFlags.misread($0, for: missing.name) }
            throw .usage(
                "'tern \(command.name)' needs \(missing.name)" + (taken.map { ": \($0)" } ?? ""),
                hint: "usage: \(command.usage)")
        }
        return assigned
    }

    private func excess(_ operand: String, _ command: Command) -> CommandFailure {
        command.arguments.isEmpty
            ? .usage("'tern \(command.name)' takes no argument, but '\(operand)' is given")
            : .usage("'\(operand)' is one argument too many", hint: "usage: \(command.usage)")
    }
}
