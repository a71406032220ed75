// SPDX-License-Identifier: Apache-2.0

/// That a source record is on the target, or will not be: `GET /api/v1/barrier`.
public struct BarrierReport: ReportDocument {
    public static let name = "BarrierReport"
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case source, target, topic, partition, offset, outcome, reason
        case targetOffset = "target_offset"
        case nextOffset = "next_offset"
    }
    public typealias Key = CodingKeys
    public static let members: [Member<BarrierReport>] = [
        .init(.source, \.source, "the cluster of the record"),
        .init(.target, \.target, "the cluster that it is copied to"),
        .init(.topic, \.topic, "the source's name for the topic"),
        .init(.partition, \.partition, "its partition"),
        .init(.offset, \.offset, "the record's offset on the source"),
        .init(
            .outcome, \.outcome,
            "`copied`: its copy is acknowledged; `skipped`: a rule says that it is not copied; `quarantined`: the target refuses it, and it "
                + "is kept aside; `no_copy`: no record is there, or it "
                + "was skipped earlier; `passed`: done before it was asked for, copied or skipped",
            words: outcomes),
        .init(.reason, \.reason, "what that means, in a sentence; for `skipped` the rule"),
        .init(.targetOffset, \.targetOffset, "where the copy is; null unless `copied`"),
        .init(.nextOffset, \.nextOffset, "the next source offset to copy: everything before it is done"),
    ]
    public static let outcomes = ["copied", "skipped", "quarantined", "no_copy", "passed"]

    public var source: String
    public var target: String
    public var topic: String
    public var partition: Int64
    public var offset: Int64
    public var outcome: String
    public var reason: String
    public var targetOffset: Int64?
    public var nextOffset: Int64

    public init(
        source: String, target: String, topic: String, partition: Int64, offset: Int64, outcome: String,
        reason: String, nextOffset: Int64
    ) {
        self.source = source
        self.target = target
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.outcome = outcome
        self.reason = reason
        self.nextOffset = nextOffset
    }
}
