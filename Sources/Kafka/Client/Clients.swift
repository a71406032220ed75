// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes

/// The library underneath.
public enum Clients {
    /// The version that was loaded, which may be newer than the one this was built against: "2.0.2".
    ///
    /// The corresponding C function is `rd_kafka_version_str`.
    public static var libraryVersion: String { String(cString: rd_kafka_version_str()) }

    /// Whether the version that was loaded is this one or newer. The corresponding C function is `rd_kafka_version`.
    public static func isLibrary(atLeast major: Int, _ minor: Int, _ revision: Int) -> Bool {
        let loaded = Int(rd_kafka_version()) >> 8
        return loaded >= major << 16 | minor << 8 | revision
    }

    /// What a failed login by SCRAM may be due to other than wrong credentials; nil where the library is not at fault.
    ///
    /// Before 2.6.1 it sends the client's nonce twice, which brokers tolerate up to 3.9 and refuse from 4.0 on.
    public static var scramCaveat: String? {
        if isLibrary(atLeast: 2, 6, 1) { return nil }
        return "librdkafka \(libraryVersion) cannot log in to Kafka 4 by SCRAM, however right the credentials: "
            + "that takes 2.6.1 or newer"
    }
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
            destroyClient(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
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
