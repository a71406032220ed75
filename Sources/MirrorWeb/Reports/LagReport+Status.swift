// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Mirroring
internal import TernAPI
internal import TernConfiguration

extension LagReport {
    /// What a snapshot says, as much of it as was asked for. Topics are made while the report is written.
    ///
    /// - Parameter now: milliseconds since 1970.
    init(_ status: MirrorStatus, query: LagQuery, now: Int64) {
        self.init(
            generatedAt: DateTime(milliseconds: status.generatedAt), snapshotAgeSeconds: status.ageSeconds(at: now),
            flows: status.flows.filter { $0.isEnabled && (query.flow == nil || query.flow == $0.name.description) }
                .sorted { $0.name < $1.name }.map { Flow($0, query) })
    }
}

extension LagReport.Flow {
    fileprivate init(_ flow: FlowStatus, _ query: LagQuery) {
        self.init(source: flow.name.source.rawValue, target: flow.name.target.rawValue, state: flow.state.rawValue)
        lagRecords = flow.lagRecords
        lagSeconds = flow.lagSeconds.measure
        isCaughtUp = flow.isCaughtUp
        lanes = Int64(flow.laneCount)
        lanesOwned = Int64(flow.ownedLanes)
        topicsNotMirrored = Int64(flow.notMirrored.count)
        etaSeconds = flow.etaSeconds.measure
        recordsPerSecond = flow.recordsPerSecond.measure
        bytesPerSecond = flow.bytesPerSecond.measure
        let wanted = query.topic.map(TopicName.init)
        let sorted = query.sorted(wanted.map { name in flow.topics.filter { $0.topic == name } } ?? flow.topics)
        let count = min(query.limit ?? sorted.count, sorted.count)
        topics = Rows(count: count) { LagReport.Topic(sorted[$0], query.level) }
        if count < sorted.count { topicsOmitted = Int64(sorted.count - count) }
    }
}

extension LagReport.Topic {
    fileprivate init(_ topic: TopicStatus, _ level: LagLevel) {
        self.init(topic: topic.topic.rawValue, targetTopic: topic.targetTopic.rawValue)
        lagRecords = topic.lagRecords
        lagSeconds = topic.lagSeconds.measure
        retentionHeadroomSeconds = topic.retentionHeadroomSeconds.measure
        guard level == .partition else { return }
        partitions = topic.partitions.sorted { $0.partition < $1.partition }.map(LagReport.Partition.init)
    }
}

extension LagReport.Partition {
    fileprivate init(_ partition: PartitionStatus) {
        self.init(partition: Int64(partition.partition), status: partition.state.rawValue)
        startOffset = partition.startOffset
        endOffset = partition.endOffset
        lastStableOffset = partition.lastStableOffset
        replicatedOffset = partition.replicatedOffset
        targetEndOffset = partition.targetEndOffset
        lagRecords = partition.lagRecords
        lagSeconds = partition.lagSeconds.measure
        lagHeldRecords = partition.lagHeldRecords
        stopped = partition.stop.map(Stop.init)
    }
}

extension Stop {
    init(_ stop: PartitionStop) {
        self.init(
            code: stop.code, offset: stop.offset, limit: stop.limit, since: DateTime(milliseconds: stop.since),
            text: stop.text)
    }
}

extension LagQuery {
    /// The topics in the order that was asked for. An unknown lag comes before any known one: it may be the worst.
    fileprivate func sorted(_ topics: [TopicStatus]) -> [TopicStatus] {
        let byName = topics.sorted { $0.topic < $1.topic }
        switch order {
        case .topic: return byName
        case .lagRecords: return Self.descending(byName) { $0.lagRecords.map(Double.init) }
        case .lagSeconds: return Self.descending(byName, \.lagSeconds)
        }
    }

    private static func descending(_ topics: [TopicStatus], _ lag: (TopicStatus) -> Double?) -> [TopicStatus] {
        topics.enumerated().map { (lag: lag($1) ?? .infinity, index: $0, topic: $1) }
            .sorted { ($1.lag, $0.index) < ($0.lag, $1.index) }.map(\.topic)
    }
}

extension MirrorStatus {
    /// How old the snapshot is, in seconds.
    func ageSeconds(at now: Int64) -> Double { Double(max(0, now - generatedAt)) / 1_000 }
}

extension Double {
    /// A measured number, to three decimals: more would pretend. `nil` where it is none.
    var measure: Double? { isFinite ? (self * 1_000).rounded() / 1_000 : nil }
}

extension Double? {
    var measure: Double? { flatMap(\.measure) }
}
