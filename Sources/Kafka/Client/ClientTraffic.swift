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
    private let unansweredTransactional = Atomic<Int64>(0)
    private let refused = Atomic<Bool>(false)
    private let roundTrips = Mutex(RoundTrips())
    private let total: ClientTraffic?
    /// The clients' connections carry mirrored records, as opposed to a few questions and rows.
    let isOfRecords: Bool
    private let produceAnswered: (@Sendable (Duration) -> Void)?

    /// - Parameters:
    ///   - total: counts all of this too.
    ///   - isOfRecords: whether the clients carry mirrored records. The threads of others are kept small and may be woken some
    ///     milliseconds late.
    ///   - produceAnswered: called for each produce request of these clients that was answered, with the time since it was
    ///     sent, on the client's own threads: it must be quick.
    public init(
        addingTo total: ClientTraffic? = nil, isOfRecords: Bool = false,
        produceAnswered: (@Sendable (_ after: Duration) -> Void)? = nil
    ) {
        self.total = total
        self.isOfRecords = isOfRecords
        self.produceAnswered = produceAnswered
    }

    /// A count of one client by itself, which is also added here. That client's threads and answers are treated as those of the others.
    public func ofOneClient() -> ClientTraffic {
        ClientTraffic(addingTo: self, isOfRecords: isOfRecords, produceAnswered: produceAnswered)
    }

    /// Each of them is current; together they are not of one moment.
    public var totals: Totals {
        Totals(
            sentBytes: sentBytes.load(ordering: .relaxed), receivedBytes: receivedBytes.load(ordering: .relaxed),
            fetchRequests: fetchRequests.load(ordering: .relaxed),
            produceRequests: produceRequests.load(ordering: .relaxed),
            throttled: .milliseconds(throttledMilliseconds.load(ordering: .relaxed)))
    }

    /// The shortest time from a question about the cluster to its answer lately, as the network's round trip; `nil` before the first.
    /// A cluster that comes nearer shows at once, one that goes away after some seconds of a client that asks each second.
    public var roundTrip: Duration? { roundTrips.withLock(\.shortest) }

    /// The same of the last few answers: what it says about a link that is filled or goes farther away shows after some seconds.
    public var latestRoundTrip: Duration? { roundTrips.withLock(\.latest) }

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
        case .addPartitions, .endTransaction: unansweredTransactional.add(1, ordering: .relaxed)
        case .metadata, nil: break
        }
        total?.countRequest(of: kind, bytes: bytes)
    }

    func countAnswer(to kind: RequestKind?, bytes: Int) {
        receivedBytes.add(Int64(bytes), ordering: .relaxed)
        switch kind {
        case .addPartitions, .endTransaction: unansweredTransactional.subtract(1, ordering: .relaxed)
        case .fetch, .produce, .metadata, nil: break
        }
        total?.countAnswer(to: kind, bytes: bytes)
    }

    /// Requests that add partitions to a transaction or end it, and of which no answer came: they are under way, or the connection
    /// was lost, and then a broker may carry them out at any later time. Current once a call that waits for them has returned.
    public var transactionalRequestsWithoutAnswer: Int64 { unansweredTransactional.load(ordering: .relaxed) }

    func countThrottle(milliseconds: Int64) {
        throttledMilliseconds.add(milliseconds, ordering: .relaxed)
        total?.countThrottle(milliseconds: milliseconds)
    }

    /// Only those of small requests that a broker answers at once say something about the network.
    func noteRoundTrip(_ time: Duration) {
        roundTrips.withLock { $0.note(time) }
        total?.noteRoundTrip(time)
    }

    func tellProduceAnswered(after time: Duration) { produceAnswered?(time) }
}

/// The requests that are counted one by one. Raw values are the protocol's `ApiKey`.
enum RequestKind: Int16 {
    case produce = 0
    case fetch = 1
    case metadata = 3
    case addPartitions = 24
    case endTransaction = 26
}

/// The shortest of the last answers: one that waited for a busy broker says nothing about the way to it.
struct RoundTrips {
    private static let windowLength = 6
    private static let latestCount = 3
    private var last: [Duration] = []
    private var current: Duration?
    private var previous: Duration?
    private var count = 0

    var shortest: Duration? {
        guard let current else { return previous }
        return previous.map { min($0, current) } ?? current
    }

    /// One that waited behind a large answer says nothing yet.
    var latest: Duration? { last.min() }

    mutating func note(_ time: Duration) {
        if last.count == Self.latestCount { last.removeFirst() }
        last.append(time)
        if count == Self.windowLength {
            (previous, current, count) = (current, nil, 0)
        }
        current = current.map { min($0, time) } ?? time
        count += 1
    }
}
