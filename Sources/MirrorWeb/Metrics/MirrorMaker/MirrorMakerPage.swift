// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Mirroring
internal import Telemetry
internal import TernConfiguration

/// A `MirrorStatus` under MirrorMaker's names, for dashboards and alerts that were made for it: one series a partition.
///
/// Always in the older text format, as the JMX exporter answers: OpenMetrics has no counter without `_total`.
struct MirrorMakerPage {
    private let clusters: [ClusterStatus]
    private let flows: [FlowStatus]
    private let now: Int64
    private var page = Exposition(format: .prometheusText)

    /// - Parameter now: milliseconds since 1970, by which the last minute is the last minute.
    init(status: MirrorStatus, now: Int64) {
        clusters = status.clusters.sorted { $0.alias < $1.alias }
        flows = status.flows.filter(\.isEnabled).sorted { $0.name < $1.name }
        self.now = now
    }

    mutating func render() -> [UInt8] {
        writePartitions()
        writeCheckpoints()
        writeClients()
        writeTasks()
        writeWorker()
        return page.bytes
    }

    // MARK: partitions

    private struct PartitionRow {
        let labels: LabelSet
        let traffic: PartitionTraffic
        let age: RecentTimes.Summary
        let latency: RecentTimes.Summary
    }

    private mutating func writePartitions() {
        let rows = flows.flatMap { flow in
            flow.topics.sorted { $0.targetTopic < $1.targetTopic }.flatMap { topic in
                let labels = LabelSet([
                    "source": flow.name.source.rawValue, "target": flow.name.target.rawValue,
                    "topic": topic.targetTopic.rawValue,
                ])
                return topic.partitions.sorted { $0.partition < $1.partition }.map { [now] partition in
                    PartitionRow(
                        labels: labels.appending("partition", String(partition.partition)), traffic: partition.traffic,
                        age: partition.traffic.age.summary(at: now), latency: partition.traffic.latency.summary(at: now)
                    )
                }
            }
        }
        func series<Value>(
            _ metric: MirrorMakerMetric, _ value: (PartitionRow) -> Value,
            _ write: (inout MetricFamily, LabelSet, Value) -> Void
        ) {
            page.family(metric.descriptor) { family in for row in rows { write(&family, row.labels, value(row)) } }
        }
        series(.recordCount, \.traffic.replicatedRecords) { $0.sample($1, $2) }
        series(.recordRate, \.latency.recordsPerSecond) { $0.sample($1, $2) }
        series(.byteCount, \.traffic.fetchedValueBytes) { $0.sample($1, $2) }
        series(.byteRate, \.age.bytesPerSecond) { $0.sample($1, $2) }
        series(MirrorMakerMetric.age.last, \.traffic.age.last) { $0.sample($1, $2) }
        series(MirrorMakerMetric.age.least, \.age.least) { $0.sample($1, $2) }
        series(MirrorMakerMetric.age.most, \.age.most) { $0.sample($1, $2) }
        series(MirrorMakerMetric.age.average, \.age.average) { $0.sample($1, $2) }
        series(MirrorMakerMetric.latency.last, \.traffic.latency.last) { $0.sample($1, $2) }
        series(MirrorMakerMetric.latency.least, \.latency.least) { $0.sample($1, $2) }
        series(MirrorMakerMetric.latency.most, \.latency.most) { $0.sample($1, $2) }
        series(MirrorMakerMetric.latency.average, \.latency.average) { $0.sample($1, $2) }
    }

    private mutating func writeCheckpoints() {
        let rows = flows.flatMap { flow in
            flow.groups.flatMap { [now] group in
                let summary = group.checkpointLatency.summary(at: now)
                return group.checkpointed.map { place in
                    (
                        LabelSet([
                            "source": flow.name.source.rawValue, "target": flow.name.target.rawValue,
                            "group": group.id.rawValue, "topic": place.topic.rawValue,
                            "partition": String(place.partition),
                        ]), group.checkpointLatency.last, summary
                    )
                }
            }
        }
        page.family(MirrorMakerMetric.checkpointLatency.last.descriptor) { family in
            for (labels, last, _) in rows { family.sample(labels, last) }
        }
        let values: [(MirrorMakerMetric, KeyPath<RecentTimes.Summary, Double?>)] = [
            (MirrorMakerMetric.checkpointLatency.least, \.least), (MirrorMakerMetric.checkpointLatency.most, \.most),
            (MirrorMakerMetric.checkpointLatency.average, \.average),
        ]
        for (metric, path) in values {
            page.family(metric.descriptor) { family in
                for (labels, _, summary) in rows { family.sample(labels, summary[keyPath: path]) }
            }
        }
    }

    // MARK: clients and tasks

    /// Both spellings of a metric of one client. The JMX exporter keeps the quotes that JMX puts around an id with `>` in it.
    private mutating func perClient(
        _ metric: MirrorMakerMetric, _ series: [(client: String, labels: [(String, String)], value: Int64?)]
    ) {
        func write(_ descriptor: MetricDescriptor, _ name: String, _ id: (String) -> String) {
            page.family(descriptor) { family in
                for (client, labels, value) in series {
                    let set = labels.reduce(LabelSet([name: id(client)])) { $0.appending($1.0, $1.1) }
                    family.sample(set, value)
                }
            }
        }
        write(metric.descriptor, "clientid") { "\"\($0)\"" }
        if let descriptor = metric.reporterDescriptor { write(descriptor, "client_id") { $0 } }
    }

    private mutating func writeClients() {
        perClient(
            .recordsLag,
            flows.flatMap { flow in
                flow.topics.sorted { $0.topic < $1.topic }.flatMap { topic in
                    topic.partitions.sorted { $0.partition < $1.partition }.map { partition in
                        (
                            "\(flow.name)|MirrorSourceConnector-0|replication-consumer",
                            [("topic", topic.topic.rawValue), ("partition", String(partition.partition))],
                            partition.lagRecords
                        )
                    }
                }
            })
        perClient(.incomingBytes, clusters.map { ("tern|\($0.alias)", [], $0.receivedBytes) })
        perClient(.outgoingBytes, clusters.map { ("tern|\($0.alias)", [], $0.sentBytes) })
        perClient(
            .bufferAvailable,
            flows.map { flow in
                (
                    "connector-producer-\(flow.name).MirrorSourceConnector-0", [],
                    max(0, flow.bufferLimitBytes - flow.bufferedBytes)
                )
            })
        let running = flows.filter { $0.ownedLanes > 0 }
        perClient(.assignedConnectors, [("tern", [], Int64(running.count))])
        perClient(.assignedTasks, [("tern", [], Int64(flows.reduce(0) { $0 + $1.ownedLanes }))])
    }

    private mutating func writeTasks() {
        func labels(_ flow: FlowStatus, isQuoted: Bool) -> LabelSet {
            let name = "\(flow.name).MirrorSourceConnector"
            return LabelSet(["connector": isQuoted ? "\"\(name)\"" : name])
        }
        let active = MirrorMakerMetric.activeCount
        page.family(active.descriptor) { [flows] family in
            for flow in flows {
                let count = flow.topics.lazy.flatMap(\.partitions).reduce(0) { $0 + $1.traffic.inFlight }
                family.sample(labels(flow, isQuoted: true).appending("task", "0"), Int64(count))
            }
        }
        for descriptor in [MirrorMakerMetric.commitTime.descriptor, MirrorMakerMetric.commitTime.reporterDescriptor] {
            guard let descriptor else { continue }
            let isQuoted = descriptor == MirrorMakerMetric.commitTime.descriptor
            page.family(descriptor) { [flows] family in
                for flow in flows {
                    let count = flow.stages.progress.count
                    let mean = count > 0 ? flow.stages.progress.sum / Double(count) * 1_000 : nil
                    family.sample(labels(flow, isQuoted: isQuoted).appending("task", "0"), mean)
                }
            }
        }
        page.family(MirrorMakerMetric.status.descriptor) { [flows] family in
            for flow in flows {
                let task = labels(flow, isQuoted: true).appending("task", "0")
                family.sample(task.appending("status", flow.state.nameInConnect), true)
            }
        }
        page.family(MirrorMakerMetric.failedTasks.descriptor) { [flows] family in
            for flow in flows {
                family.sample(labels(flow, isQuoted: true), flow.state == .failed ? Int64(max(1, flow.ownedLanes)) : 0)
            }
        }
    }

    private mutating func writeWorker() {
        let isRebalancing = flows.contains { $0.isSettling || $0.hasUnmeasuredLanes }
        let values: [(MirrorMakerMetric, Int64)] = [
            (.connectors, Int64(flows.count)), (.tasks, Int64(flows.reduce(0) { $0 + $1.ownedLanes })),
            (.rebalancing, isRebalancing ? 1 : 0),
        ]
        for (metric, value) in values {
            for descriptor in [metric.descriptor, metric.reporterDescriptor].compactMap(\.self) {
                page.family(descriptor) { $0.sample(LabelSet(), value) }
            }
        }
    }
}

extension FlowState {
    /// As `AbstractStatus.State` of Kafka Connect has it, in small letters.
    fileprivate var nameInConnect: String {
        switch self {
        case .starting: "unassigned"
        case .running, .degraded: "running"
        case .paused: "paused"
        case .failed: "failed"
        }
    }
}
