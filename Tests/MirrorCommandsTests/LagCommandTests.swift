// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import func KafkaTesting.unusedPort
import Testing
import Text

@testable import MirrorCommands

@Suite struct LagCommandTests {
    private let daemon = StubDaemon(json: lagFixture)

    private func lag(_ arguments: String..., columns: Int? = nil) async -> Outcome {
        let output = MemoryOutput(terminalColumns: columns)
        let diagnostics = MemoryOutput()
        let context = CommandContext(variables: [:], output: output, diagnostics: diagnostics)
        let status = await CommandLineTool(table: .standard).run(["lag", "--url", daemon.url] + arguments, context)
        return Outcome(status: status, output: output.text, diagnostics: diagnostics.text)
    }

    @Test(arguments: ["flow", "topic", "partition"], ["table", "wide", "tsv", "json", "yaml"])
    func `every level has its shape in every format`(level: String, format: String) async throws {
        let outcome = await lag("--by", level, "-o", format)
        #expect(outcome.status == .done)
        #expect(outcome.diagnostics.isEmpty)
        expectSnapshot(outcome.output, "lag-\(level)-\(format).\(snapshotEnding(format))")
        if format == "json" { #expect(try SchemaFile(kind: "LagReport").problems(in: outcome.document()) == []) }
    }

    @Test func `one flow needs no column for its name, and the arrow of screens is understood`() async {
        expectSnapshot(await lag("eu→us", "--top", "3").output, "lag-top.txt")
    }

    @Test func `the data are the daemon's, without members that this version does not know`() async throws {
        let document = try await lag("-o", "json", "us->eu").document()
        #expect(document["kind"] == "LagReport")
        #expect(document["ok"] == true)
        let data = try #require(document["data"])
        #expect(data["generated_at"] == "2026-11-20T18:24:47.806Z")
        #expect(data["kind"] == nil)
        let partition = data["flows"]?.array?.first?["topics"]?.array?.first?["partitions"]?.array?.first
        #expect(partition?["status"] == "EMPTY")
        #expect(partition?["a_member_of_a_later_version"] == nil)
    }

    @Test func `what is unknown comes first, by either order`() async {
        for order in ["lag", "time"] {
            let lines = await lag("--sort", order, "-o", "tsv").output.split(separator: "\n")
            #expect(lines.first?.hasPrefix("eu->us\taudit\t2\t") == true)
            #expect(lines[1].hasPrefix(order == "lag" ? "eu->us\torders\t3\t" : "eu->us\taudit\t1\t"))
        }
    }

    @Test func `topics can be chosen`() async {
        let outcome = await lag("--topic", "payments", "--topic", "clicks", "-o", "tsv", "--by", "topic")
        #expect(outcome.output.split(separator: "\n").map { $0.split(separator: "\t")[1] } == ["payments", "clicks"])
    }

    @Test(arguments: [
        (["us->eu", "--fail-above", "0s"], 0), (["us->eu", "--fail-above", "0"], 0),
        (["--topic", "payments", "--fail-above", "300ms"], 0), (["--topic", "payments", "--fail-above", "299ms"], 1),
        (["--topic", "payments", "--fail-above", "234"], 0), (["--topic", "payments", "--fail-above", "233"], 1),
        // The limit on rows hides none from the threshold.
        (["--topic", "orders", "--topic", "payments", "--sort", "lag", "--top", "1", "--fail-above", "100"], 2),
        // Unknown is never good enough.
        (["--topic", "audit", "--fail-above", "7d"], 1),
    ])
    func `a threshold that is passed ends with 3 and names the rows`(arguments: [String], count: Int) async throws {
        let output = MemoryOutput()
        let diagnostics = MemoryOutput()
        let context = CommandContext(variables: [:], output: output, diagnostics: diagnostics)
        let status = await CommandLineTool(table: .standard)
            .run(["lag", "--url", daemon.url, "-o", "json"] + arguments, context)
        #expect(status == (count == 0 ? .done : .found))
        #expect(diagnostics.text.split(separator: "\n").count == count)
        let document = try JSONValue(parsing: output.text.utf8)
        #expect(document["ok"] == .bool(count == 0))
        #expect(document["errors"]?.array?.count == count)
    }

    @Test(arguments: [
        (#""lanes":4,"lanes_owned":0,"topics_not_mirrored":0"#, "eu->us: this daemon carries 0 of 4 lanes"),
        (#""lanes":1,"lanes_owned":1,"topics_not_mirrored":2"#, "eu->us does not mirror 2 of its topics"),
    ])
    func `a flow that others carry, or that is not whole, says so and is within no threshold`(
        members: String, note: String
    ) async {
        let flow = #"{"source":"eu","target":"us","state":"running","lag_records":null,\#(members),"topics":[]}"#
        let body =
            #"{"kind":"LagReport","version":1,"generated_at":"2026-11-20T18:24:47Z","snapshot_age_seconds":0,"#
            + #""flows":[\#(flow)]}"#
        let standby = StubDaemon { _ in "HTTP/1.1 200 OK\r\n\r\n" + body }
        let shown = await tern("lag", "--url", standby.url)
        #expect(shown.status == .done)
        #expect((shown.output + shown.diagnostics).contains(note), "\(shown.output) \(shown.diagnostics)")
        let checked = await tern("lag", "--url", standby.url, "--fail-above", "7d")
        #expect(checked.status == .found)
        #expect(checked.diagnostics.contains("the lag of eu->us is unknown"), "\(checked.diagnostics)")
    }

    @Test func `the row above the threshold is named with its figure`() async {
        let outcome = await lag("eu->us", "--topic", "orders", "--fail-above", "10000")
        #expect(
            outcome.diagnostics
                == "tern: eu->us orders/3 is 18\u{2009}000 records behind, more than 10000\n")
    }

    @Test(arguments: [
        (["eu->su"], "tern: the daemon has no flow 'eu->su'; did you mean 'eu->us'?\n"),
        (["x->y", "--by", "flow"], "tern: the daemon has no flow 'x->y'; it has eu->us, us->eu\n"),
        (["--topic", "order"], "tern: the daemon has no topic 'order'; did you mean 'orders'?\n"),
    ])
    func `what the daemon does not have fails`(arguments: [String], line: String) async {
        let diagnostics = MemoryOutput()
        let context = CommandContext(variables: [:], output: MemoryOutput(), diagnostics: diagnostics)
        let status = await CommandLineTool(table: .standard).run(["lag", "--url", daemon.url] + arguments, context)
        #expect(status == .failed)
        #expect(diagnostics.text == line)
    }

    @Test(arguments: [
        (
            ["--fail-above", "soon"],
            "tern: --fail-above: 'soon' is neither a time such as 60s nor a number of records\n"
        ),
        (["--watch"], "tern: --watch needs a terminal\n"),
        (["--columns", "lga"], "tern: --columns: there is no column 'lga'; did you mean lag?\n"),
        (
            ["--url", "ftp://x"],
            "tern: --url: 'ftp://x': only http:// and https:// are spoken here; name the daemon's own listener\n"
        ),
        (["--url", "x:y"], "tern: --url: 'x:y' is no address; write for example http://127.0.0.1:9470\n"),
    ])
    func `usage errors are one line`(arguments: [String], line: String) async {
        let diagnostics = MemoryOutput()
        let context = CommandContext(variables: [:], output: MemoryOutput(), diagnostics: diagnostics)
        let url = arguments.contains("--url") ? [] : ["--url", daemon.url]
        let status = await CommandLineTool(table: .standard).run(["lag"] + url + arguments, context)
        #expect(status == .usage)
        #expect(diagnostics.text == line)
    }

    @Test func `nothing is coloured in a pipe, and on a terminal only where colours are wanted`() async {
        #expect(await !lag().output.contains("\u{1B}"))
        #expect(await lag("--color", "always").output.contains("\u{1B}[31mREFUSED\u{1B}[0m"))
        #expect(await lag(columns: 200).output.contains("\u{1B}[31mREFUSED\u{1B}[0m"))
        #expect(await !lag("--color", "never", columns: 200).output.contains("\u{1B}"))
        let output = MemoryOutput(terminalColumns: 200)
        let context = CommandContext(variables: ["NO_COLOR": "1"], output: output, diagnostics: MemoryOutput())
        _ = await CommandLineTool(table: .standard).run(["lag", "--url", daemon.url], context)
        #expect(!output.text.contains("\u{1B}"))
    }

    @Test func `a daemon that is not there is one line and 1`() async throws {
        let port = try unusedPort()
        let outcome = await tern("lag", "--url", "127.0.0.1:\(port)", "-o", "json")
        #expect(outcome.status == .failed)
        let line = "no daemon answers at http://127.0.0.1:\(port): Connection refused"
        #expect(
            outcome.diagnostics.hasPrefix("tern: \(line); ") && outcome.diagnostics.filter { $0 == "\n" }.count == 1)
        let document = try outcome.document()
        #expect(document["kind"] == "LagReport")
        #expect(document["errors"]?.array?.first?["code"] == "DAEMON_UNREACHABLE")
        #expect(document["errors"]?.array?.first?["message"]?.string == line)
    }

    @Test(arguments: [
        ("SSH-2.0-OpenSSH_9.2\r\n", "no HTTP answer"), ("HTTP/1.1 200 OK\r\n\r\nhello", "its answer is no JSON"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}", "the answer ends early"),
        ("HTTP/1.1 200 OK\r\n\r\n{\"kind\":\"Other\"}", "no lag report"),
        ("HTTP/1.1 200 OK\r\n\r\n{\"kind\":\"LagReport\",\"version\":2,\"flows\":[]}", "of a version that this tern"),
        ("HTTP/1.1 200 OK\r\n\r\n{\"kind\":\"LagReport\",\"version\":1,\"flows\":[]}", "has no generated_at"),
        ("HTTP/1.1 404 Not Found\r\n\r\n{\"title\":\"Not found\",\"detail\":\"no such path\"}", "no such path"),
    ])
    func `something else that answers is named as such`(answer: String, reason: String) async {
        let stranger = StubDaemon { _ in answer }
        let outcome = await tern("lag", "--url", stranger.url)
        #expect(outcome.status == .failed)
        #expect(outcome.diagnostics.contains(reason), "\(outcome.diagnostics)")
        #expect(outcome.output.isEmpty)
    }

    @Test func `the request names the host that was asked, for the daemon's check of it`() async {
        _ = await lag()
        #expect(daemon.heads.first?.hasPrefix("GET /api/v1/lag?level=partition HTTP/1.1\r\n") == true)
        #expect(daemon.heads.first?.contains("\r\nHost: 127.0.0.1:\(daemon.port)\r\n") == true)
    }
}

@Suite struct DaemonAddressTests {
    @Test(arguments: [
        ("http://127.0.0.1:9470", "http://127.0.0.1:9470"), ("mirror", "http://mirror:9470"),
        ("HTTP://mirror:80/", "http://mirror:80"), ("[::1]:9471", "http://[::1]:9471"),
        ("http://proxy/tern/?x=1", "http://proxy:9470/tern"), ("0.0.0.0:1", "http://127.0.0.1:1"),
        ("[::]:1", "http://[::1]:1"), ("https://mirror", "https://mirror:9470"),
        ("HTTPS://[::1]:1/x/", "https://[::1]:1/x"),
    ])
    func `an address is read with what is usual left out`(url: String, address: String) throws {
        #expect(try DaemonAddress(url: url).description == address)
    }

    @Test(arguments: ["", "http://", "a:b", "a:0", "a:70000", "[::1", "user@host", "a b", "ftp://x"])
    func `what is no address is refused`(url: String) {
        #expect(throws: CommandFailure.self) { try DaemonAddress(url: url) }
    }
}

@Suite struct HTTPResponseTests {
    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.0 200 OK\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
        "HTTP/1.1 200 \r\ncontent-length:5\r\n\r\nhello, and more",
    ])
    func `a body is read by length, by chunks, or to the end`(text: String) throws {
        let response = try HTTPResponse(parsing: Array(text.utf8))
        #expect(response.status == 200)
        #expect(String(decoding: response.body, as: UTF8.self) == "hello")
    }

    @Test(arguments: [
        "", "HTTP/1.1 200 OK\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nhello\r\n",
    ])
    func `what is no answer, or half of one, is refused`(text: String) {
        #expect(throws: HTTPResponse.Malformed.self) { try HTTPResponse(parsing: Array(text.utf8)) }
    }
}
