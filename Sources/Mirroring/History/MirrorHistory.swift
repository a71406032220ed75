// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes
public import TernConfiguration

/// Lag and rates of the last hour and the last day, in bounded memory: who opens the page after the incident sees it.
///
/// | of | last hour | last day | how many | bytes each |
/// |---|---|---|---|---|
/// | flows | each second | each minute | all | 40 KB |
/// | topics | each 10 s | each minute | 2,000 | 11 KB |
/// | partitions | each 10 s | each minute | 512 | 7 KB |
///
/// That is 27 MB with 42 flows and 2,000 topics. Beyond these, what is behind is kept rather than what is not.
/// Seconds are those of a clock that does not step; whoever shows a history counts back from now.
public struct MirrorHistory: Sendable {
    /// Seconds from one sample of the topics to the next.
    static let topicStep: Int64 = 10

    private struct TopicKey: Hashable {
        let flow: FlowName
        let topic: TopicName
    }
    private struct PartitionKey: Hashable {
        let topic: TopicKey
        let partition: Int32
    }

    private var flows: [FlowName: HistorySeries] = [:]
    private var topics: SeriesPool<TopicKey>
    private var partitions: SeriesPool<PartitionKey>
    /// For the topics' rates: when they were last sampled, and how many records they had then.
    private var lastCounts: [TopicKey: (second: Int64, records: Int64)] = [:]
    private var topicsSampledAt: Int64?

    public init(topics: Int = 2_000, partitions: Int = 512) {
        self.topics = SeriesPool(capacity: topics, hourStep: Self.topicStep, width: 3)
        self.partitions = SeriesPool(capacity: partitions, hourStep: Self.topicStep, width: 2)
    }

    /// What the values take, in bytes.
    public var byteCount: Int { flows.values.reduce(topics.byteCount + partitions.byteCount) { $0 + $1.byteCount } }

    /// Takes a status in; to be called each second.
    ///
    /// - Parameter second: by a clock that does not step.
    public mutating func record(_ status: MirrorStatus, at second: Int64) {
        for flow in status.flows where flow.isEnabled {
            flows[flow.name, default: HistorySeries(hourStep: 1, width: 4, at: second)].record(
                [flow.lagRecords.map(Double.init), flow.lagSeconds, flow.recordsPerSecond, flow.bytesPerSecond],
                at: second)
        }
        if let last = topicsSampledAt, second / Self.topicStep <= last / Self.topicStep { return }
        topicsSampledAt = second
        topics.beginRound(at: second)
        partitions.beginRound(at: second)
        for flow in status.flows where flow.isEnabled {
            for topic in flow.topics { record(topic, of: flow.name, at: second) }
        }
        if lastCounts.count > 2 * topics.capacity {
            lastCounts = lastCounts.filter { $0.value.second == second }
        }
    }

    private mutating func record(_ topic: TopicStatus, of flow: FlowName, at second: Int64) {
        let key = TopicKey(flow: flow, topic: topic.topic)
        let records = topic.counters.replicatedRecords
        var rate: Double?
        if let last = lastCounts[key], last.second < second, records >= last.records {
            rate = Double(records - last.records) / Double(second - last.second)
        }
        lastCounts[key] = (second, records)
        topics.record(key, [topic.lagRecords.map(Double.init), topic.lagSeconds, rate], at: second)
        for partition in topic.partitions {
            partitions.record(
                PartitionKey(topic: key, partition: partition.partition),
                [partition.lagRecords.map(Double.init), partition.lagSeconds], at: second)
        }
    }

    /// Of a flow; `nil` when nothing of it was recorded.
    public func series(_ flow: FlowName) -> HistorySeries? { flows[flow] }

    /// Of a topic, by the source's name for it.
    public func series(_ flow: FlowName, _ topic: TopicName) -> HistorySeries? {
        topics.series[TopicKey(flow: flow, topic: topic)]
    }

    public func series(_ flow: FlowName, _ topic: TopicName, _ partition: Int32) -> HistorySeries? {
        partitions.series[PartitionKey(topic: TopicKey(flow: flow, topic: topic), partition: partition)]
    }
}
