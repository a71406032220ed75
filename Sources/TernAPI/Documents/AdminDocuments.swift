// SPDX-License-Identifier: Apache-2.0

/// The body of a request to reload. It may be empty.
public struct AdminReason: Document {
    public static let name = "AdminReason"
    public enum CodingKeys: String, CodingKey, CaseIterable { case reason }
    public typealias Key = CodingKeys
    public static let members: [Member<AdminReason>] = [
        .init(.reason, \.reason, "why, for the log; the first 500 characters of it", omitsNull: true)
    ]

    public var reason: String?

    public init(reason: String?) { self.reason = reason }
}

/// What is to be paused, resumed or restarted.
public struct AdminOrder: Document {
    public static let name = "AdminOrder"
    public enum CodingKeys: String, CodingKey, CaseIterable { case flow, topic, partition, reason }
    public typealias Key = CodingKeys
    public static let members: [Member<AdminOrder>] = [
        .init(.flow, \.flow, "the flow, as `source->target`"),
        .init(.topic, \.topic, "the source's name for a topic; the whole flow without it", omitsNull: true),
        .init(.partition, \.partition, "a partition of the topic; all of it without it", omitsNull: true),
        .init(.reason, \.reason, "why, for the status and the log; the first 500 characters of it", omitsNull: true),
    ]

    public var flow: String
    public var topic: String?
    public var partition: Int64?
    public var reason: String?

    public init(flow: String, topic: String?, partition: Int64?, reason: String?) {
        self.flow = flow
        self.topic = topic
        self.partition = partition
        self.reason = reason
    }
}

/// Where a partition is to go on.
public struct AdminProgress: Document {
    public static let name = "AdminProgress"
    public enum CodingKeys: String, CodingKey, CaseIterable { case flow, topic, partition, offset, reason }
    public typealias Key = CodingKeys
    public static let members: [Member<AdminProgress>] = [
        .init(.flow, \.flow, "the flow, as `source->target`"),
        .init(.topic, \.topic, "the source's name for the topic"),
        .init(.partition, \.partition, "the partition"),
        .init(
            .offset, \.offset,
            "the source's offset of the last record that counts as copied, -1 for none; null: begin as `auto.offset.reset` says"
        ),
        .init(.reason, \.reason, "why, for the log; the first 500 characters of it", omitsNull: true),
    ]

    public var flow: String
    public var topic: String
    public var partition: Int64
    public var offset: Int64?
    public var reason: String?

    public init(flow: String, topic: String, partition: Int64, offset: Int64?, reason: String?) {
        self.flow = flow
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.reason = reason
    }
}

/// What came of an administrative act.
public struct AdminOutcome: ReportDocument {
    public static let name = "AdminOutcome"
    public enum CodingKeys: String, CodingKey, CaseIterable { case action, outcome, by }
    public typealias Key = CodingKeys
    public static let members: [Member<AdminOutcome>] = [
        .init(.action, \.action, "what was done", words: ["reload", "pause", "resume", "restart", "set-progress"]),
        .init(.outcome, \.outcome, "what it came to, in a sentence"),
        .init(.by, \.by, "who it was done for, as the log names it", omitsNull: true),
    ]

    public var action: String
    public var outcome: String
    public var by: String?

    public init(action: String, outcome: String, by: String? = nil) {
        self.action = action
        self.outcome = outcome
        self.by = by
    }
}
