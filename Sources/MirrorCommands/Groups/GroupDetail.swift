// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import Text

/// One group on one cluster, with all that can be read of it.
struct GroupDetail: Sendable {
    struct Position: Sendable {
        /// `nil` where a member reads a partition of which nothing is committed yet.
        var committed: Int64?
        var metadata: String?
        var start: Int64?
        var end: Int64?
        /// Of the next record to be read; `nil` when it is not known.
        var timestamp: Int64?

        /// Records that can still be read: what retention has removed is none, and an empty partition has none whatever
        /// was committed.
        var lag: Int64? {
            guard let end else { return nil }
            if start == end { return 0 }
            return committed.map { max(0, end - max($0, start ?? $0)) }
        }

        func behind(now: Int64) -> Double? {
            if lag == 0 { return 0 }
            return timestamp.map { Double(max(0, now - $0)) / 1000 }
        }
    }

    let group: GroupID
    /// `nil` when the cluster has no such group.
    let state: GroupState?
    /// `nil` when they are not known: librdkafka 2.0.2 cannot ask groups of the newer consumer protocol.
    let members: [GroupDescription.Member]?
    let assignor: String?
    var positions: [TopicPartition: Position]

    /// The whole; `nil` where it is not known of every partition, or where nothing is committed at all.
    var lag: Int64? {
        guard !positions.isEmpty else { return nil }
        let lags = positions.values.map(\.lag)
        return lags.contains(nil) ? nil : lags.compactMap(\.self).saturatedSum
    }

    /// Reads some groups of a cluster: all states by one call, all members by one, all ends by one, ages by few readers.
    /// What is committed comes group by group, since librdkafka asks so, but for all groups at the same time.
    static func read(
        _ groups: [GroupID], or patterns: NamePatternList, of cluster: OpenCluster
    ) async throws(KafkaError) -> (details: [GroupDetail], failures: [CommandFailure]) {
        let (admin, limit) = (cluster.admin, cluster.limit)
        let listing = try await cluster.groups()
        let listed = listing.groups
        let states = Dictionary(listed.map { ($0.id, $0.state) }, uniquingKeysWith: { first, _ in first })
        let wanted = groups + listed.map(\.id).filter { patterns.finds($0.rawValue) && !groups.contains($0) }
        // Whoever asks for the coordinator of a group that is not there has brokers make the groups' own topic, and
        // librdkafka 2.0.2 does not always survive the wait.
        let known = wanted.filter { states[$0] != nil }
        let descriptions = try await admin.describeGroups(known, within: limit)
        let committed = try await offsets(of: known, cluster)
        var details = wanted.map { group in
            GroupDetail(group, states[group], try? descriptions[group]?.get(), committed[group] ?? [:])
        }
        let places = Set(details.flatMap(\.positions.keys)).sorted()
        let ends = try await admin.offsets(.end, of: places, within: limit)
        let starts = try await admin.offsets(.beginning, of: places, within: limit)
        for index in details.indices {
            for place in details[index].positions.keys {
                details[index].positions[place]?.start = try? starts[place]?.get()
                details[index].positions[place]?.end = try? ends[place]?.get()
            }
        }
        // A group that is not found may be one of a broker that did not answer.
        var failures = listing.problems.map { CommandFailure.brokerFailed($0, of: cluster.name) }
        do throws(CommandFailure) { try patterns.check(listed.map(\.id.rawValue)) } catch { failures.append(error) }
        return (await withAges(details, cluster), failures)
    }

    private init(
        _ group: GroupID, _ state: GroupState?, _ description: GroupDescription?,
        _ committed: [TopicPartition: GroupOffset]
    ) {
        // A live group that is described as dead is one that this librdkafka cannot describe.
        let description = description.flatMap { $0.state != .dead || state == .dead ? $0 : nil }
        var positions = committed.mapValues { Position(committed: $0.offset, metadata: $0.metadata) }
        for place in description?.members.flatMap(\.assignment) ?? [] where positions[place] == nil {
            positions[place] = Position()
        }
        self.init(
            group: group, state: state, members: description?.members, assignor: description?.assignor,
            positions: positions)
    }

    init(
        group: GroupID, state: GroupState?, members: [GroupDescription.Member]?, assignor: String?,
        positions: [TopicPartition: Position]
    ) {
        self.group = group
        self.state = state
        self.members = members
        self.assignor = assignor
        self.positions = positions
    }

    /// A function of its own: in an optimized build of Swift 6.3 a typed `do`/`catch` inside the task's closure frees the
    /// answer too early, so that offsets are missing or the process dies.
    private static func answer(
        of group: GroupID, _ cluster: OpenCluster
    ) async -> Result<[TopicPartition: GroupOffset], KafkaError> {
        do throws(KafkaError) {
            return .success(try await cluster.admin.groupOffsets(of: group, within: cluster.limit))
        } catch {
            return .failure(error)
        }
    }

    private static func offsets(
        of groups: [GroupID], _ cluster: OpenCluster
    ) async throws(KafkaError) -> [GroupID: [TopicPartition: GroupOffset]] {
        typealias Answer = Result<[TopicPartition: GroupOffset], KafkaError>
        let answers = await withTaskGroup(of: (GroupID, Answer).self) { tasks in
            for group in groups {
                tasks.addTask { (group, await answer(of: group, cluster)) }
            }
            return await tasks.reduce(into: [GroupID: Answer]()) { $0[$1.0] = $1.1 }
        }
        var offsets: [GroupID: [TopicPartition: GroupOffset]] = [:]
        for (group, answer) in answers { offsets[group] = try answer.get() }
        return offsets
    }

    /// Looks at the next record of every partition that is behind. A reader has one position in a partition, so groups
    /// at other places in the same partition want another reader.
    private static func withAges(_ details: [GroupDetail], _ cluster: OpenCluster) async -> [GroupDetail] {
        var rounds: [[TopicPartition: Int64]] = []
        var places: [(detail: Int, place: TopicPartition, round: Int)] = []
        for (index, detail) in details.enumerated() {
            for (place, position) in detail.positions {
                guard let offset = position.committed, (position.lag ?? 0) > 0 else { continue }
                let round = rounds.firstIndex { $0[place] == nil || $0[place] == offset } ?? rounds.count
                if round == rounds.count { rounds.append([:]) }
                rounds[round][place] = offset
                places.append((index, place, round))
            }
        }
        var found: [[TopicPartition: Int64]] = []
        let reader = FirstRecordReader(cluster.chosen.properties, clientID: "tern|\(cluster.name)|group")
        for round in rounds { found.append(await reader.timestamps(at: round)) }
        var details = details
        for (index, place, round) in places { details[index].positions[place]?.timestamp = found[round][place] }
        return details
    }

    func json(_ cluster: String, now: Int64) -> JSONValue {
        [
            "cluster": .string(cluster), "state": .optional(state?.word), "assignor": .optional(assignor),
            "lag_records": .optional(lag),
            "members": members.map { .array($0.map(Self.json)) } ?? .null,
            "offsets": .array(
                positions.sorted { $0.key < $1.key }.map { place, position in
                    [
                        "topic": .string(place.topic.rawValue), "partition": .integer(Int64(place.partition)),
                        "committed_offset": .optional(position.committed), "end_offset": .optional(position.end),
                        "lag_records": .optional(position.lag), "lag_seconds": .optional(position.behind(now: now)),
                        "metadata": .optional(position.metadata),
                    ]
                }),
        ]
    }

    private static func json(_ member: GroupDescription.Member) -> JSONValue {
        [
            "client_id": .string(member.clientID), "consumer_id": .string(member.consumerID),
            "host": .string(member.host), "instance_id": .optional(member.instanceID),
            "partitions": .array(
                member.assignment.map {
                    ["topic": .string($0.topic.rawValue), "partition": .integer(Int64($0.partition))]
                }),
        ]
    }
}

/// What topics of one cluster are called on another, so that a group's positions stand side by side.
struct GroupTopicNames: Sendable {
    let flows: [FlowConfiguration]
    /// The cluster whose names are shown.
    let first: ClusterAlias?

    func shown(_ topic: TopicName, on cluster: ClusterAlias?) -> TopicName {
        guard let cluster, let first, cluster != first else { return topic }
        let renaming = flows.filter { !$0.naming.keepsNames }
        if let flow = renaming.first(where: { $0.name == FlowName(source: first, target: cluster) }),
            flow.naming.source(of: topic) == first, let original = flow.naming.upstreamTopic(of: topic)
        {
            return original
        }
        if let flow = renaming.first(where: { $0.name == FlowName(source: cluster, target: first) }),
            flow.topics.selects(topic, naming: flow.naming, target: first).isSelected
        {
            return flow.naming.remoteTopic(for: topic)
        }
        return topic
    }
}
