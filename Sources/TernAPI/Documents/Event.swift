// SPDX-License-Identifier: Apache-2.0

/// A fact that the daemon logged, such as a partition that stopped: an event `fact` of `/api/v1/events`.
public struct Event: Document {
    public static let name = "Event"
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case id, at, level, event, flow, cluster, topic, partition, code, reason, details
    }
    public typealias Key = CodingKeys
    public static let members: [Member<Event>] = [
        .init(.id, \.id, "the event's id, by which a reader that comes back goes on"),
        .init(.at, \.at, "when it happened"),
        .init(
            .level, \.level, "how much it matters: `error` needs a person", words: ["info", "warning", "error"]),
        .init(.event, \.event, "which fact, as the log names it: `partition.stopped`, `cluster.down`"),
        .init(.flow, \.flow, "whose, as `source->target`", omitsNull: true),
        .init(.cluster, \.cluster, "the cluster's alias", omitsNull: true),
        .init(.topic, \.topic, "the topic's name", omitsNull: true),
        .init(.partition, \.partition, "the partition's number", omitsNull: true),
        .init(.code, \.code, "an error's own name", omitsNull: true),
        .init(.reason, \.reason, "why, in a sentence", omitsNull: true),
        .init(.details, \.details, "the other fields of the log line, as `key=value`", omitsNull: true),
    ]

    public var id: String
    public var at: DateTime
    public var level: String
    public var event: String
    public var flow: String?
    public var cluster: String?
    public var topic: String?
    public var partition: Int64?
    public var code: String?
    public var reason: String?
    public var details: String?

    public init(id: String, at: DateTime, level: String, event: String) {
        self.id = id
        self.at = at
        self.level = level
        self.event = event
    }
}

/// The facts that a daemon still has: the `data` of `tern events -o json`.
public struct EventReport: ReportDocument {
    public static let name = "EventReport"
    public enum CodingKeys: String, CodingKey, CaseIterable { case events }
    public typealias Key = CodingKeys
    public static let members: [Member<EventReport>] = [.init(.events, \.events, "oldest first")]

    public var events: [Event]

    public init(events: [Event]) { self.events = events }
}

/// The event `tick` of `/api/v1/events`: the daemon is there, and so old is what it knows.
public struct Tick: Document {
    public static let name = "Tick"
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case generatedAt = "generated_at"
        case snapshotAgeSeconds = "snapshot_age_seconds"
    }
    public typealias Key = CodingKeys
    public static let members: [Member<Tick>] = [
        .init(.generatedAt, \.generatedAt, "when the figures were measured"),
        .init(.snapshotAgeSeconds, \.snapshotAgeSeconds, "how long ago that was, in seconds"),
    ]

    public var generatedAt: DateTime
    public var snapshotAgeSeconds: Double

    public init(generatedAt: DateTime, snapshotAgeSeconds: Double) {
        self.generatedAt = generatedAt
        self.snapshotAgeSeconds = snapshotAgeSeconds
    }
}
