// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes

/// The library underneath.
public enum Clients {
    /// The version that was loaded, which may be newer than the one this was built against: "2.0.2".
    ///
    /// The corresponding C function is `rd_kafka_version_str`.
    public static var libraryVersion: String { String(cString: rd_kafka_version_str()) }
}

/// Asks librdkafka what it thinks of properties, without connecting to anything.
public enum PropertyCheck {
    /// The properties that librdkafka refuses, with its own words. A contradiction between several, or a file that
    /// cannot be read, comes under the first key that the words name, else under "".
    ///
    /// The corresponding C functions are `rd_kafka_conf_set` and, without any broker to connect to, `rd_kafka_new`.
    public static func problems(
        in properties: ClientProperties, for kind: ClientKind
    ) -> [(key: String, reason: String)] {
        var problems: [(key: String, reason: String)] = []
        var accepted = ClientProperties()
        for (key, value) in properties.entries {
            do throws(KafkaError) {
                _ = try NativeConfiguration(ClientProperties([key: value.reveal()]), clientID: "check", kind: kind)
                if !connects.contains(key) { accepted[key] = value.reveal() }
            } catch {
                problems.append((key, error.reason))
            }
        }
        do throws(KafkaError) {
            let client = try NativeConfiguration(accepted, clientID: "check", kind: kind).makeClient()
            rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
        } catch {
            let named = properties.entries.first { error.reason.contains($0.key) }
            problems.append((named?.key ?? "", error.reason))
        }
        return problems
    }

    /// What would make the throw-away client connect.
    private static let connects: Set<String> = ["bootstrap.servers", "metadata.broker.list", "test.mock.num.brokers"]
}

/// The id of the cluster that a client has connected to, nil while it has not.
///
/// The corresponding C function is `rd_kafka_clusterid`; the string it returns is freed here.
func clusterID(of client: OpaquePointer, within milliseconds: Int32) -> String? {
    guard let text = rd_kafka_clusterid(client, milliseconds) else { return nil }
    defer { rd_kafka_mem_free(client, text) }
    return String(cString: text)
}
