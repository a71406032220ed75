// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
public import Text

/// What a change may break, by class: `apply` performs a risky change only when its class is named by `--allow`.
public enum RiskClass: String, Sendable, Hashable, CaseIterable {
    case deleteTopic = "delete-topic"
    case deleteState = "delete-state"
    case reduceRetention = "reduce-retention"
    case addPartitions = "add-partitions"
    case changeCleanupPolicy = "change-cleanup-policy"
    case lowerDurability = "lower-durability"
    case blockWrites = "block-writes"
    case shrinkMessageSize = "shrink-message-size"
    case restrictTimestamps = "restrict-timestamps"
    case dropTieredData = "drop-tiered-data"

    /// One sentence for documentation and help.
    public var summary: String {
        switch self {
        case .deleteTopic: "A topic and its records are deleted."
        case .deleteState: "A topic is deleted that holds the state of Kafka Connect or Kafka Streams, by its name."
        case .reduceRetention: "Records, or tombstones, are deleted earlier than before: some of them at once."
        case .addPartitions: "Keys move to other partitions, so the order of a key's records breaks at the change."
        case .changeCleanupPolicy: "Records are deleted by another rule, or records without a key are refused."
        case .lowerDurability: "A record may be acknowledged and lost where it could not before."
        case .blockWrites: "Writes with acks=all are refused until more replicas are in sync."
        case .shrinkMessageSize: "Records that were accepted are refused, a mirror's among them."
        case .restrictTimestamps: "Records are refused for their timestamps, or lose the ones they came with."
        case .dropTieredData: "What tiered storage holds is deleted, or no longer read."
        }
    }
}

/// What one change may break, in a sentence.
public struct Risk: Sendable, Hashable {
    public let riskClass: RiskClass
    /// What may be lost or refused, with the values before and after.
    public let sentence: String

    public init(_ riskClass: RiskClass, _ sentence: String) {
        self.riskClass = riskClass
        self.sentence = sentence
    }
}

/// The classes of risk that somebody has agreed to.
public struct RiskAllowance: Sendable, Hashable {
    /// Empty when nothing risky is agreed to.
    public let classes: Set<RiskClass>

    public init(_ classes: Set<RiskClass> = []) { self.classes = classes }

    /// Reads `reduce-retention,add-partitions`. Throws a `UnitProblem` with the nearest class for a name that is none.
    public init(_ text: String) throws(UnitProblem) {
        var classes: Set<RiskClass> = []
        for word in TopicSetting.elements(text) {
            guard let known = RiskClass(rawValue: word) else {
                let names = RiskClass.allCases.map(\.rawValue)
                let near = NearestName.of(word, among: names).map { "did you mean \($0)?" }
                throw UnitProblem(
                    "\"\(word)\" is no class of risk: \(near ?? "they are \(names.joined(separator: ", "))")")
            }
            classes.insert(known)
        }
        self.classes = classes
    }

    public func allows(_ risk: Risk) -> Bool { classes.contains(risk.riskClass) }
}
