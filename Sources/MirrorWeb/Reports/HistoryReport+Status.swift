// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Mirroring
internal import TernAPI
internal import TernConfiguration

extension HistoryReport {
    /// - Parameters:
    ///   - second: now, by the clock of the history.
    ///   - now: milliseconds since 1970.
    init(_ history: MirrorHistory, _ status: MirrorStatus, query: HistoryQuery, at second: Int64, now: Int64) {
        self.init(generatedAt: DateTime(milliseconds: now), range: query.range.rawValue, stepSeconds: 1, series: [])
        for flow in status.flows.sorted(by: { $0.name < $1.name })
        where flow.isEnabled && (query.flow == nil || query.flow == flow.name.description) {
            if query.topics.isEmpty { add(history.series(flow.name), of: flow.name, by: query, at: second) }
            for name in query.topics.map(TopicName.init) {
                add(history.series(flow.name, name), of: flow.name, name, by: query, at: second)
                guard query.level == .partition, let topic = flow.topics.first(where: { $0.topic == name }) else {
                    continue
                }
                for partition in topic.partitions.map(\.partition).sorted() {
                    add(
                        history.series(flow.name, name, partition), of: flow.name, name, partition, by: query,
                        at: second)
                }
            }
        }
    }

    private mutating func add(
        _ series: HistorySeries?, of flow: FlowName, _ topic: TopicName? = nil, _ partition: Int32? = nil,
        by query: HistoryQuery, at second: Int64
    ) {
        guard let window = series?.window(query.range, at: second, points: query.points) else { return }
        stepSeconds = window.stepSeconds
        func seconds(_ measure: HistoryMeasure) -> [Double?]? { window.values[measure]?.map(\.measure) }
        self.series.append(
            Series(
                source: flow.source.rawValue, target: flow.target.rawValue, topic: topic?.rawValue,
                partition: partition.map(Int64.init),
                lagRecords: (window.values[.lagRecords] ?? []).map { $0.map { Int64($0.rounded()) } },
                lagSeconds: seconds(.lagSeconds) ?? [], recordsPerSecond: seconds(.recordsPerSecond),
                bytesPerSecond: seconds(.bytesPerSecond)))
    }
}
