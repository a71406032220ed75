// SPDX-License-Identifier: Apache-2.0

/// An argument without a flag.
struct Argument: Sendable {
    /// What completion offers.
    enum Kind: Sendable, Equatable {
        case text
        case file
        case choice([String])
        case name(Flag.NameSource)
        /// The words of a command's path.
        case command
    }

    /// In capitals, as help prints it.
    let name: String
    var kind: Kind = .text
    var isRequired = false
    var isRepeatable = false
    /// Whether a word can be this argument: `tern lag FILE FLOW` distinguishes the two by the arrow.
    var accepts: @Sendable (String) -> Bool = { _ in true }
    let summary: String

    /// `FILE`, `[FILE]`, `[FLOW…]`, as usage lines write it.
    var usage: String {
        let text = isRepeatable ? name + "…" : name
        return isRequired ? text : "[\(text)]"
    }
}

/// One row of the command table: everything that parsing, help, completion and the manual need to know.
struct Command: Sendable {
    struct Example: Sendable {
        /// What it is for, in a few words.
        let purpose: String
        let line: String
    }
    typealias Body = @Sendable (Invocation, CommandContext) async throws -> ExitStatus

    /// The words after `tern`: a noun, then a verb where there are several.
    let path: [String]
    /// Shorter or more usual ways to write the path.
    var aliases: [[String]] = []
    /// One line without a full stop, a verb phrase.
    let summary: String
    /// Paragraphs.
    var discussion: [String] = []
    var arguments: [Argument] = []
    /// Its own, in addition to those that every command takes.
    var flags: [Flag] = []
    var examples: [Example] = []
    /// In addition to 0, 1 and 2: what these mean here.
    var statuses: [(status: ExitStatus, meaning: String)] = []
    /// The `kind` of the document that `-o json` prints.
    var kind: String?
    /// It takes SIGTERM and SIGINT as requests to drain; every other command ends by them.
    var drainsOnSignals = false
    /// `nil` for the first word of a family: it lists its members.
    var body: Body?

    var name: String { path.joined(separator: " ") }
    var allFlags: [Flag] { flags + Flag.everywhere }
    var isFamily: Bool { body == nil }

    func flag(named name: String) -> Flag? { allFlags.first { $0.name == name } }
    /// `tern lag [FLAG…] [FILE] [FLOW…]`
    var usage: String {
        let words = isFamily ? ["COMMAND"] : ["[FLAG…]"] + arguments.map(\.usage)
        return (["tern"] + path + words).joined(separator: " ")
    }
}

/// All commands. Help, completion, the manual and `docs/cli.md` are printed from it, and nothing else knows commands.
package struct CommandTable: Sendable {
    let commands: [Command]

    init(_ commands: [Command]) { self.commands = commands }

    /// The longest path, or alias, that the words begin with, and how many of the words it is.
    func match(_ words: [String]) -> (command: Command, count: Int)? {
        var best: (command: Command, count: Int)?
        for command in commands {
            for path in [command.path] + command.aliases
            where words.starts(with: path) && path.count > (best?.count ?? 0) {
                best = (command, path.count)
            }
        }
        return best
    }

    /// The members of a family; the whole first level for no words.
    func children(of path: [String]) -> [Command] {
        commands.filter { $0.path.count == path.count + 1 && $0.path.starts(with: path) }
    }

    /// Every flag of every command, each name once.
    var flags: [Flag] {
        var seen: Set<String> = []
        return (commands.flatMap(\.flags) + Flag.everywhere).filter { seen.insert($0.name).inserted }
    }
}
