// SPDX-License-Identifier: Apache-2.0
public import Kafka
public import KafkaTypes
public import Mirroring
import Platform
public import TernConfiguration
import TopicAdministration

/// Looks at the two clusters of a flow by clients of its own, and writes groups' offsets: what a failover needs when no daemon
/// can be asked.
public final class FlowProbe: Sendable {
    /// What a look is for.
    public struct Scope: Sendable {
        /// Without the source: groups stand where their newest checkpoints say.
        public var asksSource: Bool
        public var groups: Bool
        public var settings: Bool
        /// The age of what is not copied.
        public var ages: Bool

        public init(asksSource: Bool, groups: Bool = true, settings: Bool = true, ages: Bool = true) {
            self.asksSource = asksSource
            self.groups = groups
            self.settings = settings
            self.ages = ages
        }
    }

    public let flow: FlowConfiguration
    let hasReturningFlow: Bool
    /// For one answer.
    let limit: Duration
    /// How long the source may be silent before it counts as unreachable.
    private let patience: Duration
    let source: AdminClient
    private let committed: AdminClient?
    let target: AdminClient
    /// Of the target, as committed readers see it: a daemon that died in the middle of a transaction leaves it open for minutes, and
    /// nobody can wait for that.
    let committedTarget: AdminClient

    /// - Throws: `KafkaError` when a client cannot be made, as with a property that librdkafka refuses.
    public init(
        _ flow: FlowConfiguration, of configuration: MirrorConfiguration, within limit: Duration,
        sourceWithin patience: Duration
    ) throws(KafkaError) {
        self.flow = flow
        self.limit = limit
        self.patience = min(patience, limit)
        hasReturningFlow = configuration.hasFlow(backFrom: flow.name)
        func admin(_ alias: ClusterAlias, _ isolation: IsolationLevel) throws(KafkaError) -> AdminClient {
            let properties = configuration.cluster(alias)?.adminProperties ?? ClientProperties()
            return try AdminClient(
                ClientProperties(["log_level": "2"]).merging(properties).merging([
                    "isolation.level": isolation.rawValue
                ]), clientID: "tern|\(alias)|failover")
        }
        source = try admin(flow.name.source, .readUncommitted)
        committed = flow.isolation == .readCommitted ? try admin(flow.name.source, .readCommitted) : nil
        target = try admin(flow.name.target, .readUncommitted)
        committedTarget = try admin(flow.name.target, .readCommitted)
    }

    public func close() async {
        for admin in [source, committed, target, committedTarget].compactMap(\.self) {
            await ThreadExecutor.shared.run { admin.close() }
        }
    }

    /// The client of a cluster, for reasons why it does not answer.
    public func admin(of alias: ClusterAlias) -> AdminClient { alias == flow.name.source ? source : target }

    // MARK: a look

    public func look(_ scope: Scope) async -> FailoverFacts {
        var facts = FailoverFacts()
        async let targetTopics = counts(target, within: limit)
        async let sourceTopics = scope.asksSource ? counts(source, within: patience) : nil
        let (targetAnswer, sourceAnswer) = await (targetTopics, sourceTopics)
        if case .failure(let error)? = sourceAnswer { facts.sourceProblem = error }
        if case .failure(let error) = targetAnswer { facts.targetProblem = error }
        guard let onTarget = try? targetAnswer.get() else { return facts }
        let onSource = try? sourceAnswer?.get()
        async let targetLook = scope.settings ? observe(target, flow.name.target, isTarget: true) : nil
        async let sourceLook =
            scope.settings && onSource != nil ? observe(source, flow.name.source, isTarget: false) : nil
        async let committedGroups = scope.groups && onSource != nil ? sourceGroups() : nil
        let rows = await rows(
            target: onTarget, source: onSource, maps: scope.groups, checkpoints: scope.groups && onSource == nil)
        facts.rowProblem = rows.problem
        await countQuarantined(onTarget, &facts)
        facts.maps = rows.maps
        facts.topics = mirrored(onSource, onTarget, rows)
        facts.copies = await copies(of: facts.topics, rows, isSourceThere: onSource != nil, ages: scope.ages)
        if let groups = await committedGroups {
            await take(groups, rows, into: &facts)
        } else if scope.groups {
            await take(sourceGroups(by: rows, facts.topics), rows, into: &facts)
        }
        switch await targetLook {
        case .success(let look)?: facts.target = look
        case .failure(let error)?: facts.targetProblem = error
        case nil: break
        }
        switch await sourceLook {
        case .success(let look)?: facts.source = look
        case .failure(let error)?: facts.notes.append("settings of \(flow.name.source)'s topics: \(error.reason)")
        case nil: break
        }
        return facts
    }

    private func counts(
        _ admin: AdminClient, within limit: Duration
    ) async -> Result<[TopicName: Int32], KafkaError> {
        do throws(KafkaError) {
            let topics = try await admin.topics(within: limit)
            return .success(
                Dictionary(topics.map { ($0.name, Int32(clamping: $0.partitions.count)) }) { first, _ in first })
        } catch {
            return .failure(error)
        }
    }

    private func observe(
        _ admin: AdminClient, _ alias: ClusterAlias, isTarget: Bool
    ) async -> Result<TopicObservation, KafkaError> {
        let (naming, flow) = (flow.naming, flow)
        do throws(KafkaError) {
            return .success(
                try await TopicObserver(alias: alias, admin: admin, limit: limit).observe(settingsOf: { topic in
                    isTarget && !naming.keepsNames
                        ? naming.source(of: topic) == flow.name.source
                        : flow.topics.selects(topic, naming: naming, target: flow.name.target).isSelected
                }))
        } catch {
            return .failure(error)
        }
    }

    /// What the flow would mirror; without the source, what it has rows of.
    private func mirrored(
        _ source: [TopicName: Int32]?, _ target: [TopicName: Int32], _ rows: FailoverRows
    ) -> [MirroredTopic] {
        var counts: [TopicName: Int32] = [:]
        for place in Set(rows.progress.keys).union(rows.maps.keys) {
            counts[place.topic] = max(counts[place.topic] ?? 0, place.partition + 1)
        }
        return TopicPlan(
            source: source ?? counts, target: target, selection: flow.topics, naming: flow.naming,
            targetAlias: flow.name.target
        ).mirrored
    }

    private func copies(
        of topics: [MirroredTopic], _ rows: FailoverRows, isSourceThere: Bool, ages: Bool
    ) async -> [TopicPartition: CopyFacts] {
        let places = topics.flatMap { topic in
            (0..<topic.partitionCount).map { TopicPartition(topic.source, $0) }
        }
        var found: [TopicPartition: CopyFacts] = [:]
        for place in places {
            let row = rows.progress[place]
            let newest = row?.witness.flatMap { $0.timestamp >= 0 ? $0.timestamp : nil }
            found[place] = CopyFacts(next: row.map { $0.offset + 1 }, newestCopy: newest)
        }
        guard isSourceThere else { return found }
        async let starts = offsets(.beginning, places, source)
        async let ends = offsets(.end, places, source)
        async let readable = committed == nil ? nil : offsets(.end, places, committed ?? source)
        let (start, end, stable) = await (starts, ends, readable)
        for place in places {
            found[place]?.start = start[place]
            found[place]?.end = end[place]
            found[place]?.readableEnd = (stable ?? end)[place]
        }
        guard ages else { return found }
        let wanted = found.compactMapValues { ($0.missing ?? 0) > 0 ? $0.position : nil }
        guard !wanted.isEmpty else { return found }
        let reader = FirstRecordReader(
            flow.consumerProperties.merging(["isolation.level": flow.isolation.rawValue]),
            clientID: "tern|\(flow.name)|failover")
        for (place, timestamp) in await reader.timestamps(at: wanted) { found[place]?.oldestTimestamp = timestamp }
        return found
    }

    /// What the source's logs end with now; partitions that did not answer are missing.
    public func sourceEnds(of topics: [MirroredTopic]) async -> [TopicPartition: Int64] {
        await offsets(
            .end, topics.flatMap { topic in (0..<topic.partitionCount).map { TopicPartition(topic.source, $0) } },
            source)
    }

    func offsets(
        _ query: OffsetQuery, _ places: [TopicPartition], _ admin: AdminClient
    ) async -> [TopicPartition: Int64] {
        (try? await admin.knownOffsets(query, of: places, within: limit)) ?? [:]
    }
}
