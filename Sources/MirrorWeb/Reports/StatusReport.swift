// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import KafkaTypes
internal import Mirroring
internal import Telemetry

/// What `/api/v1/status` shows: the mirror at a glance, small whatever the number of topics.
enum StatusReport {
    /// Stopped partitions, and topics that are not mirrored, named per flow; the rest are counted.
    private static let stoppedLimit = 20

    static func body(_ status: MirrorStatus, build: BuildInformation, readiness: HealthChecks, now: Int64) -> ReportBody
    {
        ReportBody(kind: "StatusReport", status: status, now: now) { json in
            json.object("program") { json in
                json["version"] = .string(build.version)
                json["revision"] = .string(build.revision)
                json["swift_version"] = .string(build.swiftVersion)
                json["client_version"] = .string(build.clientVersion)
            }
            json.moment("started_at", status.startedAt)
            json["started"] = .bool(status.isStarted)
            json["ready"] = .bool(readiness.isPassed)
            json["draining"] = .bool(status.isDraining)
            json.object("region") { json in write(status.regionCheck, to: &json) }
            json.array("clusters", of: status.clusters.sorted { $0.alias < $1.alias }) { json, cluster in
                json.object { json in write(cluster, to: &json) }
            }
            json.array("flows", of: status.flows.sorted { $0.name < $1.name }) { json, flow in
                json.object { json in write(flow, to: &json) }
            }
        }
    }

    private static func write(_ region: RegionCheckStatus, to json: inout JSONWriter) {
        json["region"] = .string(region.region)
        json["healthy"] = region.checkedAt == nil ? .null : .bool(region.isHealthy)
        json["forced_unhealthy"] = .bool(region.isForcedUnhealthy)
        json.moment("checked_at", region.checkedAt)
    }

    private static func write(_ cluster: ClusterStatus, to json: inout JSONWriter) {
        json["alias"] = .string(cluster.alias.rawValue)
        json["cluster_id"] = .string(cluster.clusterID)
        json["up"] = .bool(cluster.isUp)
        json.moment("down_since", cluster.downSince)
        json["problem"] = .string(cluster.problem)
        json["auth_failures"] = .integer(cluster.authenticationFailures)
    }

    private static func write(_ flow: FlowStatus, to json: inout JSONWriter) {
        json["source"] = .string(flow.name.source.rawValue)
        json["target"] = .string(flow.name.target.rawValue)
        json["enabled"] = .bool(flow.isEnabled)
        json["state"] = .string(flow.state.rawValue)
        json["reason"] = .string(flow.reason)
        json.moment("since", flow.since)
        json["both_clusters_known"] = .bool(flow.hasBothClusters)
        json["lanes"] = .integer(Int64(flow.laneCount))
        json["lanes_owned"] = .integer(Int64(flow.ownedLanes))
        json["topics"] = .integer(Int64(flow.topics.count))
        json["partitions"] = .integer(Int64(flow.partitionCount))
        json["lag_records"] = .integer(flow.lagRecords)
        json["lag_seconds"] = .measure(flow.lagSeconds)
        json["lag_held_records"] = .integer(flow.lagHeldRecords)
        json["lag_unknown_partitions"] = .integer(flow.unknownPartitions)
        json["caught_up"] = flow.isCaughtUp.map { .bool($0) } ?? .null
        json["eta_seconds"] = .measure(flow.etaSeconds)
        json["records_per_second"] = .measure(flow.recordsPerSecond)
        json["bytes_per_second"] = .measure(flow.bytesPerSecond)
        json["replication_latency_p50_seconds"] = .measure(flow.replicationLatency.quantile(0.5))
        json["replication_latency_p99_seconds"] = .measure(flow.replicationLatency.quantile(0.99))
        json["retention_headroom_seconds"] = .measure(flow.topics.compactMap(\.retentionHeadroomSeconds).min())
        json.moment("last_acknowledged_at", flow.lastAcknowledgedAt)
        json["replicated_records"] = .integer(flow.sum(\.replicatedRecords))
        json["replicated_bytes"] = .integer(flow.sum(\.replicatedBytes))
        json["filtered_records"] = .integer(flow.sum(\.filteredRecords))
        json["lost_records"] = .integer(flow.sum(\.lostRecords))
        writeStopped(flow, to: &json)
        json["topics_not_mirrored"] = .integer(Int64(flow.notMirrored.count))
        json.array("not_mirrored", of: flow.notMirrored.prefix(stoppedLimit)) { json, item in
            json.object { json in
                json["topic"] = .string(item.topic.rawValue)
                json["reason"] = .string(item.reason)
            }
        }
    }

    private static func writeStopped(_ flow: FlowStatus, to json: inout JSONWriter) {
        let stopped = flow.topics.sorted { $0.topic < $1.topic }.flatMap { topic in
            topic.partitions.compactMap { partition in
                partition.stop.map { (topic: topic.topic, partition: partition.partition, stop: $0) }
            }
        }
        json["stopped_partitions"] = .integer(Int64(stopped.count))
        json.array("stopped", of: stopped.prefix(stoppedLimit)) { json, item in
            json.object { json in
                json["topic"] = .string(item.topic.rawValue)
                json["partition"] = .integer(Int64(item.partition))
                json["status"] = .string(item.stop.state.rawValue)
                LagReport.write(item.stop, to: &json)
            }
        }
    }
}

extension FlowStatus {
    func sum(_ path: KeyPath<TopicCounters, Int64>) -> Int64 {
        topics.reduce(0) { $0 + $1.counters[keyPath: path] }
    }
}

extension TopicCounters {
    var filteredRecords: Int64 { filteredCycle + filteredDirect + filteredHops }
}
