// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import KafkaTesting
import TernAPI
import Testing
import Text

@testable import MirrorCommands

@Suite struct StatusCommandTests {
    private let daemon = StubDaemon(json: statusFixture)

    @Test(arguments: ["table", "wide", "tsv", "json", "yaml"])
    func `the screen has its shape in every format`(format: String) async throws {
        let outcome = await tern("status", "--url", daemon.url, "-o", format)
        #expect(outcome.status == .done)
        #expect(outcome.diagnostics.isEmpty)
        expectSnapshot(outcome.output, "status-\(format).\(snapshotEnding(format))")
        if format == "json" { #expect(try SchemaFile(kind: "StatusReport").problems(in: outcome.document()) == []) }
    }

    @Test func `one flow can be chosen, one that only beats included`() async throws {
        let data = try await tern("status", "--url", daemon.url, "-o", "json", "us->ap").document()["data"]
        #expect(data?["flows"]?.array?.count == 1)
        let table = await tern("status", "--url", daemon.url, "us->ap", "--no-headers").output
        #expect(table.hasPrefix("us->ap  running"))
    }

    @Test func `a flow that the daemon does not have fails`() async {
        let outcome = await tern("status", "--url", daemon.url, "eu->su")
        #expect(outcome.status == .failed)
        #expect(outcome.diagnostics == "tern: the daemon has no flow 'eu->su'; did you mean 'eu->us'?\n")
    }

    @Test func `figures that stand still are said to`() async {
        let old = StubDaemon(
            json: """
                {"kind":"StatusReport","version":1,"generated_at":"2026-11-20T18:24:47.806Z","snapshot_age_seconds":75,
                "program":{"version":"0.1.0","revision":"","swift_version":"6.3","client_version":"2.0.2"},
                "started_at":"2026-11-20T18:20:47.806Z","started":true,"ready":false,"draining":true,
                "region":{"region":"","healthy":false,"forced_unhealthy":true,"checked_at":null},
                "clusters":[],"flows":[]}
                """)
        #expect(
            await tern("status", "--url", old.url).output == """
                ! these figures are 1m 15s old: the daemon's meter stands still
                ! the daemon is draining: it was told to stop
                ! the region is forced unhealthy by an operator

                """)
    }

    @Test func `a failover controller that does more than watch has lines of its own`() async throws {
        var report = try StatusReport(json: Array(statusFixture.utf8))
        let since = DateTime(milliseconds: report.generatedAt.milliseconds - 90_000)
        var flow = StatusReport.Flow(source: "eu", target: "us", isEnabled: true, state: "running", since: since)
        func output(_ controller: FailoverControllerState) async -> String {
            flow.failoverController = controller
            report.flows = [flow]
            return await tern("status", "--url", StubDaemon(json: String(decoding: report.bytes, as: UTF8.self)).url)
                .output
        }
        var controller = FailoverControllerState(state: "watching", since: since)
        #expect(await !output(controller).contains("controller"))
        controller.state = "failed-over"
        controller.reason = "no answer"
        controller.problem = "us is not seen"
        controller.pausedBy = "alice"
        controller.hooks = [
            .init(
                stage: "failover", command: "/etc/dns us", attempt: 1, startedAt: since, endedAt: since,
                isSuccessful: false, outcome: "exit status 3", output: "")
        ]
        let lines = await output(controller)
        #expect(lines.contains("! the failover controller of eu->us is failed-over for 1m 30s: no answer\n"))
        #expect(lines.contains("! the failover controller of eu->us cannot do its work: us is not seen\n"))
        #expect(lines.contains("! a hook of eu->us failed: /etc/dns us: exit status 3\n"))
        #expect(lines.contains("! the failover controller of eu->us was paused by alice\n"))
    }

    @Test func `topics that are selected and not mirrored are named, the first of many`() async throws {
        var flow = StatusReport.Flow(
            source: "eu", target: "us", isEnabled: true, state: "degraded", since: DateTime(milliseconds: 0))
        flow.reason = "1450 selected topics are not mirrored, t0 among them"
        flow.topicsNotMirrored = 1450
        flow.notMirrored = (0..<5).map { .init(topic: "t\($0)", reason: "eu.t\($0) cannot be created on us: no") }
        var report = try StatusReport(json: Array(statusFixture.utf8))
        report.flows = [flow]
        let short = StubDaemon(json: String(decoding: report.bytes, as: UTF8.self))
        let output = await tern("status", "--url", short.url).output
        #expect(output.contains("! eu->us is degraded: 1450 selected topics are not mirrored, t0 among them\n"))
        #expect(output.contains("! eu->us does not mirror t2: eu.t2 cannot be created on us: no\n"))
        #expect(output.contains("! eu->us does not mirror 1\u{2009}447 more topics\n"), "\(output)")
        #expect(!output.contains("t3"))
    }

    @Test(arguments: [
        (
            "link",
            "eu->us is behind, and the link is the limit: 8 connections from eu over 100 ms (320 MB/s at most), "
                + "4 connections to us (80 MB/s at most)\n"
        ),
        ("target", "eu->us is behind, and us takes no more\n"),
        ("source", "eu->us is behind, and eu gives no more\n"),
        ("quota", "eu->us is behind, and a quota of a cluster holds it back\n"),
        ("cpu", "eu->us is behind, and its lanes have no more time: raise tasks.max, or start another daemon\n"),
    ])
    func `a flow that is behind says what it waits for`(_ limit: String, _ line: String) async throws {
        var flow = StatusReport.Flow(
            source: "eu", target: "us", isEnabled: true, state: "running", since: DateTime(milliseconds: 0))
        (flow.limit, flow.sourceConnections, flow.targetConnections) = (limit, 8, 4)
        (flow.mostReadPerSecond, flow.mostWrittenPerSecond) = (320_000_000, 80_000_000)
        var report = try StatusReport(json: Array(statusFixture.utf8))
        report.flows = [flow]
        report.clusters = [
            .init(
                alias: "eu", clusterID: "id", isUp: true, downSince: nil, problem: nil, authenticationFailures: 0,
                roundTripSeconds: 0.1)
        ]
        let daemon = StubDaemon(json: String(decoding: report.bytes, as: UTF8.self))
        let output = await tern("status", "--url", daemon.url).output
        #expect(output.contains(line), "\(output)")
    }

    @Test func `--watch asks again and again, and outlives a daemon that goes away`() async throws {
        let screen = MemoryOutput(terminalColumns: 120)
        let short = StubDaemon(json: statusFixture)
        let context = CommandContext(variables: [:], output: screen, diagnostics: MemoryOutput())
        let arguments = ["status", "--url", short.url, "--watch", "--interval", "1ms", "--color", "never"]
        let watching = Task { await CommandLineTool(table: .standard).run(arguments, context) }
        try await eventually(within: .seconds(10), "three screens") { () async in
            screen.text.ranges(of: "\u{1B}[H\u{1B}[2JFLOW ").count >= 3
        }
        short.stop()
        try await eventually(within: .seconds(10), "a screen that says so") { () async in
            screen.text.contains("\u{1B}[H\u{1B}[2J! no daemon answers at ")
        }
        watching.cancel()
        #expect(await watching.value == .interrupted)
    }

    @Test func `--watch shows tables only`() async {
        let outcome = await tern("status", "--url", daemon.url, "--watch", "-o", "json", columns: 100)
        #expect(outcome.status == .usage)
        #expect(outcome.diagnostics == "tern: --watch shows tables only, not json\n")
    }

    @Test func `nobody listening is one line and 1`() async throws {
        let outcome = await tern("status", "--url", "127.0.0.1:\(try unusedPort())")
        #expect(outcome.status == .failed)
        #expect(outcome.output.isEmpty)
        #expect(outcome.diagnostics.filter { $0 == "\n" }.count == 1)
    }
}

/// `/api/v1/status` of a daemon with a degraded flow, one that starts, and a pair that only beats.
let statusFixture = """
    {"kind":"StatusReport","version":1,"generated_at":"2026-11-20T18:24:47.806Z","snapshot_age_seconds":0.5,
    "program":{"version":"0.1.0","revision":"","swift_version":"6.3","client_version":"2.0.2"},
    "started_at":"2026-11-17T14:24:47.806Z","started":true,"ready":true,"draining":false,
    "region":{"region":"eu","healthy":true,"forced_unhealthy":false,"checked_at":"2026-11-20T18:24:46.000Z"},
    "clusters":[{"alias":"ap","cluster_id":null,"up":false,"down_since":"2026-11-20T18:20:35.806Z",
    "problem":"ap.example:9092: Connection refused","auth_failures":0},
    {"alias":"eu","cluster_id":"bT7x","up":true,"down_since":null,"problem":null,"auth_failures":0},
    {"alias":"us","cluster_id":"9QzA","up":true,"down_since":null,"problem":null,"auth_failures":0}],
    "flows":[{"source":"eu","target":"us","enabled":true,"state":"degraded","reason":"1 partition is stopped",
    "since":"2026-11-17T14:24:47.806Z","both_clusters_known":true,"lanes":4,"lanes_owned":2,"topics":128,
    "partitions":1536,"lag_records":18234,"lag_seconds":41.2,"lag_held_records":3,"lag_unknown_partitions":0,
    "caught_up":false,"eta_seconds":95,"records_per_second":52000,"bytes_per_second":48200000,
    "replication_latency_p50_seconds":0.004,"replication_latency_p99_seconds":0.182,"retention_headroom_seconds":601200,
    "last_acknowledged_at":"2026-11-20T18:24:47.800Z","replicated_records":12,"replicated_bytes":34,
    "filtered_records":5,"lost_records":7,"stopped_partitions":2,"stopped":[
    {"topic":"audit","partition":1,"status":"REFUSED","code":"MSG_SIZE_TOO_LARGE","offset":41,"limit":1048588,
    "since":"2026-11-20T17:24:47.806Z","text":"raise max.message.bytes of eu.audit on us"}],
    "topics_not_mirrored":0,"not_mirrored":[]},
    {"source":"us","target":"ap","enabled":false,"state":"running","reason":null,"since":"2026-11-20T18:24:47.806Z",
    "both_clusters_known":true,"lanes":0,"lanes_owned":0,"topics":0,"partitions":0,"lag_records":null,"lag_seconds":null,
    "lag_held_records":null,"lag_unknown_partitions":0,"caught_up":null,"eta_seconds":null,"records_per_second":0,
    "bytes_per_second":0,"replication_latency_p50_seconds":null,"replication_latency_p99_seconds":null,
    "retention_headroom_seconds":null,"last_acknowledged_at":null,"replicated_records":0,"replicated_bytes":0,
    "filtered_records":0,"lost_records":0,"stopped_partitions":0,"stopped":[],"topics_not_mirrored":0,"not_mirrored":[]},
    {"source":"us","target":"eu","enabled":true,"state":"starting","reason":"us does not answer",
    "since":"2026-11-20T16:24:47.806Z","both_clusters_known":true,"lanes":1,"lanes_owned":1,"topics":12,"partitions":144,
    "lag_records":0,"lag_seconds":0,"lag_held_records":null,"lag_unknown_partitions":0,"caught_up":true,"eta_seconds":0,
    "records_per_second":0,"bytes_per_second":0,"replication_latency_p50_seconds":null,
    "replication_latency_p99_seconds":null,"retention_headroom_seconds":null,"last_acknowledged_at":null,
    "replicated_records":0,"replicated_bytes":0,"filtered_records":0,"lost_records":0,"stopped_partitions":0,"stopped":[],
    "topics_not_mirrored":0,"not_mirrored":[],"a_member_of_a_later_version":{"a":1}}]}
    """
