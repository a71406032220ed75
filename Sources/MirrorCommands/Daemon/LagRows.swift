// SPDX-License-Identifier: Apache-2.0
internal import TernAPI
internal import Text

/// Which rows of a lag report are wanted, and in which order. Pure: a report in, rows out.
struct LagRows: Sendable {
    enum Level: String, Sendable, CaseIterable { case flow, topic, partition }
    enum Order: String, Sendable, CaseIterable {
        /// Most records first.
        case lag
        /// Longest behind first.
        case time
    }
    enum Threshold: Sendable, Equatable {
        case records(Int64)
        case seconds(Double)

        /// `60s` is time, `10000` is records.
        init?(_ text: String) {
            if let count = Int64(text), count >= 0 {
                self = .records(count)
            } else if let duration = Duration(flag: text) {
                self = .seconds(duration / .seconds(1))
            } else {
                return nil
            }
        }
    }

    /// One line of the answer: a flow, one of its topics, or one of its partitions.
    struct Row: Sendable {
        let flow: LagReport.Flow
        var topic: LagReport.Topic?
        var partition: LagReport.Partition?

        // The figures of this row's own level.
        var lagRecords: Int64? { partition.map(\.lagRecords) ?? topic.map(\.lagRecords) ?? flow.lagRecords }
        var lagSeconds: Double? { partition.map(\.lagSeconds) ?? topic.map(\.lagSeconds) ?? flow.lagSeconds }
        var name: String {
            let place = [topic?.topic, partition.map { String($0.partition) }].compactMap { $0 }
            return ([flow.flowName] + (place.isEmpty ? [] : [place.joined(separator: "/")])).joined(separator: " ")
        }
    }

    /// `source->target`; all when empty.
    var flows: [String] = []
    /// All when empty.
    var topics: [String] = []
    var level = Level.partition
    var order = Order.lag
    var limit: Int?

    /// The rows in order, before the limit.
    ///
    /// - Throws: a failure that names the flow or topic that the daemon does not have.
    func rows(of report: LagReport) throws(CommandFailure) -> [Row] {
        try CommandFailure.requireKnown("flow", flows, among: report.flows.map(\.flowName))
        let selected = selected(of: report)
        let names = selected.flatMap { flow in flow.topics?.map(\.topic) ?? [] }
        try CommandFailure.requireKnown("topic", topics, among: names)
        return selected.flatMap(rows).sorted(by: isBefore)
    }

    /// The flows that are asked about.
    func selected(of report: LagReport) -> [LagReport.Flow] {
        report.flows.filter { flows.isEmpty || flows.contains($0.flowName) }
    }

    private func rows(of flow: LagReport.Flow) -> [Row] {
        let chosen = flow.topics?.filter { topics.isEmpty || topics.contains($0.topic) } ?? []
        switch level {
        case .flow: return chosen.isEmpty && !topics.isEmpty ? [] : [Row(flow: flow)]
        case .topic: return chosen.map { Row(flow: flow, topic: $0) }
        case .partition:
            return chosen.flatMap { topic in
                (topic.partitions ?? []).map { Row(flow: flow, topic: topic, partition: $0) }
            }
        }
    }

    /// What is unknown comes first: it may be anything.
    private func isBefore(_ left: Row, _ right: Row) -> Bool {
        let (first, second): (Double, Double) =
            switch order {
            case .lag: (Self.rank(left.lagRecords.map(Double.init)), Self.rank(right.lagRecords.map(Double.init)))
            case .time: (Self.rank(left.lagSeconds), Self.rank(right.lagSeconds))
            }
        if first != second { return first > second }
        if left.flow.flowName != right.flow.flowName { return left.flow.flowName < right.flow.flowName }
        let (topic, other) = (left.topic?.topic ?? "", right.topic?.topic ?? "")
        if topic != other { return topic < other }
        return (left.partition?.partition ?? 0) < (right.partition?.partition ?? 0)
    }

    private static func rank(_ lag: Double?) -> Double { lag ?? .infinity }

    /// The rows that are further behind than the threshold. An unknown lag is: nobody can say that it is not.
    static func exceeding(_ threshold: Threshold, _ rows: [Row]) -> [Row] {
        rows.filter { row in
            switch threshold {
            case .records(let limit): row.lagRecords.map { $0 > limit } ?? true
            case .seconds(let limit): row.lagSeconds.map { $0 > limit } ?? true
            }
        }
    }

    /// Flows whose lag is unknown, which no row tells: their rows are elsewhere, or some of their topics have none.
    func untold(_ rows: [Row], of report: LagReport) -> [LagReport.Flow] {
        guard topics.isEmpty, level != .flow else { return [] }
        return selected(of: report).filter { flow in
            guard flow.lagRecords == nil else { return false }
            return (flow.topicsNotMirrored ?? 0) > 0 || !rows.contains { $0.flow.flowName == flow.flowName }
        }
    }

    /// The report's own shape with these rows only, in their order: flows hold topics, topics hold partitions. Flows that
    /// have no topic yet stand at the end.
    func document(of rows: [Row], from report: LagReport) -> LagReport {
        var flows = OrderedGroups<LagReport.Flow, OrderedGroups<LagReport.Topic, [LagReport.Partition]>>()
        for row in rows {
            let flow = flows.index(of: row.flow.flowName, row.flow, startingWith: .init())
            guard let topic = row.topic else { continue }
            let place = flows.groups[flow].content.index(of: topic.topic, topic, startingWith: [])
            if let partition = row.partition { flows.groups[flow].content.groups[place].content.append(partition) }
        }
        for flow in selected(of: report) where flow.topics?.isEmpty ?? true {
            _ = flows.index(of: flow.flowName, flow, startingWith: .init())
        }
        var document = report
        document.flows = flows.groups.map { group in
            var flow = group.head
            let topics = group.content.groups.map { group in
                var topic = group.head
                topic.partitions = group.content.isEmpty ? nil : group.content
                return topic
            }
            flow.topics = topics.isEmpty ? nil : Rows(topics)
            return flow
        }
        return document
    }
}

/// Things grouped by name, in the order in which the names were first met.
private struct OrderedGroups<Head, Content> {
    private(set) var places: [String: Int] = [:]
    var groups: [(head: Head, content: Content)] = []

    mutating func index(of name: String, _ head: Head, startingWith content: Content) -> Int {
        if let place = places[name] { return place }
        places[name] = groups.count
        groups.append((head, content))
        return groups.count - 1
    }
}
