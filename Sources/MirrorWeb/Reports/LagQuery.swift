// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Mirroring

/// The parameters of `/api/v1/lag`.
struct LagQuery: Sendable, Equatable {
    enum Level: String, CaseIterable { case topic, partition }
    enum Order: String, CaseIterable {
        case topic
        case lagRecords = "lag_records"
        case lagSeconds = "lag_seconds"
    }

    /// `nil` is every flow.
    var flow: String?
    var level = Level.partition
    var order = Order.topic
    /// Topics per flow; `nil` is all.
    var limit: Int?

    struct Problem: Error, Equatable {
        let detail: String
    }

    init() {}

    /// - Parameter flows: the names that exist.
    init(_ parameters: [(name: String, value: String)], flows: [String]) throws(Problem) {
        var seen: Set<String> = []
        for (name, value) in parameters {
            guard seen.insert(name).inserted else { throw Problem(detail: "'\(name)' is given twice") }
            switch name {
            case "flow":
                guard flows.contains(where: { $0.utf8.elementsEqual(value.utf8) }) else {
                    throw Problem(detail: "there is no flow '\(value)'; there is: \(flows.joined(separator: ", "))")
                }
                flow = value
            case "level": level = try Self.choice(name, value)
            case "sort": order = try Self.choice(name, value)
            case "limit":
                guard let number = Int(value), number > 0, number <= 100_000, value.utf8.first != UInt8(ascii: "+")
                else {
                    throw Problem(detail: "limit must be a number from 1 to 100000, not '\(value)'")
                }
                limit = number
            default: throw Problem(detail: "'\(name)' is no parameter; there is: flow, level, sort, limit")
            }
        }
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ value: String
    ) throws(Problem) -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: value) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(detail: "\(name) must be one of \(known), not '\(value)'")
        }
        return choice
    }

    /// The topics in the order that was asked for. An unknown lag comes before any known one: it may be the worst.
    func sorted(_ topics: [TopicStatus]) -> [TopicStatus] {
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
