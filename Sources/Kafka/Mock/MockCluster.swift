// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes
internal import Synchronization

/// A Kafka cluster inside this process, for trying things out: RAM only, plain text, on 127.0.0.1, on free ports.
///
/// It creates any topic that someone asks about (4 partitions), has no topic administration, and cannot tell
/// transactions apart; docs/librdkafka-2.0.2.md lists what else it cannot do.
/// The corresponding C type is `rd_kafka_mock_cluster_t`.
public final class MockCluster: Sendable {
    /// Kinds of requests, by their number in the Kafka protocol.
    public struct Request: RawRepresentable, Sendable, Hashable {
        public let rawValue: Int16
        public init(rawValue: Int16) { self.rawValue = rawValue }

        public static let produce = Request(rawValue: 0)
        public static let fetch = Request(rawValue: 1)
        public static let listOffsets = Request(rawValue: 2)
        public static let metadata = Request(rawValue: 3)
        public static let offsetCommit = Request(rawValue: 8)
        public static let offsetFetch = Request(rawValue: 9)
        public static let findCoordinator = Request(rawValue: 10)
        public static let joinGroup = Request(rawValue: 11)
        public static let heartbeat = Request(rawValue: 12)
        public static let syncGroup = Request(rawValue: 14)
        public static let initProducerID = Request(rawValue: 22)
        public static let addPartitionsToTransaction = Request(rawValue: 24)
        public static let endTransaction = Request(rawValue: 26)
    }

    private struct Handles {
        let client: NativeAddress
        let cluster: NativeAddress
    }

    /// `host:port` of each broker, with commas.
    public let bootstrapServers: String
    private let handles: Mutex<Handles?>

    /// Starts the brokers, numbered from 1.
    ///
    /// The corresponding C function is `rd_kafka_mock_cluster_new`.
    public init(brokers: Int = 1) throws(KafkaError) {
        let configuration = try NativeConfiguration(
            ClientProperties(["log_level": "0"]), clientID: "mock", kind: .producer)
        configuration.setEvents(RD_KAFKA_EVENT_NONE)
        let client = try configuration.makeClient()
        guard let cluster = rd_kafka_mock_cluster_new(client, Int32(clamping: brokers)) else {
            destroyClient(client)
            throw KafkaError(._fail, during: "start a mock cluster", reason: "librdkafka refused \(brokers) brokers")
        }
        bootstrapServers = String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
        handles = Mutex(Handles(client: NativeAddress(client), cluster: NativeAddress(cluster)))
    }

    /// The corresponding C function is `rd_kafka_mock_topic_create`.
    public func createTopic(_ name: TopicName, partitions: Int) throws(KafkaError) {
        try perform("create the topic \(name)") {
            rd_kafka_mock_topic_create($0, name.rawValue, Int32(clamping: partitions), 1)
        }
    }

    /// The next requests of that kind are answered with these codes, one each, `_transport` by closing the connection.
    ///
    /// The corresponding C function is `rd_kafka_mock_push_request_errors_array`.
    public func pushRequestErrors(_ request: Request, _ codes: [KafkaErrorCode]) {
        let natives = codes.map { rd_kafka_resp_err_t(rawValue: $0.rawValue) }
        try? perform("push errors") {
            rd_kafka_mock_push_request_errors_array($0, request.rawValue, natives.count, natives)
            return RD_KAFKA_RESP_ERR_NO_ERROR
        }
    }

    /// The corresponding C function is `rd_kafka_mock_clear_request_errors`.
    public func clearRequestErrors(_ request: Request) {
        try? perform("clear errors") {
            rd_kafka_mock_clear_request_errors($0, request.rawValue)
            return RD_KAFKA_RESP_ERR_NO_ERROR
        }
    }

    /// Metadata answers for this topic carry the code from now on. The corresponding C function is
    /// `rd_kafka_mock_topic_set_error`.
    public func setTopicError(_ name: TopicName, _ code: KafkaErrorCode) {
        try? perform("set a topic's error") {
            rd_kafka_mock_topic_set_error($0, name.rawValue, rd_kafka_resp_err_t(rawValue: code.rawValue))
            return RD_KAFKA_RESP_ERR_NO_ERROR
        }
    }

    /// Disconnects everyone and accepts nobody. The corresponding C function is `rd_kafka_mock_broker_set_down`.
    public func setBrokerDown(_ broker: Int32 = 1) throws(KafkaError) {
        try perform("take broker \(broker) down") { rd_kafka_mock_broker_set_down($0, broker) }
    }

    /// Accepts connections again, at the same port. The corresponding C function is `rd_kafka_mock_broker_set_up`.
    public func setBrokerUp(_ broker: Int32 = 1) throws(KafkaError) {
        try perform("bring broker \(broker) up") { rd_kafka_mock_broker_set_up($0, broker) }
    }

    /// Delays every answer. The corresponding C function is `rd_kafka_mock_broker_set_rtt`.
    public func setRoundTripTime(_ time: Duration, broker: Int32 = 1) throws(KafkaError) {
        try perform("set the round-trip time") { rd_kafka_mock_broker_set_rtt($0, broker, time.wholeMilliseconds) }
    }

    /// Moves a partition; -1 leaves it without a leader. The corresponding C function is
    /// `rd_kafka_mock_partition_set_leader`.
    public func setLeader(of partition: TopicPartition, to broker: Int32) throws(KafkaError) {
        try perform("move \(partition)") {
            rd_kafka_mock_partition_set_leader($0, partition.topic.rawValue, partition.partition, broker)
        }
    }

    /// Stops the brokers and forgets everything. The corresponding C function is `rd_kafka_mock_cluster_destroy`.
    public func close() {
        let last = handles.withLock { handles in
            defer { handles = nil }
            return handles
        }
        guard let last else { return }
        rd_kafka_mock_cluster_destroy(last.cluster.pointer)
        destroyClient(last.client.pointer)
    }

    deinit { close() }

    private func perform(
        _ operation: String, _ call: (OpaquePointer) -> rd_kafka_resp_err_t
    ) throws(KafkaError) {
        let code = handles.withLock {
            $0.map { call($0.cluster.pointer).rawValue } ?? RD_KAFKA_RESP_ERR__STATE.rawValue
        }
        try check(rd_kafka_resp_err_t(rawValue: code), during: operation)
    }
}
