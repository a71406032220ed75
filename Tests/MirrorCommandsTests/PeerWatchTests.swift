// SPDX-License-Identifier: Apache-2.0
import KafkaTesting
import MirrorWeb
import Mirroring
import Platform
import Synchronization
import Telemetry
import TernAPI
import TernConfiguration
import Testing

@testable import MirrorCommands

/// A daemon that asks its peers.
@Suite struct PeerWatchTests {
    private let sink = MemorySink()
    /// Moves by hand.
    private final class Moments: Sendable {
        private let start = ContinuousClock.now
        private let passed = Mutex(Duration.zero)
        var now: ContinuousClock.Instant { start + passed.withLock { $0 } }
        func pass(_ time: Duration) { passed.withLock { $0 += time } }
    }
    private let moments = Moments()

    private func watch(_ urls: [String], token: String? = nil) -> PeerWatch {
        let configuration = DashboardConfiguration(
            peers: urls.compactMap(PeerAddress.init(parsing:)), tokenFile: token)
        return PeerWatch(
            configuration, Log(level: .info, sink: sink),
            readFile: { path throws(SystemFailure) in try FileDescriptors.contents(ofFile: path) },
            now: { [moments] in moments.now })
    }

    private func answer(_ status: String, _ body: String, _ headers: String = "") -> String {
        "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test func `keeps what a peer last answered, and says when it is lost and heard again`() async {
        let isUp = Mutex(true)
        let peer = StubDaemon { _ in
            isUp.withLock { $0 }
                ? "HTTP/1.1 200 OK\r\nContent-Length: \(statusFixture.utf8.count)\r\n\r\n\(statusFixture)" : nil
        }
        let watch = watch([peer.url])
        #expect(await watch.ask(0) == nil)
        #expect(watch.members[0].isHeard)
        #expect(watch.members[0].report?.flows.count == 3, "a member of a later release is no problem")
        #expect(sink.lines.count { $0.contains("event=peer.heard") } == 1)
        isUp.withLock { $0 = false }
        moments.pass(.seconds(2))
        #expect(await watch.ask(0) != nil)
        #expect(watch.members[0].isHeard, "one question that fails is no silence")
        #expect(!sink.lines.contains { $0.contains("peer.lost") })
        moments.pass(.seconds(5))
        for _ in 0..<2 { #expect(await watch.ask(0) != nil) }
        #expect(!watch.members[0].isHeard && watch.members[0].report != nil)
        #expect(watch.members[0].answerAge == 7)
        #expect(sink.lines.count { $0.contains("event=peer.lost peer=\(peer.url)") } == 1, "it is said once")
        isUp.withLock { $0 = true }
        #expect(await watch.ask(0) == nil)
        #expect(watch.members[0].isHeard && watch.members[0].problem == nil)
        #expect(sink.lines.count { $0.contains("event=peer.heard") } == 2)
    }

    @Test func `says why an answer cannot be read`() async {
        let other = statusFixture.replacing("\"version\":1,", with: "\"version\":2,")
        let cut = statusFixture.replacing("\"program\"", with: "\"programme\"")
        let cases: [(String, String)] = [
            (answer("200 OK", "hello"), "its answer is no JSON"),
            (answer("200 OK", other), "is of a version that this tern does not know"),
            (answer("200 OK", cut), "its status report has no program, or of another type"),
            (answer("302 Found", "", "Location: http://127.0.0.1:1/\r\n"), "answers /api/v1/status with status 302"),
            (answer("401 Unauthorized", ""), "wants a login"),
            (answer("200 OK", String(repeating: " ", count: 5 << 20)), "the answer is larger than 4 MiB"),
        ]
        for (bytes, reason) in cases {
            let peer = StubDaemon { _ in bytes }
            let watch = watch([peer.url])
            let problem = await watch.ask(0)
            #expect(problem?.contains(reason) == true, "\(problem ?? "")")
            #expect(problem == watch.members[0].problem)
            #expect(!watch.members[0].isHeard)
            peer.stop()
        }
    }

    @Test func `shows the token of its file, as the file has it at each question`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let peer = StubDaemon(json: statusFixture)
        let watch = watch([peer.url], token: folder.path("token"))
        #expect(
            await watch.ask(0)?.contains("dashboard.peers.token.file: '\(folder.path("token"))' cannot be read") == true
        )
        #expect(peer.heads.isEmpty, "it is not asked without")
        for token in ["first-token", "second-token"] {
            try folder.write("token", token + "\n")
            #expect(await watch.ask(0) == nil)
            #expect(peer.heads.last?.contains("Authorization: Bearer \(token)\r\n") == true)
        }
    }

    @Test func `does not start on a file that cannot be read, and says which`() throws {
        var configuration = DashboardConfiguration(peers: [try #require(PeerAddress(parsing: "https://us:9470"))])
        func problem() -> String? {
            PeerWatch.problem(of: configuration) { path throws(SystemFailure) in
                guard path == "/blank" else { throw SystemFailure(code: 2, reason: "No such file or directory") }
                return [0x20, 0x0A]
            }
        }
        #expect(problem() == nil)
        configuration.tokenFile = "/none"
        #expect(problem() == "dashboard.peers.token.file: '/none' cannot be read: No such file or directory")
        configuration.tokenFile = "/blank"
        #expect(problem()?.contains("'/blank' holds no token: expected printable characters on one line") == true)
        configuration.authorities = "/ca"
        #expect(problem() == "dashboard.peers.ca.file: '/ca' cannot be read: No such file or directory")
    }

    @Test func `is a job for each peer, and what they answer is joined`() async throws {
        let peer = StubDaemon(json: statusFixture)
        let jobs = Mutex<[(name: String, round: @Sendable () async -> String?)]>([])
        var daemon = RunningDaemon(
            run: { .drained }, requestStop: {}, status: { MirrorStatus(version: "1", startedAt: 0) })
        daemon.comeRound = { name, _, _, round in jobs.withLock { $0.append((name, round)) } }
        let configuration = DashboardConfiguration(peers: [try #require(PeerAddress(parsing: peer.url))])
        let log = Log(level: .info, sink: sink)
        let watch = try #require(
            try PeerWatch.start(configuration, of: daemon, log) { path throws(SystemFailure) in
                try FileDescriptors.contents(ofFile: path)
            })
        #expect(jobs.withLock { $0.map(\.name) } == ["peer \(peer.url)"])
        for job in jobs.withLock({ $0 }) { #expect(await job.round() == nil) }
        let web = DaemonWeb.routes(HTTPConfiguration(), for: daemon, log, peers: watch)
        let fleet = try FleetReport(json: web.respond(to: Request("GET", "/api/v1/fleet")).body)
        #expect(fleet.daemons.map(\.daemon) == ["self", peer.url])
        #expect(fleet.flows.map(\.flowName) == ["eu->us", "us->eu"])
    }
}
