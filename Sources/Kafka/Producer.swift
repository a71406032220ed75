// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes

/// Writes records, and reports on each of them. For one thread.
///
/// Records taken from a consumer are not copied: they stay in ``RecordSlots`` until their report, or until the producer
/// is closed. Close it before the consumer that they came from.
public final class Producer {
    private static let reportBatch = 1000
    /// Failures that nobody takes are not kept for ever.
    private static let keptEvents = 256

    private(set) var client: OpaquePointer?
    private var queue: EventQueue?
    private var topics: [TopicName: TopicHandle] = [:]
    private(set) var slots = RecordSlots()
    private var failures: [KafkaError] = []
    private let arguments = ProduceArguments()
    private typealias Reports = UnsafeMutablePointer<UnsafePointer<rd_kafka_message_t>?>
    /// Room for the reports of an event; nil while they are served. Who serves reports from within one gets room of its own.
    private var spareReports: Reports?
    let pacing: Pacing?
    /// Ends a wait in ``pollDeliveries(within:_:)`` early, from any thread.
    public let interrupter: Interrupter

    /// - Parameter properties: librdkafka's names. The partitioner is Java's (`murmur2_random`) unless given.
    /// - Parameter traffic: counts this client's.
    /// - Parameter pace: how much of a partition librdkafka is given at a time; nil: all that comes.
    public init(
        _ properties: ClientProperties, clientID: String, traffic: ClientTraffic? = nil, pace: ProducePace? = nil
    ) throws(KafkaError) {
        pacing = pace.map(Pacing.init)
        let defaults = ClientProperties(["partitioner": "murmur2_random"])
        let configuration = try NativeConfiguration(
            defaults.merging(properties), clientID: clientID, kind: .producer)
        configuration.setEvents(RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR)
        let client = try configuration.makeClient(counting: traffic)
        let queue = EventQueue.main(of: client)
        self.client = client
        interrupter = Interrupter(queue: queue.pointer)
        self.queue = consume queue
    }

    /// The topic of that name, opened at the first call. The first record to a topic waits for its metadata: opening it
    /// early saves that.
    public func topic(named name: TopicName) throws(KafkaError) -> TopicHandle {
        if let topic = topics[name] { return topic }
        let topic = try TopicHandle(name, of: openClient())
        topics[name] = topic
        return topic
    }

    /// Hands a record over: nil means that it was accepted, and lives here until its report. The record itself comes
    /// back, headers and all, while the producer's queue is full: serve deliveries, then try again.
    ///
    /// Where it is paced, a record that has to wait is accepted, too.
    ///
    /// The corresponding C function is `rd_kafka_produceva`; key and headers become librdkafka's, the value stays.
    public func enqueue(
        _ record: consuming OutgoingRecord, to topic: TopicHandle, partition: Int32, token: UInt64
    ) throws(KafkaError) -> OutgoingRecord? {
        guard let pacing else { return try produce(record, to: topic, partition: partition, token: token) }
        guard let paced = pacing.partition(topic, partition) else { throw Self.closed(topic) }
        guard paced.gives(record.sentBytes) else {
            pacing.hold(record, token, paced)
            return nil
        }
        do throws(KafkaError) {
            guard let returned = try produce(record, to: topic, partition: partition, token: token) else { return nil }
            paced.returned()
            return returned
        } catch {
            paced.returned()
            throw error
        }
    }

    func produce(
        _ record: consuming OutgoingRecord, to topic: TopicHandle, partition: Int32, token: UInt64
    ) throws(KafkaError) -> OutgoingRecord? {
        let (client, native) = try opened(topic)
        let slot = slots.insert(record.message, token: token)
        arguments.set(
            topic: native, partition: partition, key: record.message.keyBytes, value: record.message.valueBytes,
            timestamp: record.nativeTimestamp, opaque: UnsafeMutableRawPointer(bitPattern: slot + 1),
            copiesValue: false, headers: record.nativeHeaders)
        guard let error = rd_kafka_produceva(client, arguments.base, arguments.count) else {
            _ = record.takeSent()
            return nil
        }
        slots.remove(slot)
        guard rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR__QUEUE_FULL else {
            rd_kafka_error_destroy(error)
            return record
        }
        throw KafkaError(consuming: error, during: "produce")
    }

    /// Copies a record into the producer. A `timestamp` of nil is now, a `partition` of nil is the partitioner's choice.
    /// A queue that is full is an error like others here, with the code `_queueFull`.
    ///
    /// The corresponding C function is `rd_kafka_produceva` with `RD_KAFKA_MSG_F_COPY`.
    public func enqueue(
        key: [UInt8]?, value: [UInt8]?, headers: [(HeaderName, [UInt8]?)] = [], timestamp: Int64? = nil,
        to topic: TopicHandle, partition: Int32? = nil, token: UInt64 = 0
    ) throws(KafkaError) {
        let (client, native) = try opened(topic)
        var list: RecordHeaders?
        if !headers.isEmpty { list = RecordHeaders(capacity: headers.count) }
        for (name, value) in headers { value.withOptionalBytes { list?.add(name, $0) } }
        let slot = slots.insert(nil, token: token)
        let error = key.withOptionalBytes { key in
            value.withOptionalBytes { value in
                arguments.set(
                    topic: native, partition: partition ?? RD_KAFKA_PARTITION_UA, key: key, value: value,
                    timestamp: timestamp ?? 0, opaque: UnsafeMutableRawPointer(bitPattern: slot + 1),
                    copiesValue: true, headers: list?.native)
                return rd_kafka_produceva(client, arguments.base, arguments.count)
            }
        }
        if let error {
            slots.remove(slot)
            throw KafkaError(consuming: error, during: "produce to \(topic.name)")
        }
        if let sent = list.take() { sent.release() }
    }

    /// Serves every event that waits, and waits at most `within` for the first. Records are freed as `body` returns.
    ///
    /// The corresponding C functions are `rd_kafka_queue_poll` and `rd_kafka_event_message_array`.
    public func pollDeliveries(within wait: Duration, _ body: (borrowing Delivery) -> Void) {
        guard let client else { return }
        reportUnsent(body)
        var milliseconds = wait.wholeMilliseconds
        if milliseconds > 0, interrupter.takePending() { milliseconds = 0 }
        while let event = queue?.poll(milliseconds: milliseconds) {
            milliseconds = 0
            switch event.type {
            case RD_KAFKA_EVENT_DR: serve(event, body)
            case RD_KAFKA_EVENT_ERROR:
                if let error = event.error(of: client, during: "produce") { keep(error) }
            default: continue
            }
        }
        if wait > .zero { _ = interrupter.takePending() }
    }

    /// How many records have no report yet.
    public var outstanding: Int { slots.count + heldCount }

    /// How many of them wait here for those before them, and librdkafka does not have them yet.
    public var heldCount: Int { pacing?.heldCount ?? 0 }

    /// What the client reported about itself since the last call; a fatal failure among them ends this producer.
    public func takeFailures() -> [KafkaError] {
        defer { failures = [] }
        return failures
    }

    /// Gives up on everything that has no report: the reports that come say `_purgeQueue` or `_purgeInflight`.
    ///
    /// The corresponding C function is `rd_kafka_purge`.
    public func purge() {
        pacing?.isPurged = true
        if let client { rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT) }
    }

    /// Gives up on what was not sent yet: its reports say `_purgeQueue`. What is on its way to a broker is answered as ever.
    ///
    /// The corresponding C function is `rd_kafka_purge`.
    public func purgeQueue() {
        pacing?.isPurged = true
        if let client { rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE) }
    }

    /// Destroys the client on this thread, then frees the records that it still had: their reports never come.
    ///
    /// The corresponding C function is `rd_kafka_destroy`.
    /// - Parameter purging: whether to give up on what is in flight first, so that nothing waits for an answer.
    public func close(purging: Bool) {
        guard let client else { return }
        if purging { purge() }
        self.client = nil
        interrupter.retire()
        pacing?.removeAll()
        topics.values.forEach { $0.close() }
        topics = [:]
        queue = nil
        destroyClient(client)
        // Nothing reads them any more.
        for message in slots.removeAll() { rd_kafka_message_destroy(message) }
    }

    /// The id of the cluster at the other end; nil while there was no connection yet. Does not wait.
    ///
    /// The corresponding C function is `rd_kafka_clusterid`.
    public var clusterID: String? { client.flatMap { Kafka.clusterID(of: $0, within: 0) } }

    deinit {
        close(purging: true)
        spareReports?.deallocate()
    }

    func openClient() throws(KafkaError) -> OpaquePointer {
        guard let client else { throw KafkaError(._state, during: "produce", reason: "the producer is closed") }
        return client
    }

    private func opened(_ topic: TopicHandle) throws(KafkaError) -> (OpaquePointer, OpaquePointer) {
        guard let native = topic.pointer else {
            throw Self.closed(topic)
        }
        return (try openClient(), native)
    }

    private static func closed(_ topic: TopicHandle) -> KafkaError {
        KafkaError(._state, during: "produce", reason: "the producer of \(topic.name) is closed")
    }

    private func serve(_ event: borrowing NativeEvent, _ body: (borrowing Delivery) -> Void) {
        let reports = spareReports.take() ?? Reports.allocate(capacity: Self.reportBatch)
        defer { keep(reports) }
        var offsets = AcknowledgedOffsets()
        while true {
            let count = rd_kafka_event_message_array(event.pointer, reports, Self.reportBatch)
            guard count > 0 else { return }
            for index in 0..<count {
                guard let report = reports[index] else { continue }
                let next = index + 1 < count ? reports[index + 1] : nil
                let continues = next.map {
                    $0.pointee.partition == report.pointee.partition && $0.pointee.rkt == report.pointee.rkt
                }
                let place = Int(bitPattern: report.pointee._private) - 1
                let slot = slots[place]
                body(
                    Delivery(
                        report: report, lent: slot.message, token: slot.token, offset: offsets.next(report),
                        endsRun: continues != true))
                slots.remove(place)
                if let message = slot.message { rd_kafka_message_destroy(message) }
                if let paced = pacing?.reported(report), continues != true { release(paced, body) }
            }
        }
    }

    private func keep(_ reports: Reports) {
        if spareReports == nil { spareReports = reports } else { reports.deallocate() }
    }

    private func keep(_ failure: KafkaError) {
        if failures.count >= Self.keptEvents { failures.removeFirst() }
        failures.append(failure)
    }
}
