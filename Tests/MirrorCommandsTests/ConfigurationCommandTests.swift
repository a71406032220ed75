// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import TernConfiguration
import TopicPlanning
import KafkaTypes
import func KafkaTesting.unusedPort
import Mirroring
import Platform
import Synchronization
import Telemetry
import Testing
import Text

@testable import MirrorCommands

/// Hands commands files that are nowhere on disk.
func files(_ files: [String: String]) -> (inout CommandContext) -> Void {
    { context in
        context.readFile = { path throws(SystemFailure) in
            guard let text = files[path] else { throw SystemFailure(code: 2, reason: "No such file or directory") }
            return Array(text.utf8)
        }
    }
}

private let valid = """
    clusters = eu, us
    eu.bootstrap.servers = 127.0.0.1:19092
    us.bootstrap.servers = 127.0.0.1:29092
    us.sasl.jaas.config = org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="hunter2";
    eu->us.enabled = true
    eu->us.topics = orders.*
    """

@Suite struct ConfigurationFileTests {
    @Test(arguments: [["FILE", "--config", "x"], ["--config", "x", "FILE"]])
    func `a file that is named twice is a usage error`(arguments: [String]) async {
        let outcome = await tern("run", arguments[0], arguments[1], arguments[2], change: files(["FILE": "", "x": ""]))
        #expect(outcome.status == .usage)
        #expect(outcome.diagnostics == "tern: the properties file is named twice: FILE and --config\n")
    }

    @Test func `the argument, the flag and the variable name it, in this order`() async {
        let change = files([:])
        for (arguments, path) in [(["run", "a"], "a"), (["run", "--config", "b"], "b"), (["run"], "c")] {
            let diagnostics = MemoryOutput()
            var context = CommandContext(
                variables: ["TERN_CONFIG": "c"], output: MemoryOutput(), diagnostics: diagnostics)
            change(&context)
            #expect(await CommandLineTool(table: .standard).run(arguments, context) == .usage)
            #expect(diagnostics.text == "tern: cannot read '\(path)': No such file or directory\n")
        }
    }

    @Test func `a file that nobody names is a usage error that says how to`() async {
        let outcome = await tern("run", variables: ["TERN_CONFIG": ""])
        #expect(outcome.status == .usage)
        #expect(
            outcome.diagnostics.hasPrefix(
                "tern: no properties file is named; name it as in 'tern run mirror.properties'"))
    }
}

@Suite struct ExplainCommandTests {
    @Test func `a key of a file is told with the line that says it`() async {
        let outcome = await tern("explain", "eu->us.topics", "m.properties", change: files(["m.properties": valid]))
        #expect(outcome.status == .done)
        #expect(outcome.output.hasPrefix("eu->us.topics\n  value    orders.*\n  from     m.properties:6\n"))
        expectSnapshot(outcome.output, "explain-topics.txt")
    }

    @Test func `a default is told without any file`() async throws {
        let document = try await tern("explain", "replication.factor", "-o", "json").document()
        #expect(try SchemaFile(kind: "Explanation").problems(in: document) == [])
        let data = try #require(document["data"])
        #expect(data["value"] == "2")
        #expect(data["source"] == "default")
    }

    @Test func `what --set says wins, and is said to`() async throws {
        let outcome = await tern(
            "explain", "eu->us.topics", "f", "--set", "eu->us.topics=a", "-o", "json", change: files(["f": valid]))
        let data = try #require(try outcome.document()["data"])
        #expect(data["value"] == "a")
        #expect(data["source"] == "--set")
    }

    @Test(arguments: ["table", "json", "yaml"])
    func `a secret is never shown`(format: String) async {
        let outcome = await tern("explain", "us.sasl.jaas.config", "f", "-o", format, change: files(["f": valid]))
        #expect(outcome.status == .done)
        #expect(outcome.output.contains("•••"))
        #expect(!outcome.output.contains("hunter2"))
    }

    @Test func `a key that does not exist is a usage error with the nearest that does`() async throws {
        let outcome = await tern("explain", "topcis", "-o", "json")
        #expect(outcome.status == .usage)
        #expect(
            outcome.diagnostics == "tern: 'topcis' is no key that MirrorMaker or Tern knows; did you mean topics?\n")
        #expect(try outcome.document()["errors"]?.array?.first?["code"] == "UNKNOWN_KEY")
    }
}

@Suite struct RunCommandTests {
    /// A daemon that ends as told, and keeps what it was made with.
    private final class Stub: Sendable {
        private let kept = Mutex<[MirrorConfiguration]>([])
        let end: RunningDaemon.End
        init(_ end: RunningDaemon.End) { self.end = end }

        var configurations: [MirrorConfiguration] { kept.withLock { $0 } }

        var runner: DaemonRunner {
            DaemonRunner { [self] configuration, log in
                kept.withLock { $0.append(configuration) }
                log.info(.clientVersion)
                log.debug(.clientLog)
                return RunningDaemon(
                    run: { [end] in end }, requestStop: {},
                    status: { MirrorStatus(version: "", startedAt: 0) })
            }
        }
    }

    private func run(
        _ stub: Stub, _ arguments: String..., text: String = valid, listen: String = "none",
        log: MemorySink = MemorySink()
    ) async
        -> Outcome
    {
        let output = MemoryOutput()
        let diagnostics = MemoryOutput()
        var context = CommandContext(
            variables: [:], output: output, diagnostics: diagnostics, daemon: stub.runner)
        files(["f": text])(&context)
        context.logSink = log
        let status = await CommandLineTool(table: .standard).run(
            ["run", "f", "--set", "http.listen=\(listen)"] + arguments, context)
        return Outcome(status: status, output: output.text, diagnostics: diagnostics.text)
    }

    @Test(
        arguments: [
            (RunningDaemon.End.drained, MirrorCommands.ExitStatus.done, ""),
            (.notDrained("lane 2 of eu->us: 14 records"), .notDrained, "tern: lane 2 of eu->us: 14 records\n"),
            (.failed("out of memory"), .failed, "tern: out of memory\n"),
            (.misconfigured("eu and us are one cluster"), .usage, "tern: f: eu and us are one cluster\n"),
        ] as [(RunningDaemon.End, MirrorCommands.ExitStatus, String)])
    func `the daemon's end is the exit status`(
        end: RunningDaemon.End, status: MirrorCommands.ExitStatus, line: String
    ) async {
        let outcome = await run(Stub(end))
        #expect(outcome.status == status)
        #expect(outcome.diagnostics == line)
        #expect(outcome.output.isEmpty)
    }

    @Test func `an invalid file starts nothing, and all its errors are said`() async {
        let stub = Stub(.drained)
        let text = "clusters = eu, us\neu->us.enabled = maybe\neu->us.topics = [\n"
        let outcome = await run(stub, text: text)
        #expect(outcome.status == .usage)
        #expect(stub.configurations.isEmpty)
        let lines = outcome.diagnostics.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("error: f:") } >= 3, "\(outcome.diagnostics)")
        #expect(lines.contains { $0.hasPrefix("error: f:2: eu->us.enabled: ") })
        #expect(lines.last?.hasPrefix("tern: f: ") == true)
        #expect(lines.last?.hasSuffix("errors; 'tern check f' lists them with everything else") == true)
    }

    @Test func `warnings are said before it starts, unless it is to be quiet`() async {
        let text = valid + "\nhttp.lsten = 127.0.0.1:1\n"
        #expect(await run(Stub(.drained), text: text).diagnostics.hasPrefix("warning: f:7: http.lsten: "))
        #expect(await run(Stub(.drained), "-q", text: text).diagnostics.isEmpty)
    }

    @Test func `--clusters leaves the flows into these`() async {
        let stub = Stub(.drained)
        _ = await run(stub, "--clusters", " us,", text: valid + "\nus->eu.enabled = true\n")
        let flows = stub.configurations.first?.flows.filter(\.isEnabled).map(\.name.description)
        #expect(flows == ["eu->us"])
    }

    @Test func `the log's level comes from the file, and -v or -q override it`() async {
        for (flags, lines) in [([], 1), (["-v"], 2), (["-q"], 0), (["--set", "log.level=debug"], 2)] {
            let log = MemorySink()
            let output = MemoryOutput()
            var context = CommandContext(
                variables: [:], output: output, diagnostics: MemoryOutput(), daemon: Stub(.drained).runner)
            files(["f": valid])(&context)
            context.logSink = log
            _ = await CommandLineTool(table: .standard).run(["run", "f", "--set", "http.listen=none"] + flags, context)
            #expect(log.lines.count { $0.contains("event=client.") } == lines, "\(flags)")
        }
    }

    @Test func `lag and status ask the daemon that runs with the same file`() async throws {
        let text = valid + "\nhttp.listen = 127.0.0.1:\(try unusedPort())\n"
        let stopped = StopFlag()
        let answers = Mutex<[Outcome]>([])
        let runner = DaemonRunner { _, _ in
            RunningDaemon(
                run: {
                    for command in ["lag", "status"] {
                        let outcome = await tern(command, "f", "-o", "json", change: files(["f": text]))
                        answers.withLock { $0.append(outcome) }
                    }
                    stopped.raise()
                    return .drained
                }, requestStop: {},
                status: {
                    var status = MirrorStatus(version: "0", startedAt: 0)
                    status.flows = [
                        FlowStatus(
                            name: FlowName(source: "eu", target: "us"), isEnabled: true, state: .starting, since: 0)
                    ]
                    return status
                })
        }
        let outcome = await tern(
            "run", "f", "-q",
            change: { context in
                files(["f": text])(&context)
                context.daemon = runner
                context.logSink = MemorySink()
            })
        #expect(outcome.status == .done, "\(outcome.diagnostics)")
        #expect(stopped.isRaised)
        for answer in answers.withLock({ $0 }) {
            #expect(answer.status == .done, "\(answer.diagnostics)")
            let document = try answer.document()
            let kind = try #require(document["kind"]?.string)
            #expect(try SchemaFile(kind: kind).problems(in: document) == [])
            let flow = document["data"]?["flows"]?.array?.first
            #expect(flow?["state"] == "starting")
            #expect(flow?["lag_records"] == .null)
        }
    }

    @Test func `an address that is taken ends with 1 and its name`() async {
        let taken = StubDaemon { _ in nil }
        let outcome = await run(Stub(.drained), text: valid, listen: "127.0.0.1:\(taken.port)")
        #expect(outcome.status == .failed)
        #expect(outcome.diagnostics.hasPrefix("tern: ") && outcome.diagnostics.contains("127.0.0.1:\(taken.port)"))
        #expect(outcome.diagnostics.filter { $0 == "\n" }.count == 1)
    }

    @Test func `the first signal asks to stop, the second interrupt ends the process`() {
        let forced = Counter()
        let stopped = Counter()
        let requests = StopRequests(force: forced.add)
        requests.onStop(stopped.add)
        requests.receive(isInterrupt: false)
        #expect(stopped.value == 1)
        requests.receive(isInterrupt: false)
        #expect(forced.value == 0)
        requests.receive(isInterrupt: true)
        #expect(forced.value == 1)
        #expect(stopped.value == 1)
        requests.onStop(stopped.add)
        #expect(stopped.value == 2)
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        @Sendable func add() { count.withLock { $0 += 1 } }
        var value: Int { count.withLock { $0 } }
    }
}

@Suite struct DaemonAddressFromFileTests {
    @Test func `the file says where the daemon listens`() async throws {
        let port = try unusedPort()
        let outcome = await tern("lag", "f", change: files(["f": valid + "\nhttp.listen = 0.0.0.0:\(port)\n"]))
        #expect(outcome.status == .failed)
        #expect(outcome.diagnostics.hasPrefix("tern: no daemon answers at http://127.0.0.1:\(port): "))
    }

    @Test func `a file without a listener is said to have none`() async {
        let outcome = await tern("status", "f", "--set", "http.listen=none", change: files(["f": valid]))
        #expect(outcome.status == .usage)
        #expect(
            outcome.diagnostics
                == "tern: f: http.listen names no port where the daemon could be asked; --url names it\n")
    }

    @Test func `a file and flows are told apart by the arrow`() async {
        let daemon = StubDaemon(json: lagFixture)
        let listen = valid + "\nhttp.listen = 127.0.0.1:\(daemon.port)\n"
        let outcome = await tern("lag", "us->eu", "f", "--by", "flow", "-o", "tsv", change: files(["f": listen]))
        #expect(outcome.output.hasPrefix("us->eu\tstarting\t"))
    }
}
