// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Mirroring
internal import Telemetry

extension MetricsPage {
    mutating func writeFlows() {
        writeFlowStates()
        writeFlowCounters()
        writeGroups()
        perFlow(MetricCatalogue.bufferBytes) { $0.bufferedBytes }
        perFlow(MetricCatalogue.bufferLimit) { $0.bufferLimitBytes }
        family(MetricCatalogue.lastAcknowledgement) { [flows] family in
            for (labels, flow) in flows { family.sample(labels, flow.lastAcknowledgedAt.map(Self.seconds)) }
        }
        writeTraffic()
        writeDistance()
        writeLinks()
        family(MetricCatalogue.replicationLatency) { [flows] family in
            for (labels, flow) in flows { family.histogram(labels, flow.replicationLatency.value) }
        }
        family(MetricCatalogue.recordAge) { [flows] family in
            for (labels, flow) in flows { family.histogram(labels, flow.recordAge.value) }
        }
    }

    private mutating func writeFlowStates() {
        perFlow(MetricCatalogue.flowState, by: "state") { flow in
            Dictionary(uniqueKeysWithValues: FlowState.allCases.map { ($0.rawValue, flow.state == $0 ? 1 : 0) })
        }
        perFlow(MetricCatalogue.flowTopics) { Int64($0.topics.count) }
        perFlow(MetricCatalogue.flowTopicsNotMirrored) { Int64($0.notMirrored.count) }
        perFlow(MetricCatalogue.flowPartitions) { Int64($0.partitionCount) }
        perFlow(MetricCatalogue.flowTasks, by: "state") { flow in
            ["owned": Int64(flow.ownedLanes), "elsewhere": Int64(max(0, flow.laneCount - flow.ownedLanes))]
        }
        writeFailover()
        perFlow(MetricCatalogue.openLosses) { Int64($0.openLosses) }
        perFlow(MetricCatalogue.stoppedPartitions, by: "state") { $0.stoppedPartitions }
        perFlow(MetricCatalogue.pausedPartitions) { $0.pausedPartitions }
        perFlow(MetricCatalogue.unknownPartitions) { $0.unknownPartitions }
    }

    private mutating func writeFlowCounters() {
        perFlow(MetricCatalogue.timestampAnomalies, by: "reason") { flow in
            flow.counters.timestampAnomalies.merging(["future": 0, "missing": 0, "zero": 0]) { counted, _ in counted }
        }
        perFlow(MetricCatalogue.fetchErrors, by: "error") { $0.counters.fetchErrors }
        perFlow(MetricCatalogue.produceErrors, by: "error") { $0.counters.produceErrors }
        perFlow(MetricCatalogue.echoedHeaders) { $0.counters.echoedHeaders }
        perFlow(MetricCatalogue.headersLeftOut) { $0.counters.headersLeftOut }
        perFlow(MetricCatalogue.laneRestarts) { $0.counters.laneRestarts }
        perFlow(MetricCatalogue.progressWrites) { $0.counters.progressWrites }
        perFlow(MetricCatalogue.progressWriteErrors) { $0.counters.progressWriteErrors }
        perFlow(MetricCatalogue.transactions, by: "result") { flow in
            guard flow.deliversExactlyOnce else { return [:] }
            return ["committed": flow.counters.transactionsCommitted, "aborted": flow.counters.transactionsAborted]
        }
        perFlow(MetricCatalogue.lossesContinued, by: "policy") { flow in
            flow.counters.lossesContinued.merging(["continue": 0, "restart": 0]) { counted, _ in counted }
        }
        perFlow(MetricCatalogue.topicSyncChanges, by: "op") { flow in
            flow.counters.topicSyncChanges.merging(
                ["create": 0, "add_partitions": 0, "set_config": 0, "delete_config": 0, "create_acl": 0]
            ) { counted, _ in counted }
        }
        perFlow(MetricCatalogue.topicSyncErrors) { $0.counters.topicSyncErrors }
    }

    private mutating func writeGroups() {
        perFlow(MetricCatalogue.groups, by: "state") { flow in
            var counts = Dictionary(uniqueKeysWithValues: GroupStatus.State.allCases.map { ($0.rawValue, Int64(0)) })
            for group in flow.groups { counts[group.state.rawValue, default: 0] += 1 }
            return counts
        }
        perGroup(MetricCatalogue.groupLag, \.lagRecords)
        perGroup(MetricCatalogue.groupReadAgain, \.readAgainRecords)
        perFlow(MetricCatalogue.groupsLag) { $0.groups.compactMap(\.lagRecords).saturatedSum }
        perFlow(MetricCatalogue.groupsReadAgain) { $0.groups.compactMap(\.readAgainRecords).saturatedSum }
        perFlow(MetricCatalogue.groupOffsetsWritten) { $0.counters.groupOffsetsWritten }
        perFlow(MetricCatalogue.checkpointsWritten) { $0.counters.checkpointsWritten }
        perFlow(MetricCatalogue.offsetSyncsWritten) { $0.counters.offsetSyncsWritten }
        perFlow(MetricCatalogue.heartbeatsWritten) { $0.counters.heartbeatsWritten }
        perFlow(MetricCatalogue.mapWriteErrors) { $0.counters.mapWriteErrors }
    }

    /// Groups of a flow that have series of their own: those with the largest numbers.
    private static let groupLimit = 200

    private mutating func perGroup(_ metric: CatalogueMetric, _ value: (GroupStatus) -> Int64?) {
        family(metric) { [flows] family in
            for (labels, flow) in flows {
                let known = flow.groups.compactMap { group in value(group).map { (group.id, $0) } }
                let shown =
                    known.count <= Self.groupLimit
                    ? known : known.sorted { $0.1 > $1.1 }.prefix(Self.groupLimit).sorted { $0.0 < $1.0 }
                for (id, count) in shown { family.sample(labels.appending("group", id.rawValue), count) }
            }
        }
    }

    private mutating func writeDistance() {
        perFlow(MetricCatalogue.connections, by: "side") { flow in
            ["source": Int64(flow.sourceConnections), "target": Int64(flow.targetConnections)]
        }
        family(MetricCatalogue.mostBytes) { [flows] family in
            for (labels, flow) in flows {
                family.sample(labels.appending("side", "source"), flow.mostReadPerSecond)
                family.sample(labels.appending("side", "target"), flow.mostWrittenPerSecond)
            }
        }
        family(MetricCatalogue.flowLimit) { [flows] family in
            for (labels, flow) in flows {
                guard let found = flow.limit else { continue }
                for limit in FlowLimit.allCases {
                    family.sample(labels.appending("limit", limit.rawValue), limit == found)
                }
            }
        }
    }

    private mutating func writeTraffic() {
        perFlow(MetricCatalogue.fetchRequests) { $0.counters.fetchRequests }
        perFlow(MetricCatalogue.produceRequests) { $0.counters.produceRequests }
        perFlow(MetricCatalogue.fetchThrottle) { $0.counters.fetchThrottledSeconds }
        perFlow(MetricCatalogue.produceThrottle) { $0.counters.produceThrottledSeconds }
        perFlow(MetricCatalogue.backpressure) { $0.counters.backpressureSeconds }
        family(MetricCatalogue.stageDuration) { [flows] family in
            for (labels, flow) in flows {
                for (stage, durations) in flow.stages.named {
                    family.histogram(labels.appending("stage", stage), durations.value)
                }
            }
        }
    }

    private mutating func perFlow(_ metric: CatalogueMetric, _ value: (FlowStatus) -> Double) {
        family(metric) { [flows] family in
            for (labels, flow) in flows { family.sample(labels, value(flow)) }
        }
    }

    private mutating func perFlow(_ metric: CatalogueMetric, _ value: (FlowStatus) -> Int64) {
        family(metric) { [flows] family in
            for (labels, flow) in flows { family.sample(labels, value(flow)) }
        }
    }

    private mutating func perFlow(
        _ metric: CatalogueMetric, by label: String, _ values: (FlowStatus) -> [String: Int64]
    ) {
        family(metric) { [flows] family in
            for (labels, flow) in flows {
                for (key, count) in values(flow).sorted(by: { $0.key < $1.key }) {
                    family.sample(labels.appending(label, key), count)
                }
            }
        }
    }
}

extension HistogramSnapshot {
    var value: HistogramValue { HistogramValue(bounds: Self.bounds, counts: counts, sum: sum) }
}

extension StageDurations {
    /// As the label says it, in the order in which a record passes them.
    fileprivate var named: [(String, HistogramSnapshot)] {
        [("transform", transform), ("produce", produce), ("request", request), ("progress", progress)]
    }
}

extension FlowStatus {
    var partitionCount: Int { topics.reduce(0) { $0 + $1.partitions.count } }

    var unknownPartitions: Int64 {
        topics.reduce(0) { $0 + Int64($1.partitions.count { $0.lagRecords == nil }) }
    }

    /// Partitions that wait for someone, by the word of their state; every such word is present.
    var stoppedPartitions: [String: Int64] {
        var counts: [String: Int64] = [:]
        for word in PartitionStateWord.stopping { counts[word.rawValue] = 0 }
        for topic in topics {
            for case let stop? in topic.partitions.map(\.stop) { counts[stop.state.rawValue, default: 0] += 1 }
        }
        return counts
    }
}

extension PartitionStateWord {
    /// Those that stop a partition.
    static let stopping: [PartitionStateWord] = [
        .lostData, .rewound, .sourceMissing, .targetReset, .refused, .stopped,
    ]
}
