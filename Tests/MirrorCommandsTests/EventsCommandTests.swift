// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import KafkaTesting
import Synchronization
import TernAPI
import Testing
import Text

@testable import MirrorCommands

@Suite struct EventsCommandTests {
    private static func fact(_ id: String, _ level: String, _ event: String, flow: String? = nil) -> String {
        var fact = Event(id: id, at: DateTime(milliseconds: 1_795_199_087_806), level: level, event: event)
        fact.flow = flow
        (fact.topic, fact.partition, fact.code, fact.reason) = ("orders", 3, "MSG_SIZE_TOO_LARGE", "too \u{1B}[2Jlarge")
        return "id: \(id)\nevent: fact\ndata: \(String(decoding: fact.bytes, as: UTF8.self))\n"
    }

    private static func stream(_ text: String) -> String {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        return head + "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n0\r\n\r\n"
    }

    private static let two =
        "retry: 2000\n\n" + fact("a-1", "info", "flow.started", flow: "us->eu")
        + fact("a-2", "error", "partition.stopped", flow: "eu->us") + ":\n\n"

    private let daemon = StubDaemon { path in
        if path.hasPrefix("/api/v1/status") {
            return "HTTP/1.1 200 OK\r\nContent-Length: \(statusFixture.utf8.count)\r\n\r\n\(statusFixture)"
        }
        return Self.stream(Self.two)
    }

    @Test func `what happened is a table for people and a document for programs`() async throws {
        let table = await tern("events", "--url", daemon.url)
        #expect(table.status == .done)
        let lines = table.output.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[2].contains("error  partition.stopped  eu->us orders/3  MSG_SIZE_TOO_LARGE: too"))
        #expect(!table.output.contains("\u{1B}"), "what a name has in it does not move the cursor")
        let document = try await tern("events", "--url", daemon.url, "-o", "json").document()
        #expect(document["data"]?["events"]?.array?.count == 2)
        #expect(try SchemaFile(kind: "EventReport").problems(in: document) == [])
    }

    @Test func `levels and flows are chosen`() async throws {
        let errors = try await tern("events", "--url", daemon.url, "--level", "error", "-o", "json").document()
        #expect(errors["data"]?["events"]?.array?.map { $0["event"]?.string } == ["partition.stopped"])
        let flow = try await tern("events", "--url", daemon.url, "eu->us", "-o", "json").document()
        #expect(flow["data"]?["events"]?.array?.count == 1)
        let outcome = await tern("events", "--url", daemon.url, "eu->su")
        #expect(outcome.diagnostics == "tern: the daemon has no flow 'eu->su'; did you mean 'eu->us'?\n")
    }

    @Test func `--follow goes on where it was when the daemon was away`() async throws {
        let asked = Atomic(0)
        let daemon = StubDaemon { _ in
            Self.stream(
                asked.wrappingAdd(1, ordering: .relaxed).newValue == 1
                    ? Self.two : Self.fact("a-3", "info", "partition.resumed"))
        }
        let outputs = [MemoryOutput(), MemoryOutput()]
        let context = CommandContext(variables: [:], output: outputs[0], diagnostics: outputs[1])
        let arguments = ["events", "--follow", "--url", daemon.url, "-o", "json"]
        let following = Task { await CommandLineTool(table: .standard).run(arguments, context) }
        try await eventually(within: .seconds(20), "the third event") { () async in outputs[0].text.contains("a-3") }
        following.cancel()
        #expect(await following.value == .interrupted)
        #expect(try JSONValue(parsing: (outputs[0].text.split(separator: "\n").first ?? "").utf8)["id"] == "a-1")
        #expect(outputs[1].text.hasPrefix("tern: \(daemon.url) does not answer any more; trying again\n"))
        #expect(daemon.heads.dropFirst().first?.contains("Last-Event-ID: a-2\r\n") == true)
    }

    @Test func `nobody, or an older daemon, is said in one line`() async {
        let older = StubDaemon { _ in "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n" }
        let outcome = await tern("events", "--follow", "--url", older.url)
        #expect(outcome.status == .failed)
        #expect(outcome.diagnostics == "tern: \(older.url) answers /api/v1/events with status 404\n")
        older.stop()
        let nobody = await tern("events", "--url", "http://127.0.0.1:1")
        #expect(nobody.diagnostics.hasPrefix("tern: no daemon answers at http://127.0.0.1:1: "))
        #expect(await tern("events", "--follow", "-o", "tsv", "--url", daemon.url).status == .usage)
    }

    @Test func `a stream is read however its bytes come`() {
        var reader = EventStreamReader()
        var events: [Event] = []
        for byte in Self.stream(Self.two).utf8 { events += reader.take([byte]) }
        #expect(events.map(\.id) == ["a-1", "a-2"])
        #expect(reader.isOver)
        #expect(reader.lastID == "a-2")
    }

    @Test func `lag is watched until it is above what it may be, in a pipe too`() async {
        let outcome = await tern(
            "lag", "--url", StubDaemon(json: lagFixture).url, "--by", "flow", "--watch", "--fail-above", "1")
        #expect(outcome.status == .found)
        #expect(outcome.output.ranges(of: "FLOW").count == 1)
        let gone = await tern("lag", "--url", "http://127.0.0.1:1", "--watch", "--fail-above", "1")
        #expect(gone.status == .failed)
    }
}
