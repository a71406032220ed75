// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring

/// One group on one cluster, with all that can be read of it.
struct GroupDetail: Sendable {
    struct Position: Sendable {
        let committed: Int64
        let metadata: String?
        let end: Int64?
        /// Of the next record to be read; `nil` when it is not known.
        var timestamp: Int64?

        var lag: Int64? { end.map { max(0, $0 - committed) } }

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

    /// The whole, as far as every partition's part is known.
    var lag: Int64? {
        let lags = positions.values.map(\.lag)
        return lags.contains(nil) ? nil : lags.reduce(0) { $0 + ($1 ?? 0) }
    }

    /// Reads some groups of a cluster: all states by one call, all ends by one call, all ages by one reader.
    static func read(
        _ groups: [GroupID], or patterns: NamePatternList, of cluster: OpenCluster
    ) async throws(KafkaError) -> [GroupDetail] {
        let (admin, limit) = (cluster.admin, cluster.limit)
        let listed = try await admin.listGroups(within: limit).groups
        let states = Dictionary(listed.map { ($0.id, $0.state) }, uniquingKeysWith: { first, _ in first })
        let wanted = groups + listed.map(\.id).filter { patterns.matches($0.rawValue) && !groups.contains($0) }
        let descriptions = try await admin.describeGroups(wanted, within: limit)
        var details: [GroupDetail] = []
        for group in wanted {
            let offsets = try await admin.groupOffsets(of: group, within: limit)
            let ends = try await admin.offsets(.end, of: offsets.keys.sorted(), within: limit)
            let description = try? descriptions[group]?.get()
            let state = states[group]
            // A live group that is described as dead is one that this librdkafka cannot describe.
            let isDescribed = description.map { $0.state != .dead || state == .dead } ?? false
            details.append(
                GroupDetail(
                    group: group, state: state, members: isDescribed ? description?.members : nil,
                    assignor: isDescribed ? description?.assignor : nil,
                    positions: offsets.reduce(into: [:]) { positions, offset in
                        positions[offset.key] = Position(
                            committed: offset.value.offset, metadata: offset.value.metadata,
                            end: try? ends[offset.key]?.get())
                    }))
        }
        return await withAges(details, cluster)
    }

    /// Looks at the next record of every partition that is behind; groups that read the same place share the look.
    private static func withAges(_ details: [GroupDetail], _ cluster: OpenCluster) async -> [GroupDetail] {
        var details = details
        for index in details.indices {
            let behind = details[index].positions.filter { ($0.value.lag ?? 0) > 0 }.mapValues(\.committed)
            guard !behind.isEmpty else { continue }
            let reader = FirstRecordReader(cluster.chosen.properties, clientID: "tern|\(cluster.name)|group")
            for (place, timestamp) in await reader.timestamps(at: behind) {
                details[index].positions[place]?.timestamp = timestamp
            }
        }
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
                        "committed_offset": .integer(position.committed), "end_offset": .optional(position.end),
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
