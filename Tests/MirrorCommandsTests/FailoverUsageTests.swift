// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Foundation
import KafkaTesting
import TernAPI
import Testing
import Text

@testable import MirrorCommands

/// What is said before any cluster is asked, and where none answers.
@Suite struct FailoverUsageTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let port = try unusedPort()
        try folder.write(
            "m.properties",
            """
            clusters = eu, us
            eu.bootstrap.servers = 127.0.0.1:\(port)
            us.bootstrap.servers = 127.0.0.1:\(port)
            eu->us.enabled = true
            http.listen = none

            """)
    }

    private func run(_ words: String...) async -> Outcome { await tern(words) }

    @Test(
        arguments: [
            (["check"], "--flow is missing: the flow, as SOURCE->TARGET; there is eu->us"),
            (["check", "--flow", "us->eu"], "the file has no flow 'us->eu' that is enabled; there is eu->us"),
            (
                ["run", "--flow", "eu->us"],
                "--mode is missing: planned: the source lives, nothing is lost; emergency: the"
            ),
            (
                ["run", "--flow", "eu->us", "--resume", "/nowhere.json"],
                "cannot read '/nowhere.json': No such file or directory"
            ),
            (["check", "--flow", "eu->us", "--timeout", "0s"], "--timeout: 0 leaves no time for an answer"),
        ])
    func `a command line that cannot be meant is refused in one line`(words: [String], line: String) async {
        let outcome = await tern(["failover"] + words)
        #expect(outcome.status == .usage)
        #expect(outcome.diagnostics.hasPrefix("tern: \(line)"), "\(outcome.diagnostics)")
    }

    private func tern(_ words: [String]) async -> Outcome {
        let (output, diagnostics) = (MemoryOutput(), MemoryOutput())
        let context = CommandContext(
            variables: ["TERN_CONFIG": folder.path("m.properties"), "XDG_STATE_HOME": folder.path("state")],
            output: output, diagnostics: diagnostics)
        let status = await CommandLineTool(table: .standard).run(words, context)
        return Outcome(status: status, output: output.text, diagnostics: diagnostics.text)
    }

    @Test func `a failback without a flow that goes back is refused, with what to set`() async {
        let outcome = await run("failback", "run", "--flow", "eu->us", "--yes")
        #expect(outcome.status == .refused)
        #expect(
            outcome.diagnostics
                == "tern: us->eu is not configured: nothing carries what us took back to eu; set us->eu.enabled=true in the file, "
                + "run the daemon with it, and wait until it has caught up\n")
    }

    @Test func `a check is NOT READY where the target does not answer, and says so once`() async throws {
        let outcome = await run("failover", "check", "--flow", "eu->us", "--timeout", "1s", "-o", "json")
        #expect(outcome.status == .failed)
        let document = try outcome.document()
        #expect(try SchemaFile(kind: "FailoverCheckReport").problems(in: document) == [])
        #expect(document["data"]?["verdict"] == "not_ready")
        #expect(document["errors"]?.array?.count == 1)
        #expect(document["errors"]?.array?.first?["message"]?.string?.hasPrefix("us cannot be reached: ") == true)
    }

    @Test func `a run that was not confirmed changes nothing and keeps no report`() async {
        let outcome = await run("failover", "run", "--flow", "eu->us", "--mode", "emergency", "--timeout", "1s")
        #expect(outcome.status == .refused)
        #expect(outcome.diagnostics.contains("Now: NOT READY: us cannot be reached"))
        #expect(
            outcome.diagnostics.contains(
                "nothing was done: the failover of eu->us was not confirmed; --yes confirms it"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("state")))
    }

    @Test func `a run that fails says at which step, what was not done, and how to go on`() async throws {
        let outcome = await run(
            "failover", "run", "--flow", "eu->us", "--mode", "emergency", "--yes", "--timeout", "1s", "-o", "json")
        #expect(outcome.status == .failed)
        #expect(outcome.diagnostics.contains("the failover of eu->us failed at check: us cannot be reached: "))
        #expect(outcome.diagnostics.contains(".json goes on from there"))
        let document = try outcome.document()
        #expect(try SchemaFile(kind: "FailoverReport").problems(in: document) == [])
        #expect(document["data"]?["done"] == false && document["data"]?["rto_seconds"] == .null)
        let reports = try FileManager.default.contentsOfDirectory(atPath: folder.path("state/tern/failovers"))
        #expect(reports.count == 2)
        let text = try #require(reports.first { $0.hasSuffix(".txt") })
        let content = try String(contentsOfFile: folder.path("state/tern/failovers/\(text)"), encoding: .utf8)
        #expect(content.contains("done: nothing; not done: check, groups, verify"))
    }
}
