// SPDX-License-Identifier: Apache-2.0

/// One setting of a topic or a broker, as a broker reports it.
public struct ConfigurationEntry: Hashable, Sendable {
    /// Where a value comes from. Kafka's own names are in the documentation lines.
    public enum Source: String, Hashable, Sendable, CaseIterable {
        /// `DYNAMIC_TOPIC_CONFIG`: set on the topic itself.
        case dynamicTopic = "topic"
        /// `DYNAMIC_BROKER_CONFIG`: set at run time for one broker.
        case dynamicBroker = "broker"
        /// `DYNAMIC_DEFAULT_BROKER_CONFIG`: set at run time for all brokers of the cluster.
        case dynamicDefaultBroker = "cluster"
        /// `STATIC_BROKER_CONFIG`: written in the broker's `server.properties`.
        case staticBroker = "server.properties"
        /// `DEFAULT_CONFIG`: Kafka's own default.
        case `default` = "default"
        /// Anything newer than this list.
        case unknown = "unknown"
    }

    /// A value that would hold if the ones before it were not there. The first one is the entry itself.
    public struct Synonym: Hashable, Sendable {
        /// The broker's name of the property, such as `log.retention.hours`: its unit may differ from the entry's.
        public let name: String
        public let value: String?
        public let source: Source

        public init(name: String, value: String?, source: Source) {
            self.name = name
            self.value = value
            self.source = source
        }
    }

    public let name: String
    /// `nil` when the broker hides it, as with everything sensitive.
    public let value: String?
    public let source: Source
    public let isReadOnly: Bool
    public let isSensitive: Bool
    public let synonyms: [Synonym]

    public init(
        name: String, value: String?, source: Source, isReadOnly: Bool = false, isSensitive: Bool = false,
        synonyms: [Synonym] = []
    ) {
        self.name = name
        self.value = value
        self.source = source
        self.isReadOnly = isReadOnly
        self.isSensitive = isSensitive
        self.synonyms = synonyms
    }

    /// Nobody set it anywhere.
    public var isDefault: Bool { source == .default }
}
