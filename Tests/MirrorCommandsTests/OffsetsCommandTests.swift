// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Testing
import Text

@testable import MirrorCommands

@Suite struct OffsetsGroupsCommandTests {
    /// Groups in every state, a flow that another daemon translates, one that has none, and one without translation.
    private let daemon = StubDaemon(
        json: """
            {"kind":"GroupReport","version":1,"generated_at":"2026-11-20T18:24:47.806Z","snapshot_age_seconds":1.2,"flows":[
            {"source":"ap","target":"us","translated":"off","groups":[]},
            {"source":"eu","target":"us","translated":"here","groups":[
            {"id":"billing","state":"ready","reason":null,"partitions":12,"unmapped":0,"synchronized_at":"2026-11-20T18:24:42.806Z"},
            {"id":"clicks","state":"ahead","reason":"it has read up to 40 records that are not copied yet","partitions":3,
            "unmapped":0,"synchronized_at":"2026-11-20T18:24:42.806Z"},
            {"id":"old","state":"unmapped","reason":"nothing was copied there yet","partitions":2,"unmapped":1,
            "synchronized_at":null,"later":1},
            {"id":"secret","state":"failed","reason":"grant Describe on group secret","partitions":0,"unmapped":0,
            "synchronized_at":null},
            {"id":"used","state":"active","reason":"consumers use it on us","partitions":1,"unmapped":0,"synchronized_at":null}]},
            {"source":"us","target":"eu","translated":"elsewhere","groups":[]},
            {"source":"us","target":"mars","translated":"here","groups":[]}]}
            """)

    @Test(arguments: ["table", "wide", "tsv", "json", "yaml"])
    func `groups have their shape in every format`(format: String) async throws {
        let outcome = await tern("offsets", "groups", "--url", daemon.url, "-o", format)
        #expect(outcome.status == .done)
        #expect(outcome.diagnostics.isEmpty)
        expectSnapshot(outcome.output, "offsets-groups-\(format).\(snapshotEnding(format))")
        if format == "json" { #expect(try SchemaFile(kind: "GroupReport").problems(in: outcome.document()) == []) }
        #expect(daemon.heads.first?.hasPrefix("GET /api/v1/groups HTTP/1.1\r\n") == true)
    }

    @Test func `one flow can be chosen, and one that is not there is named`() async {
        let chosen = await tern("offsets", "groups", "eu→us", "--url", daemon.url)
        #expect(chosen.output.split(separator: "\n").count == 6)
        #expect(!chosen.output.contains("mars"))
        let unknown = await tern("offsets", "groups", "eu->su", "--url", daemon.url)
        #expect(unknown.status == .failed)
        #expect(unknown.diagnostics == "tern: the daemon has no flow 'eu->su'; did you mean 'eu->us'?\n")
    }
}

@Suite struct OffsetsTranslateCommandTests {
    private static func daemon(_ translation: String, _ offset: String, behind: String) -> StubDaemon {
        StubDaemon(
            json: """
                {"kind":"TranslationReport","version":1,"source":"eu","target":"us","topic":"orders","partition":3,
                "offset":4711,"translation":"\(translation)","target_topic":"eu.orders","target_partition":3,
                "target_offset":\(offset),"behind":\(behind),"reason":"so it is"}
                """)
    }

    private func translate(_ daemon: StubDaemon, _ more: String...) async -> Outcome {
        let output = MemoryOutput()
        let diagnostics = MemoryOutput()
        let context = CommandContext(variables: [:], output: output, diagnostics: diagnostics)
        let words = ["offsets", "translate", "--url", daemon.url, "--flow", "eu→us", "--topic", "orders"]
        let status = await CommandLineTool(table: .standard)
            .run(words + ["--partition", "3", "--offset", "4711"] + more, context)
        return Outcome(status: status, output: output.text, diagnostics: diagnostics.text)
    }

    @Test(arguments: ["table", "wide", "tsv", "json", "yaml"])
    func `a position has its shape in every format`(format: String) async throws {
        let daemon = Self.daemon("ahead", "4700", behind: "11")
        let outcome = await translate(daemon, "-o", format)
        #expect(outcome.status == .done)
        #expect(outcome.diagnostics.isEmpty)
        expectSnapshot(outcome.output, "offsets-translate-\(format).\(snapshotEnding(format))")
        if format == "json" {
            #expect(try SchemaFile(kind: "TranslationReport").problems(in: outcome.document()) == [])
        }
        let target = "GET /api/v1/translate?flow=eu-%3Eus&topic=orders&partition=3&offset=4711 HTTP/1.1\r\n"
        #expect(daemon.heads.first?.hasPrefix(target) == true)
    }

    @Test func `a script gets the offset alone`() async {
        let outcome = await translate(
            Self.daemon("exact", "4700", behind: "null"), "-o", "tsv", "--columns", "target-offset")
        #expect(outcome.output == "4700\n")
    }

    @Test func `what is not known ends with 3 and says why`() async throws {
        let daemon = Self.daemon("unknown", "null", behind: "null")
        let outcome = await translate(daemon, "-o", "json")
        #expect(outcome.status == .found)
        #expect(outcome.diagnostics == "tern: where offset 4711 of orders/3 is on us is unknown: so it is\n")
        let document = try outcome.document()
        #expect(document["ok"] == false)
        #expect(document["data"]?["target_offset"] == .null)
    }

    @Test func `the daemon's own words say why it cannot tell`() async {
        let body =
            #"{"type":"urn:tern:problem:cannot-translate","title":"Cannot translate","status":503,"detail":"ask b"}"#
        let daemon = StubDaemon { _ in "HTTP/1.1 503 No\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)" }
        let outcome = await translate(daemon)
        #expect(outcome.status == .failed)
        #expect(outcome.diagnostics.hasSuffix(" with ask b\n"))
    }

    @Test(arguments: [
        (["--topic", "t", "--partition", "0", "--offset", "1"], "--flow is missing: the flow, as SOURCE->TARGET"),
        (
            ["--flow", "a->b", "--topic", "t", "--partition", "0"],
            "--offset is missing: the offset on the source that a group would read next"
        ),
        (
            ["--flow", "a->b", "--topic", "t", "--partition", "-1", "--offset", "1"],
            "--partition: '-1' is no whole number of 0 or more"
        ),
        (
            ["--flow", "a->b", "--topic", "t", "--partition", "0", "--offset", "latest"],
            "--offset: 'latest' is no whole number of 0 or more"
        ),
    ])
    func `what is missing or no number is named`(arguments: [String], complaint: String) async {
        let diagnostics = MemoryOutput()
        let context = CommandContext(variables: [:], output: MemoryOutput(), diagnostics: diagnostics)
        let status = await CommandLineTool(table: .standard).run(["offsets", "translate"] + arguments, context)
        #expect(status == .usage)
        #expect(diagnostics.text == "tern: \(complaint)\n")
    }
}
