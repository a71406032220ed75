// SPDX-License-Identifier: Apache-2.0
import Mirroring
public import TernConfiguration
public import KafkaTypes

/// What is written about topics in one place of a file: for a topic, for a topic on one cluster, or as a default.
public struct TopicBody: Sendable, Equatable {
    /// A value, or the word `default`: what the broker gives to a topic that says nothing.
    public enum Wish<Value: Sendable & Equatable>: Sendable, Equatable {
        case value(Value)
        case brokerDefault
    }

    public var state: Located<TopicSpecification.State>?
    public var partitions: Located<Wish<Int32>>?
    public var replicationFactor: Located<Wish<Int16>>?
    /// Raw values by setting.
    public var settings: [String: Located<Wish<String>>] = [:]
    /// Settings to be left alone: names, or beginnings of names followed by `*`.
    public var unmanaged: [Located<String>] = []
    public var labels: [String: Located<String>] = [:]

    public init() {}
}

/// Defaults that files share: in general, and for one cluster.
public struct TopicDefaults: Sendable, Equatable {
    /// What holds on every cluster.
    public var body = TopicBody()
    /// What is different on single clusters.
    public var clusters: [ClusterAlias: Located<TopicBody>] = [:]

    public init() {}
}

/// One topic as files describe it, for every cluster at once.
public struct TopicDeclaration: Sendable, Equatable {
    public var name: Located<TopicName>
    /// For people.
    public var summary: Located<String>?
    /// The clusters it is meant for; `nil` for all.
    public var only: [Located<ClusterAlias>]?
    /// What the topic itself says for every cluster.
    public var body = TopicBody()
    /// What the topic itself says for single clusters.
    public var clusters: [ClusterAlias: Located<TopicBody>] = [:]
    /// The defaults that hold for it, the most general ones first.
    public var defaults: [TopicDefaults] = []

    public init(name: Located<TopicName>) { self.name = name }

    /// Whether `only` lets it be on a cluster; `nil` is a cluster without an alias.
    public func applies(to cluster: ClusterAlias?) -> Bool {
        guard let only, let cluster else { return true }
        return only.contains { $0.value == cluster }
    }

    /// Every cluster that is named somewhere for this topic.
    public var namedClusters: Set<ClusterAlias> {
        var names = Set(clusters.keys)
        for cluster in only ?? [] { names.insert(cluster.value) }
        for defaults in defaults { names.formUnion(defaults.clusters.keys) }
        return names
    }

    /// What the topic should be on one cluster, or on one that has no alias; `nil` when it is not meant for it.
    ///
    /// The value nearest to the topic wins; in one place, the value for the cluster.
    public func specification(on cluster: ClusterAlias?) -> TopicSpecification? {
        guard applies(to: cluster) else { return nil }
        let layers = layers(on: cluster)
        var result = TopicSpecification(name: name.value, summary: summary?.value, location: name.location)
        for layer in layers {
            if let state = layer.state { result.state = state.value }
            if let wish = layer.partitions { result.partitions = wish.value.value }
            if let wish = layer.replicationFactor { result.replicationFactor = wish.value.value }
            for (setting, wish) in layer.settings { result.settings[setting] = wish.value.value }
            for name in layer.unmanaged { result.unmanaged.insert(name.value) }
            for (label, text) in layer.labels { result.labels[label] = text.value }
        }
        return result
    }

    /// Where the value of a setting, or of `partitions` or `replication-factor`, was written that holds on a cluster.
    public func location(of field: String, on cluster: ClusterAlias?) -> FileLocation? {
        for layer in layers(on: cluster).reversed() {
            let location =
                switch field {
                case "partitions": layer.partitions?.location
                case "replication-factor": layer.replicationFactor?.location
                default: layer.settings[field]?.location
                }
            if let location { return location }
        }
        return nil
    }

    /// The most general first.
    private func layers(on cluster: ClusterAlias?) -> [TopicBody] {
        var layers: [TopicBody] = []
        for defaults in defaults {
            layers.append(defaults.body)
            if let cluster, let override = defaults.clusters[cluster] { layers.append(override.value) }
        }
        layers.append(body)
        if let cluster, let override = clusters[cluster] { layers.append(override.value) }
        return layers
    }
}

extension TopicBody.Wish {
    /// `nil` for the broker's default.
    public var value: Value? {
        switch self {
        case .value(let value): value
        case .brokerDefault: nil
        }
    }
}
