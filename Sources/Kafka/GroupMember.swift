// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes

/// What happens to a member of a group.
public enum GroupEvent: Sendable {
    /// These are ours from now on, in addition to those we have: acknowledge at once.
    case assigned([TopicPartition])
    /// These are ours no more: stop what runs on them, then acknowledge. `lost` means that someone else may own them
    /// already.
    case revoked([TopicPartition], lost: Bool)
    case failure(KafkaError)
}

/// Takes its share of the partitions of some topics, without reading them: ownership by Kafka's own group protocol.
/// For one thread, which must poll at least every `max.poll.interval.ms`.
///
/// The protocol is the classic one (eager or cooperative, by `partition.assignment.strategy`).
public final class GroupMember {
    private var client: OpaquePointer?
    private var queue: EventQueue?
    /// Ends a wait in ``nextEvent(within:)`` early, from any thread.
    public let interrupter: Interrupter

    /// - Parameter properties: librdkafka's names, `group.id` among them.
    /// - Parameter traffic: counts this client's.
    public init(
        _ properties: ClientProperties, clientID: String, traffic: ClientTraffic? = nil
    ) throws(KafkaError) {
        let forced = ClientProperties([
            "enable.auto.commit": "false", "enable.auto.offset.store": "false", "enable.partition.eof": "false",
        ])
        let configuration = try NativeConfiguration(properties.merging(forced), clientID: clientID, kind: .consumer)
        configuration.setEvents(RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR)
        let client = try configuration.makeClient(counting: traffic)
        // One queue: single events are polled here, never batches, so nothing is swallowed.
        rd_kafka_poll_set_consumer(client)
        guard let queue = EventQueue.consumer(of: client) else {
            destroyClient(client)
            throw KafkaError(._unknownGroup, during: "join a group", reason: "no group.id")
        }
        self.client = client
        interrupter = Interrupter(queue: queue.pointer)
        self.queue = consume queue
    }

    /// Joins the group. The corresponding C function is `rd_kafka_subscribe`.
    public func subscribe(to topics: [TopicName]) throws(KafkaError) {
        guard let client else { throw Self.closed }
        let list = PartitionList(topics.map { TopicPartition($0, RD_KAFKA_PARTITION_UA) })
        try check(list.withPointer { rd_kafka_subscribe(client, $0) }, during: "join the group")
    }

    /// The name that the group has given this member; nil before it has joined for the first time.
    ///
    /// librdkafka's main thread answers, and looks after the group while it is awake. By itself it wakes once a second
    /// only, which is most of the wait where the group's coordinator is not known at once.
    /// The corresponding C function is `rd_kafka_memberid`.
    public var memberID: String? {
        guard let client, let name = rd_kafka_memberid(client) else { return nil }
        defer { rd_kafka_mem_free(client, name) }
        return name.pointee == 0 ? nil : String(cString: name)
    }

    /// The next event; nil when none comes `within` that time, or after an interruption.
    ///
    /// The corresponding C function is `rd_kafka_queue_poll`.
    public func nextEvent(within wait: Duration) -> GroupEvent? {
        guard let client, let event = queue?.poll(for: wait) else { return nil }
        switch event.type {
        case RD_KAFKA_EVENT_REBALANCE:
            let partitions = rd_kafka_event_topic_partition_list(event.pointer)?.partitions ?? []
            guard rd_kafka_event_error(event.pointer) != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS else {
                return .assigned(partitions)
            }
            return .revoked(partitions, lost: rd_kafka_assignment_lost(client) != 0)
        case RD_KAFKA_EVENT_ERROR:
            return event.error(of: client, during: "take part in the group").map { .failure($0) }
        case RD_KAFKA_EVENT_FETCH:
            // A topic that only divides work holds no records; errors of its partitions come this way, too.
            return Self.failure(in: event)
        default: return nil
        }
    }

    /// Takes over what was assigned. The corresponding C functions are `rd_kafka_incremental_assign` under a cooperative
    /// protocol and `rd_kafka_assign` under an eager one.
    public func acknowledgeAssigned(_ partitions: [TopicPartition]) throws(KafkaError) {
        guard let client else { throw Self.closed }
        let operation = "take over partitions"
        // At the end: what may be in the topic is of no interest.
        let list = PartitionList(partitions.map { ($0, Offset.end) })
        if usesCooperativeProtocol(client) {
            try check(list.withPointer { rd_kafka_incremental_assign(client, $0) }, during: operation)
        } else {
            try check(list.withPointer { rd_kafka_assign(client, $0) }, during: operation)
        }
    }

    /// Gives up what was revoked. The corresponding C functions are `rd_kafka_incremental_unassign` under a cooperative
    /// protocol and `rd_kafka_assign` with nothing under an eager one.
    public func acknowledgeRevoked(_ partitions: [TopicPartition]) throws(KafkaError) {
        guard let client else { throw Self.closed }
        let operation = "give up partitions"
        if usesCooperativeProtocol(client) {
            let list = PartitionList(partitions)
            try check(list.withPointer { rd_kafka_incremental_unassign(client, $0) }, during: operation)
        } else {
            try check(rd_kafka_assign(client, nil), during: operation)
        }
    }

    /// Leaves the group and frees everything: the others take over at once. What was assigned is given up
    /// without an event: stop what runs on it before.
    ///
    /// The corresponding C functions are `rd_kafka_consumer_close_queue` and `rd_kafka_destroy_flags`.
    /// - Returns: whether it left by the deadline; if not, the others wait for the session to time out.
    @discardableResult
    public func close(by deadline: ContinuousClock.Instant) -> Bool {
        guard let client else { return true }
        self.client = nil
        interrupter.retire()
        let isComplete = closeConsumer(client, by: deadline)
        queue = nil
        return destroyConsumer(client, by: max(deadline, .now + .seconds(2))) && isComplete
    }

    deinit { close(by: .now) }

    private static var closed: KafkaError {
        KafkaError(._state, during: "take part in the group", reason: "it was left")
    }

    private static func failure(in event: borrowing NativeEvent) -> GroupEvent? {
        guard let message = rd_kafka_event_message_next(event.pointer),
            message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR
        else { return nil }
        let reason = rd_kafka_message_errstr(message).map { String(cString: $0) }
        return .failure(KafkaError(message.pointee.err, during: "take part in the group", reason: reason))
    }
}
