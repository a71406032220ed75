// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
@testable import MirrorWeb
import KafkaTypes
import Mirroring
import Synchronization
import Telemetry
import TernAPI
import Testing

@Suite struct `The metrics page` {
    private func page(_ status: MirrorStatus, _ detail: HTTPConfiguration.MetricsDetail = .auto) -> String {
        WebBench(status) { $0.metricsDetail = detail }.get("/metrics").text
    }

    /// The lines of one metric, without the others.
    private func series(_ name: String, _ page: String) -> [String] {
        page.split(separator: "\n").map(String.init).filter { $0.hasPrefix(name + "{") || $0.hasPrefix(name + " ") }
    }

    @Test func `has every metric of the catalogue, with a type and a help line, and no other`() {
        let bench = WebBench()
        bench.peers.withLock { $0 = [FleetMember(url: "http://b:1", report: nil, answeredAt: nil, answerAge: 9)] }
        _ = bench.get("/livez")
        let text = bench.get("/metrics").text
        let lines = text.split(separator: "\n").map(String.init)
        let types = lines.filter { $0.hasPrefix("# TYPE ") }.map { String($0.split(separator: " ")[2]) }
        #expect(types == MetricCatalogue.all.map(\.descriptor.name).sorted())
        #expect(lines.count { $0.hasPrefix("# HELP ") } == types.count)
    }

    @Test(
        .enabled(if: Promtool.path != nil, Promtool.missing),
        arguments: [HTTPConfiguration.MetricsDetail.flow, .topic, .partition])
    func `passes promtool at every level of detail`(detail: HTTPConfiguration.MetricsDetail) throws {
        for status in [Fixture.rich, Fixture.degraded, Fixture.unknownLag, Fixture.starting, Fixture.hostile] {
            let result = try Promtool.run(["check", "metrics"], input: Array(page(status, detail).utf8))
            #expect(result.code == 0, "\(result.output)")
        }
    }

    @Test func `shows lag per partition`() {
        let text = page(Fixture.rich)
        #expect(
            series("tern_lag_records", text) == [
                #"tern_lag_records{source="eu",target="us",topic="orders",partition="0"} 18000"#,
                #"tern_lag_records{source="eu",target="us",topic="orders",partition="1"} 0"#,
                #"tern_lag_records{source="eu",target="us",topic="payments",partition="0"} 234"#,
                #"tern_lag_records{source="us",target="eu",topic="clicks",partition="0"} 0"#,
            ])
        #expect(series("tern_lag_seconds", text).first?.hasSuffix(" 36.0") == true)
        #expect(series("tern_replicated_offset", text).first?.hasSuffix(" 99102334") == true)
    }

    @Test func `adds up groups that have committed the largest offset there is`() {
        var status = Fixture.rich
        for group in ["a", "b"] {
            status.flows[0].groups.append(
                GroupStatus(
                    id: GroupID(group), state: .ready, partitions: 1, unmapped: 0, lagRecords: 0, readAgainRecords: .max
                ))
        }
        let total = series("tern_groups_read_again_records", page(status)).first
        #expect(total?.hasSuffix(" 9223372036854775807") == true, "\(String(describing: total))")
    }

    @Test func `leaves unknown lag out, and counts it`() {
        let text = page(Fixture.unknownLag)
        #expect(
            series("tern_lag_records", text) == [
                #"tern_lag_records{source="eu",target="us",topic="payments",partition="0"} 234"#,
                #"tern_lag_records{source="us",target="eu",topic="clicks",partition="0"} 0"#,
            ])
        #expect(
            series("tern_lag_unknown_partitions", text).first
                == #"tern_lag_unknown_partitions{source="eu",target="us"} 2"#)
        #expect(
            series("tern_cluster_up", text) == [
                #"tern_cluster_up{kafka_cluster="eu"} 0"#, #"tern_cluster_up{kafka_cluster="us"} 1"#,
            ])
    }

    @Test func `leaves out what nobody knows yet, and keeps the counters at zero`() {
        let text = page(Fixture.starting)
        for name in [
            "tern_lag_records", "tern_lag_seconds", "tern_cluster_info", "tern_region_healthy",
            "tern_last_ack_timestamp_seconds", "tern_retention_headroom_seconds",
        ] {
            #expect(series(name, text).isEmpty, "\(name)")
        }
        #expect(series("tern_echoed_headers_total", text) == [#"tern_echoed_headers_total{source="eu",target="us"} 0"#])
        #expect(series("tern_timestamp_anomalies_total", text).count == 3)
        #expect(series("tern_topic_sync_changes_total", text).count == 5)
        #expect(series("tern_log_messages_total", text).count == 5)
    }

    @Test func `sums partitions at the topic level and topics at the flow level`() {
        let topics = page(Fixture.rich, .topic)
        #expect(
            series("tern_lag_records", topics).first
                == #"tern_lag_records{source="eu",target="us",topic="orders"} 18000"#)
        #expect(series("tern_replicated_offset", topics).isEmpty)
        let flows = page(Fixture.rich, .flow)
        #expect(
            series("tern_lag_records", flows) == [
                #"tern_lag_records{source="eu",target="us"} 18234"#, #"tern_lag_records{source="us",target="eu"} 0"#,
            ])
        #expect(series("tern_replicated_records_total", flows).first?.hasSuffix(" 1980") == true)
        #expect(
            series("tern_filtered_records_total", flows).first
                == #"tern_filtered_records_total{source="eu",target="us",reason="cycle"} 20"#)
        #expect(series("tern_retention_headroom_seconds", flows).first?.hasSuffix(" 601199.0") == true)
        #expect(series("tern_topic_info", flows).isEmpty)
    }

    @Test func `says nothing about a sum with an unknown part`() {
        #expect(
            series("tern_lag_records", page(Fixture.unknownLag, .flow)) == [
                #"tern_lag_records{source="us",target="eu"} 0"#
            ])
    }

    @Test func `falls to topics above two thousand partitions, and logs it once`() {
        #expect(series("tern_lag_records", page(Fixture.many(topics: 1_000, partitions: 2))).count == 2_000)
        let bench = WebBench(Fixture.many(topics: 2_001, partitions: 2))
        let text = bench.get("/metrics").text
        _ = bench.get("/metrics")
        #expect(series("tern_lag_records", text).count == 2_001)
        #expect(series("tern_source_end_offset", text).isEmpty)
        #expect(bench.sink.lines.count { $0.contains("event=metrics.detail.reduced") } == 1)
    }

    @Test func `keeps partitions when told to`() {
        #expect(series("tern_lag_records", page(Fixture.many(topics: 1_500, partitions: 2), .partition)).count == 3_000)
    }

    @Test func `counts its own series`() throws {
        let text = page(Fixture.rich)
        let samples = text.split(separator: "\n").count { !$0.hasPrefix("#") }
        #expect(series("tern_metrics_series", text) == ["tern_metrics_series \(samples)"])
    }

    @Test func `shows exactly one state per flow`() {
        let states = series("tern_flow_state", page(Fixture.degraded)).filter { $0.contains(#"source="eu""#) }
        #expect(states.count == FlowState.allCases.count)
        #expect(
            states.filter { $0.hasSuffix(" 1") } == [
                #"tern_flow_state{source="eu",target="us",state="degraded"} 1"#
            ])
    }

    @Test func `shows traffic per cluster, and requests, waits and stages per flow, from 0 on`() {
        let text = page(Fixture.rich)
        #expect(
            series("tern_wire_received_bytes_total", text) == [
                #"tern_wire_received_bytes_total{kafka_cluster="eu"} 300000"#,
                #"tern_wire_received_bytes_total{kafka_cluster="us"} 0"#,
            ])
        #expect(
            series("tern_wire_sent_bytes_total", text).first == #"tern_wire_sent_bytes_total{kafka_cluster="eu"} 20000"#
        )
        let flow = #"{source="eu",target="us"}"#
        #expect(series("tern_fetch_requests_total", text).first == "tern_fetch_requests_total\(flow) 900")
        #expect(series("tern_produce_requests_total", text).first == "tern_produce_requests_total\(flow) 800")
        #expect(
            series("tern_fetch_throttle_seconds_total", text).first == "tern_fetch_throttle_seconds_total\(flow) 1.5")
        #expect(
            series("tern_produce_throttle_seconds_total", text).first
                == "tern_produce_throttle_seconds_total\(flow) 0.0")
        #expect(series("tern_backpressure_seconds_total", text).first == "tern_backpressure_seconds_total\(flow) 0.25")
        #expect(
            series("tern_stage_duration_seconds_count", text).prefix(4) == [
                #"tern_stage_duration_seconds_count{source="eu",target="us",stage="transform"} 1"#,
                #"tern_stage_duration_seconds_count{source="eu",target="us",stage="produce"} 1"#,
                #"tern_stage_duration_seconds_count{source="eu",target="us",stage="request"} 1"#,
                #"tern_stage_duration_seconds_count{source="eu",target="us",stage="progress"} 0"#,
            ])
    }

    @Test func `counts topics that are selected and not mirrored, from 0 on`() {
        var status = Fixture.rich
        status.flows[0].notMirrored = [TopicNotMirrored(topic: "t", reason: "no")]
        #expect(
            series("tern_flow_topics_not_mirrored", page(status)).first
                == #"tern_flow_topics_not_mirrored{source="eu",target="us"} 1"#)
        #expect(
            series("tern_flow_topics_not_mirrored", page(Fixture.rich)).first
                == #"tern_flow_topics_not_mirrored{source="eu",target="us"} 0"#)
    }

    @Test func `counts stopped partitions by reason`() {
        let stopped = series("tern_stopped_partitions", page(Fixture.degraded))
        #expect(stopped.count == 12)
        #expect(
            stopped.filter { $0.hasSuffix(" 1") } == [
                #"tern_stopped_partitions{source="eu",target="us",state="REFUSED"} 1"#
            ])
    }

    @Test func `keeps names that differ in bytes apart`() {
        let lag = series("tern_lag_records", page(Fixture.hostile))
        #expect(lag.count == Fixture.hostileNames.count)
        #expect(lag.contains { Array($0.utf8).contains(0xCC) })
        #expect(lag.allSatisfy { $0.hasPrefix(#"tern_lag_records{source="e\"u\n->",target="u\\s",topic=""#) })
    }

    @Test(
        arguments: [
            (nil, "text/plain; version=0.0.4; charset=utf-8"),
            ("*/*", "text/plain; version=0.0.4; charset=utf-8"),
            ("text/html", "text/plain; version=0.0.4; charset=utf-8"),
            (";;q=,", "text/plain; version=0.0.4; charset=utf-8"),
            // Prometheus 2.x
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                    + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                "application/openmetrics-text; version=1.0.0; charset=utf-8"
            ),
            ("application/openmetrics-text", "application/openmetrics-text; version=1.0.0; charset=utf-8"),
            (
                "Application/OpenMetrics-Text; Version=1.0.0",
                "application/openmetrics-text; version=1.0.0; charset=utf-8"
            ),
            ("application/openmetrics-text; version=2.0.0", "text/plain; version=0.0.4; charset=utf-8"),
            ("application/openmetrics-text;q=0", "text/plain; version=0.0.4; charset=utf-8"),
            ("application/openmetrics-text;q=0.4, text/plain;q=0.5", "text/plain; version=0.0.4; charset=utf-8"),
            // Prometheus configured for the older format first
            (
                "text/plain;version=0.0.4;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5",
                "text/plain; version=0.0.4; charset=utf-8"
            ),
        ] as [(String?, String)])
    func `is in the format that the Accept header asks for`(accept: String?, type: String) {
        let response = WebBench().get("/metrics", accept.map { [("Accept", $0)] } ?? [])
        #expect(response.header("Content-Type") == type)
        #expect(response.header("Cache-Control") == "no-store")
        #expect(response.text.hasSuffix("# EOF\n") == type.hasPrefix("application/"))
    }

    @Test func `reads its own process`() {
        let text = page(Fixture.rich)
        for name in [
            "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_max_fds",
        ] {
            let value = series(name, text).first?.split(separator: " ").last.flatMap { Double($0) }
            #expect(value.map { $0 > 0 } == true, "\(name)")
        }
        // Later than 2020, whatever the machine's clock.
        let start = series("process_start_time_seconds", text).first?.split(separator: " ").last.flatMap { Double($0) }
        #expect(start.map { $0 > 1_577_836_800 } == true)
    }
}

@Suite struct `The metric catalogue` {
    @Test func `is what docs_metrics_md says`() throws {
        if Repository.rewritesDocuments { try Repository.write(MetricReference.markdown, to: "docs/metrics.md") }
        let written = try Repository.text("docs/metrics.md")
        #expect(
            written == MetricReference.markdown, "print it anew: TERN_WRITE_DOCS=1 swift test --filter MirrorWebTests")
    }

    @Test func `names metrics as Prometheus wants them`() {
        #expect(Set(MetricCatalogue.all.map(\.descriptor.name)).count == MetricCatalogue.all.count)
        for metric in MetricCatalogue.all.map(\.descriptor) {
            #expect((metric.kind == .counter) == metric.name.hasSuffix("_total"), "\(metric.name)")
            #expect(metric.help.hasSuffix("."), "\(metric.name)")
            #expect(metric.name.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }, "\(metric.name)")
        }
    }
}
