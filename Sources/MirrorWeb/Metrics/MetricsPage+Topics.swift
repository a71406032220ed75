// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Mirroring
internal import Telemetry

extension MetricsPage {
    /// The topics of one series: one, or all of a flow on a page without topics.
    private struct TopicRow {
        let labels: LabelSet
        let topics: [TopicStatus]
    }

    /// The numbers of one series of a position: a partition's, or a topic's or flow's sums.
    private struct LagRow {
        let labels: LabelSet
        let lagRecords: Int64?
        let lagSeconds: Double?
        let heldRecords: Int64?
    }

    mutating func writeTopics() {
        let rows = topicRows()
        sum(rows, MetricCatalogue.fetchedRecords, \.fetchedRecords)
        sum(rows, MetricCatalogue.fetchedBytes, \.fetchedBytes)
        sum(rows, MetricCatalogue.replicatedRecords, \.replicatedRecords)
        sum(rows, MetricCatalogue.replicatedBytes, \.replicatedBytes)
        sum(rows, MetricCatalogue.lostRecords, \.lostRecords)
        sum(rows, MetricCatalogue.quarantinedRecords, \.quarantinedRecords)
        family(MetricCatalogue.filteredRecords) { family in
            let reasons: [(String, KeyPath<TopicCounters, Int64>)] = [
                ("cycle", \.filteredCycle), ("direct", \.filteredDirect), ("hops", \.filteredHops),
            ]
            for row in rows {
                for (reason, path) in reasons {
                    family.sample(row.labels.appending("reason", reason), Self.sum(row.topics, path))
                }
            }
        }
        family(MetricCatalogue.lastReplicated) { family in
            for row in rows {
                family.sample(row.labels, row.topics.compactMap(\.lastReplicatedTimestamp).max().map(Self.seconds))
            }
        }
        family(MetricCatalogue.retentionHeadroom) { family in
            for row in rows { family.sample(row.labels, row.topics.compactMap(\.retentionHeadroomSeconds).min()) }
        }
        family(MetricCatalogue.topicDrift) { family in
            for row in rows {
                let known = row.topics.compactMap(\.driftFields)
                family.sample(row.labels, known.isEmpty ? nil : Int64(known.reduce(0, +)))
            }
        }
        family(MetricCatalogue.topicInfo) { family in
            for row in rows {
                for topic in row.topics {
                    family.sample(row.labels.appending("target_topic", topic.targetTopic.rawValue), true)
                }
            }
        }
    }

    mutating func writePartitions() {
        let rows = lagRows()
        family(MetricCatalogue.lagRecords) { family in
            for row in rows { family.sample(row.labels, row.lagRecords) }
        }
        family(MetricCatalogue.lagSeconds) { family in
            for row in rows { family.sample(row.labels, row.lagSeconds) }
        }
        family(MetricCatalogue.lagHeld) { family in
            for row in rows { family.sample(row.labels, row.heldRecords) }
        }
        guard level == .partition else { return }
        let partitions = partitionRows()
        offset(partitions, MetricCatalogue.sourceEnd, \.endOffset)
        offset(partitions, MetricCatalogue.sourceStart, \.startOffset)
        offset(partitions, MetricCatalogue.replicatedOffset, \.replicatedOffset)
        family(MetricCatalogue.partitionPaused) { family in
            for row in partitions { family.sample(row.labels, row.partition.state == .paused) }
        }
    }

    private func topicRows() -> [TopicRow] {
        if level == .flow { return flows.map { TopicRow(labels: $0.labels, topics: $0.flow.topics) } }
        return flows.flatMap { labels, flow in
            flow.topics.sorted { $0.topic < $1.topic }.map { topic in
                TopicRow(labels: labels.appending("topic", topic.topic.rawValue), topics: [topic])
            }
        }
    }

    private func lagRows() -> [LagRow] {
        switch level {
        case .flow:
            flows.map { labels, flow in
                // Summed over the daemons that share the lanes.
                LagRow(
                    labels: labels, lagRecords: flow.carriedLagRecords, lagSeconds: flow.carriedLagSeconds,
                    heldRecords: flow.lagHeldRecords)
            }
        case .topic:
            topicRows().flatMap { row in
                row.topics.map { topic in
                    LagRow(
                        labels: row.labels, lagRecords: topic.lagRecords, lagSeconds: topic.lagSeconds,
                        heldRecords: topic.lagHeldRecords)
                }
            }
        case .partition:
            partitionRows().map { labels, partition in
                LagRow(
                    labels: labels, lagRecords: partition.lagRecords, lagSeconds: partition.lagSeconds,
                    heldRecords: partition.lagHeldRecords)
            }
        }
    }

    private func partitionRows() -> [(labels: LabelSet, partition: PartitionStatus)] {
        topicRows().flatMap { row in
            row.topics.flatMap(\.partitions).sorted { $0.partition < $1.partition }.map { partition in
                (row.labels.appending("partition", String(partition.partition)), partition)
            }
        }
    }

    private mutating func offset(
        _ rows: [(labels: LabelSet, partition: PartitionStatus)], _ metric: CatalogueMetric,
        _ path: KeyPath<PartitionStatus, Int64?>
    ) {
        family(metric) { family in
            for row in rows { family.sample(row.labels, row.partition[keyPath: path]) }
        }
    }

    private mutating func sum(
        _ rows: [TopicRow], _ metric: CatalogueMetric, _ path: KeyPath<TopicCounters, Int64>
    ) {
        family(metric) { family in
            for row in rows { family.sample(row.labels, Self.sum(row.topics, path)) }
        }
    }

    private static func sum(_ topics: [TopicStatus], _ path: KeyPath<TopicCounters, Int64>) -> Int64 {
        topics.reduce(0) { $0 + $1.counters[keyPath: path] }
    }
}

extension TopicStatus {
    /// The worst partition's; `nil` while none is known.
    var retentionHeadroomSeconds: Double? { partitions.compactMap(\.retentionHeadroomSeconds).min() }

    /// Sum over the partitions; `nil` while any is unknown.
    var lagHeldRecords: Int64? {
        var sum: Int64 = 0
        for partition in partitions {
            guard let held = partition.lagHeldRecords else { return nil }
            sum += held
        }
        return sum
    }
}

extension FlowStatus {
    /// Sum over the topics; `nil` while any is unknown or there is none yet.
    var lagHeldRecords: Int64? {
        var sum: Int64 = 0
        for topic in topics {
            guard let held = topic.lagHeldRecords else { return nil }
            sum += held
        }
        return hasBothClusters || !topics.isEmpty ? sum : nil
    }
}
