// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import MirrorCommands

/// What is wrong with a command line of `tern topic` and `tern group` before any cluster is asked.
@Suite struct TopicUsageTests {
    private static let clusters = "clusters = eu, us\neu.bootstrap.servers = a:1\nus.bootstrap.servers = b:1\n"

    private func diagnostics(_ arguments: [String]) async -> String {
        let output = MemoryOutput()
        var context = CommandContext(
            variables: ["TERN_CONFIG": "m.properties"], output: MemoryOutput(), diagnostics: output)
        files(["m.properties": Self.clusters])(&context)
        #expect(await CommandLineTool(table: .standard).run(arguments, context) == .usage)
        return output.text
    }

    @Test(arguments: [
        (
            ["create", "a/b", "-c", "eu"],
            "'tern topic create' needs TOPIC: 'a/b' is taken for the properties file, since no topic's name has a slash; "
                + "usage: tern topic create [FLAG…] [FILE] TOPIC…"
        ),
        (
            ["create", "a/b", "c", "-c", "eu"],
            "cannot read 'a/b': No such file or directory; a word with a slash names the properties file; no topic's name "
                + "has one"
        ),
        (
            ["describe", "a/b"],
            "which topic? 'a/b' is taken for the properties file, since no topic's name has a slash"
        ),
        (["create", "my.properties", "c"], "cannot read 'my.properties': No such file or directory"),
        (
            ["describe", "ord*"],
            "the topic's name \"ord*\" has the character \"*\", and Kafka takes letters, digits, \".\", \"_\" and \"-\"; a "
                + "pattern is given by --regex"
        ),
        (["delete", "-c", "eu"], "which topic? name it, or show several by --regex"),
        (
            ["alter", "a", "-c", "eu", "-s", "replication.factor=3"],
            "the replication factor is no setting; create takes --replication-factor; kafka-reassign-partitions.sh changes "
                + "it"
        ),
        (["create", "a", "-c", "eu", "-s", "partitions=3"], "partitions is no setting; --partitions takes it"),
        (["list", "--timeout", "0s"], "--timeout: 0 leaves no time for an answer, write for example 10s"),
        (
            ["plan", "-f", "-", "-c", "eu"],
            "-: cannot be read: No such file or directory; see that it exists and may be read"
        ),
    ])
    func `one line says what is wrong and what to do`(arguments: [String], line: String) async {
        #expect(await diagnostics(["topic"] + arguments) == "tern: \(line)\n")
    }

    @Test func `a group whose name has a slash is named by a pattern`() async {
        #expect(
            await diagnostics(["group", "describe", "team/app"])
                == "tern: which group? 'team/app' is taken for the properties file, since it has a slash: --regex names "
                + "such a group\n")
        #expect(await diagnostics(["group", "list", "team/app"]).contains("a group that has one is named by --regex"))
    }

    @Test(arguments: ["eu-1:99999", "eu-1:", "eu-1:kafka", "eu-1:9092, eu-2:0", "[::1]:99999"])
    func `a port that is none is refused before somebody else is asked`(servers: String) async {
        let outcome = await tern("topic", "list", "--bootstrap", servers)
        #expect(outcome.status == .usage)
        #expect(outcome.diagnostics.hasPrefix("tern: --bootstrap: '"))
        #expect(outcome.diagnostics.hasSuffix("' is no host and port, write for example eu-1:9092\n"))
    }

    @Test func `a file that names one cluster is enough to look at it`() async {
        let one = "clusters = eu\neu.bootstrap.servers = 127.0.0.1:1\n"
        let names = await tern(
            "__complete", "cluster", "--", "./one.properties", change: files(["./one.properties": one]))
        #expect(names.output == "eu\n@all\n")
        let list = await tern(
            "topic", "list", "./one.properties", "--timeout", "2s", change: files(["./one.properties": one]))
        #expect(list.status == .failed)
        #expect(list.diagnostics.hasPrefix("tern: cluster eu: it cannot be reached"))
    }

    @Test(arguments: [["list"], ["describe", "billing"]])
    func `a cluster that nobody answers for is not one without groups`(command: [String]) async {
        let output = MemoryOutput()
        let context = CommandContext(variables: [:], output: MemoryOutput(), diagnostics: output)
        let arguments = ["group"] + command + ["--bootstrap", "127.0.0.1:1", "--timeout", "2s"]
        #expect(await CommandLineTool(table: .standard).run(arguments, context) == .failed)
        #expect(output.text.hasPrefix("tern: cluster 127.0.0.1:1: it cannot be reached"), "\(output.text)")
    }

    @Test func `topic files come from the standard input too`() async {
        let outcome = await tern(
            "topic", "plan", "-f", "-", "--bootstrap", "127.0.0.1:1", change: files(["/dev/stdin": "nam: a\n"]))
        #expect(outcome.status == .usage)
        #expect(outcome.diagnostics == "tern: -:1:1: a topic has no key \"nam\"; did you mean \"name\"?\n")
    }

    @Test func `a file that cannot be written is told in the system's words`() {
        let context = CommandContext(variables: [:], output: MemoryOutput(), diagnostics: MemoryOutput())
        let failure = #expect(throws: CommandFailure.self) { try context.write([1], to: "/nowhere/plan.json") }
        #expect(failure?.line == "cannot write '/nowhere/plan.json': No such file or directory")
    }
}
