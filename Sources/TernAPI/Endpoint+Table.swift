// SPDX-License-Identifier: Apache-2.0

extension Endpoint {
    /// What it takes and what it answers.
    public var entry: Entry {
        switch self {
        case .lag:
            Entry(
                .get, "How far flows, topics and partitions are behind.",
                parameters: [
                    .init(name: "flow", value: .flow, summary: "this flow only, as `source->target`"),
                    .init(name: "topic", value: .topic, summary: "this topic only, by the source's name for it"),
                    .init(
                        name: "level", value: .choice(LagLevel.allCases.map(\.rawValue)),
                        summary: "`topic` leaves partitions out; `partition` unless given"),
                    .init(
                        name: "sort", value: .choice(LagOrder.allCases.map(\.rawValue)),
                        summary:
                            "order of a flow's topics: by name, unless given; else the furthest behind first, and those "
                            + "whose lag is unknown before them"),
                    .init(
                        name: "limit", value: .number(1...100_000),
                        summary: "as many topics of each flow; all unless given"),
                ], refusesOthers: true, answer: .report(DocumentDescription(LagReport.self)),
                statuses: [(400, "a parameter is unknown, or has a value that it cannot have")])
        case .status:
            Entry(
                .get, "The program, the clusters and the flows at a glance; small whatever the number of topics.",
                answer: .report(DocumentDescription(StatusReport.self)))
        case .fleet: Self.fleetEntry
        case .topics: Self.topicsEntry
        case .history: Self.historyEntry
        case .traffic: Self.trafficEntry
        case .events: Self.eventsEntry
        case .groups:
            Entry(
                .get, "How ready the consumer groups of each flow are to go on with the target.",
                parameters: [.init(name: "flow", value: .flow, summary: "this flow only, as `source->target`")],
                refusesOthers: true, answer: .report(DocumentDescription(GroupReport.self)),
                statuses: [(400, "a parameter is unknown or given twice"), (404, "there is no such flow")])
        case .translate:
            Entry(
                .get, "Where on a flow's target a consumer group goes on that would read an offset of the source next.",
                parameters: Self.placeParameters + [
                    .init(
                        name: "offset", value: .number(0...Int.max),
                        summary: "what the group has committed, the next offset that it would read", isRequired: true)
                ], refusesOthers: true, answer: .report(DocumentDescription(TranslationReport.self)),
                statuses: Self.placeStatuses + [
                    (
                        503,
                        "another daemon carries lane 0 of the flow and can tell; the places of copies are not read yet; or the "
                            + "flow translates no groups"
                    )
                ])
        case .barrier:
            Entry(
                .get,
                "Waits until a record of a flow's source is acknowledged on the target, or skipped by rule: for a write that must "
                    + "survive the loss of its region, or be read elsewhere. The record need not be there yet.",
                parameters: Self.placeParameters + [
                    .init(
                        name: "offset", value: .number(0...Int.max), summary: "the record's offset on the source",
                        isRequired: true),
                    .init(
                        name: "timeout", value: .duration(seconds: 300),
                        summary: "how long to wait; 5 s unless given, and 0s answers at once"),
                ], refusesOthers: true, answer: .document(DocumentDescription(BarrierReport.self)),
                statuses: Self.placeStatuses + [
                    (
                        503,
                        "no lane of this daemon carries the partition at present, or as many requests wait as may: half of "
                            + "`http.connections.max`"
                    ),
                    (504, "not in time; `detail` says how far the copy is"),
                ])
        case .drain:
            Entry(
                .post, "Makes `/health` answer 503 whatever its checks find, until undrained or restarted.",
                request: DocumentDescription(RegionDrainRequest.self),
                answer: .document(DocumentDescription(RegionDrain.self)), statuses: Self.bodyStatuses,
                permission: .operator(otherwise: .sameMachine))
        case .undrain:
            Entry(
                .post, "Ends a drain: `/health` says again what its checks find.",
                request: DocumentDescription(RegionDrainRequest.self),
                answer: .document(DocumentDescription(RegionDrain.self)), statuses: Self.bodyStatuses,
                permission: .operator(otherwise: .sameMachine))
        case .reload:
            Self.admin(
                "Reads the file again: flows whose settings differ restart, the others go on untouched. A file with an error changes "
                    + "nothing. Answers when it is done.",
                DocumentDescription(AdminReason.self), [(409, "the file has an error; `detail` says which")])
        case .pause:
            Self.admin(
                "Pauses a flow, a topic or a partition, in all daemons of the flow and over restarts. Answers when it is ordered; "
                    + "daemons take it up within about a second.", DocumentDescription(AdminOrder.self),
                Self.orderStatuses)
        case .resume:
            Self.admin(
                "Ends such a pause, and no other.", DocumentDescription(AdminOrder.self), Self.orderStatuses)
        case .restart:
            Self.admin(
                "Has a flow, a topic or a partition drain, read its progress again and go on.",
                DocumentDescription(AdminOrder.self), Self.orderStatuses)
        case .setProgress:
            Self.admin(
                "Has a partition go on behind an offset of the source.", DocumentDescription(AdminProgress.self),
                Self.orderStatuses + [(409, "the offset is outside of the source's log")])
        case .health:
            Entry(
                .get,
                "The region check, for load balancers and DNS: whether a write to the region's cluster was acknowledged and "
                    + "read back within the last 30 s.",
                answer: .document(DocumentDescription(RegionCheck.self)),
                statuses: [(503, "a check failed, none has run lately, or an operator drains the region")])
        case .live:
            Entry(
                .get, "Whether the process's own loops go round. Says nothing about clusters.",
                parameters: [Self.verbose],
                answer: Self.checks, statuses: [(500, "they do not: a restart helps")], permission: .open)
        case .started:
            Entry(
                .get, "Whether the configuration was read and the listeners are bound.", parameters: [Self.verbose],
                answer: Self.checks, statuses: [(503, "not yet")])
        case .ready:
            Entry(
                .get, "Whether this process can mirror, as `readiness` wants it.",
                parameters: [Self.verbose, Self.exclude],
                answer: Self.checks, statuses: [(503, "it cannot")], permission: .open)
        case .healthz:
            Entry(
                .get, "What `/readyz` says, under the name that Kubernetes gave up in 1.16.",
                parameters: [Self.verbose, Self.exclude],
                answer: Self.checks, statuses: [(503, "it cannot")])
        case .openAPI:
            Entry(.get, "All of this as an OpenAPI 3.1 document.", answer: .text("JSON", types: ["application/json"]))
        case .metrics:
            Entry(
                .get, "Metrics, see [metrics](metrics.md).",
                answer: .text(
                    "Prometheus text 0.0.4, or OpenMetrics 1.0.0 where `Accept` prefers it",
                    types: ["text/plain", "application/openmetrics-text"]))
        case .mirrorMakerMetrics:
            Entry(
                .get, "Metrics under the names of MirrorMaker 2, see [metrics](metrics.md#mirrormakers-names).",
                answer: .text("Prometheus text 0.0.4"))
        case .index:
            Entry(
                .get, "The dashboard; for programs the version, and the paths that are answered.",
                answer: .text(
                    "HTML where `Accept` names it, as browsers do; else plain text", types: ["text/plain", "text/html"])
            )
        case .pageStyle: Entry(.get, "A part of the dashboard.", answer: .text("CSS", types: ["text/css"]))
        case .pageScript, .pageFleet:
            Entry(.get, "A part of the dashboard.", answer: .text("JavaScript", types: ["text/javascript"]))
        }
    }

    private static func admin(
        _ summary: String, _ request: DocumentDescription, _ statuses: [(code: Int, meaning: String)]
    ) -> Entry {
        Entry(
            .post, summary, request: request, answer: .document(DocumentDescription(AdminOutcome.self)),
            statuses: bodyStatuses + statuses, permission: .operator(otherwise: .adminSocket))
    }
    private static let orderStatuses: [(code: Int, meaning: String)] = [
        (404, "there is no such flow, topic or partition"), (502, "a cluster does not answer, or refuses"),
    ]

    private static let checks = Answer.text("plain text: `ok`, or one line for each check")
    private static let verbose = Parameter(name: "verbose", value: .flag, summary: "shows each check")
    private static let exclude = Parameter(
        name: "exclude", value: .check, summary: "a check that does not count, such as `flow/eu->us`; may be repeated")
    /// Of a question about one partition of a flow's source.
    private static let placeParameters: [Parameter] = [
        .init(name: "flow", value: .flow, summary: "the flow, as `source->target`", isRequired: true),
        .init(name: "topic", value: .topic, summary: "the source's name for the topic", isRequired: true),
        .init(name: "partition", value: .number(0...Int(Int32.max)), summary: "its partition", isRequired: true),
    ]
    private static let placeStatuses: [(code: Int, meaning: String)] = [
        (400, "a parameter is missing or unknown, or has a value that it cannot have"),
        (404, "there is no such flow, it does not mirror the topic, or the topic has no such partition"),
    ]
    private static let bodyStatuses: [(code: Int, meaning: String)] = [
        (400, "the body is neither empty nor a request"),
        (403, "no operator, not over TLS, or not from this machine; `detail` says what is missing"),
        (415, "`Content-Type` is not `application/json`"),
    ]
}

/// The parameter `level` of `/api/v1/lag`.
public enum LagLevel: String, Sendable, CaseIterable { case topic, partition }

/// The parameter `sort` of `/api/v1/lag`.
public enum LagOrder: String, Sendable, CaseIterable {
    case topic
    case lagRecords = "lag_records"
    case lagSeconds = "lag_seconds"
}
