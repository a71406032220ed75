// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Mirroring
internal import TernConfiguration
internal import Text

/// A report of `tern verify`, read again.
struct SavedVerification: Sendable {
    let flow: String
    let mode: String
    let sourceID: String
    let targetID: String
    /// Milliseconds since 1970.
    let startedAt: Int64
    let plan: RepairPlan

    /// - Throws: a usage failure for what is no such report.
    init(_ path: String, _ bytes: [UInt8]) throws(CommandFailure) {
        func wrong(_ what: String) -> CommandFailure {
            CommandFailure(
                .usage, code: "INVALID_REPORT", "\(path): \(what)", resource: path,
                hint: "tern verify --report FILE writes what is wanted")
        }
        guard let document = try? JSONValue(parsing: bytes) else { throw wrong("it is no JSON document") }
        guard document["kind"]?.string == "VerificationReport", document["version"]?.integer == 1 else {
            throw wrong("it is no VerificationReport of version 1")
        }
        guard let data = document["data"], let flow = data["flow"]?.string, let mode = data["mode"]?.string,
            let source = data["source"]?["cluster_id"]?.string, let target = data["target"]?["cluster_id"]?.string,
            let started = data["started_at_ms"]?.integer, let partitions = data["partitions"]?.array
        else { throw wrong("a member is missing in data") }
        guard mode == "records" else {
            throw wrong("it was made with --mode \(mode), which names no records; make it with --mode records")
        }
        (self.flow, self.mode, sourceID, targetID, startedAt) = (flow, mode, source, target, started)
        var found: [RepairPlan.Partition] = []
        var beyond: [String: Int64] = [:]
        var isTruncated = false
        for partition in partitions {
            guard let one = Self.partition(partition, &beyond, &isTruncated) else {
                throw wrong("a partition is incomplete")
            }
            if !one.runs.isEmpty { found.append(one) }
        }
        plan = RepairPlan(partitions: found, beyondRepair: beyond, isTruncated: isTruncated)
    }

    private static func partition(
        _ json: JSONValue, _ beyond: inout [String: Int64], _ isTruncated: inout Bool
    ) -> RepairPlan.Partition? {
        guard let topic = json["topic"]?.string, let copy = json["target_topic"]?.string,
            let number = json["partition"]?.integer.flatMap(Int32.init(exactly:)),
            let sourceEnd = json["source"]?["to"]?.integer, let targetEnd = json["target"]?["to"]?.integer,
            let differences = json["differences"]?.array
        else { return nil }
        var runs: [RepairPlan.Run] = []
        for difference in differences {
            guard let kind = difference["kind"]?.string, let count = difference["count"]?.integer else { return nil }
            guard kind == Difference.Kind.missing.rawValue || kind == Difference.Kind.staleKey.rawValue else {
                beyond[kind, default: 0] += count
                continue
            }
            guard let first = difference["source"]?["first"]?.integer,
                let last = difference["source"]?["last"]?.integer,
                first <= last, let digest = difference["digest"]?.string.flatMap(DigestText.digest)
            else { return nil }
            runs.append(RepairPlan.Run(offsets: first...last, count: count, digest: digest))
        }
        if (json["differences_omitted"]?.integer ?? 0) > 0 { isTruncated = true }
        return RepairPlan.Partition(
            source: TopicPartition(TopicName(topic), number), target: TopicPartition(TopicName(copy), number),
            sourceEnd: sourceEnd, targetEnd: targetEnd, runs: runs, isCompacted: json["compared_by"]?.string == "keys")
    }
}
