// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
public import TopicPlanning
public import Kafka
public import KafkaTypes

/// What one look at a cluster brought.
public struct TopicObservation: Sendable {
    /// What plans are computed from.
    public var cluster: ObservedCluster
    /// In the order of the metadata.
    public var brokers: [BrokerDescription]
    /// As the metadata has them: only topics that the client may describe.
    public var descriptions: [TopicName: TopicDescription]

    public init(
        cluster: ObservedCluster, brokers: [BrokerDescription], descriptions: [TopicName: TopicDescription]
    ) {
        self.cluster = cluster
        self.brokers = brokers
        self.descriptions = descriptions
    }
}

/// Reads the topics of one cluster: whatever their number, one request for the metadata, and one for the settings of
/// some hundred topics at a time.
public struct TopicObserver: Sendable {
    /// What the cluster is called in plans; `nil` without a name.
    public let alias: ClusterAlias?
    /// Stays open until its owner closes it.
    public let admin: AdminClient
    /// For each request.
    public let limit: Duration

    /// 500 topics of 35 settings are an answer of about 3 MB: far from `receive.message.max.bytes`, and read in a moment.
    private static let topicsPerRequest = 500

    public init(alias: ClusterAlias?, admin: AdminClient, limit: Duration) {
        self.alias = alias
        self.admin = admin
        self.limit = limit
    }

    /// - Parameters:
    ///   - includes: the topics whose settings are read; the others come without any.
    ///   - names: topics to be asked about even where the metadata does not list them, since those that may not be
    ///     described are left out of it without a word.
    /// - Throws: when the cluster does not answer. A topic that cannot be read is among the `unreadable` ones.
    public func observe(
        settingsOf includes: (TopicName) -> Bool = { _ in true }, asking names: [TopicName] = []
    ) async throws(KafkaError) -> TopicObservation {
        let id = try await admin.clusterID(within: limit)
        let description = try await admin.cluster(within: limit)
        var observed = ObservedCluster(alias: alias, clusterID: id, brokers: description.brokers.count)
        let known = Dictionary(description.topics.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let hidden = Set(names).filter { known[$0] == nil }
        let settings = try await settings(of: known.keys.filter(includes).sorted() + hidden.sorted())
        for topic in description.topics {
            switch settings[topic.name] {
            case _ where topic.partitions.isEmpty:
                observed.unreadable[topic.name] = topic.error?.name ?? "the metadata has no partitions of it"
            case nil: observed.topics[topic.name] = ObservedTopic(topic, settings: [])
            case .success(let entries)?: observed.topics[topic.name] = ObservedTopic(topic, settings: entries)
            // Deleted between the two requests.
            case .failure(let error)? where error.code == .unknownTopicOrPart: break
            case .failure(let error)?: observed.unreadable[topic.name] = Self.words(of: error)
            }
        }
        var descriptions = known
        let appeared = try await appeared(hidden, settings)
        for name in hidden {
            switch settings[name] {
            case .failure(let error)? where error.code != .unknownTopicOrPart:
                observed.unreadable[name] = Self.words(of: error)
            case .success(let entries)? where !entries.isEmpty:
                if let topic = appeared[name] {
                    descriptions[name] = topic
                    observed.topics[name] = ObservedTopic(topic, settings: entries)
                } else {
                    // Reading settings needs another permission than reading the topic.
                    observed.unreadable[name] = "it is there, and may not be described"
                }
            case .success, .failure, nil: break
            }
        }
        return TopicObservation(cluster: observed, brokers: description.brokers, descriptions: descriptions)
    }

    /// Topics that were created between the request for the metadata and that for the settings, as by another run.
    private func appeared(
        _ hidden: Set<TopicName>, _ settings: [TopicName: Result<[ConfigurationEntry], KafkaError>]
    ) async throws(KafkaError) -> [TopicName: TopicDescription] {
        let names = hidden.filter { name in
            if case .success(let entries)? = settings[name] { !entries.isEmpty } else { false }
        }
        guard !names.isEmpty else { return [:] }
        let found = try await admin.cluster(within: limit).topics.filter {
            names.contains($0.name) && !$0.partitions.isEmpty
        }
        return Dictionary(found.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The settings of topics, in a few requests.
    public func settings(
        of topics: [TopicName]
    ) async throws(KafkaError) -> [TopicName: Result<[ConfigurationEntry], KafkaError>] {
        var all: [TopicName: Result<[ConfigurationEntry], KafkaError>] = [:]
        var rest = topics[...]
        while !rest.isEmpty {
            let part = try await admin.describeConfigurations(
                topics: Array(rest.prefix(Self.topicsPerRequest)), within: limit)
            all.merge(part) { first, _ in first }
            rest = rest.dropFirst(Self.topicsPerRequest)
        }
        return all
    }

    /// What the broker said, with Kafka's name of the error.
    static func words(of error: KafkaError) -> String { "\(error.reason) (\(error.code.name))" }
}
