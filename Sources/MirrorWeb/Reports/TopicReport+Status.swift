// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Mirroring
internal import TernAPI
internal import TernConfiguration

/// A topic with what it is sorted by, taken once.
private struct TopicPlace {
    let flow: FlowName
    let topic: TopicStatus
    let worst: PartitionStateWord
    let lagRecords: Int64?
    let lagSeconds: Double?

    init(_ flow: FlowName, _ topic: TopicStatus) {
        self.flow = flow
        self.topic = topic
        worst = topic.partitions.map(\.state).max { $0.attention < $1.attention } ?? .empty
        lagRecords = topic.lagRecords
        lagSeconds = topic.lagSeconds
    }
}

extension PartitionStateWord {
    /// How much it needs a person: stopped, then not known, then behind.
    var attention: Int {
        switch self {
        case .empty, .ok, .paused: 0
        case .catchingUp: 1
        case .held: 2
        case .fallingBehind: 3
        case .unknown: 4
        case .stalled: 5
        case .lostData, .rewound, .sourceMissing, .targetReset, .refused, .stopped: 6
        }
    }
}

extension TopicReport {
    init(_ status: MirrorStatus, query: TopicQuery) {
        var found: [TopicPlace] = []
        for flow in status.flows.sorted(by: { $0.name < $1.name })
        where flow.isEnabled && (query.flow == nil || query.flow == flow.name.description) {
            found += flow.topics.sorted { $0.topic < $1.topic }.filter(query.matches).map { TopicPlace(flow.name, $0) }
        }
        let sorted = query.sorted(found)
        self.init(
            generatedAt: DateTime(milliseconds: status.generatedAt), total: Int64(sorted.count),
            skipped: Int64(min(query.skip, sorted.count)),
            topics: sorted.dropFirst(query.skip).prefix(query.limit).map(Topic.init))
    }
}

extension TopicReport.Topic {
    fileprivate init(_ place: TopicPlace) {
        let topic = place.topic
        self.init(
            source: place.flow.source.rawValue, target: place.flow.target.rawValue, topic: topic.topic.rawValue,
            targetTopic: topic.targetTopic.rawValue, status: place.worst.rawValue)
        partitions = Int64(topic.partitions.count)
        stoppedPartitions = Int64(topic.partitions.count { $0.stop != nil })
        lagRecords = place.lagRecords
        lagSeconds = place.lagSeconds.measure
        retentionHeadroomSeconds = topic.retentionHeadroomSeconds.measure
        replicatedRecords = topic.counters.replicatedRecords
        lostRecords = topic.counters.lostRecords
        quarantinedRecords = topic.counters.quarantinedRecords
    }
}

extension TopicQuery {
    fileprivate func matches(_ topic: TopicStatus) -> Bool {
        guard let search else { return true }
        return topic.topic.rawValue.lowercased().contains(search)
            || topic.targetTopic.rawValue.lowercased().contains(search)
    }

    /// Topics come in by flow and name, which is kept among equals. An unknown lag counts for more than any known one.
    fileprivate func sorted(_ places: [TopicPlace]) -> [TopicPlace] {
        switch sort {
        case .flow: return isDescending == true ? places.reversed() : places
        case .topic: return stable(places, descending: isDescending ?? false) { $0.topic.topic < $1.topic.topic }
        case .partitions:
            return stable(places, descending: isDescending ?? true) {
                $0.topic.partitions.count < $1.topic.partitions.count
            }
        case .lagRecords:
            return stable(places, descending: isDescending ?? true) {
                ($0.lagRecords ?? .max) < ($1.lagRecords ?? .max)
            }
        case .lagSeconds:
            return stable(places, descending: isDescending ?? true) {
                ($0.lagSeconds ?? .infinity) < ($1.lagSeconds ?? .infinity)
            }
        case .attention:
            return stable(places, descending: isDescending ?? true) {
                ($0.worst.attention, $0.lagSeconds ?? .infinity, $0.lagRecords ?? .max)
                    < ($1.worst.attention, $1.lagSeconds ?? .infinity, $1.lagRecords ?? .max)
            }
        }
    }

    private func stable(
        _ places: [TopicPlace], descending: Bool, _ isLess: (TopicPlace, TopicPlace) -> Bool
    ) -> [TopicPlace] {
        places.enumerated().sorted { left, right in
            if isLess(left.element, right.element) { return !descending }
            if isLess(right.element, left.element) { return descending }
            return left.offset < right.offset
        }.map(\.element)
    }
}
