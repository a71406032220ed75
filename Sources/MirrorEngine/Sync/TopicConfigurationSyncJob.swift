// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import TopicPlanning
import Kafka
import KafkaTypes
import Mirroring

/// Brings the settings of a flow's target topics in step with their sources', one round at a time: describes both sides,
/// writes what differs, and reads it back. What to write is decided by `TopicConfigurationSync`.
///
/// A: nothing is written for a topic of which either side told nothing.
/// B: what is written was decided by what both sides said a moment ago, not by the look that found the difference.
actor TopicConfigurationSyncJob {
    /// What one round did and found.
    struct Report: Sendable {
        struct Change: Sendable {
            var topic: MirroredTopic
            var change: ConfigurationChange
            var was: String?
            var now: String?
        }
        /// What was not written, or not for long.
        struct Failure: Sendable {
            /// `nil` when it concerns the whole round.
            var topic: TopicName?
            var code: String
            var reason: String
        }
        /// A setting that is never carried over.
        struct Exception: Sendable {
            var topic: TopicName
            var setting: String
            var reason: String
        }

        var changes: [Change] = []
        var failures: [Failure] = []
        var exceptions: [Exception] = []
        /// By the source's name of a topic: how many settings still differ.
        var drift: [TopicName: Int] = [:]
    }

    /// Where another flow carries the same topics back.
    struct Mutual: Sendable {
        var flow: FlowName
        /// Where nothing else decides.
        var sourceWins: Bool
        var agreed: AgreedSettings
    }

    struct Pair: Sendable {
        var topic: MirroredTopic
        var source: ObservedTopic
        var target: ObservedTopic
    }

    /// How many topics are described in one request: some 4 KB of answer each.
    static let batchSize = 500

    let source: AdminClient
    let target: AdminClient
    private let limit: Duration
    private var rules: TopicSyncRules
    private let mutual: Mutual?
    private var isTieredStorageKnown = false
    private var compared: Set<TopicName> = []

    /// - Parameters:
    ///   - mutual: `nil` where no other flow carries the same topics back.
    ///   - limit: of each request.
    init(
        source: AdminClient, target: AdminClient, rules: TopicSyncRules, mutual: Mutual?, within limit: Duration
    ) {
        self.source = source
        self.target = target
        self.rules = rules
        self.mutual = mutual
        self.limit = limit
    }

    /// What the flow carries over, for source topics that have these settings: whether the target has tiered storage is
    /// asked for when the first of them wants it.
    func rules(for sources: [[ConfigurationEntry]]) async -> TopicSyncRules {
        let isWanted = sources.contains { $0.contains { $0.name == "remote.storage.enable" && $0.value == "true" } }
        guard isWanted, !isTieredStorageKnown,
            let broker = try? await target.cluster(within: limit).brokers.first,
            let settings = try? await target.describeConfiguration(broker: broker.id, within: limit)
        else { return rules }
        isTieredStorageKnown = true
        rules.targetHasTieredStorage = settings.contains {
            $0.name == "remote.log.storage.system.enable" && $0.value == "true"
        }
        return rules
    }

    /// One round over these topics.
    /// - Parameter isAll: there are no others, so that what is known of others can be forgotten.
    func run(_ topics: [MirroredTopic], isAll: Bool = true) async -> Report {
        var report = Report()
        if isAll { forgetOthers(than: topics) }
        do {
            let factors = try await replicationFactors()
            let sorted = topics.sorted { $0.source < $1.source }
            for start in stride(from: 0, to: sorted.count, by: Self.batchSize) where !Task.isCancelled {
                let batch = Array(sorted[start..<min(start + Self.batchSize, sorted.count)])
                try await runInTurn(batch, factors, &report)
            }
        } catch {
            report.failures.append(Report.Failure(topic: nil, code: error.code.name, reason: error.reason))
        }
        return report
    }

    private func forgetOthers(than topics: [MirroredTopic]) {
        let present = Set(topics.map(\.source))
        if let mutual {
            for gone in compared.subtracting(present) { mutual.agreed.forget(gone, of: mutual.flow) }
        }
        compared = present
    }

    private func replicationFactors() async throws(KafkaError) -> [TopicName: Int16] {
        let described = try await target.topics(within: limit)
        return Dictionary(
            described.map { ($0.name, ObservedTopic($0, settings: []).replicationFactor) },
            uniquingKeysWith: { first, _ in first })
    }

    private func runInTurn(
        _ batch: [MirroredTopic], _ factors: [TopicName: Int16], _ report: inout Report
    ) async throws(KafkaError) {
        guard let mutual else { return try await run(batch, factors, &report) }
        await mutual.agreed.beginTurn(of: mutual.flow)
        do throws(KafkaError) {
            try await run(batch, factors, &report)
        } catch {
            await mutual.agreed.endTurn(of: mutual.flow)
            throw error
        }
        await mutual.agreed.endTurn(of: mutual.flow)
    }

    private func run(
        _ batch: [MirroredTopic], _ factors: [TopicName: Int16], _ report: inout Report
    ) async throws(KafkaError) {
        let found = try await observe(batch, factors, &report)
        var differing: [MirroredTopic] = []
        for pair in found {
            let sync = compare(pair)
            report.drift[pair.topic.source] = sync.drift
            for (setting, exception) in sync.exceptionsWorthNaming {
                report.exceptions.append(
                    Report.Exception(topic: pair.topic.target, setting: setting, reason: exception.reason))
            }
            if !sync.steps.isEmpty { differing.append(pair.topic) }
        }
        guard !differing.isEmpty else { return }
        // Keeps B, and makes short the time in which another's change could be lost.
        let again = try await observe(differing, factors, &report)
        await mend(again, &report)
    }

    /// The difference, after noting what both sides agree on.
    private func compare(_ pair: Pair) -> TopicConfigurationSync {
        let known = mutual.map {
            $0.agreed.note(source: pair.source, target: pair.target, of: $0.flow, sourceWins: $0.sourceWins)
        }
        return TopicConfigurationSync(source: pair.source, target: pair.target, rules: rules, mutual: known)
    }

    // MARK: reading

    private func observe(
        _ topics: [MirroredTopic], _ factors: [TopicName: Int16], _ report: inout Report
    ) async throws(KafkaError) -> [Pair] {
        let sources = try await source.describeConfigurations(topics: topics.map(\.source), within: limit)
        let targets = try await target.describeConfigurations(topics: topics.map(\.target), within: limit)
        _ = await rules(for: sources.values.compactMap { try? $0.get() })
        var pairs: [Pair] = []
        for topic in topics {
            guard let wanted = entries(sources[topic.source], topic.source, &report),
                let present = entries(targets[topic.target], topic.target, &report)
            else { continue }
            pairs.append(
                Pair(
                    topic: topic,
                    source: ObservedTopic(
                        name: topic.source, partitions: topic.partitionCount, replicationFactor: 0, settings: wanted),
                    target: ObservedTopic(
                        name: topic.target, partitions: topic.partitionCount,
                        replicationFactor: factors[topic.target] ?? 0, settings: present)))
        }
        return pairs
    }

    /// Keeps A: `nil` when a topic cannot be read, or is said to have no setting at all.
    private func entries(
        _ result: Result<[ConfigurationEntry], KafkaError>?, _ topic: TopicName, _ report: inout Report
    ) -> [ConfigurationEntry]? {
        switch result {
        case .success(let entries) where !entries.isEmpty: return entries
        case .failure(let error):
            // Deleted a moment ago: the next look at the topics says so.
            guard error.code != .unknownTopicOrPart else { return nil }
            report.failures.append(Report.Failure(topic: topic, code: error.code.name, reason: error.reason))
        case .success, nil:
            report.failures.append(
                Report.Failure(topic: topic, code: "EMPTY", reason: "the cluster tells no settings of it"))
        }
        return nil
    }

    // MARK: writing

    private func mend(_ pairs: [Pair], _ report: inout Report) async {
        var wanted: [TopicName: [ConfigurationChange]] = [:]
        var syncs: [TopicName: TopicConfigurationSync] = [:]
        for pair in pairs {
            let sync = compare(pair)
            report.drift[pair.topic.source] = sync.drift
            syncs[pair.topic.target] = sync
            if !sync.steps.isEmpty { wanted[pair.topic.target] = sync.changes }
        }
        guard !wanted.isEmpty else { return }
        let current = Dictionary(pairs.map { ($0.topic.target, $0.target) }, uniquingKeysWith: { first, _ in first })
        let writer = ConfigurationWriter(client: target, limit: limit)
        let outcome = await writer.write(wanted, over: current)
        report.failures += outcome.failures
        report.exceptions += outcome.exceptions
        let written = pairs.filter { outcome.written[$0.topic.target] != nil }
        await readBack(written, outcome.written, syncs, &report)
    }

    /// Waits until the target tells what was written: a broker learns of a change a moment after it was confirmed.
    private func readBack(
        _ pairs: [Pair], _ written: [TopicName: [ConfigurationChange]], _ syncs: [TopicName: TopicConfigurationSync],
        _ report: inout Report
    ) async {
        var open = pairs
        let deadline = ContinuousClock.now + .seconds(5)
        while !open.isEmpty {
            let isLast = ContinuousClock.now >= deadline || Task.isCancelled
            let told = try? await target.describeConfigurations(topics: open.map(\.topic.target), within: limit)
            var left: [Pair] = []
            for var pair in open {
                let entries = told?[pair.topic.target].flatMap { try? $0.get() }
                if let entries {
                    pair.target.settings = Dictionary(
                        entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
                }
                let changes = written[pair.topic.target] ?? []
                let sync = compare(pair)
                let isDone = entries != nil && Set(sync.changes).isDisjoint(with: changes)
                if isDone || isLast {
                    note(pair, changes, from: syncs[pair.topic.target], still: sync, &report)
                } else {
                    left.append(pair)
                }
            }
            open = left
            if !open.isEmpty { try? await ContinuousClock().sleep(for: .milliseconds(20)) }
        }
    }

    private func note(
        _ pair: Pair, _ changes: [ConfigurationChange], from before: TopicConfigurationSync?,
        still sync: TopicConfigurationSync, _ report: inout Report
    ) {
        report.drift[pair.topic.source] = sync.drift
        for change in changes {
            if sync.changes.contains(change) {
                report.failures.append(
                    Report.Failure(
                        topic: pair.topic.target, code: "NOT_KEPT",
                        reason: "\(change.name) was written and accepted, and is not there: somebody else sets it"))
                continue
            }
            let step = before?.steps.first { $0.change.name == change.name }
            report.changes.append(
                Report.Change(
                    topic: pair.topic, change: change, was: step?.from?.value,
                    now: pair.target.settings[change.name]?.value))
        }
    }
}
