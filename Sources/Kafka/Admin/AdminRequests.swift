// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
internal import KafkaTypes
internal import Synchronization

/// The requests of an admin client that wait for an answer, by the number that goes along as the opaque.
///
/// A request ends exactly once: by its event, by cancellation, or because the client was closed. An event that comes
/// later finds nothing under its number and is dropped.
final class AdminRequests: Sendable {
    /// How a request ends. The event is lent for the time of the call, on the event thread.
    enum Answer {
        case event(OpaquePointer)
        case failure(KafkaError)
    }

    private struct State {
        var handle: ClientHandle?
        var lastID: UInt = 0
        var waiting: [UInt: @Sendable (Answer) -> Void] = [:]
        /// Calls that block beyond their deadline.
        var overdue: Set<UInt> = []
        var hasGivenUp = false
        var failures: [KafkaError] = []
        var leadersLearnedAt: ContinuousClock.Instant?
        /// Why nothing gets through at present, as far as the client said.
        var lastCause: KafkaError?
    }

    /// Failures and log lines that nobody takes are not kept for ever.
    private static let keptEvents = 256
    private let state: Mutex<State>
    /// One element for any number of failures that nobody has looked at yet.
    let troubles: AsyncStream<Void>
    private let trouble: AsyncStream<Void>.Continuation

    init(_ handle: ClientHandle) {
        state = Mutex(State(handle: handle))
        (troubles, trouble) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The client, unless it is closed.
    func openHandle(during operation: String) throws(KafkaError) -> ClientHandle {
        guard let handle = state.withLock({ $0.handle }) else { throw Self.closed(operation) }
        return handle
    }

    func nextID() -> UInt {
        state.withLock {
            $0.lastID += 1
            return $0.lastID
        }
    }

    /// - Returns: whether the client was still open; if not, `finish` is not called.
    func add(_ id: UInt, finish: @escaping @Sendable (Answer) -> Void) -> Bool {
        state.withLock { state in
            guard state.handle != nil else { return false }
            state.waiting[id] = finish
            return true
        }
    }

    func finish(_ id: UInt, _ answer: Answer) {
        state.withLock { $0.waiting.removeValue(forKey: id) }?(answer)
    }

    /// Ends the wait for a request that librdkafka goes on with.
    func giveUp(_ id: UInt, _ error: KafkaError) {
        let finish = state.withLock { state -> (@Sendable (Answer) -> Void)? in
            let finish = state.waiting.removeValue(forKey: id)
            if finish != nil { state.hasGivenUp = true }
            return finish
        }
        finish?(.failure(error))
    }

    var hasGivenUp: Bool { state.withLock { $0.hasGivenUp } }

    /// - Returns: whether it was still waited for.
    func remove(_ id: UInt) -> Bool { state.withLock { $0.waiting.removeValue(forKey: id) } != nil }

    var hasOverdueCalls: Bool { state.withLock { !$0.overdue.isEmpty } }

    /// Ends the wait for a call that blocks on.
    func overrun(_ id: UInt, _ error: KafkaError, isOverdue: Bool) {
        let finish = state.withLock { state -> (@Sendable (Answer) -> Void)? in
            guard let finish = state.waiting.removeValue(forKey: id) else { return nil }
            if isOverdue { _ = state.overdue.insert(id) }
            return finish
        }
        finish?(.failure(error))
    }

    /// A call has come back, however late.
    func returned(_ id: UInt) { state.withLock { _ = $0.overdue.remove(id) } }

    /// Has the client ask who leads the partitions that it knows: before 2.3 it goes on asking the old leader for offsets
    /// until its metadata is refreshed by chance. Once a second at most; blocks for as long.
    func learnLeaders(_ handle: ClientHandle) {
        let pause = Duration.seconds(1)
        let isDue = state.withLock { state in
            if let last = state.leadersLearnedAt, last.duration(to: .now) < pause { return false }
            state.leadersLearnedAt = .now
            return true
        }
        guard isDue else { return }
        _ = refreshMetadata(of: handle.pointer, allTopics: false, within: pause)
    }

    /// Ends every request and gives up the client. The loop of ``serve(_:)`` ends at its next turn.
    func close() {
        let (handle, waiting) = state.withLock { state in
            defer {
                state.handle = nil
                state.waiting = [:]
            }
            return (state.handle, state.waiting)
        }
        for finish in waiting.values { finish(.failure(Self.closed("answer a request"))) }
        trouble.finish()
        if let handle { rd_kafka_queue_yield(handle.queue) }
    }

    /// Hands out events until ``close()``: the body of the event thread.
    func serve(_ handle: ClientHandle) {
        while state.withLock({ $0.handle != nil }) {
            // The wait has no end of its own: `close` interrupts it, and librdkafka keeps an interruption that comes early.
            guard let native = rd_kafka_queue_poll(handle.queue, -1) else { continue }
            let event = NativeEvent(owning: native)
            switch event.type {
            case RD_KAFKA_EVENT_ERROR:
                if let error = event.error(of: handle.pointer, during: "stay connected") { keep(error) }
            default:
                finish(UInt(bitPattern: rd_kafka_event_opaque(native)), .event(native))
                extendLifetime(event)
            }
        }
    }

    func takeFailures() -> [KafkaError] {
        state.withLock { state in
            defer { state.failures = [] }
            return state.failures
        }
    }

    /// What to say when a cluster did not answer: the cause that the client reported, if it did.
    func unanswered(_ operation: String, within limit: Duration) -> KafkaError {
        let cause = state.withLock { $0.lastCause }
        let reason = "no answer within \(limit)" + (cause.map { ": \($0.reason)" } ?? "")
        return KafkaError(cause?.code ?? ._timedOut, during: operation, reason: reason, remedy: .retry)
    }

    func noteAnswer() { state.withLock { $0.lastCause = nil } }

    private func keep(_ failure: KafkaError) {
        state.withLock { state in
            if state.failures.count >= Self.keptEvents { state.failures.removeFirst() }
            state.failures.append(failure)
            // "All brokers are down" follows every cause and names none.
            if failure.code != ._allBrokersDown || state.lastCause == nil { state.lastCause = failure }
        }
        trouble.yield()
    }

    static func closed(_ operation: String) -> KafkaError {
        KafkaError(._destroy, during: operation, reason: "the client is closed", remedy: .recreateClient)
    }
}
