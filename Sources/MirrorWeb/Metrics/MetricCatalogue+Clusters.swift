// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import Telemetry

/// Clusters, and the way to them.
extension MetricCatalogue {
    static let clusterUp = metric(
        "tern_cluster_up", labels: ["kafka_cluster"], "Whether a metadata request was answered in the last interval.")
    static let clusterInfo = metric(
        "tern_cluster_info", labels: ["kafka_cluster", "cluster_id"],
        "The id that the brokers tell; the value is 1; absent until one has answered.")
    static let authenticationFailures = metric(
        "tern_auth_failures_total", .counter, labels: ["kafka_cluster"],
        "Logins that the cluster refused.")
    static let wireReceived = metric(
        "tern_wire_received_bytes_total", .counter, labels: ["kafka_cluster"],
        "Bytes that all of Tern's clients got from the cluster: whole answers, compressed as they come, before decryption."
    )
    static let wireSent = metric(
        "tern_wire_sent_bytes_total", .counter, labels: ["kafka_cluster"],
        "Bytes that all of Tern's clients sent to the cluster: whole requests, compressed, before encryption.")
    static let roundTrip = metric(
        "tern_round_trip_seconds", labels: ["kafka_cluster"],
        "The least that an answer of the cluster took lately, in seconds; absent before the first.")

    static let connections = metric(
        "tern_connections", labels: flow + ["side"], detail: .flow,
        "Connections by which the flow's lanes in this process read (side=source) and write (side=target).")
    static let mostBytes = metric(
        "tern_connections_bytes_per_second_limit", labels: flow + ["side"], detail: .flow,
        "What these connections can carry over the measured distance at most; absent where the cluster is near.")
    static let flowLimit = metric(
        "tern_flow_limit", labels: flow + ["limit"], detail: .flow,
        "1 for what keeps the flow from going faster, 0 for the others; absent while that cannot be told.")
}
