// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// What clients had to do with the network and with the brokers' quotas, counted while it happens. Any number of clients, on
/// any threads, count into one of these; what a client has counted stays when it is closed, so that a replaced client is no
/// fall.
public final class ClientTraffic: Sendable {
    /// Totals since the count began.
    public struct Totals: Sendable, Equatable {
        /// Bytes of the requests that were sent, and of the answers that came: whole ones, framing included, compressed,
        /// before encryption.
        public var sentBytes: Int64
        public var receivedBytes: Int64
        /// Requests sent, repeated ones included.
        public var fetchRequests: Int64
        public var produceRequests: Int64
        /// The throttle times in the brokers' answers, summed: how long quotas hold the client back.
        public var throttled: Duration
    }

    private let sentBytes = Atomic<Int64>(0)
    private let receivedBytes = Atomic<Int64>(0)
    private let fetchRequests = Atomic<Int64>(0)
    private let produceRequests = Atomic<Int64>(0)
    private let throttledMilliseconds = Atomic<Int64>(0)
    private let refused = Atomic<Bool>(false)
    private let total: ClientTraffic?
    private let produceAnswered: (@Sendable (Duration) -> Void)?

    /// - Parameters:
    ///   - total: counts all of this too.
    ///   - produceAnswered: called for each produce request of these clients that was answered, with the time since it was
    ///     sent, on the client's own threads: it must be quick.
    public init(
        addingTo total: ClientTraffic? = nil, produceAnswered: (@Sendable (_ after: Duration) -> Void)? = nil
    ) {
        self.total = total
        self.produceAnswered = produceAnswered
    }

    /// Each of them is current; together they are not of one moment.
    public var totals: Totals {
        Totals(
            sentBytes: sentBytes.load(ordering: .relaxed), receivedBytes: receivedBytes.load(ordering: .relaxed),
            fetchRequests: fetchRequests.load(ordering: .relaxed),
            produceRequests: produceRequests.load(ordering: .relaxed),
            throttled: .milliseconds(throttledMilliseconds.load(ordering: .relaxed)))
    }

    /// Whether librdkafka refused to make the last client that was to count here.
    var wasRefused: Bool {
        get { refused.load(ordering: .relaxed) }
        set { refused.store(newValue, ordering: .relaxed) }
    }

    func countRequest(of kind: RequestKind?, bytes: Int) {
        sentBytes.add(Int64(bytes), ordering: .relaxed)
        switch kind {
        case .fetch: fetchRequests.add(1, ordering: .relaxed)
        case .produce: produceRequests.add(1, ordering: .relaxed)
        case nil: break
        }
        total?.countRequest(of: kind, bytes: bytes)
    }

    func countAnswer(bytes: Int) {
        receivedBytes.add(Int64(bytes), ordering: .relaxed)
        total?.countAnswer(bytes: bytes)
    }

    func countThrottle(milliseconds: Int64) {
        throttledMilliseconds.add(milliseconds, ordering: .relaxed)
        total?.countThrottle(milliseconds: milliseconds)
    }

    func tellProduceAnswered(after time: Duration) { produceAnswered?(time) }
}

/// The requests that are counted one by one. Raw values are the protocol's `ApiKey`.
enum RequestKind: Int16 {
    case produce = 0
    case fetch = 1
}
