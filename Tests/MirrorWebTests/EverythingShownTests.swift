// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Synchronization
import Telemetry
import TernAPI
import TernConfiguration
import Testing
import Text

@testable import MirrorWeb

/// Two snapshots that differ in every figure: what shows the same for both is moved by nothing.
@Suite struct `Everything that is shown` {
    private var quiet: MirrorStatus {
        var status = Fixture.starting
        status.isDraining = true
        status.regionCheck.isForcedUnhealthy = true
        return status
    }
    private let busy = {
        let bench = WebBench(Self.busyStatus)
        var other = Fixture.rich
        other.flows = [
            Fixture.flow("ap", "us", [Fixture.topic("orders", lag: [3])]), Fixture.flow("us", "eu", []),
        ]
        (other.flows[1].ownedLaneNumbers, other.flows[1].carriesAllLanes) = ([], false)
        let answer = try? StatusReport(json: WebBench(other).get("/api/v1/status").body)
        bench.peers.withLock {
            $0 = [
                FleetMember(url: "http://b:1", report: answer, answeredAt: answer?.generatedAt, answerAge: 2),
                FleetMember(url: "http://c:1", report: nil, answeredAt: nil, answerAge: nil, problem: "no"),
            ]
        }
        return bench
    }()

    private static var busyStatus: MirrorStatus {
        var status = Fixture.degraded
        status.startedAt -= 1
        status.clusters.append(ClusterStatus(alias: "third"))
        status.regionCheck.checks.append(.init(name: "third", isHealthy: true, detail: ""))
        status.clusters[0].isUp = false
        status.clusters[0].downSince = 1
        status.clusters[0].problem = "no"
        status.clusters[0].authenticationFailures = 3
        var flow = status.flows[0]
        flow.counters.topicSyncErrors = 1
        flow.counters.headersLeftOut = 1
        flow.counters.laneRestarts = 1
        flow.counters.progressWriteErrors = 1
        flow.counters.mapWriteErrors = 1
        flow.counters.transactionsAborted = 1
        flow.counters.lossesContinued["continue"] = 1
        flow.counters.produceThrottledSeconds = 1
        flow.notMirrored = [TopicNotMirrored(topic: "u", reason: "no")]
        flow.openLosses = 1
        flow.failover = Self.controller
        flow.topics[0].counters.lostRecords = 1
        flow.topics[0].counters.quarantinedRecords = 1
        flow.topics[0].driftFields = 1
        flow.topics += (0..<9).map { Fixture.topic("more-\($0)", lag: [0]) }
        flow.topics[0].partitions[1].lagHeldRecords = 1
        flow.topics[1].partitions[0].lagRecords = nil
        flow.topics[1].partitions[0].state = .paused
        flow.pauses = [
            PauseStatus(scope: .partition(TopicPartition("t", 9)), order: ControlOrder(by: "me", at: 1, reason: "why"))
        ]
        status.flows[0] = flow
        status.lastReload = ReloadStatus(at: 1, isSuccessful: false, problem: "no", succeededAt: 1)
        status.jobs[1].problem = "no"
        status.tracing = TracingStatus(exported: 3, dropped: [.queueFull: 1, .refused: 2], waiting: 4)
        return status
    }

    private static var controller: FailoverControllerStatus {
        var state = FailoverController.State(since: 1)
        state.phase = .failedOver
        (state.badChecks, state.goodChecks, state.attempt, state.failedOverAt) = (2, 1, 3, 4)
        (state.reason, state.problem, state.report) = ("gone", "no", "/r.json")
        var run = FailoverController.HookRun(stage: .failover, command: "/bin/dns us", startedAt: 1)
        (run.attempt, run.endedAt, run.outcome, run.output) = (2, 5, .exited(1), "no")
        state.hooks = [run]
        var status = FailoverControllerStatus(state: state, isOwner: true, owner: "host/1/2")
        status.pause = ControlOrder(by: "me", at: 1, reason: "why")
        status.failedHooks = 1
        return status
    }

    /// What is read from the system while a page is made: nothing in the status moves it.
    private static let ofTheProcess: Set<String> = [
        "tern_build_info", "tern_collect_duration_seconds", "process_cpu_seconds_total",
        "process_resident_memory_bytes",
        "process_virtual_memory_bytes", "process_open_fds", "process_max_fds", "process_start_time_seconds",
    ]

    @Test func `in metrics is moved by the status, a request or a log line`() {
        let before = WebBench(quiet).get("/metrics").text.split(separator: "\n")
        _ = busy.get("/api/v1/lag")
        _ = busy.respond(
            Request(
                "POST", "/api/v1/health:drain", headers: [("Content-Type", "application/json"), ("Host", "localhost")]))
        let after = busy.get("/metrics").text.split(separator: "\n")
        for name in MetricCatalogue.all.map(\.descriptor.name) where !Self.ofTheProcess.contains(name) {
            func series(_ page: [Substring]) -> Set<Substring> {
                Set(page.filter { $0.hasPrefix(name) && ["{", " ", "_"].contains($0.dropFirst(name.count).first) })
            }
            #expect(series(before) != series(after), "\(name) is moved by nothing")
            #expect(!series(after).isEmpty, "\(name) is not there")
        }
    }

    /// Every member of a document with all values that it has in it, by its path.
    private func values(_ json: JSONValue, _ place: String = "", into found: inout [String: Set<String>]) {
        switch json {
        case .object(let members):
            found[place, default: []].insert("object")
            for member in members { values(member.value, place + "/" + member.name, into: &found) }
        case .array(let items):
            found[place, default: []].insert("\(items.count) items")
            for item in items { values(item, place, into: &found) }
        default: found[place, default: []].insert(json.compactText)
        }
    }

    @Test(arguments: [
        "/api/v1/lag", "/api/v1/status", "/api/v1/groups", "/api/v1/topics", "/api/v1/traffic", "/api/v1/fleet",
        "/health",
    ])
    func `in documents is moved by the status`(path: String) throws {
        var before: [String: Set<String>] = [:]
        var after: [String: Set<String>] = [:]
        // The same names on both sides, and one partition of which nothing is known.
        var start = quiet
        start.flows[0].topics = [
            TopicStatus(topic: "t", targetTopic: "t", partitions: [PartitionStatus(partition: 9)])
        ]
        values(try JSONValue(parsing: WebBench(start).get(path).body), into: &before)
        values(try JSONValue(parsing: busy.get(path).body), into: &after)
        let constant: Set<String> = [
            "/kind", "/version", "/program/version", "/program/revision", "/program/swift_version",
            "/program/client_version", "/started", "/flows/enabled", "/skipped", "/flows/discarded",
            "/flows/discarded/reason",
        ]
        // When the fleet was joined is the clock's to say, which stands here.
        let exempt = path == "/api/v1/fleet" ? constant.union(["/generated_at"]) : constant
        for (member, shown) in after where !exempt.contains(member) && shown != ["object"] {
            #expect(before[member] != shown, "\(member) is moved by nothing")
        }
    }
}
