// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Telemetry
import TernConfiguration
import Testing

@testable import MirrorWeb

@Suite struct `Metrics under MirrorMaker's names` {
    private func page(_ status: MirrorStatus) -> [String] {
        WebBench(status).get("/metrics/compat/mm2").text.split(separator: "\n").map(String.init)
    }

    private func series(_ name: String, _ page: [String]) -> [String] {
        page.filter { $0.hasPrefix(name + "{") || $0.hasPrefix(name + " ") }
    }

    private func labels(_ line: String) -> [String] {
        guard let open = line.firstIndex(of: "{"), let close = line.lastIndex(of: "}") else { return [] }
        // No value of the fixture has a comma.
        return line[line.index(after: open)..<close].split(separator: ",").map { String($0.prefix { $0 != "=" }) }
    }

    /// The metrics of Strimzi's two published dashboards for MirrorMaker 2, of the JMX exporter and of its metrics reporter
    /// (examples/metrics of strimzi-kafka-operator, August 2026), with the labels that their expressions ask for.
    /// Left out: `jvm_*`, `container_*` and `process_*`, which are not MirrorMaker's.
    private static let ofDashboards: [(name: String, labels: [String])] = [
        ("kafka_connect_worker_connector_count", []),
        ("kafka_connect_worker_task_count", []),
        ("kafka_connect_mirror_mirrorsourceconnector_record_rate", []),
        ("kafka_connect_mirror_mirrorsourceconnector_byte_rate", []),
        ("kafka_connect_mirror_mirrorsourceconnector_record_age_ms", ["partition", "topic"]),
        ("kafka_connect_mirror_mirrorsourceconnector_record_age_ms_avg", ["partition", "topic"]),
        ("kafka_connect_mirror_mirrorsourceconnector_record_age_ms_min", ["partition", "topic"]),
        ("kafka_connect_mirror_mirrorsourceconnector_record_age_ms_max", ["partition", "topic"]),
        ("kafka_connect_mirror_mirrorsourceconnector_replication_latency_ms", ["partition", "topic"]),
        ("kafka_connect_mirror_mirrorsourceconnector_replication_latency_ms_avg", ["partition", "topic"]),
        ("kafka_connect_mirror_mirrorsourceconnector_replication_latency_ms_min", ["partition", "topic"]),
        ("kafka_connect_mirror_mirrorsourceconnector_replication_latency_ms_max", ["partition", "topic"]),
        (
            "kafka_connect_mirror_mirrorcheckpointconnector_checkpoint_latency_ms",
            ["source", "target", "topic", "partition", "group"]
        ),
        ("kafka_consumer_fetch_manager_records_lag", ["clientid", "topic", "partition"]),
        ("kafka_consumer_incoming_byte_total", []),
        ("kafka_producer_outgoing_byte_total", []),
        ("kafka_producer_buffer_available_bytes", ["clientid"]),
        ("kafka_connect_connector_task_offset_commit_avg_time_ms", ["connector", "task"]),
        ("kafka_connect_source_task_source_record_active_count", ["connector"]),
        ("kafka_connect_coordinator_assigned_connectors", []),
        ("kafka_connect_coordinator_assigned_tasks", []),
        ("kafka_connect_worker_rebalance_rebalancing", []),
        ("kafka_connect_connect_worker_metrics_connector_count", []),
        ("kafka_connect_connect_worker_metrics_task_count", []),
        ("kafka_consumer_consumer_fetch_manager_metrics_records_lag", ["client_id", "topic", "partition"]),
        ("kafka_consumer_consumer_metrics_incoming_byte", []),
        ("kafka_producer_producer_metrics_outgoing_byte", []),
        ("kafka_producer_producer_metrics_buffer_available_bytes", ["client_id"]),
        ("kafka_connect_connector_task_metrics_offset_commit_avg_time_ms", ["connector", "task"]),
        ("kafka_connect_connect_coordinator_metrics_assigned_connectors", []),
        ("kafka_connect_connect_worker_rebalance_metrics_rebalancing", []),
        ("kafka_connect_connect_coordinator_metrics_assigned_tasks", []),
    ]

    @Test func `have what Strimzi's dashboards ask for, and the status moves each`() {
        let before = page(Fixture.starting)
        var busy = Fixture.rich
        busy.flows[0].isSettling = true
        busy.flows[0].stages.progress.record(0.006)
        let after = page(busy)
        for (name, wanted) in Self.ofDashboards {
            let found = series(name, after)
            #expect(!found.isEmpty, "\(name) is not there")
            #expect(found != series(name, before), "\(name) is moved by nothing")
            for line in found { #expect(Set(labels(line)).isSuperset(of: wanted), "\(line)") }
        }
    }

    @Test func `are each moved by the status`() {
        let before = page(Fixture.starting)
        var busy = Fixture.rich
        busy.flows[0].isSettling = true
        busy.flows[0].stages.progress.record(0.006)
        busy.flows[1].state = .failed
        let after = page(busy)
        let names = MirrorMakerMetric.all.flatMap {
            [$0.descriptor.name, $0.reporterDescriptor?.name].compactMap(\.self)
        }
        for name in names {
            #expect(!series(name, after).isEmpty, "\(name) is not there")
            #expect(series(name, after) != series(name, before), "\(name) is moved by nothing")
        }
        let types = after.filter { $0.hasPrefix("# TYPE ") }.map { String($0.split(separator: " ")[2]) }
        #expect(types == names.sorted())
    }

    @Test func `are those of a partition, by the target's name for its topic`() {
        let text = page(Fixture.rich)
        let labels = #"{source="eu",target="us",topic="eu.orders",partition="0"}"#
        func value(_ name: String) -> String? {
            series("kafka_connect_mirror_mirrorsourceconnector_" + name, text)
                .first { $0.contains(labels) }?.split(separator: " ").last.map(String.init)
        }
        #expect(value("record_count") == "3")
        #expect(value("byte_count") == "900")
        // Over half a minute, the shortest time that a rate is of.
        #expect(value("record_rate") == "0.1")
        #expect(value("byte_rate") == "30.0")
        #expect(value("record_age_ms") == "90.0")
        #expect(value("record_age_ms_min") == "20.0")
        #expect(value("record_age_ms_max") == "90.0")
        #expect(value("record_age_ms_avg") == "50.0")
        #expect(value("replication_latency_ms_avg") == "55.0")
    }

    @Test func `show records behind by MirrorMaker's consumer, by which its dashboards look for them`() {
        let text = page(Fixture.rich)
        #expect(
            series("kafka_consumer_fetch_manager_records_lag", text).first
                == #"kafka_consumer_fetch_manager_records_lag{clientid="\"eu->us|MirrorSourceConnector-0|replication-consumer\"",topic="orders",partition="0"} 18000"#
        )
        #expect(
            series("kafka_consumer_consumer_fetch_manager_metrics_records_lag", text).first
                == #"kafka_consumer_consumer_fetch_manager_metrics_records_lag{client_id="eu->us|MirrorSourceConnector-0|replication-consumer",topic="orders",partition="0"} 18000"#
        )
        #expect(series("kafka_consumer_fetch_manager_records_lag", page(Fixture.unknownLag)).count == 2)
    }

    @Test func `show each group's own latency, for each of its partitions on the target`() {
        let found = series("kafka_connect_mirror_mirrorcheckpointconnector_checkpoint_latency_ms", page(Fixture.rich))
        #expect(
            found.first
                == #"kafka_connect_mirror_mirrorcheckpointconnector_checkpoint_latency_ms{source="eu",target="us",group="billing",topic="eu.orders",partition="0"} 12.0"#
        )
        #expect(found.count == 4)
    }

    @Test(arguments: [Fixture.rich, Fixture.degraded, Fixture.unknownLag, Fixture.starting, Fixture.hostile])
    func `are a page that Prometheus can read`(status: MirrorStatus) throws {
        let text = page(status)
        let names = text.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
        #expect(names == names.sorted() && Set(names).count == names.count)
        guard Promtool.path != nil else { return }
        let result = try Promtool.run(
            ["check", "metrics"], input: Array((text.joined(separator: "\n") + "\n").utf8))
        // It complains of names, which are not ours; a page that it cannot read is the code 1.
        #expect(result.code != 1, "\(result.output)")
    }
}
