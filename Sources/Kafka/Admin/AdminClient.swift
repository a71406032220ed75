// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes
internal import Platform
internal import Synchronization

/// Asks and changes what a cluster has: topics, settings, groups, offsets, access rules. For any task, concurrently.
///
/// The handle is of the consumer type and never consumes: a producer-type one creates topics by asking about them, and a
/// handle that fetches answers late. Offsets are those of its `isolation.level`.
/// Every method takes a deadline for the whole of it and throws `_interrupted` when its task is cancelled. A failure that
/// concerns one item is in the result; one that concerns all is thrown.
public final class AdminClient: Sendable {
    let requests: AdminRequests
    private let thread: Mutex<OwnedThread?>
    /// What a client for groups is made of; nil where this is one.
    private let groupProperties: ClientProperties?
    private let clientID: String
    private let traffic: ClientTraffic?
    private let groups = Mutex<AdminClient?>(nil)
    /// How much this cluster takes in one request, as far as it has shown.
    let portions = Mutex(RequestPortions())

    /// - Parameter properties: librdkafka's names. What would make the handle create topics or commit is overruled. With a
    ///   `group.id` it looks for the group's coordinator at once, for which brokers make `__consumer_offsets` where there is
    ///   none: only who commits for that group wants one.
    /// - Parameter traffic: counts this client's.
    public init(
        _ properties: ClientProperties, clientID: String, traffic: ClientTraffic? = nil
    ) throws(KafkaError) {
        let forced = ClientProperties(["allow.auto.create.topics": "false", "enable.auto.commit": "false"])
        let configuration = try NativeConfiguration(properties.merging(forced), clientID: clientID, kind: .admin)
        configuration.setEvents(RD_KAFKA_EVENT_ERROR)
        let handle = try ClientHandle(configuration, counting: traffic)
        let requests = AdminRequests(handle)
        self.requests = requests
        self.clientID = clientID
        self.traffic = traffic
        groupProperties =
            properties["group.id"] == nil ? properties.merging(ClientProperties(["group.id": clientID])) : nil
        thread = Mutex(OwnedThread(name: "tern-admin") { requests.serve(handle) })
    }

    /// The id of the cluster at the other end. The corresponding C function is `rd_kafka_clusterid`.
    public func clusterID(within limit: Duration) async throws(KafkaError) -> String {
        try await connected(during: "ask for the cluster's id", within: limit) { client, milliseconds in
            Kafka.clusterID(of: client, within: milliseconds)
        }
    }

    /// The id of the broker that a client should send its admin requests to.
    /// The corresponding C function is `rd_kafka_controllerid`.
    public func controllerID(within limit: Duration) async throws(KafkaError) -> Int32 {
        try await connected(during: "ask for the controller", within: limit) { client, milliseconds in
            let id = rd_kafka_controllerid(client, milliseconds)
            return id >= 0 ? id : nil
        }
    }

    /// Asks for something that any metadata answer brings. The request is made here: left alone, librdkafka connects up
    /// to a second later.
    private func connected<Value: Sendable>(
        during operation: String, within limit: Duration,
        _ ask: @escaping @Sendable (_ client: OpaquePointer, _ milliseconds: Int32) -> Value?
    ) async throws(KafkaError) -> Value {
        let requests = requests
        return try await block(during: operation, within: limit, delaysOthers: false) { (handle) throws(KafkaError) in
            let deadline = ContinuousClock.now + limit
            // librdkafka goes on telling what it once heard: only an answer of now says that the cluster is there.
            guard refreshMetadata(of: handle.pointer, allTopics: false, within: limit) else {
                throw requests.unanswered(operation, within: limit)
            }
            let left = ContinuousClock.now.duration(to: deadline)
            guard let value = ask(handle.pointer, left.wholeMilliseconds) else {
                throw requests.unanswered(operation, within: limit)
            }
            requests.noteAnswer()
            return value
        }
    }

    /// What the client reported about itself since the last call: brokers down, credentials refused.
    public func takeClientErrors() -> [KafkaError] { requests.takeFailures() }

    /// Why there is no new token to log in by, while the last one may still be valid; `nil` where all is well.
    public var loginFailure: LoginFailure? {
        guard let handle = try? requests.openHandle(during: "look at the login") else { return nil }
        return TokenKeeper.failure(of: handle.pointer)
    }

    /// The certificates of brokers that the client has not taken since the last call, the latest of each broker.
    public func takeRefusedCertificates() -> [RefusedCertificate] {
        guard let handle = try? requests.openHandle(during: "look at certificates") else { return [] }
        return RefusedCertificates.take(from: handle.pointer)
    }

    /// Yields when there is something to take by ``takeClientErrors()``, such as a connection that was lost; ends with the
    /// client. For one reader.
    public var troubles: AsyncStream<Void> { requests.troubles }

    /// Fails every call that still waits, ends the event thread and destroys the client; waits for the two. Calls that
    /// block in librdkafka at this moment keep the client until they return.
    public func close() {
        groups.withLock { $0.take() }?.close()
        requests.close()
        if let thread = thread.withLock({ $0.take() }) { thread.join() }
    }

    deinit { close() }

    /// The client that asks the coordinators of groups, made at its first use. librdkafka before 2.3 looks for the
    /// coordinator of the handle's own group when another's has moved or is not there yet, and a handle without one is a
    /// crash. One with a request that was given up is replaced: librdkafka 2.16 never asks the coordinator again behind
    /// such a request, and an older one would send it late. The old one ends with the last call that uses it.
    func forGroups(during operation: String) throws(KafkaError) -> AdminClient {
        guard let groupProperties else { return self }
        _ = try requests.openHandle(during: operation)
        var replaced: AdminClient?
        // Its end takes a moment: not under the lock.
        defer { extendLifetime(replaced) }
        return try groups.withLock { client throws(KafkaError) in
            if let client, !client.requests.hasGivenUp { return client }
            replaced = client
            let made = try AdminClient(groupProperties, clientID: clientID, traffic: traffic)
            client = made
            return made
        }
    }

    /// Sends a request whose answer comes as an event.
    ///
    /// - Parameters:
    ///   - send: makes the call with these options and this queue.
    ///   - read: takes the answer out of the event, which has no error, on the event thread.
    func request<Value: Sendable>(
        _ kind: rd_kafka_admin_op_t, during operation: String, within limit: Duration,
        send: (_ client: OpaquePointer, _ options: borrowing AdminOptions, _ queue: OpaquePointer) throws(KafkaError)
            -> Void,
        read: @escaping @Sendable (_ event: OpaquePointer) -> Value
    ) async throws(KafkaError) -> Value {
        let handle = try requests.openHandle(during: operation)
        let requests = requests
        let id = requests.nextID()
        let ownDeadline =
            AdminOptions.outlivesCoordinator(kind) ? Self.give(up: id, of: requests, operation, limit) : nil
        defer { ownDeadline?.cancel() }
        let result: Result<Value, KafkaError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOpen = requests.add(id) { answer in
                    continuation.resume(returning: Self.result(of: answer, during: operation, read))
                }
                guard isOpen else {
                    return continuation.resume(returning: .failure(AdminRequests.closed(operation)))
                }
                do throws(KafkaError) {
                    guard let options = AdminOptions(kind, of: handle.pointer, id: id) else {
                        throw KafkaError(._unsupportedFeature, during: operation, reason: "not in this librdkafka")
                    }
                    try options.setRequestTimeout(ownDeadline == nil ? limit : AdminOptions.longestTimeout)
                    try send(handle.pointer, options, handle.queue)
                } catch {
                    requests.finish(id, .failure(error))
                }
                // Cancelled before there was anything to cancel.
                if Task.isCancelled { requests.finish(id, .failure(Self.cancelled(operation))) }
            }
        } onCancel: {
            if ownDeadline == nil {
                requests.finish(id, .failure(Self.cancelled(operation)))
            } else {
                requests.giveUp(id, Self.cancelled(operation))
            }
        }
        return try result.get()
    }

    /// Ends a request that librdkafka must not end itself.
    private static func give(
        up id: UInt, of requests: AdminRequests, _ operation: String, _ limit: Duration
    ) -> Task<Void, Never> {
        Task {
            guard (try? await ContinuousClock().sleep(for: limit)) != nil else { return }
            requests.giveUp(id, requests.unanswered(operation, within: limit))
        }
    }

    /// Runs a call that blocks in librdkafka, on a thread where that harms nobody. Cancellation ends the wait for it, and
    /// so does the deadline: before 2.3, librdkafka waits for offsets beyond it while a leader is down. Such a call goes on
    /// by itself; while some do, no further one is made.
    ///
    /// - Parameters:
    ///   - limit: of the call and of the wait for a thread; nil where the caller never has two of them under way.
    ///   - delaysOthers: whether a call that goes on beyond its limit keeps further ones from being made.
    func block<Value: Sendable>(
        during operation: String, within limit: Duration?, delaysOthers: Bool = true,
        _ call: @escaping @Sendable (ClientHandle) throws(KafkaError) -> Value
    ) async throws(KafkaError) -> Value {
        let handle = try requests.openHandle(during: operation)
        let requests = requests
        if let limit, delaysOthers, requests.hasOverdueCalls { throw requests.unanswered(operation, within: limit) }
        let id = requests.nextID()
        let deadline = limit.map { limit in
            Task.detached {
                try await ContinuousClock().sleep(for: limit + .milliseconds(500))
                requests.overrun(id, requests.unanswered(operation, within: limit), isOverdue: delaysOthers)
            }
        }
        defer { deadline?.cancel() }
        let result: Result<Value, KafkaError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOpen = requests.add(id) { answer in
                    if case .failure(let error) = answer { continuation.resume(returning: .failure(error)) }
                }
                guard isOpen, !Task.isCancelled || !requests.remove(id) else {
                    let error = isOpen ? Self.cancelled(operation) : AdminRequests.closed(operation)
                    return continuation.resume(returning: .failure(error))
                }
                Task.detached {
                    let result: Result<Value, KafkaError> = await ThreadExecutor.shared.run {
                        do throws(KafkaError) { return .success(try call(handle)) } catch { return .failure(error) }
                    }
                    requests.returned(id)
                    if requests.remove(id) { continuation.resume(returning: result) }
                }
            }
        } onCancel: {
            requests.finish(id, .failure(Self.cancelled(operation)))
        }
        return try result.get()
    }

    private static func result<Value>(
        of answer: AdminRequests.Answer, during operation: String, _ read: (OpaquePointer) -> Value
    ) -> Result<Value, KafkaError> {
        switch answer {
        case .failure(let error): return .failure(error)
        case .event(let event):
            // Before the result: that of a failed DeleteRecords aborts the process when it is asked for its offsets.
            let code = rd_kafka_event_error(event)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                let reason = rd_kafka_event_error_string(event).map { String(cString: $0) }
                return .failure(KafkaError(code, during: operation, reason: reason))
            }
            return .success(read(event))
        }
    }

    private static func cancelled(_ operation: String) -> KafkaError {
        KafkaError(._interrupted, during: operation, reason: "cancelled", remedy: .giveUp)
    }
}
