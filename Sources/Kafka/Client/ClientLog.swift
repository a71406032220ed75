// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
internal import Synchronization

/// A line of librdkafka's log.
public struct ClientLogLine: Sendable, Hashable {
    /// The client's name: its client id, and what kind it is. "" where the line is about no client.
    public var client: String
    /// As in syslog: 0 (emergency) to 7 (debug).
    public var level: Int32
    /// librdkafka's word for what it is about: "CONFWARN".
    public var facility: String
    public var text: String
}

/// What librdkafka's clients write about themselves: dropped unless somebody listens. What matters comes as an error, too;
/// these lines are for a person who looks into a connection.
public enum ClientLog {
    private static let listener = Mutex<(@Sendable (ClientLogLine) -> Void)?>(nil)

    /// From now on every line of every client of this process goes here, or nowhere.
    ///
    /// It is called on librdkafka's own threads, which wait for it.
    public static func follow(_ body: (@Sendable (ClientLogLine) -> Void)?) {
        listener.withLock { $0 = body }
    }

    /// The corresponding C function is `rd_kafka_conf_set_log_cb`, in whose place its own logger would write to stderr.
    static func take(over configuration: OpaquePointer) {
        rd_kafka_conf_set_log_cb(configuration) { client, level, facility, text in
            guard let body = ClientLog.listener.withLock({ $0 }), let facility, let text else { return }
            body(
                ClientLogLine(
                    client: client.flatMap(rd_kafka_name).map { String(cString: $0) } ?? "", level: level,
                    facility: String(cString: facility), text: String(cString: text)))
        }
    }
}
