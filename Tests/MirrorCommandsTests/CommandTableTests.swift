// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Foundation
import Kafka
import KafkaTypes
import TernAPI
import Testing
import Text

@testable import MirrorCommands

@Suite struct CommandTableTests {
    private let table = CommandTable.standard

    @Test func `a flag takes the same kind of value in every command`() {
        for command in table.commands {
            for flag in command.allFlags {
                for other in table.commands.compactMap({ $0.flag(named: flag.name) }) {
                    #expect(other.takesValue == flag.takesValue, "--\(flag.name) of \(command.name)")
                    #expect(other.short == flag.short, "--\(flag.name) of \(command.name)")
                }
            }
        }
    }

    @Test func `no letter means two flags, and no path two commands`() {
        let letters = table.flags.compactMap(\.short)
        #expect(Set(letters).count == letters.count)
        let paths = table.commands.flatMap { [$0.path] + $0.aliases }
        #expect(Set(paths).count == paths.count)
    }

    @Test func `every member of a family has its family in the table`() {
        for command in table.commands where command.path.count > 1 {
            #expect(
                table.commands.contains { $0.isFamily && $0.path == Array(command.path.dropLast()) }, "\(command.name)")
        }
    }

    @Test func `every command has an example, and every example is understood`() throws {
        for command in table.commands where !command.isFamily {
            #expect(!command.examples.isEmpty, "\(command.name)")
            for example in command.examples where example.line.hasPrefix("tern ") {
                let words = Self.words(example.line)
                _ = try OptionParser(table: table).parse(Array(words.dropFirst()))
            }
        }
    }

    @Test func `every command that prints JSON names its kind`() {
        for command in table.commands where command.flag(named: "output") != nil {
            #expect(command.kind != nil, "\(command.name)")
        }
    }

    @Test func `the schemas of a daemon's reports are printed from the documents`() throws {
        let files = [
            (
                "docs/schemas/lag-report.schema.json",
                Report.schema(
                    of: LagReport.self,
                    from: "tern lag -o json prints: the daemon's /api/v1/lag, as much of it as was asked for")
            ),
            (
                "docs/schemas/status-report.schema.json",
                Report.schema(of: StatusReport.self, from: "tern status -o json prints: the daemon's /api/v1/status")
            ),
            (
                "docs/schemas/fleet-report.schema.json",
                Report.schema(
                    of: FleetReport.self, from: "tern status --fleet -o json prints: the daemon's /api/v1/fleet")
            ),
            (
                "docs/schemas/group-report.schema.json",
                Report.schema(
                    of: GroupReport.self,
                    from:
                        "tern offsets groups -o json prints: the daemon's /api/v1/groups, as much of it as was asked for"
                )
            ),
            (
                "docs/schemas/traffic-report.schema.json",
                Report.schema(
                    of: TrafficReport.self,
                    from: "tern traffic -o json prints: the daemon's /api/v1/traffic, as much of it as was asked for")
            ),
            (
                "docs/schemas/event-report.schema.json",
                Report.schema(
                    of: EventReport.self, from: "tern events -o json prints: facts of the daemon's /api/v1/events")
            ),
            (
                "docs/schemas/translation-report.schema.json",
                Report.schema(
                    of: TranslationReport.self,
                    from: "tern offsets translate -o json prints: the daemon's /api/v1/translate")
            ),
            (
                "docs/schemas/admin-outcome.schema.json",
                Report.schema(of: AdminOutcome.self, from: "tern reload -o json prints")
            ),
            (
                "docs/schemas/failover-check-report.schema.json",
                Report.schema(of: FailoverCheckReport.self, from: "tern failover check -o json prints")
            ),
            (
                "docs/schemas/failover-report.schema.json",
                Report.schema(
                    of: FailoverReport.self,
                    from: "tern failover run and tern failback run print with -o json, and keep as a file")
            ),
            (
                "docs/schemas/failover-controller-report.schema.json",
                Report.schema(of: FailoverControllerReport.self, from: "tern failover status -o json prints")
            ),
            (
                "docs/schemas/failover-drill-report.schema.json",
                Report.schema(
                    of: FailoverDrillReport.self, from: "tern failover drill -o json prints, and keeps as a file")
            ),
        ]
        for (path, text) in files {
            if ProcessInfo.processInfo.environment["TERN_WRITE_DOCS"] == "1" {
                try Data(text.utf8).write(to: repositoryFile(path))
            }
            let written = try String(contentsOf: repositoryFile(path), encoding: .utf8)
            #expect(written == text, "\(path): TERN_WRITE_DOCS=1 swift test --filter MirrorCommandsTests")
        }
    }

    @Test func `every kind of document has a schema of its name`() throws {
        for kind in Set(table.commands.compactMap(\.kind)).union(["Error"]) {
            let schema = try SchemaFile(kind: kind)
            #expect(schema.title == kind)
            #expect(schema.problems(in: JSONValue.null) == [": no object"], "\(kind)")
        }
    }

    @Test func `a command that fails prints a document of its kind all the same`() async throws {
        for command in table.commands where command.flag(named: "output") != nil {
            guard let kind = command.kind else { continue }
            let words = command.path + ["--config", "/nowhere/m.properties", "-o", "json"]
            let outputs = [MemoryOutput(), MemoryOutput()]
            let context = CommandContext(variables: [:], output: outputs[0], diagnostics: outputs[1])
            let status = await CommandLineTool(table: table).run(words, context)
            guard status != .done else { continue }
            let document = try JSONValue(parsing: outputs[0].text.utf8)
            #expect(document["kind"]?.string == kind, "\(command.name)")
            #expect(document["ok"] == false)
            #expect(try SchemaFile(kind: kind).problems(in: document) == [], "\(command.name)")
        }
    }

    @Test func `failures are a document in YAML too, where that was asked for`() async {
        for line in [["topic", "list", "-o", "yaml", "--nonsense"], ["topic", "describe", "--output=yaml"]] {
            let outputs = [MemoryOutput(), MemoryOutput()]
            let context = CommandContext(variables: [:], output: outputs[0], diagnostics: outputs[1])
            #expect(await CommandLineTool(table: table).run(line, context) == .usage)
            #expect(outputs[0].text.contains("\nok: false\ndata: null\nerrors:\n- code: USAGE\n"), "\(outputs[0].text)")
        }
    }

    @Test func `summaries are one line without a full stop`() {
        for command in table.commands {
            let texts = [command.summary] + command.flags.map(\.summary) + command.arguments.map(\.summary)
            for text in texts { #expect(!text.hasSuffix(".") && !text.contains("\n") && !text.isEmpty, "\(text)") }
        }
    }

    @Test func `the reference in the repository is printed from the table`() throws {
        let file = repositoryFile("docs/cli.md")
        let text = CommandReference(table: table).markdown
        if ProcessInfo.processInfo.environment["TERN_UPDATE_SNAPSHOTS"] == "1" {
            try Data(text.utf8).write(to: file)
        }
        let committed = try String(contentsOf: file, encoding: .utf8)
        #expect(committed == text, "tern help --markdown > docs/cli.md")
    }

    /// Splits as a shell would, as far as the examples need it; a pipe ends the line.
    private static func words(_ line: String) -> [String] {
        var words: [String] = []
        var quote: Character?
        var word = ""
        for character in line {
            if quote == nil, character == "|" || character == ">" { break }
            switch character {
            case _ where character == quote: quote = nil
            case "'" where quote == nil, "\"" where quote == nil: quote = character
            case " " where quote == nil:
                words.append(word)
                word = ""
            default: word.append(character)
            }
        }
        return (words + [word]).filter { !$0.isEmpty }
    }
}

@Suite struct HelpTests {
    @Test func `the program's help lists the commands`() async {
        for outcome in [await tern("help"), await tern("--help"), await tern()] {
            #expect(outcome.status == .done)
            #expect(outcome.diagnostics.isEmpty)
            expectSnapshot(outcome.output, "help.txt")
        }
    }

    @Test(arguments: CommandTable.standard.commands.map(\.name))
    func `the help of each command is pinned, and fits 100 columns`(name: String) async {
        let outcome = await tern("help", name)
        let words = name.split(separator: " ").map(String.init)
        let text = HelpText(table: .standard).text(for: words)
        if words.count == 1 { #expect(outcome.output == text) }
        expectSnapshot(text, "help-\(words.joined(separator: "-")).txt")
        for line in text.split(separator: "\n") { #expect(DisplayWidth.of(String(line)) <= 104, "\(line)") }
    }

    @Test func `help as data is one envelope with every command`() async throws {
        let outcome = await tern("help", "--json")
        let document = try outcome.document()
        #expect(document["kind"] == "Help")
        #expect(document["ok"] == true)
        #expect(document["data"]?["commands"]?.array?.count == CommandTable.standard.commands.count)
        #expect(try SchemaFile(kind: "Help").problems(in: document) == [])
        expectSnapshot(await tern("help", "version", "--json").output, "help-version.json")
    }

    @Test func `help for what does not exist suggests what does`() async {
        let outcome = await tern("help", "versoin")
        #expect(outcome.status == .usage)
        #expect(outcome.diagnostics == "tern: unknown command 'versoin'; did you mean 'tern help version'?\n")
    }
}

@Suite struct VersionTests {
    @Test func `version names what Tern stands on`() async throws {
        let outcome = await tern("version")
        #expect(outcome.output.contains("tern        \(TernVersion.current)\n"))
        #expect(outcome.output.contains("jemalloc    5.3.0\n"))
        let document = try await tern("version", "-o", "json").document()
        #expect(try SchemaFile(kind: "Version").problems(in: document) == [])
        let data = try #require(document["data"])
        #expect(data["tern"]?.string == TernVersion.current)
        #expect(data["jemalloc"] == "5.3.0")
    }

    @Test func `version says what is known of the librdkafka that was loaded`() async throws {
        #expect(
            VersionCommand.notes(on: "2.6.0-dirty").prefix(2) == [
                "warning: librdkafka 2.6.0 may use memory that was freed after a topic was deleted and created again: use 2.10.1 or "
                    + "newer", "warning: librdkafka 2.6.0 cannot read from Kafka older than 2.7: use 2.6.1 or newer",
            ])
        #expect(VersionCommand.notes(on: "2.16.0") == [])
        #expect(VersionCommand.notes(on: "next") == ["librdkafka next is a version that Tern does not know"])
        let loaded = try #require(LibraryVersion(parsing: Clients.libraryVersion))
        let outcome = await tern("version")
        let told = (outcome.output + outcome.diagnostics).split(separator: "\n").filter { $0.contains(": librdkafka ") }
        #expect(told.map(String.init) == VersionCommand.notes(on: Clients.libraryVersion))
        let findings = try await tern("version", "-o", "json").document()["data"]?["librdkafka_findings"]?.array
        #expect(findings?.map { $0["code"]?.string } == loaded.findings.map(\.code))
    }

    @Test func `an allocator that is not there is null, not a dash`() async throws {
        let outcome = await tern("version", "-o", "json", change: { $0.allocator = "" })
        #expect(try outcome.document()["data"]?["jemalloc"] == .null)
    }

    @Test(arguments: [["--version"], ["-V"], ["version", "-V"]])
    func `the flag prints one line`(arguments: [String]) async {
        let output = MemoryOutput()
        let context = CommandContext(variables: [:], output: output, diagnostics: MemoryOutput())
        #expect(await CommandLineTool(table: .standard).run(arguments, context) == .done)
        #expect(output.text == "tern \(TernVersion.current)\n")
    }

    @Test func `a usage error is a document too where JSON was asked for`() async throws {
        let outcome = await tern("version", "-o", "json", "--nonsense")
        #expect(outcome.status == .usage)
        let document = try outcome.document()
        #expect(document["kind"] == "Version")
        #expect(document["ok"] == false)
        #expect(document["data"] == .null)
        #expect(document["errors"]?.array?.first?["code"] == "USAGE")
        #expect(
            outcome.diagnostics == "tern: 'tern version' has no flag --nonsense; 'tern help version' lists its flags\n")
    }
}
