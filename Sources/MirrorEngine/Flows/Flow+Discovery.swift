// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import TopicPlanning
import Kafka
import KafkaTypes
import Mirroring
import Telemetry

/// Finding topics, and creating or growing their counterparts.
extension Flow {
    /// One look at the topics of both sides; a failure is reported, and the next look tries again.
    func refresh() async -> Job.Outcome {
        do {
            try await verifyClusters()
            try await discover()
            jobs.wake(JobName.lanes)
            dismissHerald()
            assignNewPartitions()
            return .done
        } catch let change as ClusterChange {
            // Told already.
            return .failed("\(change)")
        } catch {
            if limiter.admit("refresh") != nil { log.warning(.topicsRefreshFailed, [.reason("\(error)")]) }
            return .failed("\(error)")
        }
    }

    /// One look at both sides, and what follows from it.
    func discover() async throws {
        let began = ContinuousClock.now
        async let sourceTopics = source.admin.topics(within: configuration.adminTimeout)
        async let targetTopics = target.admin.topics(within: configuration.adminTimeout)
        let (found, present) = try await (sourceTopics, targetTopics)
        controlReading.isTopicThere = present.contains { $0.name == configuration.controlTopic && $0.error == nil }
        let plan = TopicPlan(
            source: Self.counts(found), target: Self.counts(present), selection: selection, naming: naming,
            targetAlias: name.target)
        for warning in plan.warnings { warn(warning, of: plan) }
        let refusals = await perform(plan.changes)
        noteDeleted(plan.mirrored)
        let missing = Set(
            plan.changes.compactMap {
                if case .create(let topic) = $0, refusals[topic.target] != nil { topic } else { nil }
            })
        let usable = plan.mirrored.filter { !missing.contains($0) }
        noteNotMirrored(missing, refusals, plan.warnings)
        try await findLatestStarts(usable)
        topics = Dictionary(uniqueKeysWithValues: usable.map { ($0.source, $0) })
        firstLook.ended()
        discoveredAt = began
        let new = usable.filter { !checkedTopics.contains($0.source) }
        // Where names are equal, a record without room for its origin is known by its size alone.
        async let sources = settings(of: (naming.keepsNames ? usable : new).map(\.source), on: source)
        async let targets = settings(of: usable.map(\.target), on: target)
        let settings = await DescribedTopics(sources: sources, targets: targets)
        noteLimits(settings.targets)
        await checkLimits(new, present, settings)
        if naming.keepsNames { noteSourceLimits(settings.sources) }
    }

    /// What both sides said of their topics; of those that a cluster did not answer about there is nothing.
    struct DescribedTopics: Sendable {
        typealias Settings = [TopicName: Result<[ConfigurationEntry], KafkaError>]
        var sources: Settings
        var targets: Settings
    }

    func settings(of topics: [TopicName], on cluster: Cluster) async -> DescribedTopics.Settings {
        guard environment.describesConfigurations, !topics.isEmpty else { return [:] }
        let answer = try? await cluster.admin.describeConfigurations(
            topics: topics, within: configuration.adminTimeout)
        return answer ?? [:]
    }

    private func noteSourceLimits(_ described: DescribedTopics.Settings) {
        for (topic, result) in described {
            guard let entries = try? result.get() else { continue }
            sourceLimits[topic] = entries.first { $0.name == "max.message.bytes" }?.value.flatMap(Int64.init)
        }
    }

    private static func counts(_ topics: [TopicDescription]) -> [TopicName: Int32] {
        Dictionary(topics.filter { $0.error == nil }.map { ($0.name, Int32($0.partitions.count)) }) { first, _ in first
        }
    }

    func isSelected(_ topic: TopicName) -> Bool {
        selection.selects(topic, naming: naming, target: name.target).isSelected
    }

    // MARK: changes

    /// - Returns: why topics of the target were not created, or not grown.
    private func perform(_ changes: [TopicPlan.Change]) async -> [TopicName: KafkaError] {
        var creations: [MirroredTopic] = []
        var growth: [TopicName: Int32] = [:]
        for change in changes {
            switch change {
            case .create(let topic): creations.append(topic)
            case .addPartitions(let topic, let total): growth[topic] = total
            }
        }
        let refused = await create(creations)
        return refused.merging(await grow(growth)) { first, _ in first }
    }

    private func create(_ wanted: [MirroredTopic]) async -> [TopicName: KafkaError] {
        guard !wanted.isEmpty else { return [:] }
        let settings = await creationSettings(wanted)
        let news = wanted.map { topic in
            NewTopic(
                name: topic.target, partitionCount: topic.partitionCount,
                replicationFactor: configuration.replicationFactor, configuration: settings[topic.source] ?? [])
        }
        var results = await create(news)
        // One value that the target refuses must not keep the topic away: the rest is for the sync, one by one.
        let refused = news.filter { topic in
            guard topic.configuration.count > 1, let code = results[topic.name]??.code else { return false }
            return ConfigurationWriter.mayBeOneValue(code)
        }
        for topic in refused {
            warnOnce(
                "creation \(topic.name)", .topicSettingsRefused,
                "\(topic.name) is created on \(name.target) without the source's settings, which it refuses as a whole: "
                    + "\(results[topic.name]??.reason ?? "")", topic.name)
        }
        if !refused.isEmpty {
            let bare = refused.map { topic in
                var topic = topic
                topic.configuration = topic.configuration.filter { $0.name == MessageRoom.setting }
                return topic
            }
            results.merge(await create(bare)) { $1 }
        }
        let failed = noteResults(results, .topicCreated, .topicCreateFailed)
        noteCreated(wanted.filter { results[$0.target] == .some(nil) })
        if environment.createTopics == nil { await seen(results.keys.filter { failed[$0] == nil }) }
        return failed
    }

    private func create(_ topics: [NewTopic]) async -> [TopicName: KafkaError?] {
        if let create = environment.createTopics { return await create(name.target, topics) }
        do throws(KafkaError) {
            return try await target.admin.createTopics(topics, within: configuration.adminTimeout)
        } catch {
            return Dictionary(uniqueKeysWithValues: topics.map { ($0.name, error) })
        }
    }

    private func grow(_ totals: [TopicName: Int32]) async -> [TopicName: KafkaError] {
        guard !totals.isEmpty else { return [:] }
        let results: [TopicName: KafkaError?]
        do throws(KafkaError) {
            results = try await target.admin.createPartitions(totals, within: configuration.adminTimeout)
        } catch {
            results = totals.mapValues { _ in error }
        }
        return noteResults(results, .topicGrown, .topicGrowFailed)
    }

    /// - Returns: what failed; that somebody else was first is no failure.
    private func noteResults(
        _ results: [TopicName: KafkaError?], _ event: EventName, _ failure: EventName
    ) -> [TopicName: KafkaError] {
        let failed = results.compactMapValues { $0 }.filter {
            $0.value.code != .topicAlreadyExists && $0.value.code != .invalidPartitions
        }
        for (topic, error) in results.sorted(by: { $0.key < $1.key }) where error == nil {
            let operation = event == .topicCreated ? "create" : "add_partitions"
            counters.topicSyncChanges[operation, default: 0] += 1
            log.info(event, [.topic(topic), .cluster(name.target)])
        }
        counters.topicSyncErrors += Int64(failed.count)
        // Thousands may be refused for one reason, at every look.
        for (reason, topics) in Dictionary(grouping: failed.keys, by: { failed[$0]?.reason ?? "" }) {
            guard let first = topics.min(), let error = failed[first] else { continue }
            guard let held = limiter.admit("\(failure) \(first) \(error.code.name) \(topics.count)") else { continue }
            log.warning(
                failure,
                [
                    .topic(first), .cluster(name.target), LogField("topics", topics.count), .code(error.code.name),
                    .reason(reason), LogField("held_back", held),
                ])
        }
        return failed
    }

    // MARK: what is asked about the topics that are mirrored

    /// What each target topic takes; asked again at every look, since people raise limits.
    func noteLimits(_ described: DescribedTopics.Settings) {
        for (topic, result) in described {
            guard let entries = try? result.get() else { continue }
            var found = defaultLimits
            for entry in entries {
                if entry.name == "max.message.bytes", let bytes = entry.value.flatMap(Int64.init) {
                    found.maximumBatchBytes = bytes
                }
                if entry.name == "message.timestamp.type", entry.value == "LogAppendTime" {
                    warnOnce(
                        "append time \(topic)", .topicDiscardsTimestamps,
                        "\(topic) on \(name.target) has message.timestamp.type=LogAppendTime: the timestamps that are "
                            + "mirrored are replaced there", topic)
                }
            }
            limits[topic] = found
        }
    }

    var defaultLimits: TargetLimits { TargetLimits(pathIsOptional: !naming.keepsNames) }

    /// Under `latest`, a partition starts at the end it has when it is first seen.
    private func findLatestStarts(_ wanted: [MirroredTopic]) async throws {
        let unknown = firstLook.unknownEnds(of: wanted, startingAt: configuration.start)
        guard !unknown.isEmpty else { return }
        let ends = try await source.admin.offsets(.end, of: unknown, within: configuration.adminTimeout)
        for (place, end) in ends { firstLook.saw(place, endAt: try end.get()) }
    }

    func forwarding(
        of topic: MirroredTopic, _ partition: Int32, ids: (source: String, target: String)
    ) -> RecordForwarding {
        let direct = directFlows.clusterIDs(of: topic.source, to: name.target, besides: name.source)
        let policy = ForwardingPolicy(
            topic: topic.source, naming: naming, targetClusterID: ids.target, directClusterIDs: direct,
            maximumHops: configuration.maximumHops)
        return RecordForwarding(
            policy: policy, source: TopicPartition(topic.source, partition), alias: name.source, sourceID: ids.source,
            originMayLackFrom: RecordForwarding.originMayLack(below: sourceLimits[topic.source]))
    }
}
