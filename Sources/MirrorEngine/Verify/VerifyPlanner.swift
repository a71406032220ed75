// SPDX-License-Identifier: Apache-2.0
package import Kafka
package import KafkaTypes
package import Mirroring
package import Platform
package import TernConfiguration

/// Which records of the source are compared.
package struct VerifySelection: Sendable {
    /// Topics of the source by name; empty is all that the flow selects.
    package var topics: Set<TopicName> = []
    /// From the first record that is not older, in milliseconds since 1970.
    package var since: Int64?
    /// To before the first record that is not older, in milliseconds since 1970.
    package var until: Int64?
    /// Of single partitions; with any, others are not compared.
    package var offsets: [TopicPartition: Range<Int64>] = [:]

    package init() {}
}

/// What is compared, with all offsets fixed.
package struct VerifyPlan: Sendable {
    package var sourceID: String
    package var targetID: String
    package var topics: [VerifyTopic]
    /// What cannot be compared at all, and why.
    package var impossible: [(topic: TopicName, reason: String)] = []
    /// What people should know.
    package var notes: [String] = []
    package var maps: [TopicPartition: OffsetMap] = [:]
}

/// Asks both clusters what there is to compare.
package struct VerifyPlanner: Sendable {
    let configuration: MirrorConfiguration
    let flow: FlowConfiguration
    let admins: [ClusterAlias: AdminClient]
    let limit: Duration

    /// - Parameter admins: a client for each cluster of the file that can be asked; both clusters of the flow must be there.
    package init(
        _ configuration: MirrorConfiguration, _ flow: FlowConfiguration, admins: [ClusterAlias: AdminClient],
        limit: Duration
    ) {
        self.configuration = configuration
        self.flow = flow
        self.admins = admins
        self.limit = limit
    }

    private struct Facts: Sendable {
        var settings: [TopicName: Result<[ConfigurationEntry], KafkaError>]
        var starts: [TopicPartition: Result<Int64, KafkaError>]
        var ends: [TopicPartition: Result<Int64, KafkaError>]

        func value(_ setting: String, of topic: TopicName) -> String? {
            (try? settings[topic]?.get())?.first { $0.name == setting }?.value
        }
    }

    /// - Throws: `KafkaError` where one of the two clusters does not answer.
    package func plan(_ selection: VerifySelection, stop: StopFlag) async throws -> VerifyPlan {
        guard let source = admins[flow.name.source], let target = admins[flow.name.target] else {
            throw KafkaError(._state, during: "verify", reason: "there is no client of both clusters")
        }
        var plan = VerifyPlan(
            sourceID: try await source.clusterID(within: limit), targetID: try await target.clusterID(within: limit),
            topics: [])
        let pairs = try await pairs(selection, source, target, &plan)
        let places = pairs.flatMap { pair in
            (0..<pair.partitionCount).map { TopicPartition(pair.source, $0) }
        }.filter { selection.offsets.isEmpty || selection.offsets[$0] != nil }
        let copies = Dictionary(pairs.map { ($0.source, $0.target) }) { first, _ in first }
        // The source's end first, then progress, then the target's end: what progress covers has its copy by then.
        let left = try await facts(places, flow.isolation, source, flow.name.source)
        let rows = await rows(target, stop, &plan)
        plan.maps = rows.maps
        let aside = await setAside(target, stop, &plan)
        let right = try await facts(
            places.map { TopicPartition(copies[$0.topic] ?? $0.topic, $0.partition) }, .readCommitted, target,
            flow.name.target)
        let times = try await times(selection, places, copies)
        let ids = await directIDs(&plan)
        for pair in pairs {
            let scopes = places.filter { $0.topic == pair.source }.compactMap {
                scope($0, pair, selection, left, right, rows, times, &plan)
            }
            guard !scopes.isEmpty else { continue }
            var topic = topic(pair, scopes, left, right, ids, plan)
            topic.quarantined = aside[pair.source] ?? [:]
            plan.topics.append(topic)
        }
        return plan
    }

    private func topic(
        _ pair: MirroredTopic, _ scopes: [PartitionScope], _ left: Facts, _ right: Facts,
        _ ids: [ClusterAlias: String], _ plan: VerifyPlan
    ) -> VerifyTopic {
        let direct = DirectFlows.sources(
            of: pair.source, to: flow.name.target, besides: flow.name.source, among: configuration.flows
        ).compactMap { ids[$0] }
        let policy = ForwardingPolicy(
            topic: pair.source, naming: flow.naming, targetClusterID: plan.targetID, directClusterIDs: direct,
            maximumHops: flow.maximumHops)
        let largest = left.value("max.message.bytes", of: pair.source).flatMap(Int64.init)
        let (alias, sourceID, topic) = (flow.name.source, plan.sourceID, pair.source)
        return VerifyTopic(
            source: pair.source, target: pair.target, partitions: scopes,
            ignoresTimestamps: right.value("message.timestamp.type", of: pair.target) == "LogAppendTime",
            labels: LabelReader(topic: pair.source, naming: flow.naming, sourceClusterID: plan.sourceID)
        ) { partition in
            RecordForwarding(
                policy: policy, source: TopicPartition(topic, partition), alias: alias, sourceID: sourceID,
                originMayLackFrom: RecordForwarding.originMayLack(below: largest))
        }
    }

    // MARK: topics

    private func pairs(
        _ selection: VerifySelection, _ source: AdminClient, _ target: AdminClient, _ plan: inout VerifyPlan
    ) async throws -> [MirroredTopic] {
        async let found = source.topics(within: limit)
        async let present = target.topics(within: limit)
        let (originals, copies) = (Self.counts(try await found), Self.counts(try await present))
        let wanted = selection.topics.union(selection.offsets.keys.map(\.topic))
        let all = TopicPlan(
            source: originals, target: copies, selection: flow.topics, naming: flow.naming,
            targetAlias: flow.name.target)
        for topic in wanted.sorted() where !all.mirrored.contains(where: { $0.source == topic }) {
            let reason =
                originals[topic] == nil
                ? "\(flow.name.source) has no such topic" : "the flow does not select it"
            plan.impossible.append((topic, reason))
        }
        return all.mirrored.filter { pair in
            guard wanted.isEmpty || wanted.contains(pair.source) else { return false }
            guard let count = copies[pair.target] else {
                plan.impossible.append((pair.source, "\(flow.name.target) has no topic \(pair.target)"))
                return false
            }
            if count < pair.partitionCount {
                plan.impossible.append(
                    (pair.source, "\(pair.target) has \(count) partitions, and the source \(pair.partitionCount)"))
                return false
            }
            return true
        }
    }

    private static func counts(_ topics: [TopicDescription]) -> [TopicName: Int32] {
        Dictionary(topics.filter { $0.error == nil }.map { ($0.name, Int32($0.partitions.count)) }) { first, _ in first
        }
    }

    private func facts(
        _ places: [TopicPartition], _ isolation: IsolationLevel, _ admin: AdminClient, _ alias: ClusterAlias
    ) async throws -> Facts {
        let topics = Set(places.map(\.topic))
        let settings = try? await admin.describeConfigurations(topics: topics.sorted(), within: limit)
        let starts = try await admin.offsets(.beginning, of: places, within: limit)
        guard isolation == .readCommitted, let properties = configuration.cluster(alias)?.adminProperties else {
            return Facts(
                settings: settings ?? [:], starts: starts,
                ends: try await admin.offsets(.end, of: places, within: limit))
        }
        // Behind the last record that committed readers see: a handle of that isolation says it.
        let committed = try AdminClient(
            properties.merging(["isolation.level": "read_committed"]), clientID: "tern|\(alias)|verify")
        let ends: Result<[TopicPartition: Result<Int64, KafkaError>], KafkaError>
        do throws(KafkaError) {
            ends = .success(try await committed.offsets(.end, of: places, within: limit))
        } catch { ends = .failure(error) }
        await ThreadExecutor.shared.run { committed.close() }
        return Facts(settings: settings ?? [:], starts: starts, ends: try ends.get())
    }

    /// Offsets of the first record that is not older than a moment; -1 where all are.
    private struct Times: Sendable {
        var source: Int64
        var target: Int64
        var sourceEnd: Int64
    }

    private func times(
        _ selection: VerifySelection, _ places: [TopicPartition], _ copies: [TopicName: TopicName]
    ) async throws -> [TopicPartition: Times] {
        guard let since = selection.since, let source = admins[flow.name.source],
            let target = admins[flow.name.target]
        else { return [:] }
        let left = try await source.offsets(.atTime(since), of: places, within: limit)
        let remote = places.map { TopicPartition(copies[$0.topic] ?? $0.topic, $0.partition) }
        let right = try await target.offsets(.atTime(since), of: remote, within: limit)
        var ends: [TopicPartition: Result<Int64, KafkaError>] = [:]
        if let until = selection.until { ends = try await source.offsets(.atTime(until), of: places, within: limit) }
        var times: [TopicPartition: Times] = [:]
        for (place, copy) in zip(places, remote) {
            times[place] = Times(
                source: (try? left[place]?.get()) ?? -1, target: (try? right[copy]?.get()) ?? -1,
                sourceEnd: (try? ends[place]?.get()) ?? -1)
        }
        return times
    }

    // MARK: ranges

    private func scope(
        _ place: TopicPartition, _ pair: MirroredTopic, _ selection: VerifySelection, _ left: Facts, _ right: Facts,
        _ rows: FlowRows, _ times: [TopicPartition: Times], _ plan: inout VerifyPlan
    ) -> PartitionScope? {
        let copy = TopicPartition(pair.target, place.partition)
        let start, end, targetStart, targetEnd: Int64
        do throws(KafkaError) {
            guard let one = left.starts[place], let two = left.ends[place], let three = right.starts[copy],
                let four = right.ends[copy]
            else { return nil }
            (start, end, targetStart, targetEnd) = (try one.get(), try two.get(), try three.get(), try four.get())
        } catch {
            plan.impossible.append((pair.source, "partition \(place.partition): \(error.reason)"))
            return nil
        }
        let wanted = selection.offsets[place]
        var from = max(start, wanted?.lowerBound ?? start)
        if selection.since != nil, let time = times[place] { from = time.source < 0 ? end : max(from, time.source) }
        var to = max(from, min(end, wanted?.upperBound ?? end))
        if let last = times[place]?.sourceEnd, last >= 0 { to = max(from, min(to, last)) }
        var first = targetStart
        if from > start {
            if let known = rows.maps[place]?.translate(from).offset {
                first = max(first, known)
            } else if let time = times[place], right.value("message.timestamp.type", of: pair.target) != "LogAppendTime"
            {
                first = time.target < 0 ? targetEnd : max(first, time.target)
            }
        }
        let isCompacted = [
            left.value("cleanup.policy", of: pair.source), right.value("cleanup.policy", of: pair.target),
        ]
        .contains { $0?.contains("compact") ?? false }
        return PartitionScope(
            source: place, target: copy, range: from..<to, targetRange: first..<max(first, targetEnd),
            sourceLogStart: start, targetLogStart: targetStart, progress: rows.progress(of: place),
            isCompacted: isCompacted, endsAtLogEnd: to == end, keepsNames: flow.naming.keepsNames)
    }

    private func directIDs(_ plan: inout VerifyPlan) async -> [ClusterAlias: String] {
        guard flow.naming.keepsNames else { return [:] }
        var ids: [ClusterAlias: String] = [:]
        for alias in Set(
            configuration.flows.filter { $0.isEnabled && $0.name.target == flow.name.target }.map(\.name.source))
        {
            if let id = try? await admins[alias]?.clusterID(within: limit) {
                ids[alias] = id
            } else if alias != flow.name.source {
                plan.notes.append(
                    "\(alias) does not answer: records that it sends to \(flow.name.target) itself may count as missing"
                )
            }
        }
        return ids
    }
}
