// SPDX-License-Identifier: Apache-2.0

/// Where one position of a source is on the target: `GET /api/v1/translate`, and the `data` of
/// `tern offsets translate -o json`.
public struct TranslationReport: ReportDocument {
    public static let name = "TranslationReport"
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case source, target, topic, partition, offset, translation
        case targetTopic = "target_topic"
        case targetPartition = "target_partition"
        case targetOffset = "target_offset"
        case behind, reason
    }
    public typealias Key = CodingKeys
    public static let members: [Member<TranslationReport>] = [
        .init(.source, \.source, "the cluster that the position is on"),
        .init(.target, \.target, "the cluster where a group would go on"),
        .init(.topic, \.topic, "the source's name for the topic"),
        .init(.partition, \.partition, "its partition"),
        .init(.offset, \.offset, "the next offset that a group would read there"),
        .init(
            .translation, \.translation,
            "`exact`: nothing is read again or left out; `ahead`: not copied that far yet; `bounded`: nothing is left out, some "
                + "may be read again; `unknown`: nothing is known",
            words: GroupWords.translation),
        .init(.targetTopic, \.targetTopic, "the target's name for the topic"),
        .init(.targetPartition, \.targetPartition, "the partition there"),
        .init(.targetOffset, \.targetOffset, "the next offset to read there; null when `unknown`"),
        .init(
            .behind, \.behind,
            "how many offsets of the source at most are read again, since they are not copied yet; null unless `ahead`"),
        .init(.reason, \.reason, "what that means, in a sentence"),
    ]

    public var source: String
    public var target: String
    public var topic: String
    public var partition: Int64
    public var offset: Int64
    public var translation: String
    public var targetTopic: String
    public var targetPartition: Int64
    public var targetOffset: Int64?
    public var behind: Int64?
    public var reason: String

    /// `source->target`.
    public var flowName: String { "\(source)->\(target)" }

    public init(
        source: String, target: String, topic: String, partition: Int64, offset: Int64, translation: String,
        targetTopic: String, targetPartition: Int64, reason: String
    ) {
        self.source = source
        self.target = target
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.translation = translation
        self.targetTopic = targetTopic
        self.targetPartition = targetPartition
        self.reason = reason
    }
}
