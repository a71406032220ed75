// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import TopicPlanning
import Kafka
import KafkaTypes
import Mirroring

/// Adds to a flow's target the access rules that its source has for mirrored topics, one round at a time. What is carried
/// is decided by `AccessPlan`; nothing is ever removed.
actor AccessSyncJob {
    /// What one round did and found.
    struct Report: Sendable {
        struct Failure: Sendable {
            /// `nil` when it concerns the whole round.
            var rule: AccessRule?
            var error: KafkaError
        }

        var added: [AccessRule] = []
        var failures: [Failure] = []
        /// Those that somebody would miss.
        var skipped: [AccessPlan.Skipped] = []
        var sourceToldNothing = false
        /// The target has no authorizer: nothing can be added, and nothing needs to be.
        var isSecurityDisabled = false
    }

    /// How many rules are added in one request.
    static let batchSize = 500

    private let source: AdminClient
    private let target: AdminClient
    private let naming: any ReplicationNaming
    private let verdict: @Sendable (TopicName) -> TopicSelection.Verdict
    private let limit: Duration
    private let principals: Set<String>
    /// What was added, for a target that does not tell what it has.
    private var written: Set<AccessRule> = []

    init(
        source: AdminClient, target: AdminClient, naming: any ReplicationNaming, within limit: Duration,
        mirrorsAs principals: Set<String>, verdict: @escaping @Sendable (TopicName) -> TopicSelection.Verdict
    ) {
        self.source = source
        self.target = target
        self.naming = naming
        self.limit = limit
        self.principals = principals
        self.verdict = verdict
    }

    func run() async -> Report {
        var report = Report()
        do throws(KafkaError) {
            // Of every kind, so that what cannot be carried can be named.
            let rules = try await source.accessRules(within: limit)
            report.sourceToldNothing = rules.isEmpty
            guard !rules.isEmpty else { return report }
            let present = try await target.accessRules(matching: AccessRuleFilter(resource: .topic), within: limit)
            let plan = AccessPlan(
                source: rules, target: present, written: present.isEmpty ? written : [], naming: naming,
                mirrorsAs: principals, verdict: verdict)
            report.skipped = plan.skipped.filter(\.exception.isWorthNaming)
            for start in stride(from: 0, to: plan.creations.count, by: Self.batchSize) where !report.isSecurityDisabled
            {
                let batch = plan.creations[start..<min(start + Self.batchSize, plan.creations.count)]
                try await add(Array(batch), &report)
            }
        } catch {
            report.failures.append(Report.Failure(rule: nil, error: error))
        }
        return report
    }

    private func add(_ rules: [AccessRule], _ report: inout Report) async throws(KafkaError) {
        let answers = try await target.createAccessRules(rules, within: limit)
        for (rule, error) in zip(rules, answers) {
            guard let error else {
                written.insert(rule)
                report.added.append(rule)
                continue
            }
            if error.code == .securityDisabled {
                report.isSecurityDisabled = true
            } else {
                report.failures.append(Report.Failure(rule: rule, error: error))
            }
        }
    }
}
