// SPDX-License-Identifier: Apache-2.0
private import FoundationEssentials
public import KafkaTypes
public import TernConfiguration

/// Why records of a partition are lost, or may be.
public enum LossCause: String, Sendable, CaseIterable, Codable {
    /// The source's log starts behind the position: retention, or a deletion of records.
    case logStartMoved = "log_start_moved"
    /// The source's log ends before the position: truncated, as by an unclean leader election, or recreated.
    case truncated
    /// The source's log holds another record than the one that was mirrored.
    case recreated
    /// The source's topic was gone, and nothing proves that what came back is the same log.
    case unproved
    /// The source's address leads to another cluster than the one that was mirrored.
    case anotherCluster = "another_cluster"
    /// The target's log is not the one that was written: recreated or truncated.
    case targetReset = "target_reset"
    /// The target's topic was deleted.
    case targetMissing = "target_missing"

    /// Of those in docs/guarantees.md, "Never silently".
    public var detector: String {
        switch self {
        case .anotherCluster, .targetMissing: "D1"
        case .logStartMoved, .truncated: "D2"
        case .recreated, .unproved: "D3"
        case .targetReset: "D5"
        }
    }
}

/// One row of `mm2-tern-ledger.<source>.internal`: an event by which records of one partition are lost, or may be.
public struct LossEvent: Sendable, Equatable {
    /// Names the event: found again, it is the same one.
    public struct Key: Sendable, Hashable {
        public var source: TopicPartition
        public var cause: LossCause
        /// The next source offset to mirror when it was found; -1 where there was none.
        public var position: Int64

        public init(_ source: TopicPartition, _ cause: LossCause, position: Int64) {
            self.source = source
            self.cause = cause
            self.position = position
        }
    }

    public enum Outcome: String, Sendable, CaseIterable {
        /// The partition stands, and nobody has accepted it.
        case open
        /// A person has accepted it; the partition may stand all the same.
        case acknowledged
        /// The partition continues at another position.
        case ended
    }

    public var key: Key
    public var targetTopic: TopicName
    /// Source offsets that are lost or may be, the last excluded; `nil` where nobody can tell.
    public var offsets: Range<Int64>?
    /// How many offsets that is at most, where it is known: gaps of compaction count.
    public var count: Int64?
    /// Kafka's name of the error, as the partition's stop has it.
    public var code: String
    /// What happened and what to do, in a sentence.
    public var text: String
    /// Milliseconds since 1970.
    public var detectedAt: Int64
    public var acknowledgedAt: Int64?
    /// What the person said.
    public var note: String?
    public var endedAt: Int64?
    /// Where the partition continued.
    public var endedPosition: Int64?
    /// The id of the source cluster that the offsets are of, as the flow knew it; `nil` in rows of an older Tern.
    public var sourceID: String?
    /// How the partition continues by itself, as the flow was configured when it stopped; `nil` where a person decides.
    public var policy: LossPolicy?

    public init(
        key: Key, targetTopic: TopicName, offsets: Range<Int64>?, count: Int64?, code: String, text: String,
        detectedAt: Int64
    ) {
        self.key = key
        self.targetTopic = targetTopic
        self.offsets = offsets
        self.count = count
        self.code = code
        self.text = text
        self.detectedAt = detectedAt
    }

    public var outcome: Outcome { endedAt != nil ? .ended : acknowledgedAt != nil ? .acknowledged : .open }
}

// MARK: rows

extension LossEvent {
    private struct KeyRow: Codable {
        var topic: String
        var partition: Int32
        var cause: LossCause
        var position: Int64
    }

    private struct ValueRow: Codable {
        var targetTopic: String
        var firstOffset: Int64?
        var endOffset: Int64?
        var count: Int64?
        var code: String
        var text: String
        var detector: String
        var detectedAt: Int64
        var acknowledgedAt: Int64?
        var note: String?
        var endedAt: Int64?
        var endedPosition: Int64?
        var policy: LossPolicy?
        var sourceID: String?

        enum CodingKeys: String, CodingKey {
            case targetTopic = "target_topic"
            case firstOffset = "first_offset"
            case endOffset = "end_offset"
            case count, code, text, detector, note, policy
            case detectedAt = "detected_at_ms"
            case acknowledgedAt = "acknowledged_at_ms"
            case endedAt = "ended_at_ms"
            case endedPosition = "ended_position"
            case sourceID = "source_id"
        }
    }

    private static func bytes(_ row: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Numbers and text alone: it cannot fail.
        return (try? encoder.encode(row)).map { [UInt8]($0) } ?? []
    }

    /// `{"cause":"log_start_moved","partition":3,"position":41,"topic":"orders"}`
    public var keyBytes: [UInt8] {
        Self.bytes(
            KeyRow(
                topic: key.source.topic.rawValue, partition: key.source.partition, cause: key.cause,
                position: key.position))
    }

    public var valueBytes: [UInt8] {
        Self.bytes(
            ValueRow(
                targetTopic: targetTopic.rawValue, firstOffset: offsets?.lowerBound, endOffset: offsets?.upperBound,
                count: count, code: code, text: text, detector: key.cause.detector, detectedAt: detectedAt,
                acknowledgedAt: acknowledgedAt, note: note, endedAt: endedAt, endedPosition: endedPosition,
                policy: policy,
                sourceID: sourceID))
    }

    /// What a row says; `nil` for one that this version does not know.
    public init?(key: [UInt8], value: [UInt8]) {
        let decoder = JSONDecoder()
        guard let name = try? decoder.decode(KeyRow.self, from: Data(key)),
            let row = try? decoder.decode(ValueRow.self, from: Data(value))
        else { return nil }
        var offsets: Range<Int64>?
        if let first = row.firstOffset, let end = row.endOffset, first <= end { offsets = first..<end }
        self.init(
            key: Key(
                TopicPartition(TopicName(name.topic), name.partition), name.cause, position: name.position),
            targetTopic: TopicName(row.targetTopic), offsets: offsets, count: row.count, code: row.code,
            text: row.text, detectedAt: row.detectedAt)
        acknowledgedAt = row.acknowledgedAt
        note = row.note
        endedAt = row.endedAt
        endedPosition = row.endedPosition
        policy = row.policy
        sourceID = row.sourceID
    }
}
