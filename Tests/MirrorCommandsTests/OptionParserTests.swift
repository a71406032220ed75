// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import MirrorCommands

/// A table with everything that parsing knows, independent of Tern's own.
private let table = CommandTable([
    Command(
        path: ["copy"], aliases: [["cp"]], summary: "copy",
        arguments: [
            Argument(name: "FILE", accepts: { !$0.contains("->") }, summary: "a file"),
            Argument(name: "FLOW", isRepeatable: true, accepts: { $0.contains("->") }, summary: "flows"),
        ],
        flags: [
            .config, .set, .timeout, .output([.table, .json]), Flag("top", .count("N"), "how many"),
            Flag("dry-run", short: "n", "only show"),
        ],
        body: { _, _ in .done }),
    Command(path: ["topic"], summary: "topics"),
    Command(
        path: ["topic", "list"], aliases: [["topics"]], summary: "list", flags: [.output([.table, .tsv])],
        body: { _, _ in .done }),
    Command(
        path: ["topic", "delete"], summary: "delete",
        arguments: [Argument(name: "TOPIC", isRequired: true, summary: "which")], body: { _, _ in .done }),
])

private func parse(_ arguments: [String]) throws -> Invocation {
    guard case .run(let invocation) = try OptionParser(table: table).parse(arguments) else {
        throw CommandFailure.usage("not a command to run")
    }
    return invocation
}

private func problem(_ arguments: [String]) -> String? {
    do {
        _ = try OptionParser(table: table).parse(arguments)
        return nil
    } catch {
        return error.status == .usage ? error.line : "status \(error.status)"
    }
}

@Suite struct OptionParserTests {
    @Test(arguments: [
        ["copy", "--config", "f", "-n", "a->b"], ["--config=f", "copy", "a->b", "--dry-run"],
        ["-n", "--config", "f", "copy", "a->b"], ["cp", "a->b", "-n", "--config=f"],
        ["-n", "copy", "--config", "f", "--", "a->b"],
    ])
    func `flags stand anywhere, before the command's name too`(arguments: [String]) throws {
        let invocation = try parse(arguments)
        #expect(invocation.command.name == "copy")
        #expect(invocation[.config] == "f")
        #expect(invocation.values["dry-run"] != nil)
        #expect(invocation.allArguments("FLOW") == ["a->b"])
    }

    @Test func `two dashes end the flags`() throws {
        let invocation = try parse(["copy", "--", "--config"])
        #expect(invocation.argument("FILE") == "--config")
        #expect(invocation[.config] == nil)
    }

    @Test func `a word after two dashes is never a command`() {
        #expect(problem(["--", "copy"])?.contains("a command is missing") == true)
    }

    @Test(arguments: [["-o", "json"], ["-ojson"], ["-o=json"], ["--output", "json"], ["--output=json"]])
    func `a value is attached or follows`(flags: [String]) throws {
        #expect(try parse(["copy"] + flags).format == .json)
    }

    @Test func `a value may hold signs, be empty after its key, or a single dash`() throws {
        #expect(try parse(["copy", "--set", "a->b.topics=x=y", "--set=c="]).all(.set) == ["a->b.topics=x=y", "c="])
        #expect(try parse(["copy", "-"]).argument("FILE") == "-")
    }

    @Test func `defaults come from the table`() throws {
        let invocation = try parse(["copy"])
        #expect(invocation.format == .table)
        #expect(invocation.duration(.timeout) == .seconds(10))
        #expect(!invocation.has(.timeout))
    }

    @Test func `arguments are told apart by what they accept`() throws {
        let invocation = try parse(["copy", "a->b", "file", "b->a"])
        #expect(invocation.argument("FILE") == "file")
        #expect(invocation.allArguments("FLOW") == ["a->b", "b->a"])
    }

    @Test func `families are matched by their longest path, and by alias`() throws {
        #expect(try parse(["topic", "list"]).command.name == "topic list")
        #expect(try parse(["topics", "-o", "tsv"]).command.name == "topic list")
        #expect(try parse(["topic", "delete", "list"]).argument("TOPIC") == "list")
    }

    @Test(arguments: [
        (["copy", "-h"], ["copy"]), (["-h"], []), (["topic", "--help"], ["topic"]),
        (["topic", "lst", "-h"], ["topic"]),
        // Whatever else is wrong, somebody who asks for help gets it.
        (["copy", "--nonsense", "--help"], ["copy"]), (["copy", "--config", "--help"], ["copy"]),
        (["nonsense", "-h"], []),
    ])
    func `help is recognised anywhere`(arguments: [String], path: [String]) throws {
        guard case .help(let asked) = try OptionParser(table: table).parse(arguments) else {
            Issue.record("no help")
            return
        }
        #expect(asked == path)
    }

    @Test(arguments: [
        (["cpoy"], "unknown command 'cpoy'; did you mean 'tern copy'?"),
        (["zzzzzz"], "unknown command 'zzzzzz'; 'tern help' lists the commands"),
        (["--config", "f"], "a command is missing; 'tern help' lists them"),
        (["--nonsense"], "unknown flag --nonsense; 'tern help' lists the commands"),
        (["topic"], "'tern topic' wants one of: list, delete"),
        (["topic", "lsit"], "'tern topic' has no 'lsit'; did you mean 'list'?"),
        (["topic", "xyzzy"], "'tern topic' has no 'xyzzy'; it has list, delete"),
        (["copy", "--confg", "f"], "'tern copy' has no flag --confg; did you mean --config?"),
        (["copy", "--confg=f"], "'tern copy' has no flag --confg; did you mean --config?"),
        (["copy", "-config", "f"], "'tern copy' has no flag -config; did you mean --config?"),
        (["copy", "-x"], "'tern copy' has no flag -x; 'tern help copy' lists its flags"),
        // A flag of another command is not one of this one.
        (
            ["topic", "list", "--set", "a=b"],
            "'tern topic list' has no flag --set; 'tern help topic list' lists its flags"
        ),
        (["copy", "--config"], "--config needs a value: FILE"),
        (["copy", "--config", "--dry-run"], "--config needs a value: FILE"),
        (["copy", "--output"], "-o/--output needs a value: table|json"),
        (["copy", "--output", "jsn"], "-o/--output: 'jsn' is none of table, json; did you mean json?"),
        (["copy", "--dry-run=yes"], "-n/--dry-run takes no value"),
        (["copy", "-nv"], "'tern copy' has no flag -nv; 'tern help copy' lists its flags"),
        (["copy", "--config", "a", "--config", "b"], "--config is given twice"),
        (["copy", "--config="], "--config: the value is empty"),
        (["copy", "--timeout", "30"], "--timeout: '30' is no duration, write for example 30s, 5m or 1h30m"),
        (["copy", "--top", "0"], "--top: '0' is no whole number of 1 or more"),
        (["copy", "--top", "many"], "--top: 'many' is no whole number of 1 or more"),
        // What may be a secret without its key is not repeated.
        (["copy", "--set", "hunter2"], "--set: KEY=VALUE is expected"),
        (["copy", "--set", "=hunter2"], "--set: KEY=VALUE is expected"),
        (["copy", "a", "b"], "'b' is one argument too many; usage: tern copy [FLAG…] [FILE] [FLOW…]"),
        (["topic", "list", "x"], "'tern topic list' takes no argument, but 'x' is given"),
        (["topic", "delete"], "'tern topic delete' needs TOPIC; usage: tern topic delete [FLAG…] TOPIC"),
        (["copy", "a", "b\nc"], "'b\\nc' is one argument too many; usage: tern copy [FLAG…] [FILE] [FLOW…]"),
    ])
    func `a usage error is one line that says what to do`(arguments: [String], line: String) {
        let text = problem(arguments)
        #expect(text == line)
        #expect(text?.contains("\n") == false)
    }
}
