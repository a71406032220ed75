// SPDX-License-Identifier: Apache-2.0

/// Why a partition stopped, and what to do.
public struct Stop: Document {
    public static let name = "Stop"
    public enum CodingKeys: String, CodingKey, CaseIterable { case code, offset, limit, since, text }
    public typealias Key = CodingKeys
    public static let members: [Member<Stop>] = [
        .init(.code, \.code, "Kafka's name of the error, such as MSG_SIZE_TOO_LARGE"),
        .init(.offset, \.offset, "the source's offset where it stopped; null where none is to be named"),
        .init(.limit, \.limit, "the limit that a record exceeds, in bytes; null where none does"),
        .init(.since, \.since, "when it stopped"),
        .init(.text, \.text, "what to do, in a sentence"),
    ]

    public var code: String
    public var offset: Int64?
    public var limit: Int64?
    public var since: DateTime
    public var text: String

    public init(code: String, offset: Int64?, limit: Int64?, since: DateTime, text: String) {
        self.code = code
        self.offset = offset
        self.limit = limit
        self.since = since
        self.text = text
    }
}

/// The words of states. A reader takes others too: a later daemon may have more.
public enum StateWords {
    public static let flow = ["starting", "running", "degraded", "paused", "failed"]
    /// Of a daemon among its peers.
    public static let daemon = ["heard", "stale", "silent", "duplicate"]
    public static let limit = ["nothing", "quota", "cpu", "target", "source", "link"]
    public static let delivery = ["at_least_once", "exactly_once"]
    public static let partition = [
        "OK", "CATCHING_UP", "FALLING_BEHIND", "STALLED", "HELD", "UNKNOWN", "LOST_DATA", "REWOUND",
        "SOURCE_MISSING", "TARGET_RESET", "REFUSED", "STOPPED", "PAUSED", "EMPTY",
    ]
}
