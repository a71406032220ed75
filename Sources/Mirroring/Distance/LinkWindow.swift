// SPDX-License-Identifier: Apache-2.0

/// How much may be under way from a cluster, by what the round trip says: it grows where the cluster goes farther away, and where
/// more is asked for than the link carries. In the second case whatever is written to a small topic waits behind it.
///
/// Which of the two it is shows when less is asked for, or more: a queue gets shorter or longer, a way does not. For one thread; told once a second.
public struct LinkWindow: Sendable {
    /// What is the case now.
    public struct Reading: Sendable {
        /// The shortest of the last few seconds, and of a longer time.
        public var latest: Duration
        public var shortest: Duration
        /// What came in lately, in bytes a second.
        public var bytesPerSecond: Double
        /// There is more to be read: what comes in is what the link, or somebody else, lets through.
        public var isBehind: Bool

        public init(latest: Duration, shortest: Duration, bytesPerSecond: Double, isBehind: Bool) {
            self.latest = latest
            self.shortest = shortest
            self.bytesPerSecond = bytesPerSecond
            self.isBehind = isBehind
        }
    }

    /// The round trip without a queue: by it connections are chosen. `nil` while it is not known.
    public private(set) var distance: Duration?
    /// The most that should be under way, in bytes; `nil`: as much as the distance asks for.
    public private(set) var bytes: Int?

    private struct Trial {
        /// Before it.
        var roundTrip: Duration
        var asksForMore = false
        var readings = 0
    }

    /// Less was asked for, or more, and it is to be seen what becomes of the round trip.
    private var trial: Trial?
    private var idleReadings = 0
    private var freeReadings = 0
    private var doubtfulReadings = 0

    /// A queue of so long keeps a link busy.
    private static let wantedQueue = Duration.milliseconds(100)
    private static let longQueue = Duration.milliseconds(120)
    /// A shorter one says that the link might carry more.
    private static let shortQueue = Duration.milliseconds(50)
    private static let noQueue = Duration.milliseconds(5)
    /// So many readings after less was asked for, the round trip is that of what was asked for since.
    private static let patience = 8
    private static let settled = 12
    /// After so many readings with a queue, or a longer way, it is tried which of them it is.
    private static let longDoubt = 60

    public init() {}

    public mutating func note(_ reading: Reading) {
        guard reading.isBehind, let known = distance else {
            // Nothing of ours is queued; a while after it was, the shortest is one without a queue.
            idleReadings += 1
            let isSettled = distance == nil || idleReadings > Self.settled
            distance = isSettled ? reading.shortest : distance.map { min($0, reading.shortest) }
            trial = nil
            doubtfulReadings = 0
            return
        }
        idleReadings = 0
        let roundTrip = reading.latest
        let distance = min(known, roundTrip)
        self.distance = distance
        if var trial {
            trial.readings += 1
            self.trial = trial
            guard trial.readings >= Self.patience else { return }
            self.trial = nil
            if trial.asksForMore ? roundTrip < trial.roundTrip * 1.2 : roundTrip > trial.roundTrip * 0.8 {
                // It takes as long, whatever is asked for: the cluster has gone farther away.
                self.distance = roundTrip
                bytes = nil
                return
            }
            if trial.asksForMore { return narrow(to: Self.wantedQueue, distance, reading) }
        }
        let queue = roundTrip - distance
        doubtfulReadings = queue > distance / 4 + Self.shortQueue / 2 ? doubtfulReadings + 1 : 0
        let isDoubtful = doubtfulReadings >= Self.longDoubt
        if let bytes, bytes <= Self.narrowest {
            guard !isDoubtful else { return widen(from: bytes, roundTrip) }
        } else if queue > Self.longQueue + distance / 4 {
            return narrow(to: Self.wantedQueue, distance, reading)
        } else if isDoubtful {
            return narrow(to: .zero, distance, reading)
        }
        freeReadings = queue < Self.shortQueue ? freeReadings + 1 : 0
        if freeReadings >= Self.patience / 2 { widen(queue) }
    }

    private mutating func narrow(to queue: Duration, _ distance: Duration, _ reading: Reading) {
        bytes = max(Self.narrowest, Int(reading.bytesPerSecond * ((distance + queue) / .seconds(1))))
        trial = Trial(roundTrip: reading.latest)
        freeReadings = 0
        doubtfulReadings = 0
    }

    /// There is no asking for less.
    private mutating func widen(from bytes: Int, _ roundTrip: Duration) {
        self.bytes = bytes * 2
        trial = Trial(roundTrip: roundTrip, asksForMore: true)
        doubtfulReadings = 0
    }

    /// By much where nothing is queued, else by a little: behind a plan that fits, one that is twice as wide has too long a queue.
    private mutating func widen(_ queue: Duration) {
        freeReadings = 0
        guard let bytes else { return }
        let more = queue < Self.noQueue ? bytes : max(bytes / 4, Self.narrowest)
        self.bytes = bytes >= Self.widest ? nil : bytes + more
    }

    /// Between these it is held back.
    static let narrowest = 1 << 20
    static let widest = 16 << 20
}
