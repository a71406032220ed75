// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes

/// Settings that newer versions of librdkafka have than the oldest that Tern runs on. They are passed on where the loaded
/// one knows them, so that one file does for all.
public enum NewerProperties {
    /// The versions that they came with.
    private static let versions = [
        "client.dns.lookup": "2.2", "enable.metrics.push": "2.5", "metadata.recovery.rebootstrap.trigger.ms": "2.11",
        "metadata.recovery.strategy": "2.10", "retry.backoff.max.ms": "2.3",
    ]

    /// Those of the properties that the loaded library does not know, each with the version that it takes.
    public static func unknown(in properties: ClientProperties) -> [(key: String, since: String)] {
        properties.entries.compactMap { key, _ in
            versions[key].flatMap { since in isKnown(key) ? nil : (key, since) }
        }
    }

    /// Whether a property is left out because the loaded library does not know it.
    static func isLeftOut(_ key: String) -> Bool { versions[key] != nil && !isKnown(key) }

    /// The corresponding C function is `rd_kafka_conf_get`.
    private static func isKnown(_ key: String) -> Bool {
        let configuration = rd_kafka_conf_new()
        defer { rd_kafka_conf_destroy(configuration) }
        var size = 0
        return rd_kafka_conf_get(configuration, key, nil, &size) == RD_KAFKA_CONF_OK
    }
}
