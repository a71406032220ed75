// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Text

/// Who ordered something, when, and why.
public struct ControlOrder: Sendable, Equatable {
    /// As a person reads it, such as `alice@mirror-1`.
    public var by: String
    /// Milliseconds since 1970.
    public var at: Int64
    public var reason: String?

    public init(by: String, at: Int64, reason: String? = nil) {
        self.by = by
        self.at = at
        self.reason = reason
    }

    /// `alice@mirror-1: maintenance`
    public var summary: String { by + (reason.map { ": \($0)" } ?? "") }
}

/// That the progress of a partition be set. The daemon that has the partition's lane lets go of the partition, writes the row, and
/// begins anew from it.
public struct ProgressOrder: Sendable, Equatable {
    public enum Answer: Sendable, Equatable {
        case done
        case refused(String)
    }

    /// Tells the answer to one order from that to a later one.
    public var id: String
    public var order: ControlOrder
    /// Of the last record that counts as mirrored, -1 for none; `nil`: no progress, as `auto.offset.reset` says.
    public var offset: Int64?
    /// The source that whoever ordered it has looked at: offsets of another cluster mean nothing.
    public var sourceID: String
    public var answer: Answer?

    public init(id: String, order: ControlOrder, offset: Int64?, sourceID: String, answer: Answer? = nil) {
        self.id = id
        self.order = order
        self.offset = offset
        self.sourceID = sourceID
        self.answer = answer
    }
}

/// A row of `mm2-tern-control.<source>.internal`, a compacted topic on a flow's target: JSON in key and value. What it says holds for
/// all daemons of the flow, and outlives them.
public enum ControlRow {
    public enum Kind: String, Sendable {
        case pause, restart, progress
        /// What the failover controller keeps: see ``FailoverRow``. The other two are orders of a person to it.
        case failover
        case failoverPause = "failover-pause"
        case failoverRearm = "failover-rearm"
        /// A topic of a drill, which the flow carries as long as the row is there.
        case drill
    }

    public struct Key: Sendable, Hashable {
        public var kind: Kind
        public var scope: ControlScope

        public init(_ kind: Kind, _ scope: ControlScope) {
            self.kind = kind
            self.scope = scope
        }
    }

    /// `{"kind":"pause","topic":"orders","partition":3}`; without the last one, or two, for a topic or the flow.
    public static func key(_ key: Key) -> [UInt8] {
        var members: [JSONValue.Member] = [.init(name: "kind", value: .string(key.kind.rawValue))]
        if let topic = key.scope.topic { members.append(.init(name: "topic", value: .string(topic.rawValue))) }
        if let partition = key.scope.partition {
            members.append(.init(name: "partition", value: .integer(Int64(partition))))
        }
        return bytes(.object(members))
    }

    /// `nil` for what this version does not know.
    public static func parseKey(_ bytes: [UInt8]) -> Key? {
        guard let json = try? JSONValue(parsing: bytes), let kind = json["kind"]?.string.flatMap(Kind.init) else {
            return nil
        }
        guard let topic = json["topic"]?.string.map({ TopicName($0) }) else { return Key(kind, .flow) }
        guard let partition = json["partition"]?.integer else { return Key(kind, .topic(topic)) }
        guard let partition = Int32(exactly: partition), partition >= 0 else { return nil }
        return Key(kind, .partition(TopicPartition(topic, partition)))
    }

    /// `{"at":1764000000000,"by":"alice@mirror-1","reason":"maintenance"}`, of a pause or a restart.
    public static func value(_ order: ControlOrder) -> [UInt8] { bytes(.object(members(order))) }

    /// A value that cannot be read is an order all the same: a pause must not end because somebody wrote it by hand.
    public static func parseOrder(_ bytes: [UInt8]) -> ControlOrder {
        order((try? JSONValue(parsing: bytes)) ?? .null)
    }

    /// The same members and `id`, `offset`, `source_id`; once it is answered `outcome`, and what kept it from being done in `problem`.
    public static func value(_ order: ProgressOrder) -> [UInt8] {
        var members = members(order.order)
        members.append(.init(name: "id", value: .string(order.id)))
        members.append(.init(name: "offset", value: .optional(order.offset)))
        members.append(.init(name: "source_id", value: .string(order.sourceID)))
        switch order.answer {
        case .done?: members.append(.init(name: "outcome", value: "done"))
        case .refused(let problem)?:
            members.append(.init(name: "outcome", value: "refused"))
            members.append(.init(name: "problem", value: .string(problem)))
        case nil: break
        }
        return bytes(.object(members))
    }

    /// `nil` for what cannot be read: progress is not set by guessing.
    public static func parseProgressOrder(_ bytes: [UInt8]) -> ProgressOrder? {
        guard let json = try? JSONValue(parsing: bytes), let id = json["id"]?.string,
            let sourceID = json["source_id"]?.string, let wanted = json["offset"]
        else { return nil }
        let offset = wanted.integer
        guard wanted == .null || (offset.map { $0 >= -1 && $0 < .max } ?? false) else { return nil }
        let answer: ProgressOrder.Answer? =
            switch json["outcome"]?.string {
            case "done": .done
            case .some: .refused(json["problem"]?.string ?? "no reason given")
            case nil: nil
            }
        return ProgressOrder(id: id, order: order(json), offset: offset, sourceID: sourceID, answer: answer)
    }

    public static func value(_ row: FailoverRow) -> [UInt8] { bytes(row.json) }

    public static func parseFailoverRow(_ bytes: [UInt8]) -> FailoverRow? {
        (try? JSONValue(parsing: bytes)).flatMap(FailoverRow.init)
    }

    private static func members(_ order: ControlOrder) -> [JSONValue.Member] {
        [
            .init(name: "at", value: .integer(order.at)), .init(name: "by", value: .string(order.by)),
            .init(name: "reason", value: .optional(order.reason)),
        ]
    }

    private static func order(_ json: JSONValue) -> ControlOrder {
        ControlOrder(
            by: json["by"]?.string ?? "unknown", at: json["at"]?.integer ?? 0, reason: json["reason"]?.string)
    }

    private static func bytes(_ json: JSONValue) -> [UInt8] { Array(json.compactText.utf8) }
}
