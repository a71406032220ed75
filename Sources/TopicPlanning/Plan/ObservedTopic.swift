// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
public import KafkaTypes

/// A raw value and where it comes from.
public struct SettingState: Sendable, Hashable {
    /// `nil` when the broker hides it.
    public let value: String?
    /// The topic itself, a broker, the cluster, `server.properties`, or Kafka's default.
    public let source: ConfigurationEntry.Source

    public init(value: String?, source: ConfigurationEntry.Source) {
        self.value = value
        self.source = source
    }
}

/// One topic as a cluster has it.
public struct ObservedTopic: Sendable, Hashable {
    public var name: TopicName
    public var partitions: Int32
    /// Of the partition that has the fewest replicas.
    public var replicationFactor: Int16
    /// How many replicas are in sync where they are fewest; `nil` when unknown.
    public var leastInSync: Int?
    /// By name: every setting that the broker knows for topics, with the effective value.
    public var settings: [String: ConfigurationEntry]

    public init(
        name: TopicName, partitions: Int32, replicationFactor: Int16, leastInSync: Int? = nil,
        settings: [ConfigurationEntry] = []
    ) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.leastInSync = leastInSync
        self.settings = Dictionary(settings.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// A topic as the metadata and its settings' description have it.
    public init(_ description: TopicDescription, settings: [ConfigurationEntry]) {
        let factors = description.partitions.map(\.replicas.count)
        self.init(
            name: description.name, partitions: Int32(clamping: description.partitions.count),
            replicationFactor: Int16(clamping: factors.min() ?? 0),
            leastInSync: description.partitions.map(\.inSyncReplicas.count).min(), settings: settings)
    }

    /// The effective value of a setting, wherever it comes from; `nil` when the brokers do not know it.
    public func state(of setting: String) -> SettingState? {
        settings[setting].map { SettingState(value: $0.value, source: $0.source) }
    }

    /// The values that are the topic's own, by setting; `nil` for one that the broker hides.
    public var overrides: [String: String?] {
        settings.values.reduce(into: [:]) { result, entry in
            if entry.source == .dynamicTopic { result[entry.name] = .some(entry.value) }
        }
    }

    /// What a setting would be if the topic had no value of its own; `nil` when that is not known.
    ///
    /// Brokers report the value below under their own names for it, some of which have other units
    /// (`log.retention.hours`): only the one that has the same unit is believed.
    public func inherited(_ setting: String) -> SettingState? {
        guard let entry = settings[setting] else { return nil }
        guard entry.source == .dynamicTopic else { return state(of: setting) }
        let property = TopicSettingCatalogue.setting(named: setting)?.brokerProperty
        let below = entry.synonyms.first { $0.source != .dynamicTopic }
        guard let below, below.name == property, below.value != nil else { return nil }
        return SettingState(value: below.value, source: below.source)
    }
}

/// What was read of one cluster before planning.
public struct ObservedCluster: Sendable {
    /// `nil` for a cluster that was named by its addresses.
    public var alias: ClusterAlias?
    /// What the cluster calls itself.
    public var clusterID: String
    /// How many brokers were there.
    public var brokers: Int
    /// Those that could be read, by name.
    public var topics: [TopicName: ObservedTopic]
    /// Topics that exist and could not be read, with the reason: not authorized, for one.
    public var unreadable: [TopicName: String]

    public init(
        alias: ClusterAlias? = nil, clusterID: String, brokers: Int, topics: [ObservedTopic] = [],
        unreadable: [TopicName: String] = [:]
    ) {
        self.alias = alias
        self.clusterID = clusterID
        self.brokers = brokers
        self.topics = Dictionary(topics.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.unreadable = unreadable
    }

    /// Every name that is taken.
    public var names: Set<TopicName> { Set(topics.keys).union(unreadable.keys) }

    /// The settings that this cluster's brokers know for topics; empty when no topic was read.
    public var knownSettings: Set<String> {
        topics.values.reduce(into: []) { result, topic in result.formUnion(topic.settings.keys) }
    }
}
