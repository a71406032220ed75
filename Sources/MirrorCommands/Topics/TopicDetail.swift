// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import TopicAdministration
internal import TopicPlanning
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import Text

/// One topic of one cluster, with all that can be read of it.
struct TopicDetail: Sendable {
    struct Reading: Sendable {
        var details: [TopicDetail] = []
        var unreadable: [TopicName: String] = [:]
        /// Every topic of the cluster.
        var names: Set<TopicName> = []
    }

    let cluster: String
    let alias: ClusterAlias?
    let clusterID: String
    let description: TopicDescription
    let observed: ObservedTopic
    let starts: [Int32: Int64]
    let ends: [Int32: Int64]

    var name: TopicName { description.name }

    /// The offsets of all partitions of all topics come by two calls.
    static func read(
        _ observation: TopicObservation, _ cluster: OpenCluster, where isMeant: (TopicName) -> Bool
    ) async throws(KafkaError) -> Reading {
        let topics = observation.cluster.topics.values.filter { isMeant($0.name) }.sorted { $0.name < $1.name }
        let described = topics.compactMap { observation.descriptions[$0.name] }
        let places = described.flatMap { topic in
            topic.partitions.filter { $0.leader != nil }.map { TopicPartition(topic.name, $0.index) }
        }
        let starts = try await cluster.admin.offsets(.beginning, of: places, within: cluster.limit)
        let ends = try await cluster.admin.offsets(.end, of: places, within: cluster.limit)
        var reading = Reading(unreadable: observation.cluster.unreadable.filter { isMeant($0.key) })
        reading.names = Set(observation.descriptions.keys)
        for topic in topics {
            guard let description = observation.descriptions[topic.name] else { continue }
            func offsets(_ answers: [TopicPartition: Result<Int64, KafkaError>]) -> [Int32: Int64] {
                description.partitions.reduce(into: [:]) { result, partition in
                    result[partition.index] = try? answers[TopicPartition(topic.name, partition.index)]?.get()
                }
            }
            reading.details.append(
                TopicDetail(
                    cluster: cluster.name, alias: cluster.alias, clusterID: observation.cluster.clusterID,
                    description: description, observed: topic, starts: offsets(starts), ends: offsets(ends)))
        }
        return reading
    }

    private func records(_ partition: Int32) -> Int64? {
        guard let start = starts[partition], let end = ends[partition] else { return nil }
        return max(0, end - start)
    }

    /// The topic's own values first, then what lies nearest to it.
    private var settings: [ConfigurationEntry] {
        let order: [ConfigurationEntry.Source: Int] = [
            .dynamicTopic: 0, .dynamicBroker: 1, .dynamicDefaultBroker: 2, .staticBroker: 3, .default: 4, .unknown: 5,
        ]
        return observed.settings.values.sorted { left, right in
            (order[left.source] ?? 5, left.name) < (order[right.source] ?? 5, right.name)
        }
    }

    static func tables(_ details: [TopicDetail], showing what: String) -> [TextTable] {
        let partitions = TextTable(
            [
                .init("CLUSTER"), .init("TOPIC"), .init("PARTITION", .right), .init("LEADER", .right),
                .init("REPLICAS"), .init("IN-SYNC"), .init("START", .right), .init("END", .right),
                .init("RECORDS", .right),
            ], rows: details.flatMap(\.partitionRows))
        let settings = TextTable(
            [
                .init("CLUSTER"), .init("TOPIC"), .init("SETTING"), .init("VALUE"), .init("FROM"),
                .init("NOTE", isWide: true),
            ],
            rows: details.flatMap(\.settingRows))
        return switch what {
        case "partitions": [partitions]
        case "settings": [settings]
        default: [partitions, settings]
        }
    }

    private var partitionRows: [[TextTable.Cell]] {
        description.partitions.map { partition in
            let isBehind = partition.inSyncReplicas.count < partition.replicas.count
            return [
                .text(cluster), .text(name.rawValue),
                TextTable.Cell(text: "\(partition.index)", raw: "\(partition.index)"),
                partition.leader.map { TextTable.Cell(text: "\($0)", raw: "\($0)") } ?? .text("none", .bad),
                .text(Self.list(partition.replicas)),
                .text(Self.list(partition.inSyncReplicas), isBehind ? .warning : .plain),
                .count(starts[partition.index]), .count(ends[partition.index]), .count(records(partition.index)),
            ]
        }
    }

    private var settingRows: [[TextTable.Cell]] {
        settings.map { entry in
            let value = entry.value.map { value in
                TextTable.Cell(text: TopicSettingCatalogue.human(entry.name, value).printable, raw: value.printable)
            }
            let note = entry.isSensitive ? "sensitive" : entry.isReadOnly ? "read-only" : nil
            return [
                .text(cluster), .text(name.rawValue), .text(entry.name), value ?? .empty,
                .text(entry.source.rawValue), .text(note),
            ]
        }
    }

    var json: JSONValue {
        [
            "cluster": .optional(alias?.rawValue), "cluster_id": .string(clusterID), "topic": .string(name.rawValue),
            "internal": .bool(TopicFamily.isInternal(name)),
            "replication_factor": .integer(Int64(observed.replicationFactor)), "size_bytes": .null,
            "partitions": .array(
                description.partitions.map { partition in
                    [
                        "partition": .integer(Int64(partition.index)),
                        "leader": .optional(partition.leader.map { Int64($0) }),
                        "replicas": .array(partition.replicas.map { .integer(Int64($0)) }),
                        "in_sync": .array(partition.inSyncReplicas.map { .integer(Int64($0)) }),
                        "start_offset": .optional(starts[partition.index]),
                        "end_offset": .optional(ends[partition.index]),
                    ]
                }),
            "settings": .array(
                settings.map { entry in
                    [
                        "name": .string(entry.name), "value": .optional(entry.value),
                        "source": .string(entry.source.rawValue), "read_only": .bool(entry.isReadOnly),
                        "sensitive": .bool(entry.isSensitive),
                    ]
                }),
        ]
    }

    private static func list(_ ids: [Int32]) -> String { ids.map { "\($0)" }.joined(separator: ",") }
}
