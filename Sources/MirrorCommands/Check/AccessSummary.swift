// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes
internal import Mirroring
internal import Text

/// What came of trying one operation on one cluster, for all the things that a flow would do it to.
struct AccessSummary: Sendable, Equatable {
    struct Refusal: Sendable, Equatable {
        let name: String
        let code: String
        let reason: String
    }

    let cluster: ClusterAlias
    /// Kafka's word: `Read`, `Create`, `DescribeConfigs`, `Alter`.
    let operation: String
    /// `topic`, `group` or `transactional id`.
    let kind: String
    var granted: [String] = []
    var refused: [Refusal] = []
    /// Why nothing is known about the rest.
    var unknown: String?
    /// Which of the names are topics that Tern needs for itself: other keys of the file say what they are made with.
    var internalTopics: Set<String> = []

    init(_ cluster: ClusterAlias, _ operation: String, kind: String) {
        self.cluster = cluster
        self.operation = operation
        self.kind = kind
    }

    mutating func note(_ name: String, _ error: KafkaError?) {
        guard let error else {
            granted.append(name)
            return
        }
        refused.append(Refusal(name: name, code: error.code.name, reason: error.reason))
    }

    var json: JSONValue {
        [
            "cluster": .string(cluster.rawValue), "operation": .string(operation),
            "kind": .string(kind.replacing(" ", with: "_")),
            "granted": .integer(Int64(granted.count)),
            "refused": .array(
                refused.map { ["name": .string($0.name), "code": .string($0.code), "reason": .string($0.reason)] }),
            "unknown": .optional(unknown),
        ]
    }

    /// One finding for each reason that was given, with the first names; nothing where nothing is wrong.
    func findings(at place: String, _ severity: CheckFinding.Severity, hint: String?) -> [CheckFinding] {
        var findings: [CheckFinding] = []
        let groups = Dictionary(grouping: refused) {
            Group(code: $0.code, isInternal: internalTopics.contains($0.name))
        }
        for (group, refusals) in groups.sorted(by: { $0.key < $1.key }) {
            let code = group.code
            let names = Self.list(refusals.map(\.name))
            let reason = refusals.first.map { Self.sentence($0.reason) } ?? ""
            findings.append(
                CheckFinding(
                    severity, at: place, code: code,
                    "\(cluster) refuses \(operation) on the \(kind)\(refusals.count == 1 ? "" : "s") \(names): \(reason) (\(code))",
                    hint: self.hint(group, otherwise: hint)))
        }
        if let unknown {
            findings.append(
                CheckFinding(
                    .note, at: place, code: "NOT_SEEN",
                    "\(operation) on \(kind)s of \(cluster) could not be tried: \(unknown)"))
        }
        return findings
    }

    /// Refusals that are reported, and fixed, together.
    private struct Group: Hashable, Comparable {
        let code: String
        let isInternal: Bool

        static func < (left: Group, right: Group) -> Bool {
            (left.code, left.isInternal ? 1 : 0) < (right.code, right.isInternal ? 1 : 0)
        }
    }

    private func hint(_ group: Group, otherwise permission: String?) -> String? {
        switch group.code {
        case KafkaErrorCode.invalidReplicationFactor.name:
            "set \(group.isInternal ? "offset.storage.replication.factor" : "replication.factor") to no more than the "
                + "cluster has brokers"
        case KafkaErrorCode.invalidTransactionTimeout.name:
            "set \(cluster).producer.transaction.timeout.ms to no more than the cluster's transaction.max.timeout.ms (900000 unless "
                + "it was changed)"
        case KafkaErrorCode.policyViolation.name: "ask whoever set the cluster's create.topic.policy"
        // A name that is too long, or collides with another.
        case KafkaErrorCode.topicException.name:
            "leave it out by topics.exclude, or choose another replication.policy.separator"
        default: group.code.hasSuffix("AUTHORIZATION_FAILED") || permission == nil ? permission : nil
        }
    }

    private static func sentence(_ reason: String) -> String {
        reason.hasSuffix(".") ? String(reason.dropLast()) : reason
    }

    static func list(_ names: [String]) -> String {
        let limit = 5  // a line's worth; all are in the document
        let shown = names.prefix(limit).joined(separator: ", ")
        return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
    }
}
