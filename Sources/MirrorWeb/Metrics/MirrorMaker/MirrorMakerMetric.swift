// SPDX-License-Identifier: Apache-2.0
internal import Telemetry

/// A metric of MirrorMaker 2 that Tern has a value for, under the names by which dashboards find it.
///
/// Source of the names and labels: MirrorSourceMetrics.java, MirrorCheckpointMetrics.java and ConnectMetricsRegistry.java of
/// Kafka, as Strimzi's published rules of the JMX exporter, and its metrics reporter, spell them.
struct MirrorMakerMetric: Sendable {
    let descriptor: MetricDescriptor
    /// How Strimzi's metrics reporter spells it; `nil` where it does as the JMX exporter.
    let reporterDescriptor: MetricDescriptor?
    /// Where Tern's value is another one than MirrorMaker's; empty where it is not.
    let difference: String

    /// In the order of the documentation.
    static let all: [MirrorMakerMetric] =
        [recordCount, recordRate, byteCount, byteRate] + age.all + latency.all + checkpointLatency.all + [
            recordsLag, incomingBytes, outgoingBytes, bufferAvailable, activeCount, commitTime, status, failedTasks,
            connectors, tasks, assignedConnectors, assignedTasks, rebalancing,
        ]

    // MARK: connectors

    private static let partition = ["source", "target", "topic", "partition"]

    static let recordCount = source("record_count", "Records that the target acknowledged.")
    static let recordRate = source("record_rate", "The same a second, over the last 30 to 60 s.")
    static let byteCount = source("byte_count", "Bytes of the values of records that were read.")
    static let byteRate = source("byte_rate", "The same a second, over the last 30 to 60 s.")
    static let age = Times(
        prefix: "kafka_connect_mirror_mirrorsourceconnector_record_age_ms", labels: partition,
        "Age of a record when it was read, in milliseconds")
    static let latency = Times(
        prefix: "kafka_connect_mirror_mirrorsourceconnector_replication_latency_ms", labels: partition,
        "From a record's timestamp to its acknowledgement by the target, in milliseconds")
    static let checkpointLatency = Times(
        prefix: "kafka_connect_mirror_mirrorcheckpointconnector_checkpoint_latency_ms",
        labels: ["source", "target", "group", "topic", "partition"],
        "From reading a group's offsets to the acknowledgement of its checkpoints, in milliseconds",
        difference: "Each group's own, alike for its partitions; MirrorMaker's is the last one of any group.")

    /// A value and what the last minute came to.
    struct Times: Sendable {
        let last: MirrorMakerMetric
        let least: MirrorMakerMetric
        let most: MirrorMakerMetric
        let average: MirrorMakerMetric
        var all: [MirrorMakerMetric] { [last, least, most, average] }

        init(prefix: String, labels: [String], _ meaning: String, difference: String = "") {
            func metric(_ suffix: String, _ which: String, _ windowed: String = "") -> MirrorMakerMetric {
                MirrorMakerMetric(
                    descriptor: MetricDescriptor(
                        prefix + suffix, .gauge, labels: labels, help: "\(meaning): \(which)."),
                    reporterDescriptor: nil,
                    difference: [difference, windowed].filter { !$0.isEmpty }.joined(separator: " "))
            }
            let absent = "Absent, not NaN, where none came."
            last = metric("", "the last")
            least = metric("_min", "the least of the last minute", absent)
            most = metric("_max", "the most of the last minute", absent)
            average = metric("_avg", "the mean of the last minute", absent)
        }
    }

    // MARK: clients

    static let recordsLag = metric(
        "kafka_consumer_fetch_manager_records_lag",
        reporter: "kafka_consumer_consumer_fetch_manager_metrics_records_lag",
        client: true, labels: ["topic", "partition"], "Records of the source that are not on the target.",
        difference:
            "As `tern_lag_records`: up to the acknowledgement by the target, while that of MirrorMaker's consumer "
            + "ends with the fetch. `topic` is the source's name.")
    static let incomingBytes = metric(
        "kafka_consumer_incoming_byte_total", reporter: "kafka_consumer_consumer_metrics_incoming_byte", kind: .counter,
        client: true,
        "Bytes received from a cluster.",
        difference: "As `tern_wire_received_bytes_total`: of all clients at the cluster, the client id names it.")
    static let outgoingBytes = metric(
        "kafka_producer_outgoing_byte_total", reporter: "kafka_producer_producer_metrics_outgoing_byte", kind: .counter,
        client: true,
        "Bytes sent to a cluster.",
        difference: "As `tern_wire_sent_bytes_total`: of all clients at the cluster, the client id names it.")
    static let bufferAvailable = metric(
        "kafka_producer_buffer_available_bytes", reporter: "kafka_producer_producer_metrics_buffer_available_bytes",
        client: true,
        "Bytes that may still be read before the target acknowledges some.",
        difference: "`tern_buffer_limit_bytes` less `tern_buffer_bytes`: of all lanes of the flow in this process.")

    // MARK: Connect

    private static let ofTask = "One task, 0, stands for all lanes of the flow in this process."
    static let activeCount = metric(
        "kafka_connect_source_task_source_record_active_count", labels: ["connector", "task"],
        "Records that were read and are not acknowledged.", difference: ofTask)
    static let commitTime = metric(
        "kafka_connect_connector_task_offset_commit_avg_time_ms",
        reporter: "kafka_connect_connector_task_metrics_offset_commit_avg_time_ms", labels: ["connector", "task"],
        "What a write of positions takes, in milliseconds, on average.",
        difference: ofTask + " Since the start, not of the last minute.")
    static let status = metric(
        "kafka_connect_connector_status", labels: ["connector", "task", "status"],
        "1, with the state as a label.",
        difference: ofTask + " A flow that is `degraded` is `running`, one that is `starting` is `unassigned`.")
    static let failedTasks = metric(
        "kafka_connect_worker_connector_failed_task_count", labels: ["connector"],
        "Tasks that failed.",
        difference: "The flow's lanes when it has failed. A partition that stopped is in `tern_stopped_partitions`.")
    static let connectors = metric(
        "kafka_connect_worker_connector_count", reporter: "kafka_connect_connect_worker_metrics_connector_count",
        "Connectors of the worker.",
        difference: "Enabled flows; a flow of MirrorMaker is up to three connectors.")
    static let tasks = metric(
        "kafka_connect_worker_task_count", reporter: "kafka_connect_connect_worker_metrics_task_count",
        "Tasks of the worker.", difference: "Lanes that this process runs.")
    static let assignedConnectors = metric(
        "kafka_connect_coordinator_assigned_connectors",
        reporter: "kafka_connect_connect_coordinator_metrics_assigned_connectors",
        client: true, "Connectors that the worker was given.",
        difference: "Enabled flows of which this process runs a lane.")
    static let assignedTasks = metric(
        "kafka_connect_coordinator_assigned_tasks",
        reporter: "kafka_connect_connect_coordinator_metrics_assigned_tasks",
        client: true, "Tasks that the worker was given.", difference: "Lanes that this process runs.")
    static let rebalancing = metric(
        "kafka_connect_worker_rebalance_rebalancing",
        reporter: "kafka_connect_connect_worker_rebalance_metrics_rebalancing",
        "Whether the worker's tasks are being given out.",
        difference: "1 while a flow's lanes are being given out, or have not reported yet.")

    // MARK: making

    private static func source(_ name: String, _ meaning: String) -> MirrorMakerMetric {
        metric("kafka_connect_mirror_mirrorsourceconnector_" + name, labels: partition, meaning, difference: "")
    }

    /// - Parameter client: a label holds the client's id: `clientid`, which the reporter spells `client_id`.
    private static func metric(
        _ name: String, reporter reporterName: String? = nil, kind: MetricDescriptor.Kind = .gauge,
        client: Bool = false,
        labels: [String] = [], _ meaning: String, difference: String
    ) -> MirrorMakerMetric {
        MirrorMakerMetric(
            descriptor: MetricDescriptor(name, kind, labels: (client ? ["clientid"] : []) + labels, help: meaning),
            reporterDescriptor: reporterName.map {
                MetricDescriptor($0, kind, labels: (client ? ["client_id"] : []) + labels, help: meaning)
            }, difference: difference)
    }
}
