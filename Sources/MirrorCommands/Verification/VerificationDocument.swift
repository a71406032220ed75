// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernConfiguration
internal import Text

/// What `tern verify` prints for programs.
struct VerificationDocument: Sendable {
    let flow: FlowName
    let mode: VerifyMode
    let byContent: Bool
    let plan: VerifyPlan
    let reports: [PartitionReport]
    /// Milliseconds since 1970.
    let began: Int64
    let ended: Int64

    var isSame: Bool { reports.allSatisfy(\.isSame) && plan.impossible.isEmpty }

    var json: JSONValue {
        [
            "flow": .string("\(flow)"), "mode": .string(mode.rawValue), "by_content": .bool(byContent),
            "source": cluster(flow.source, plan.sourceID), "target": cluster(flow.target, plan.targetID),
            "started_at": .string(UTCText.text(milliseconds: began)), "started_at_ms": .integer(began),
            "finished_at": .string(UTCText.text(milliseconds: ended)),
            "algorithms": [
                "record": "xxh64", "range": .string(RangeDigest.name),
                "prime": .string(String(RangeDigest.prime)), "multiplier": .string(String(RangeDigest.multiplier)),
                "headers_set_apart": .array(LabelReader.headers.map { .string($0) }),
            ],
            "same": .bool(isSame), "partitions": .array(reports.map(Self.json)),
            "not_verified": .array(
                plan.impossible.map { ["topic": .string($0.topic.rawValue), "reason": .string($0.reason)] }),
            "notes": .array(plan.notes.map { .string($0) }),
        ]
    }

    private func cluster(_ alias: ClusterAlias, _ id: String) -> JSONValue {
        ["alias": .string(alias.rawValue), "cluster_id": .string(id)]
    }

    private static func json(_ report: PartitionReport) -> JSONValue {
        let (scope, counts) = (report.scope, report.counts)
        return [
            "topic": .string(scope.source.topic.rawValue), "target_topic": .string(scope.target.topic.rawValue),
            "partition": .integer(Int64(scope.source.partition)), "same": .bool(report.isSame),
            "compared_by": scope.isCompacted ? "keys" : "records",
            "source": side(scope.range, scope.sourceLogStart), "target": side(scope.targetRange, scope.targetLogStart),
            "progress": .optional(scope.progress),
            "counts": [
                "read": .integer(counts.read), "offsets_without_record": .integer(counts.withoutRecord),
                "left_out": numbers(counts.leftOut.map { ($0.key.rawValue, $0.value) }),
                "quarantined": .integer(counts.quarantined), "expected": .integer(counts.expected),
                "copies": .integer(counts.copies),
                "matched": .integer(report.matched), "repaired": .integer(report.repaired),
                "born_on_target": .integer(counts.bornOnTarget), "of_other_flows": .integer(counts.ofOtherFlows),
            ],
            "not_compared": numbers(report.notCompared.map { ($0.key.rawValue, $0.value) }),
            "difference_counts": numbers(report.differences.counts.map { ($0.key.rawValue, $0.value) }),
            "altered_fields": numbers(report.differences.altered.map { ($0.key.rawValue, $0.value) }),
            "differences": .array(report.differences.kept.map(json)),
            "differences_omitted": .integer(Int64(report.differences.omitted)),
            "ranges": .array(report.ranges.map(json)), "problem": .optional(report.problem),
        ]
    }

    private static func side(_ range: Range<Int64>, _ start: Int64) -> JSONValue {
        ["from": .integer(range.lowerBound), "to": .integer(range.upperBound), "log_start": .integer(start)]
    }

    private static func numbers(_ pairs: [(String, Int64)]) -> JSONValue {
        .object(pairs.sorted { $0.0 < $1.0 }.map { .init(name: $0.0, value: .integer($0.1)) })
    }

    private static func json(_ difference: Difference) -> JSONValue {
        [
            "kind": .string(difference.kind.rawValue), "count": .integer(difference.count),
            "fields": .array(difference.fields.map { .string($0.rawValue) }),
            "source": offsets(difference.source), "target": offsets(difference.target),
            "found_in_partition": .optional(difference.foundIn.map(Int64.init)),
            "digest": .optional(difference.digest.map(DigestText.text)),
        ]
    }

    private static func offsets(_ range: ClosedRange<Int64>?) -> JSONValue {
        guard let range else { return .null }
        return ["first": .integer(range.lowerBound), "last": .integer(range.upperBound)]
    }

    private static func json(_ range: ComparedRange) -> JSONValue {
        func side(_ range: RangeDigest?) -> JSONValue {
            guard let range else { return .null }
            return [
                "first": .integer(range.first), "last": .integer(range.last), "count": .integer(range.count),
                "digest": .string(DigestText.text(range.digest)),
            ]
        }
        return ["same": .bool(range.isSame), "source": side(range.source), "target": side(range.target)]
    }
}

/// Digests as documents have them: sixteen hexadecimal digits.
enum DigestText {
    static func text(_ digest: UInt64) -> String {
        let digits = String(digest, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    static func digest(_ text: String) -> UInt64? { text.count == 16 ? UInt64(text, radix: 16) : nil }
}
