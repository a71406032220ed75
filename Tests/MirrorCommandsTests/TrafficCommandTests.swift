// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Testing
import Text

@testable import MirrorCommands

@Suite struct TrafficCommandTests {
    /// A flow with a price for an hour, and one that has just started, without.
    private let daemon = StubDaemon(
        json: """
            {"kind":"TrafficReport","version":1,"generated_at":"2026-11-20T18:24:47.806Z","snapshot_age_seconds":1.2,"flows":[
            {"source":"eu","target":"us","since":"2026-11-19T18:24:47.806Z",
            "read":{"wire_bytes":812345678901,"record_bytes":3249382715604,"compression_ratio":4,"saved_bytes":2437037036703},
            "written":{"wire_bytes":2924444444000,"progress_bytes":1000,"record_bytes":2924444444043,
            "compression_ratio":1,"saved_bytes":43},
            "discarded":[{"reason":"cycle","records":12,"bytes":324938271560},{"reason":"direct","records":0,"bytes":0},
            {"reason":"hops","records":1,"bytes":1}],
            "billable_side":"source","billable_bytes":812345678901,"price_per_gigabyte":0.02,"cost":16.246914,
            "discarded_cost":1.624691,"saved_cost":48.740741,"window_seconds":3612.4,"monthly_bytes":24370370367030,
            "monthly_cost":487.407407,"topics":[
            {"topic":"orders","fetched_bytes":2249382715604,"replicated_bytes":2000000000000,"discarded_bytes":324938271560,
            "share":0.6923,"cost":11.246914,"later":1},
            {"topic":"clicks","fetched_bytes":999,"replicated_bytes":999,"discarded_bytes":1,"share":0,"cost":0.000001}],
            "topics_omitted":31},
            {"source":"us","target":"eu","since":null,
            "read":{"wire_bytes":0,"record_bytes":0,"compression_ratio":null,"saved_bytes":null},
            "written":{"wire_bytes":0,"progress_bytes":0,"record_bytes":0,"compression_ratio":null,"saved_bytes":null},
            "discarded":[],"billable_side":null,"billable_bytes":0,"price_per_gigabyte":null,"cost":null,
            "discarded_cost":null,"saved_cost":null,"window_seconds":12,"monthly_bytes":null,"monthly_cost":null,
            "topics":[],"topics_omitted":0}]}
            """)

    @Test(arguments: ["table", "wide", "tsv", "json", "yaml"])
    func `traffic has its shape in every format`(format: String) async throws {
        let outcome = await tern("traffic", "--url", daemon.url, "-o", format)
        #expect(outcome.status == .done)
        #expect(outcome.diagnostics.isEmpty)
        expectSnapshot(outcome.output, "traffic-\(format).\(snapshotEnding(format))")
        if format == "json" { #expect(try SchemaFile(kind: "TrafficReport").problems(in: outcome.document()) == []) }
        #expect(daemon.heads.first?.hasPrefix("GET /api/v1/traffic HTTP/1.1\r\n") == true)
    }

    @Test(arguments: [["us→eu"], ["--flow", "us->eu"]])
    func `one flow can be chosen`(words: [String]) async {
        let output = MemoryOutput()
        let context = CommandContext(variables: [:], output: output, diagnostics: MemoryOutput())
        let line = ["traffic", "--url", daemon.url, "-o", "tsv"] + words
        #expect(await CommandLineTool(table: .standard).run(line, context) == .done)
        #expect(output.text.split(separator: "\n").map { $0.split(separator: "\t").first } == ["us->eu"])
    }

    @Test func `one that is not there is named`() async {
        let unknown = await tern("traffic", "--flow", "eu->su", "--url", daemon.url)
        #expect(unknown.status == .failed)
        #expect(unknown.diagnostics == "tern: the daemon has no flow 'eu->su'; did you mean 'eu->us'?\n")
    }

    @Test(arguments: [
        (0 as Int64, "0B"), (999, "999B"), (1_000, "1.0kB"), (9_949, "9.9kB"), (9_999, "10kB"), (999_499, "999kB"),
        (999_600, "1.0MB"), (1_500_000_000, "1.5GB"), (.max, "9.2EB"),
    ])
    func `bytes are shown by powers of a thousand, as prices are`(bytes: Int64, text: String) {
        #expect(NumberText.bytes(bytes) == text)
    }
}
