// SPDX-License-Identifier: Apache-2.0
@testable import TopicPlanning
import KafkaTypes

/// Kafka's defaults of the settings that the tests are about.
let kafkaDefaults: [String: String] = [
    "retention.ms": "604800000", "retention.bytes": "-1", "cleanup.policy": "delete", "min.insync.replicas": "1",
    "max.message.bytes": "1048588", "segment.ms": "604800000", "delete.retention.ms": "86400000",
    "unclean.leader.election.enable": "false", "message.timestamp.type": "CreateTime",
    "message.timestamp.before.max.ms": "9223372036854775807", "message.timestamp.after.max.ms": "3600000",
    "compression.type": "producer", "preallocate": "false", "follower.replication.throttled.replicas": "",
    "leader.replication.throttled.replicas": "", "remote.storage.enable": "false",
]

extension ConfigurationEntry {
    static func topic(_ name: String, _ value: String?, isSensitive: Bool = false) -> ConfigurationEntry {
        var synonyms = [Synonym(name: name, value: value, source: .dynamicTopic)]
        // As brokers tell it: nothing below where the default has another unit.
        if !name.hasSuffix(".ms"), let value = kafkaDefaults[name],
            let setting = TopicSettingCatalogue.setting(named: name),
            let property = setting.brokerProperty
        {
            synonyms.append(Synonym(name: property, value: value, source: .default))
        }
        return ConfigurationEntry(
            name: name, value: value, source: .dynamicTopic, isSensitive: isSensitive, synonyms: synonyms)
    }
}

extension ObservedTopic {
    /// A topic with Kafka's defaults and some values of its own.
    static func made(
        _ name: TopicName, partitions: Int32 = 3, factor: Int16 = 3, inSync: Int? = nil, _ own: [String: String] = [:],
        brokers: [String: (String, ConfigurationEntry.Source)] = [:], extra: [ConfigurationEntry] = []
    ) -> ObservedTopic {
        var entries = kafkaDefaults.map { ConfigurationEntry(name: $0, value: $1, source: .default) }
        entries.removeAll { own[$0.name] != nil || brokers[$0.name] != nil }
        entries += own.map { .topic($0, $1) }
        entries += brokers.map { ConfigurationEntry(name: $0, value: $1.0, source: $1.1) }
        entries.removeAll { entry in extra.contains { $0.name == entry.name } }
        return ObservedTopic(
            name: name, partitions: partitions, replicationFactor: factor, leastInSync: inSync ?? Int(factor),
            settings: entries + extra)
    }
}

extension ObservedCluster {
    static func made(_ topics: ObservedTopic..., brokers: Int = 3, unreadable: [TopicName: String] = [:])
        -> ObservedCluster
    {
        ObservedCluster(alias: "us", clusterID: "id-us", brokers: brokers, topics: topics, unreadable: unreadable)
    }
}

extension TopicSpecification {
    static func made(
        _ name: TopicName, partitions: Int32? = 3, factor: Int16? = 3, _ settings: [String: String] = [:]
    ) -> TopicSpecification {
        TopicSpecification(name: name, partitions: partitions, replicationFactor: factor, settings: settings)
    }
}

extension ClusterTopicPlan {
    /// All changes as short texts, for comparing.
    var changes: [String] { entries.flatMap { entry in entry.changes.map { "\(entry.topic) \($0.change.short)" } } }
    var riskNames: [String] { risks.map(\.riskClass.rawValue) }
}

extension TopicChange {
    var short: String {
        switch self {
        case .create(let partitions, let factor, let settings):
            "create \(partitions ?? -1) \(factor ?? -1) \(settings.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: " "))"
        case .addPartitions(let from, let to): "partitions \(from)->\(to)"
        case .set(let name, let from, let to): "\(name) \(from?.value ?? "?")(\(from?.source.rawValue ?? "?"))->\(to)"
        case .unset(let name, let from, let to): "\(name) \(from.value ?? "?")->unset(\(to?.value ?? "?"))"
        case .delete: "delete"
        }
    }
}
