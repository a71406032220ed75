// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kafka
import KafkaTesting
import KafkaTypes
import Mirroring
import Platform
import Synchronization
import Telemetry
import TernConfiguration
import Testing

@testable import MirrorCommands

/// What systemd hears of `tern run`, by a real socket.
@Suite struct ServiceManagerTests {
    private static func file(_ folder: TemporaryFolder, eu: String, us: String, listen: String) throws -> String {
        try folder.write(
            "tern.properties",
            """
            clusters = eu, us
            eu.bootstrap.servers = \(eu)
            us.bootstrap.servers = \(us)
            eu->us.enabled = true
            http.listen = \(listen)

            """)
        return folder.path("tern.properties")
    }

    @Test(
        .enabled(if: builtExecutable != nil, "the executable was not built"),
        arguments: [true, false])
    func `a daemon says that it is ready once it serves, that it lives, how it is, and that it stops`(
        isInFileSystem: Bool
    ) async throws {
        let (folder, pair, port) = (try TemporaryFolder(), try MockPair(), try unusedPort())
        defer {
            pair.close()
            folder.remove()
        }
        try pair.source.createTopic("orders", partitions: 1)
        let socket = try NotifySocket(isInFileSystem ? folder.path("notify") : "@tern-test-\(UUID().uuidString)")
        let process = Process()
        let executable: URL = try #require(builtExecutable)
        process.executableURL = executable
        process.arguments = [
            "run", "-q",
            try Self.file(
                folder, eu: pair.source.bootstrapServers, us: pair.target.bootstrapServers, listen: "127.0.0.1:\(port)"),
        ]
        process.environment = ["NOTIFY_SOCKET": socket.address, "WATCHDOG_USEC": "400000"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

        try await eventually(within: .seconds(30), "a daemon that is ready") { () async in
            socket.lines.first == "READY=1"
        }
        let status = await tern("status", "--url", "127.0.0.1:\(port)")
        #expect(status.status == .done, "it is ready and does not serve: \(status.diagnostics)")
        try await eventually(within: .seconds(30), "a daemon that lives, and says how its flow is") { () async in
            let lines = socket.lines
            return lines.count { $0 == "WATCHDOG=1" } >= 3 && lines.contains { $0.hasPrefix("STATUS=eu->us ") }
        }
        #expect(!socket.lines.contains("STOPPING=1"))
        kill(process.processIdentifier, SIGTERM)
        try await eventually(within: .seconds(30), "the end of the daemon") { () async in !process.isRunning }
        #expect(process.terminationStatus == 0)
        #expect(socket.lines.count { $0 == "READY=1" } == 1)
        #expect(socket.lines.count { $0 == "STOPPING=1" } == 1)
        #expect(socket.lines.contains("STATUS=draining"))
        // 25 s to drain, and 15 s to end.
        #expect(socket.lines.contains("EXTEND_TIMEOUT_USEC=40000000"))
    }

    @Test func `a job that hangs starves the watchdog, is named, and is forgiven when it comes round`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let socket = try NotifySocket(folder.path("notify"))
        struct Shown {
            var status = MirrorStatus(version: "1", startedAt: 0)
            var looks = 0
        }
        let shown = Mutex(Shown())
        let (end, stop) = AsyncStream<Void>.makeStream()
        let requests = StopRequests(force: {})
        let sink = MemorySink()
        let runner = DaemonRunner { _, _ in
            RunningDaemon(
                run: {
                    for await _ in end { break }
                    return .drained
                },
                requestStop: { stop.yield() },
                status: {
                    shown.withLock { shown in
                        shown.looks += 1
                        return shown.status
                    }
                })
        }
        let file = try Self.file(folder, eu: "127.0.0.1:1", us: "127.0.0.1:1", listen: "none")
        let run = Task {
            await tern("run", file, variables: ["NOTIFY_SOCKET": socket.address, "WATCHDOG_USEC": "2000"]) { context in
                context.daemon = runner
                context.stopRequests = requests
                context.logSink = sink
            }
        }
        func fed() -> Int { socket.lines.count { $0 == "WATCHDOG=1" } }
        try await eventually("a watchdog that is fed") { () async in fed() > 0 }

        let flow = FlowName(source: ClusterAlias("eu"), target: ClusterAlias("us"))
        shown.withLock {
            $0.status.isStarted = true
            $0.status.jobs = [
                JobStatus(flow: nil, name: "pulse", quietSeconds: 1, allowedSeconds: 31),
                JobStatus(flow: flow, name: "topics", quietSeconds: 75, allowedSeconds: 60),
            ]
        }
        let named = "STATUS=job eu->us/topics has not come round for 75 s; 60 s are allowed"
        try await eventually("a job that is named") { () async in socket.lines.contains(named) }
        let before = (fed: fed(), looks: shown.withLock(\.looks))
        try await eventually("ten more looks") { () async in shown.withLock(\.looks) > before.looks + 10 }
        #expect(fed() == before.fed)
        let complaints = sink.lines(at: .error).filter { $0.contains("event=watchdog.not_fed job=eu->us/topics") }
        #expect(complaints.count == 1, "\(sink.lines)")

        shown.withLock { $0.status.jobs = [] }
        try await eventually("a watchdog that is fed again") { () async in fed() > before.fed }
        requests.receive(isInterrupt: false)
        #expect(await run.value.status == .done)
    }

    @Test func `a service manager that does not listen costs a warning, and nothing else`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let sink = MemorySink()
        let file = try Self.file(folder, eu: "127.0.0.1:1", us: "127.0.0.1:1", listen: "none")
        let runner = DaemonRunner { _, _ in
            RunningDaemon(
                run: {
                    try? await eventually("the complaint") { () async in !sink.lines.isEmpty }
                    return .drained
                }, requestStop: {}, status: { MirrorStatus(version: "1", startedAt: 0) })
        }
        let outcome = await tern("run", file, variables: ["NOTIFY_SOCKET": folder.path("nobody")]) { context in
            context.daemon = runner
            context.logSink = sink
        }
        #expect(outcome.status == .done)
        let line = try #require(sink.lines.first)
        #expect(line.contains("level=warning event=service_manager.not_told reason=\"No such file or directory\""))
    }

    // MARK: the protocol

    @Test func `the watchdog is fed twice as often as it wants, and only where it is ours`() throws {
        func interval(_ variables: [String: String]) -> Duration? {
            ServiceManager(variables: variables.merging(["NOTIFY_SOCKET": "@x"]) { $1 }, processID: 17)?
                .watchdogInterval
        }
        #expect(interval(["WATCHDOG_USEC": "60000000"]) == .seconds(30))
        #expect(interval(["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "17"]) == .seconds(30))
        #expect(interval(["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "18"]) == nil)
        #expect(interval(["WATCHDOG_USEC": "0"]) == nil)
        #expect(interval([:]) == nil)
        #expect(ServiceManager(variables: ["WATCHDOG_USEC": "60000000"]) == nil)
        #expect(ServiceManager(variables: ["NOTIFY_SOCKET": ""]) == nil)
    }

    @Test(arguments: [
        ("vsock:2:1234", "expected a path or '@' and a name"),
        ("/" + String(repeating: "x", count: 107), "longer than 107 bytes"),
        ("@tern-test-nobody", "Connection refused"),
    ])
    func `an address that cannot be reached is said in a line`(address: String, reason: String) throws {
        let manager = try #require(ServiceManager(variables: ["NOTIFY_SOCKET": address]))
        let failure = #expect(throws: SystemFailure.self) { try manager.send("READY=1") }
        #expect(failure?.reason.contains(reason) == true, "\(failure?.reason ?? "")")
    }

    @Test func `news are told at once, numbers now and then, and what was lost again`() throws {
        var report = ServiceReport(watchdogInterval: .seconds(30))
        var flow = FlowStatus(
            name: FlowName(source: ClusterAlias("eu"), target: ClusterAlias("us")), isEnabled: true, state: .running,
            since: 0)
        var status = MirrorStatus(version: "1", startedAt: 0)
        let start = ContinuousClock.now
        #expect(report.message(for: status, at: start) == "READY=1\nWATCHDOG=1\nSTATUS=starting")
        status.isStarted = true
        status.flows = [flow]
        #expect(report.message(for: status, at: start + .seconds(1)) == "STATUS=eu->us running")
        (flow.hasBothClusters, flow.laneCount, flow.ownedLaneNumbers) = (true, 1, [0])
        status.flows = [flow]
        #expect(report.message(for: status, at: start + .seconds(2)) == nil)
        #expect(report.message(for: status, at: start + .seconds(11)) == "STATUS=eu->us running, lag 0 s")
        (flow.state, flow.reason) = (.degraded, "us is\ndown")
        status.flows = [flow]
        let degraded = #"STATUS=eu->us degraded: us is\ndown, lag 0 s"#
        #expect(report.message(for: status, at: start + .seconds(12)) == degraded)
        #expect(report.message(for: status, at: start + .seconds(29)) == nil)
        #expect(report.message(for: status, at: start + .seconds(30)) == "WATCHDOG=1")
        report.markLost()
        #expect(report.message(for: status, at: start + .seconds(31)) == "READY=1\nWATCHDOG=1\n" + degraded)
        #expect(report.stopping(within: .seconds(2)) == "STOPPING=1\nSTATUS=draining\nEXTEND_TIMEOUT_USEC=2000000")
        #expect(report.stopping(within: .seconds(2)) == nil)
    }
}
