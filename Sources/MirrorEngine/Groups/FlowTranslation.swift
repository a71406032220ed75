// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Telemetry
import TernConfiguration

/// What a flow does for consumer groups: makes the topics, keeps the offset maps, writes heartbeats, offset syncs and
/// checkpoints, and keeps the groups' offsets on the target. Each of its methods that ends in a `Job.Outcome` is one round.
actor FlowTranslation {
    /// Where lanes note the places of copies.
    nonisolated let copies = CopyNotes()
    /// What the rounds have written.
    nonisolated let totals = RowTotals()
    nonisolated let positions = PositionTranslator()
    private let configuration: FlowConfiguration
    private let source: Cluster
    private let target: Cluster
    private let hasReturningFlow: Bool
    private let log: Log
    private let limiter = LogLimiter()
    private let sourceWriter: RowWriter
    private let targetWriter: RowWriter

    private var maps: TopicFollower<OffsetMapTable>?
    private var returningMaps: TopicFollower<OffsetMapTable>?
    private var groups: GroupOffsets?
    private var ownsFirstLane = false

    /// - Parameter hasReturningFlow: the file has a flow the other way, whose map says where copies from the target are.
    init(_ configuration: FlowConfiguration, source: Cluster, target: Cluster, hasReturningFlow: Bool, log: Log) {
        self.configuration = configuration
        self.source = source
        self.target = target
        self.hasReturningFlow = hasReturningFlow
        self.log = log
        func writer(_ properties: ClientProperties, _ cluster: Cluster) -> RowWriter {
            RowWriter(
                properties.merging(["enable.idempotence": "true", "acks": "all", "linger.ms": "0"]),
                clientID: "tern|\(configuration.name)|rows", traffic: cluster.traffic)
        }
        sourceWriter = writer(configuration.clients.sourceProducer, source)
        targetWriter = writer(configuration.clients.targetProducer, target)
    }

    /// Whether anything is to be translated.
    static func isWanted(by configuration: FlowConfiguration) -> Bool {
        configuration.offsetSyncs.isEnabled || translatesGroups(configuration)
    }

    static func translatesGroups(_ configuration: FlowConfiguration) -> Bool {
        configuration.checkpoints.isEnabled || configuration.checkpoints.synchronizesGroupOffsets
    }

    // MARK: topics

    /// Makes what is missing. What cannot be made, or is made by an administrator, is looked for again.
    func makeTopics() async -> Job.Outcome {
        var onTarget: [NewTopic] = [
            .ofRows(configuration.offsetMapTopic, replicationFactor: configuration.checkpoints.replicationFactor)
        ]
        if configuration.checkpoints.isEnabled {
            onTarget.append(
                .ofRows(checkpointsTopic, replicationFactor: configuration.checkpoints.replicationFactor))
        }
        if configuration.heartbeats.isEnabled {
            onTarget.append(
                .ofRows(
                    configuration.naming.internalTopics.heartbeats,
                    replicationFactor: configuration.heartbeats.replicationFactor))
        }
        var onSource: [NewTopic] = []
        if configuration.offsetSyncs.isEnabled {
            let topic = NewTopic.ofRows(syncTopic, replicationFactor: configuration.offsetSyncs.replicationFactor)
            if configuration.offsetSyncs.location == .source { onSource.append(topic) } else { onTarget.append(topic) }
        }
        let missing = await make(onTarget, on: target).union(await make(onSource, on: source))
        if !missing.contains(configuration.offsetMapTopic), maps == nil {
            maps = follower(of: configuration.offsetMapTopic, on: target, configuration.clients.targetConsumer)
            copies.open(mapTopic: configuration.offsetMapTopic)
        }
        if configuration.offsetSyncs.isEnabled, !missing.contains(syncTopic) { copies.takeSyncsFromNowOn() }
        return missing.isEmpty
            ? .over : .failed("not there: \(missing.sorted().map(\.rawValue).joined(separator: ", "))")
    }

    private var checkpointsTopic: TopicName {
        configuration.naming.internalTopics.checkpoints(of: configuration.name.source)
    }

    /// Named after the cluster that it is not on.
    private var syncTopic: TopicName {
        configuration.naming.internalTopics.offsetSyncs(
            named: configuration.offsetSyncs.location == .source
                ? configuration.name.target : configuration.name.source)
    }

    /// - Returns: those that are still missing.
    private func make(_ topics: [NewTopic], on cluster: Cluster) async -> Set<TopicName> {
        guard !topics.isEmpty else { return [] }
        do throws(KafkaError) {
            let existing = Set(try await cluster.admin.topics(within: configuration.adminTimeout).map(\.name))
            let missing = topics.filter { !existing.contains($0.name) }
            guard !missing.isEmpty else { return [] }
            var absent: Set<TopicName> = []
            for (topic, error) in try await cluster.admin.createTopics(missing, within: configuration.adminTimeout) {
                guard let error, error.code != .topicAlreadyExists else { continue }
                absent.insert(topic)
                warn(
                    .topicNotCreated,
                    [.topic(topic), .cluster(cluster.alias), .code(error.code.name), .reason(advice(error, topic))])
            }
            return absent
        } catch {
            warn(.topicNotCreated, [.cluster(cluster.alias), .code(error.code.name), .reason(error.reason)])
            return Set(topics.map(\.name))
        }
    }

    private func advice(_ error: KafkaError, _ topic: TopicName) -> String {
        let isDenied = error.code == .topicAuthorizationFailed || error.code == .clusterAuthorizationFailed
        let isOfSource = topic == syncTopic && configuration.offsetSyncs.location == .source
        let way =
            isOfSource
            ? "offset-syncs.topic.location=target, or emit.offset-syncs.enabled=false"
            : "make it with one partition and cleanup.policy=compact"
        return isDenied
            ? "grant Create on it, or \(isOfSource ? "set " : "")\(way); records are mirrored all the same"
            : error.reason
    }

    private func warn(_ event: EventName, _ fields: [LogField]) {
        if limiter.admit("\(event) \(fields)") != nil { log.warning(event, fields) }
    }

    private func follower(
        of topic: TopicName, on cluster: Cluster, _ properties: ClientProperties
    ) -> TopicFollower<OffsetMapTable> {
        TopicFollower(
            topic, partitionCount: 1, into: OffsetMapTable(), purpose: "offset-map", flow: "\(configuration.name)",
            properties: properties, traffic: cluster.traffic,
            denial: "grant Read on topic \(topic) on \(cluster.alias): group offsets are not translated without it")
    }

    // MARK: lanes

    /// What is known of the places of copies, for lanes that start: read to the end that the topic has now, as the previous
    /// owner has written it. Lanes start without it where it cannot be read: the map then has a hole, nothing else.
    func knownCopies() async -> [TopicPartition: OffsetMap] {
        guard let maps else { return [:] }
        defer { if !ownsFirstLane { maps.rest() } }
        do {
            let end = try await end(of: configuration.offsetMapTopic, on: target)
            // A topic that is new is long in answering.
            guard end.values.contains(where: { $0 > 0 }) else { return [:] }
            return try await maps.rows(upTo: end, by: .now + .seconds(10)).maps
        } catch {
            warn(.offsetMapNotRead, [.reason("\(error)")])
            return [:]
        }
    }

    private func end(of topic: TopicName, on cluster: Cluster) async throws -> [Int32: Int64] {
        let place = TopicPartition(topic, 0)
        let found = try await cluster.admin.offsets(.end, of: [place], within: configuration.adminTimeout)
        guard let end = try found[place]?.get() else { return [:] }
        return [0: end]
    }

    /// The jobs of the owner of lane 0 read the maps all the time, those of others only when lanes start.
    func setOwnsFirstLane(_ owns: Bool) {
        guard owns != ownsFirstLane else { return }
        ownsFirstLane = owns
        groups = nil
        positions.setOwnsFirstLane(owns)
        if owns { maps?.goOn() } else { maps?.rest() }
    }

    // MARK: rounds

    func writeHeartbeat() async -> Job.Outcome {
        let now = WallClock.milliseconds()
        let beat = HeartbeatRow(source: configuration.name.source, target: configuration.name.target, timestamp: now)
        guard let key = beat.key else { return .over }
        let topic = configuration.naming.internalTopics.heartbeats
        do throws(KafkaError) {
            try await targetWriter.write(
                [.init(topic: topic, key: key, value: beat.value, timestamp: now)], within: .seconds(10))
            totals.count { $0.heartbeats += 1 }
            return .done
        } catch {
            warn(.heartbeatNotWritten, [.topic(topic), .cluster(target.alias), .reason(error.reason)])
            return .failed("a heartbeat cannot be written to \(topic) on \(target.alias): \(error.reason)")
        }
    }

    func writeSyncs() async -> Job.Outcome {
        let syncs = copies.takeSyncs()
        let topic = syncTopic
        let rows = syncs.compactMap { sync in sync.key.map { RowWriter.Row(topic: topic, key: $0, value: sync.value) } }
        let writer = configuration.offsetSyncs.location == .source ? sourceWriter : targetWriter
        do throws(KafkaError) {
            try await writer.write(rows, within: .seconds(10))
            totals.count { $0.offsetSyncs += Int64(rows.count) }
            return .done
        } catch {
            copies.putBack(syncs)
            warn(.offsetSyncsNotWritten, [.topic(topic), .reason(error.reason)])
            return .failed("offset syncs cannot be written to \(topic): \(error.reason)")
        }
    }

    /// - Parameters:
    ///   - topics: the topics that the flow mirrors, with their names on the target.
    ///   - ends: where the source's logs end, as far as this process measures them.
    func translateGroups(topics: [TopicName: TopicName], ends: [TopicPartition: Int64]) async -> Job.Outcome {
        guard let groups = await translatingGroups() else {
            return .failed("the offset map has not been read to its end", retryAfter: .seconds(1))
        }
        do {
            try await groups.translate(topics: topics, ends: ends) { try await self.knownCheckpoints() }
            return .done
        } catch {
            warn(.groupsNotTranslated, [.reason("\(error)")])
            return .failed("groups are not translated: \(error)")
        }
    }

    func synchronizeGroups() async -> Job.Outcome {
        guard let groups else { return .done }
        do {
            try await groups.synchronize()
            return .done
        } catch {
            warn(.groupsNotSynchronized, [.reason("\(error)")])
            return .failed("group offsets are not written on \(target.alias): \(error)")
        }
    }

    /// As the last round found them; empty where another process translates.
    var groupStatuses: [GroupStatus] { get async { await groups?.statuses ?? [] } }

    private func translatingGroups() async -> GroupOffsets? {
        // A map that is still being read would place groups too far back.
        guard let maps, maps.problem == nil, maps.isCurrent else { return nil }
        if hasReturningFlow, returningMaps == nil { await followReturningMaps() }
        if let groups { return groups }
        let translator = GroupTranslator(
            naming: configuration.naming, target: target.alias, maps: maps, returningMaps: returningMaps)
        let made = GroupOffsets(
            configuration, source: source.admin, target: target.admin, translator: translator, writer: targetWriter,
            totals: totals, log: log)
        if ownsFirstLane { positions.set(translator) }
        groups = made
        return made
    }

    /// The map of the flow the other way is there once that flow has run.
    private func followReturningMaps() async {
        let topic = FlowConfiguration.offsetMapTopic(of: target.alias)
        guard let end = try? await end(of: topic, on: source), !end.isEmpty else { return }
        returningMaps = follower(of: topic, on: source, configuration.clients.sourceConsumer)
        groups = nil
    }

    /// The checkpoints that the topic holds.
    private func knownCheckpoints() async throws -> GroupCheckpoints {
        guard configuration.checkpoints.isEnabled else { return GroupCheckpoints() }
        let end = try await end(of: checkpointsTopic, on: target)
        let follower = TopicFollower(
            checkpointsTopic, partitionCount: 1, into: CheckpointTable(), purpose: "checkpoints",
            flow: "\(configuration.name)", properties: configuration.clients.targetConsumer, traffic: target.traffic,
            denial: "grant Read on topic \(checkpointsTopic) on \(target.alias)")
        return try await follower.onlyRows(upTo: end, by: .now + configuration.adminTimeout).checkpoints
    }

    /// Another cluster answers: what was read may be the stranger's.
    func forget() async {
        positions.set(nil)
        await maps?.end()
        await returningMaps?.end()
        (maps, returningMaps, groups) = (nil, nil, nil)
    }

    func end() async {
        await forget()
        await sourceWriter.close()
        await targetWriter.close()
    }
}
