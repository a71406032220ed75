// SPDX-License-Identifier: Apache-2.0

/// The endpoints that the dashboard is made from.
extension Endpoint {
    static let fleetEntry = Entry(
        .get,
        "This daemon and those of `dashboard.peers` as one: clusters by their ids, flows with the daemons that carry them, and which "
            + "daemon is not heard.", answer: .report(DocumentDescription(FleetReport.self)))

    static let topicsEntry = Entry(
        .get, "The topics of all flows, a page at a time.",
        parameters: [
            .init(name: "flow", value: .flow, summary: "this flow only, as `source->target`"),
            .init(
                name: "search", value: .search,
                summary: "topics whose name on the source or the target has this in it, in any case"),
            .init(
                name: "sort", value: .choice(TopicOrder.allCases.map(\.rawValue)),
                summary: "`attention` unless given: stopped, then unknown, then the furthest behind"),
            .init(
                name: "order", value: .choice(["asc", "desc"]),
                summary: "the other way round; as `sort` has it unless given"),
            .init(name: "skip", value: .number(0...10_000_000), summary: "leaves out as many; 0 unless given"),
            .init(name: "limit", value: .number(1...1_000), summary: "as many topics; 50 unless given"),
        ], refusesOthers: true, answer: .report(DocumentDescription(TopicReport.self)), statuses: badParameters)

    static let historyEntry = Entry(
        .get, "Lag and rates of the last minutes, hours or day, as this process saw them.",
        parameters: [
            .init(
                name: "flow", value: .flow, summary: "this flow only, as `source->target`; each flow's own unless given"
            ),
            .init(
                name: "topic", value: .topic,
                summary: "this topic of the flow, instead of the flow as a whole; may be repeated", limit: 200),
            .init(
                name: "level", value: .choice(LagLevel.allCases.map(\.rawValue)),
                summary: "`partition` adds the topics' partitions, those that are kept; `topic` unless given"),
            .init(
                name: "range", value: .choice(HistoryWords.ranges),
                summary:
                    "how far back; `1h` unless given. Steps are of 1 s for flows and 10 s for topics up to an hour, of 1 "
                    + "minute for a day"),
            .init(
                name: "points", value: .number(1...3_600),
                summary: "as many values at most; neighbours become one, lags the worst of them, rates their mean"),
        ], refusesOthers: true, answer: .report(DocumentDescription(HistoryReport.self)), statuses: badParameters)

    static let trafficEntry = Entry(
        .get,
        "What each flow has on the network, what was discarded on arrival, what compression saved, and what it costs.",
        parameters: [.init(name: "flow", value: .flow, summary: "this flow only, as `source->target`")],
        refusesOthers: true, answer: .report(DocumentDescription(TrafficReport.self)),
        statuses: [(400, "a parameter is unknown or given twice"), (404, "there is no such flow")])

    static let eventsEntry = Entry(
        .get,
        "What changes, as it changes. A reader that comes back with `Last-Event-ID` gets the facts it has missed, as far "
            + "as the last 1,000 are kept; a reader that does not read is cut off.",
        parameters: [
            .init(name: "facts", value: .flag, summary: "events `fact` only"),
            .init(
                name: "past", value: .flag, summary: "ends after what has been, instead of waiting for what comes"),
        ], refusesOthers: true,
        answer: .events([
            (
                "status", DocumentDescription(StatusReport.self),
                "all of it: first, and when more than a flow's figures changes"
            ),
            ("flow", DocumentDescription(StatusReport.Flow.self), "a flow that has changed, at most once a second"),
            ("tick", DocumentDescription(Tick.self), "each second"),
            ("fact", DocumentDescription(Event.self), "a fact, with its id"),
        ]), statuses: badParameters + [(503, "as many readers as there may be are connected")])

    private static let badParameters: [(code: Int, meaning: String)] = [
        (400, "a parameter is unknown, or has a value that it cannot have")
    ]
}
