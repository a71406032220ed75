// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes
public import Platform

/// Reads the assigned partitions: it joins no group and commits nothing. For one thread.
///
/// Errors and log lines come from the client's main queue, records and what concerns one partition from the consumer
/// queue. The two are kept apart: a batch call on joined queues swallows errors and logs (docs/librdkafka-2.0.2.md).
public final class Consumer {
    /// How many records are taken from librdkafka in one call.
    private static let batch = 1000

    private(set) var client: OpaquePointer?
    private var mainQueue: EventQueue?
    private var consumerQueue: EventQueue?
    /// Every topic ever assigned, kept so that no address is used twice while records name topics by address.
    private var topics: [TopicName: OpaquePointer] = [:]
    private let buffer = UnsafeMutablePointer<UnsafeMutablePointer<rd_kafka_message_t>?>.allocate(capacity: batch)
    private var next = 0
    private var end = 0
    /// Ends a wait in ``nextEvent(within:)`` early, from any thread.
    public let interrupter: Interrupter

    /// - Parameter properties: librdkafka's names. A `group.id`, without which it refuses assignments, is the client id
    ///   unless given.
    /// - Parameter traffic: counts this client's.
    public init(
        _ properties: ClientProperties, clientID: String, traffic: ClientTraffic? = nil
    ) throws(KafkaError) {
        let defaults = ClientProperties(["group.id": clientID, "enable.auto.commit": "false"])
        let configuration = try NativeConfiguration(
            defaults.merging(properties), clientID: clientID, kind: .consumer)
        configuration.setEvents(RD_KAFKA_EVENT_ERROR)
        let client = try configuration.makeClient(counting: traffic)
        guard let consumerQueue = EventQueue.consumer(of: client) else {
            destroyClient(client)
            throw KafkaError(._fail, during: "create a consumer", reason: "the client has no consumer queue")
        }
        self.client = client
        mainQueue = .main(of: client)
        interrupter = Interrupter(queue: consumerQueue.pointer)
        self.consumerQueue = consume consumerQueue
    }

    /// Reads exactly these from now on. What was read ahead of any partition is dropped.
    ///
    /// The corresponding C function is `rd_kafka_assign`.
    public func assign(_ positions: [(TopicPartition, Offset)]) throws(KafkaError) {
        let client = try openClient()
        keepTopics(positions, of: client)
        dropBuffered()
        try check(PartitionList(positions).withPointer { rd_kafka_assign(client, $0) }, during: "assign partitions")
    }

    /// Reads these too. The corresponding C function is `rd_kafka_incremental_assign`.
    public func incrementalAssign(_ positions: [(TopicPartition, Offset)]) throws(KafkaError) {
        guard !positions.isEmpty else { return }
        let client = try openClient()
        keepTopics(positions, of: client)
        try check(
            PartitionList(positions).withPointer { rd_kafka_incremental_assign(client, $0) },
            during: "assign more partitions")
    }

    /// Reads these no more, without disturbing the others. What was read ahead of them is dropped: none of it surfaces
    /// after this call, nor after assigning them again.
    ///
    /// The corresponding C function is `rd_kafka_incremental_unassign`; when it returns, librdkafka's own queue holds
    /// nothing valid of these partitions, since each has a new version barrier.
    public func incrementalUnassign(_ partitions: [TopicPartition]) throws(KafkaError) {
        guard !partitions.isEmpty else { return }
        let client = try openClient()
        try check(
            PartitionList(partitions).withPointer { rd_kafka_incremental_unassign(client, $0) },
            during: "unassign partitions")
        let gone = Set(partitions.map { Place(topic: topicIdentity(of: $0.topic) ?? 0, partition: $0.partition) })
        var kept = next
        for index in next..<end {
            guard let message = buffer[index] else { continue }
            let place = Place(topic: UInt(bitPattern: message.pointee.rkt), partition: message.pointee.partition)
            if gone.contains(place) {
                rd_kafka_message_destroy(message)
            } else {
                buffer[kept] = message
                kept += 1
            }
        }
        end = kept
    }

    /// The next event; nil when none comes `within` that time, or after an interruption.
    ///
    /// The corresponding C functions are `rd_kafka_consume_queue` for the first record that is waited for,
    /// `rd_kafka_consume_batch_queue` without a wait for the rest, and `rd_kafka_queue_poll` for errors and log lines.
    public func nextEvent(within wait: Duration) -> ConsumerEvent? {
        if next == end {
            if let event = nextClientEvent() { return event }
            refill(within: wait)
            guard next < end else { return nil }
        }
        guard let message = buffer[next] else { return nil }
        next += 1
        lookAhead()
        return message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR
            ? .record(Record(owning: message)) : Self.event(consuming: message)
    }

    /// Has the doorbell rung when something comes while nothing waits, from now on.
    ///
    /// The corresponding C function is `rd_kafka_queue_io_event_enable`.
    public func ring(_ doorbell: Doorbell) {
        guard let queue = consumerQueue?.pointer else { return }
        var one: UInt64 = 1
        rd_kafka_queue_io_event_enable(queue, doorbell.descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// How many records and partition events wait in this object for ``nextEvent(within:)``.
    public var bufferedCount: Int { end - next }

    /// How many records and partition events have been fetched and not yet been handed out.
    ///
    /// The corresponding C function is `rd_kafka_queue_length`.
    public var fetchedCount: Int {
        guard let queue = consumerQueue?.pointer else { return 0 }
        return bufferedCount + Int(rd_kafka_queue_length(queue))
    }

    /// The next failure of the client as a whole, without taking a record; nil when there is none. Does not wait.
    public func nextClientFailure() -> KafkaError? {
        while let event = nextClientEvent() {
            if case .failure(let error, _, _) = consume event { return error }
        }
        return nil
    }

    /// Asks the cluster for its brokers and the topics that this client knows, and waits for the answer, or for so long:
    /// after an answer ``clusterID`` is that of the cluster that is there now.
    ///
    /// The corresponding C function is `rd_kafka_metadata`.
    /// - Returns: whether it answered.
    public func refreshMetadata(within limit: Duration) -> Bool {
        guard let client else { return false }
        return Kafka.refreshMetadata(of: client, allTopics: false, within: limit)
    }

    /// The offset behind the last record handed to ``nextEvent(within:)``'s buffer; nil while there was none.
    ///
    /// The corresponding C function is `rd_kafka_position`.
    public func position(of partition: TopicPartition) -> Int64? {
        guard let client else { return nil }
        return PartitionList(CollectionOfOne(partition)).withPointer { list in
            guard rd_kafka_position(client, list) == RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
            return list.elements.first.flatMap { $0.offset >= 0 ? $0.offset : nil }
        }
    }

    /// The high watermark of an assigned partition as its broker said with the last fetch; nil before the first one. Asks nobody.
    ///
    /// The corresponding C function is `rd_kafka_get_watermark_offsets`.
    public func endOffset(of partition: TopicPartition) -> Int64? {
        guard let client else { return nil }
        var (low, high): (Int64, Int64) = (0, 0)
        let code = rd_kafka_get_watermark_offsets(
            client, partition.topic.rawValue, partition.partition, &low, &high)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0 ? high : nil
    }

    /// Lets the brokers' threads look again whether there is room to fetch, at the leaders of these partitions.
    ///
    /// A thread that found the queue full sleeps for up to a second, whatever is taken from the queue meanwhile
    /// (`fetch.queue.backoff.ms` came with 2.2), unless something is put into its own queue: here a question for an end
    /// offset whose answer nobody waits for. Does not wait.
    ///
    /// The corresponding C function is `rd_kafka_offsets_for_times`, with no time to wait.
    public func wakeFetchers(of partitions: [TopicPartition]) {
        guard let client, Self.fetchersOversleep, !partitions.isEmpty else { return }
        let list = PartitionList(capacity: partitions.count)
        for partition in partitions { list.append(partition, offset: Int64(RD_KAFKA_OFFSET_END)) }
        list.withPointer { _ = rd_kafka_offsets_for_times(client, $0, 0) }
    }

    /// Before 2.2.
    private static let fetchersOversleep = !Clients.isLibrary(atLeast: 2, 2, 0)

    /// What ``Record/topicIdentity`` says for this topic; nil until it was assigned.
    public func topicIdentity(of topic: TopicName) -> UInt? { topics[topic].map { UInt(bitPattern: $0) } }

    /// The id of the cluster at the other end; nil while there was no connection yet. Does not wait.
    ///
    /// The corresponding C function is `rd_kafka_clusterid`.
    public var clusterID: String? { client.flatMap { Kafka.clusterID(of: $0, within: 0) } }

    /// Leaves the cluster and frees everything, on this thread. Every record must have been freed: librdkafka waits for
    /// them without end. A close that takes longer than the deadline is cut short.
    ///
    /// librdkafka 2.0.2 loses count of its references when a partition is lost or its topic deleted, and then never comes
    /// back from destroying the client (fixed in 2.1.0): such a client is left behind, with its threads, until the process
    /// ends.
    ///
    /// The corresponding C functions are `rd_kafka_consumer_close_queue` and `rd_kafka_destroy_flags`.
    /// - Returns: whether the close was complete by the deadline.
    @discardableResult
    public func close(by deadline: ContinuousClock.Instant) -> Bool {
        guard let client else { return true }
        self.client = nil
        dropBuffered()
        interrupter.retire()
        let isComplete = closeConsumer(client, by: deadline)
        topics.values.forEach { rd_kafka_topic_destroy($0) }
        topics = [:]
        mainQueue = nil
        consumerQueue = nil
        return destroyConsumer(client, by: max(deadline, .now + .seconds(2))) && isComplete
    }

    deinit {
        close(by: .now)
        buffer.deallocate()
    }

    private struct Place: Hashable {
        let topic: UInt
        let partition: Int32
    }

    private func openClient() throws(KafkaError) -> OpaquePointer {
        guard let client else { throw KafkaError(._state, during: "use a consumer", reason: "it is closed") }
        return client
    }

    private func keepTopics(_ positions: [(TopicPartition, Offset)], of client: OpaquePointer) {
        for (partition, _) in positions where topics[partition.topic] == nil {
            topics[partition.topic] = rd_kafka_topic_new(client, partition.topic.rawValue, nil)
        }
    }

    /// Fills the buffer with what is there; with nothing there, waits for one and takes what came with it.
    private func refill(within wait: Duration) {
        guard let queue = consumerQueue?.pointer else { return }
        next = 0
        end = max(0, rd_kafka_consume_batch_queue(queue, 0, buffer, Self.batch))
        // A poll that does not wait eats the interruption meant for one that does.
        guard end == 0, !interrupter.takePending() else { return }
        guard let first = rd_kafka_consume_queue(queue, wait.wholeMilliseconds) else {
            _ = interrupter.takePending()
            return
        }
        buffer[0] = first
        end = 1 + max(0, rd_kafka_consume_batch_queue(queue, 0, buffer + 1, Self.batch - 1))
    }

    /// So many records ahead headers are asked for: what is nearer has not come yet when it is needed.
    private static let lookAheadDistance = 4

    /// Headers lie behind the value, in memory that another thread has filled: waiting for them was a third of a record's cost on
    /// the lane's thread.
    private func lookAhead() {
        let place = next + Self.lookAheadDistance
        guard place < end, let message = buffer[place], let value = message.pointee.payload else { return }
        tern_prefetch(value + message.pointee.len)
    }

    private func nextClientEvent() -> ConsumerEvent? {
        guard let client else { return nil }
        while let event = mainQueue?.poll(milliseconds: 0) {
            switch event.type {
            case RD_KAFKA_EVENT_ERROR:
                if let error = event.error(of: client, during: "consume") {
                    return .failure(error, partition: nil, offset: nil)
                }
            default: continue
            }
        }
        return nil
    }

    private static func event(consuming message: UnsafeMutablePointer<rd_kafka_message_t>) -> ConsumerEvent {
        defer { rd_kafka_message_destroy(message) }
        let partition: TopicPartition? =
            message.pointee.rkt == nil ? nil : TopicPartition(message.topicName, message.pointee.partition)
        if message.pointee.err == RD_KAFKA_RESP_ERR__PARTITION_EOF, let partition {
            return .partitionEnd(partition, offset: message.pointee.offset)
        }
        let reason = rd_kafka_message_errstr(message).map { String(cString: $0) }
        return .failure(
            KafkaError(message.pointee.err, during: "consume", reason: reason), partition: partition,
            offset: message.pointee.offset >= 0 ? message.pointee.offset : nil)
    }

    private func dropBuffered() {
        while next < end {
            if let message = buffer[next] { rd_kafka_message_destroy(message) }
            next += 1
        }
    }
}
