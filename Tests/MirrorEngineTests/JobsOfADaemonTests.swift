// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import MirrorWeb
import Mirroring
import Synchronization
import Telemetry
import TernConfiguration
import Testing

/// What a daemon's jobs look like from outside.
@Suite(.serialized) struct JobsOfADaemonTests {
    /// Holds whoever comes until it is opened; heeds no cancellation, like a call that hangs.
    private final class Gate: Sendable {
        private struct State {
            var isOpen = false
            var waiting: [CheckedContinuation<Void, Never>] = []
        }
        private let state = Mutex(State())

        var isHolding: Bool { state.withLock { !$0.waiting.isEmpty } }

        func pass() async {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if !state.isOpen { state.waiting.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
        }

        func open() {
            let waiting = state.withLock { state in
                defer { state = State(isOpen: true) }
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }
    }

    private func web(of daemon: MirrorDaemon) -> MirrorWeb {
        MirrorWeb(
            status: { daemon.status },
            build: BuildInformation(version: "1", revision: "", swiftVersion: "", clientVersion: ""), log: .silent)
    }

    @Test func `livez names the job of a flow that hangs, and is well again once it goes on`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        let (clock, gate) = (ManualClock(), Gate())
        defer { gate.open() }
        let daemon = try mirror.daemon(
            "A->B.enabled = true\nrefresh.topics.interval.seconds = 30", clock: clock,
            creating: { if $0.name == "A.late" { await gate.pass() } })
        let web = web(of: daemon)
        func livez() -> Response { web.respond(to: Request("GET", "/livez?verbose", headers: [])) }
        _ = try await running(daemon) {
            // A flow is running before its jobs are: the job of the topics begins after the start's own look at them.
            try await until("a flow that runs, and its jobs") {
                daemon.flow?.state == .running && livez().text.contains("[+]job/A->B/topics ok\n")
            }
            #expect(livez().status == 200)
            try mirror.pair.source.createTopic("late", partitions: 1)
            try await until("a look at the topics that hangs") {
                clock.advance(by: .seconds(1))
                return gate.isHolding
            }
            #expect(livez().status == 200)
            clock.advance(by: .seconds(3600))
            // The others come round as soon as they are woken.
            try await until("the one job that hangs") {
                livez().text.split(separator: "\n").filter { $0.hasPrefix("[-]") }.count == 1
            }
            let answer = livez()
            #expect(answer.status == 500)
            #expect(answer.text.contains("[-]job/A->B/topics failed: has not come round for 3"), "\(answer.text)")
            #expect(answer.text.contains(" s are allowed\n"), "\(answer.text)")
            // Cancelled at its limit, and it has not ended.
            #expect(mirror.log.lines.contains { $0.contains("event=job.cancelled") && $0.contains("job=topics") })
            gate.open()
            try await until("a process that is well") { livez().status == 200 }
        }
    }

    @Test func `what comes round beside its own jobs is named with its problem while it fails`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        let daemon = try mirror.daemon("A->B.enabled = true", clock: ManualClock())
        let problem = Mutex<String?>("Connection refused")
        daemon.comeRound(
            "peer http://b:1", every: .seconds(2), backOff: BackOff(first: .seconds(2), longest: .seconds(8)),
            limit: .seconds(10)
        ) { problem.withLock { $0 } }
        var peer: JobStatus? { daemon.status.jobs.first { $0.name == "peer http://b:1" } }
        _ = try await running(daemon) {
            try await until("a round that fails") { peer?.problem == "Connection refused" }
            #expect(peer?.isOverdue == false && peer?.flow == nil)
        }
    }

    @Test func `a daemon is alive while a cluster does not answer`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        let daemon = try mirror.daemon()
        func lastRound() -> Int64? {
            daemon.status.jobs.first { $0.flow != nil && $0.name == "lag" }?.lastRoundAt
        }
        _ = try await running(daemon) {
            try await daemon.untilFlowing()
            try mirror.pair.source.setBrokerDown()
            try await until("a cluster that is down") { daemon.lag == nil }
            let before = try #require(lastRound())
            try await until("a further measurement") { lastRound() ?? 0 > before }
            let jobs = daemon.status.jobs
            #expect(jobs.filter(\.isOverdue).isEmpty)
            #expect(jobs.first { $0.name == "cluster A" }?.lastRoundAt != nil)
        }
    }
}
