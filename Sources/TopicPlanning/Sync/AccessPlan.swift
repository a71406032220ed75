// SPDX-License-Identifier: Apache-2.0
import Mirroring
public import TernConfiguration
public import KafkaTypes

/// What one round of syncing does to the target's access rules: MirrorMaker's rule (`targetAclBinding`), writing only what
/// is missing.
///
/// Rules are only ever added. A broker answers "no rules" when there are none and when the reader may not see them, with the
/// same answer, so nothing is ever removed on the strength of what is not there.
public struct AccessPlan: Sendable, Hashable {
    /// Why a rule of the source is not carried over.
    public enum Exception: Sendable, Hashable {
        /// A copy is written by the flow alone.
        case writeGrant
        /// It would take from the flow what it needs to write a copy.
        case deniesMirror
        case prefixed
        /// Groups, the cluster: not about topics.
        case otherResource(AccessRule.ResourceKind)
        /// Newer than this librdkafka: transactional ids, delegation tokens, users.
        case unknownResource
        /// An operation, permission or pattern that this librdkafka has no word for.
        case unknownPart
        /// The topic is not mirrored.
        case notMirrored(TopicSelection.Verdict)
        /// A rule for all topics has no counterpart under names with a prefix.
        case allTopics

        /// The reason as the end of a sentence about the rule, for people.
        public var reason: String {
            switch self {
            case .writeGrant: "grants Write: copies are written by the flow alone"
            case .deniesMirror: "denies this flow its own copies: to deny others, name them in a rule"
            case .prefixed: "is for a prefix of names: only rules for single topics are carried"
            case .otherResource(let kind): "is about a \(kind.rawValue), not a topic"
            case .unknownResource: "is about something that this librdkafka has no word for, such as a transactional id"
            case .unknownPart: "has an operation, permission or pattern that this librdkafka has no word for"
            case .notMirrored: "is for a topic that is not mirrored"
            case .allTopics: "is for all topics, which have no common name on the target"
            }
        }

        /// Somebody would miss it, and MirrorMaker's documentation does not lead to expect it: to be named once.
        public var isWorthNaming: Bool {
            switch self {
            case .unknownResource, .unknownPart, .prefixed, .allTopics, .deniesMirror: true
            case .writeGrant, .otherResource, .notMirrored: false
            }
        }
    }

    /// A rule of the source that is not carried over, and why.
    public struct Skipped: Sendable, Hashable {
        public let rule: AccessRule
        public let exception: Exception
    }

    /// What the target lacks, in the order of the source.
    public let creations: [AccessRule]
    /// In the order of the source.
    public let skipped: [Skipped]
    /// The source reported no rule at all: it has none, or this user may not see them.
    public let sourceToldNothing: Bool

    /// - Parameters:
    ///   - source: every rule that the source reported.
    ///   - target: every rule that the target reported; it may be empty because reading is denied.
    ///   - written: what was written in earlier rounds, so that a target that reports nothing is not written to in each round.
    ///   - mirrorsAs: the principals of this flow on the target, as far as they are known.
    ///   - verdict: which topics are mirrored, by the flow's rules.
    public init(
        source: [AccessRule], target: [AccessRule], written: Set<AccessRule> = [], naming: any ReplicationNaming,
        mirrorsAs own: Set<String> = [], verdict: (TopicName) -> TopicSelection.Verdict
    ) {
        var present = Set(target).union(written)
        var creations: [AccessRule] = []
        var skipped: [Skipped] = []
        for rule in source {
            switch Self.counterpart(of: rule, naming, own, verdict) {
            case .success(let wanted): if present.insert(wanted).inserted { creations.append(wanted) }
            case .failure(let failure): skipped.append(Skipped(rule: rule, exception: failure.exception))
            }
        }
        self.creations = creations
        self.skipped = skipped
        sourceToldNothing = source.isEmpty
    }

    /// What a flow does to its copies.
    private static let needed: Set<AccessRule.Operation> = [
        .write, .create, .describe, .describeConfigs, .alter, .alterConfigs,
    ]

    private struct Failure: Error { let exception: Exception }

    private static func counterpart(
        of rule: AccessRule, _ naming: any ReplicationNaming, _ own: Set<String>,
        _ verdict: (TopicName) -> TopicSelection.Verdict
    ) -> Result<AccessRule, Failure> {
        func skip(_ exception: Exception) -> Result<AccessRule, Failure> { .failure(Failure(exception: exception)) }
        switch rule.resource {
        case .topic: break
        case .group, .cluster: return skip(.otherResource(rule.resource))
        case .unknown: return skip(.unknownResource)
        }
        if rule.operation == .unknown || rule.permission == .unknown || rule.pattern == .unknown {
            return skip(.unknownPart)
        }
        guard rule.pattern == .literal else { return skip(.prefixed) }
        let topic = TopicName(rule.resourceName)
        let outcome = verdict(topic)
        guard outcome.isSelected else { return skip(.notMirrored(outcome)) }
        if rule.resourceName == "*", !naming.keepsNames { return skip(.allTopics) }
        var operation = rule.operation
        if rule.permission == .allow {
            if operation == .write { return skip(.writeGrant) }
            if operation == .all { operation = .read }
        } else if rule.principal == "User:*" || own.contains(rule.principal) {
            // A freeze of the source's topic must not stop its mirror; readers are kept out as there.
            if Self.needed.contains(operation) { return skip(.deniesMirror) }
            if operation == .all { operation = .read }
        }
        return .success(
            AccessRule(
                resource: .topic, resourceName: naming.remoteTopic(for: topic).rawValue, principal: rule.principal,
                host: rule.host, operation: operation, permission: rule.permission))
    }
}
