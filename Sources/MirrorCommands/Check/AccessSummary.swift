// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import KafkaTypes
internal import Mirroring

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
    /// `topic` or `group`.
    let kind: String
    var granted: [String] = []
    var refused: [Refusal] = []
    /// Why nothing is known about the rest.
    var unknown: String?

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
            "cluster": .string(cluster.rawValue), "operation": .string(operation), "kind": .string(kind),
            "granted": .integer(Int64(granted.count)),
            "refused": .array(
                refused.map { ["name": .string($0.name), "code": .string($0.code), "reason": .string($0.reason)] }),
            "unknown": .optional(unknown),
        ]
    }

    /// One finding for each reason that was given, with the first names; nothing where nothing is wrong.
    func findings(at place: String, _ severity: CheckFinding.Severity, hint: String?) -> [CheckFinding] {
        var findings: [CheckFinding] = []
        for (code, refusals) in Dictionary(grouping: refused, by: \.code).sorted(by: { $0.key < $1.key }) {
            let names = Self.list(refusals.map(\.name))
            let reason = refusals.first.map { Self.sentence($0.reason) } ?? ""
            findings.append(
                CheckFinding(
                    severity, at: place, code: code,
                    "\(cluster) refuses \(operation) on the \(kind)\(refusals.count == 1 ? "" : "s") \(names): \(reason) (\(code))",
                    hint: Self.hint(code, refusals.count) ?? hint))
        }
        if let unknown {
            findings.append(
                CheckFinding(
                    .note, at: place, code: "NOT_SEEN",
                    "\(operation) on \(kind)s of \(cluster) could not be tried: \(unknown)"))
        }
        return findings
    }

    private static func hint(_ code: String, _ count: Int) -> String? {
        switch code {
        case KafkaErrorCode.invalidReplicationFactor.name:
            "set replication.factor (or that of the internal topic) to no more than the cluster has brokers"
        case KafkaErrorCode.policyViolation.name: "ask whoever set the cluster's create.topic.policy"
        default: nil
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
