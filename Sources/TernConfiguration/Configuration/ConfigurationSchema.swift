// SPDX-License-Identifier: Apache-2.0

/// The one table of keys. Validation, `tern explain`, docs/configuration.md and suggestions all read it; no key is known
/// anywhere else.
public enum ConfigurationSchema {
    public static let keys: [ConfigurationKey] =
        processKeys + ternFlowKeys + failoverKeys + flowKeys + connectKeys + formerKeys + workerKeys + connectionKeys
        + clientKeys

    /// Rows with this name. A name may have two: `isolation.level` is a client's, `request.timeout.ms` a worker's too.
    public static func rows(named name: String) -> [ConfigurationKey] { index[name] ?? [] }

    static func row(named name: String, where isWanted: (ConfigurationKey.Scope) -> Bool) -> ConfigurationKey? {
        index[name]?.first { isWanted($0.scope) }
    }

    static func flowRow(_ name: String) -> ConfigurationKey? {
        row(named: name) { $0 == .flow || $0 == .flowOnly }
    }

    static func processRow(_ name: String) -> ConfigurationKey? { row(named: name) { $0 == .process } }

    static func workerRow(_ name: String) -> ConfigurationKey? {
        row(named: name) { $0 == .target || $0 == .targetOrAll }
    }

    static func connectionRow(_ name: String) -> ConfigurationKey? { row(named: name) { $0 == .connection } }

    static func clientRow(_ name: String, kind: ClientKind) -> ConfigurationKey? {
        connectionRow(name)
            ?? row(named: name) { scope in
                if case .client(let kinds) = scope { kinds.contains { $0.rawValue == kind.rawValue } } else { false }
            }
    }

    /// Whether a top-level key reaches the connectors: it is defined by one of them, or one of Tern's flow keys.
    static func isConnectorKey(_ name: String) -> Bool {
        index[name]?.contains { $0.scope == .flow || ($0.scope == .connection && $0.name != "bootstrap.servers") }
            ?? false
    }

    private static let index = Dictionary(grouping: keys, by: \.name)
}

/// What `MirrorClientConfig.CLIENT_CONFIG_DEF` names, and librdkafka's own words for the same matters: these reach every
/// client of a cluster.
enum ConnectionProperties {
    static func contains(_ key: PropertyKey) -> Bool {
        ConfigurationSchema.connectionRow(key.rawValue) != nil
            || (LibrdkafkaProperties.isConnection(key.rawValue) && LibrdkafkaProperties.scope(of: key.rawValue) != nil)
    }
}
