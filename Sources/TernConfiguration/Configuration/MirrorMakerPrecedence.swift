// SPDX-License-Identifier: Apache-2.0

/// MirrorMaker's rules of what a properties file means for a cluster, a worker, a connector and a client; what they drop
/// is dropped here too. Source: `MirrorMakerConfig.clusterProps`, `workerConfig`, `connectorBaseConfig`, `clusterPairs`,
/// `MirrorConnectorConfig.sourceConsumerConfig` and its siblings, `Worker.baseProducerConfigs` of Kafka 4.
struct MirrorMakerPrecedence: Sendable {
    enum Side: String, Sendable, CaseIterable { case source, target }

    /// The keys of the file, placeholders resolved.
    let properties: PropertyMap
    /// `cluster(_:)` of the aliases in `clusters`, which every flow asks for.
    private let clusterMaps: [ClusterAlias: PropertyMap]
    /// What the top level gives every connector, and every worker.
    private let connectorBase: PropertyMap
    private let workerBase: PropertyMap

    init(properties: PropertyMap, clusters: [ClusterAlias] = []) {
        self.properties = properties
        clusterMaps = [ClusterAlias: PropertyMap](
            clusters.map { ($0, Self.cluster($0, properties)) }, uniquingKeysWith: { first, _ in first })
        var connectorBase = properties.filter { ConfigurationSchema.isConnectorKey($0.rawValue) }
        connectorBase.overlay(
            properties.filter { $0.hasPrefix("config.providers") || $0.hasPrefix("replication.policy") })
        self.connectorBase = connectorBase
        workerBase = properties.filter { key in Self.workerFamilies.contains { key.hasPrefix($0) } }
    }

    /// All `alias.*`; connection properties reach the alias's producers, consumers and admin clients, and those of the
    /// top level whatever the alias does not set itself. Alias `a` also takes the keys of an alias `a.b`, as there.
    func cluster(_ alias: ClusterAlias) -> PropertyMap { clusterMaps[alias] ?? Self.cluster(alias, properties) }

    private static func cluster(_ alias: ClusterAlias, _ properties: PropertyMap) -> PropertyMap {
        var result = properties.stripping(prefix: "\(alias).")
        for (key, value) in result.values where ConnectionProperties.contains(key) {
            for kind in ClientKind.allCases { result.setIfAbsent(key.adding(prefix: kind.prefix), value) }
        }
        for (key, value) in properties.values where ConnectionProperties.contains(key) {
            for kind in ClientKind.allCases { result.setIfAbsent(key.adding(prefix: kind.prefix), value) }
            result.setIfAbsent(key, value)
        }
        return result
    }

    /// Of the workers that write to a cluster: `T.*`, overwritten by some families of top-level keys.
    func worker(target: ClusterAlias) -> PropertyMap {
        var result = cluster(target)
        result.overlay(workerBase)
        return result
    }

    /// Of the three connectors of a flow.
    func connector(_ flow: FlowName) -> PropertyMap {
        var result = connectorBase
        for (side, alias) in [(Side.source, flow.source), (Side.target, flow.target)] {
            let cluster = cluster(alias)
            result.overlay(cluster.filter { !Self.isClientKey($0) }.adding(prefix: "\(side.rawValue).cluster."))
            result.overlay(cluster.filter(Self.isClientKey).adding(prefix: "\(side.rawValue)."))
        }
        result.overlay(properties.stripping(prefix: "\(flow)."))
        return result
    }

    /// Of a client that MirrorMaker itself makes inside a connector.
    func client(_ kind: ClientKind, on side: Side, connector: PropertyMap) -> PropertyMap {
        var result = connector.stripping(prefix: "\(side.rawValue).cluster.").filter(ConnectionProperties.contains)
        result.overlay(connector.stripping(prefix: kind.prefix))
        result.overlay(connector.stripping(prefix: "\(side.rawValue).\(kind.prefix)"))
        return result
    }

    /// Of the producer that writes the records: the worker's, not the connector's own.
    func dataProducer(connector: PropertyMap, worker: PropertyMap) -> PropertyMap {
        var result = worker.filter { $0.rawValue == "bootstrap.servers" }
        result.overlay(worker.stripping(prefix: "producer."))
        result.overlay(connector.stripping(prefix: "producer.override."))
        return result
    }

    /// Of a client that asks one cluster, outside any flow.
    func admin(of alias: ClusterAlias) -> PropertyMap {
        let cluster = cluster(alias)
        var result = cluster.filter(ConnectionProperties.contains)
        result.overlay(cluster.stripping(prefix: ClientKind.admin.prefix))
        return result
    }

    /// Whether MirrorMaker runs anything for a pair: it is enabled, or its heartbeats are on, which they are unless the
    /// file says otherwise. The words are taken raw: `true ` with a blank behind it is not `true` here.
    func isSelected(_ flow: FlowName) -> Bool {
        isEnabledForSelection(flow) || emitsHeartbeatsForSelection(flow)
    }

    func isEnabledForSelection(_ flow: FlowName) -> Bool {
        properties["\(flow).enabled"].map { JavaText.parseBoolean($0.text) } ?? false
    }

    private func emitsHeartbeatsForSelection(_ flow: FlowName) -> Bool {
        let value = properties["\(flow).emit.heartbeats.enabled"] ?? properties["emit.heartbeats.enabled"]
        return value.map { JavaText.parseBoolean($0.text) } ?? true
    }

    private static let workerFamilies = [
        "offset.storage", "config.storage", "status.storage", "key.converter", "value.converter", "header.converter",
        "task", "worker", "replication.policy",
    ]

    /// Without a dot: MirrorMaker compares these words alone, so `consumer` and `consumers` are alike.
    private static func isClientKey(_ key: PropertyKey) -> Bool {
        key.hasPrefix("consumer") || key.hasPrefix("producer") || key.hasPrefix("admin")
    }
}

/// The three kinds of clients that a file has keys for.
enum ClientKind: String, Sendable, CaseIterable {
    case consumer, producer, admin
    var prefix: String { "\(rawValue)." }
}
