// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// What the two clusters say about one mirrored partition. `nil` is unknown.
public struct CopyFacts: Sendable, Equatable {
    /// The next source offset to copy, as the progress row says; `nil` when there is no row.
    public var next: Int64?
    /// Of the source's log.
    public var start: Int64?
    /// Of the source's log: what a reader of the flow's isolation level can read.
    public var readableEnd: Int64?
    /// Of the source's log, with records of open transactions.
    public var end: Int64?
    /// Of the first record that is not copied, milliseconds since 1970.
    public var oldestTimestamp: Int64?
    /// Of the newest record that was copied, milliseconds since 1970.
    public var newestCopy: Int64?

    public init(
        next: Int64? = nil, start: Int64? = nil, readableEnd: Int64? = nil, end: Int64? = nil,
        oldestTimestamp: Int64? = nil, newestCopy: Int64? = nil
    ) {
        self.next = next
        self.start = start
        self.readableEnd = readableEnd
        self.end = end
        self.oldestTimestamp = oldestTimestamp
        self.newestCopy = newestCopy
    }

    /// Where copying goes on: without a progress row, at the start of the log.
    public var position: Int64? { next ?? start }

    /// Records that could be copied and are not; `nil` when the source did not say.
    public var missing: Int64? {
        guard let position, let readableEnd else { return nil }
        return max(0, readableEnd - max(position, start ?? position))
    }

    /// Records behind an open transaction: neither copied nor readable.
    public var held: Int64? {
        guard let readableEnd, let end, let position else { return nil }
        return max(0, end - max(readableEnd, position))
    }
}

/// How far the copy of one topic is behind its source.
public struct CopyGap: Sendable, Equatable {
    /// On the source.
    public var topic: TopicName
    public var targetTopic: TopicName
    /// Offsets that are not copied; `nil` when unknown of a partition.
    public var records: Int64?
    /// Offsets behind open transactions on the source; `nil` when unknown of a partition.
    public var held: Int64?
    /// Age of the oldest record that is not copied; 0 when there is none, `nil` when unknown.
    public var seconds: Double?
    /// When the newest copied record was written, milliseconds since 1970.
    public var copiedUntil: Int64?

    /// - Parameters:
    ///   - partitions: the facts of all its partitions.
    ///   - now: milliseconds since 1970.
    public init(_ topic: MirroredTopic, _ partitions: [CopyFacts], now: Int64) {
        self.topic = topic.source
        targetTopic = topic.target
        records = Self.sum(partitions.map(\.missing))
        held = Self.sum(partitions.map(\.held))
        copiedUntil = partitions.compactMap(\.newestCopy).max()
        guard let records else { return }
        let ages = partitions.filter { ($0.missing ?? 0) > 0 }.map { facts in
            facts.oldestTimestamp.map { Double(max(0, now - $0)) / 1000 }
        }
        seconds = records == 0 ? 0 : ages.contains(nil) ? nil : ages.compactMap(\.self).max()
    }

    private static func sum(_ numbers: [Int64?]) -> Int64? {
        numbers.contains(nil) ? nil : numbers.reduce(0) { $0 + ($1 ?? 0) }
    }

    /// Everything that the source holds is on the target, open transactions included.
    public var isClosed: Bool { records == 0 && held == 0 }

    /// The furthest behind first, and the unknown before them.
    public static func isWorse(_ left: CopyGap, _ right: CopyGap) -> Bool {
        let (one, other) = (left.records ?? .max, right.records ?? .max)
        return one == other ? left.topic < right.topic : one > other
    }
}

/// The gaps of all topics in one number each.
public struct CopyLoss: Sendable, Equatable {
    /// What would be missing on the target if the source were lost now; `nil` when unknown.
    public var records: Int64?
    /// The age of the oldest of these records. Without the source: how long ago the newest copied record was written, at most
    /// as much of the source's history is missing where it is written all the time.
    public var seconds: Double?

    public init(records: Int64?, seconds: Double?) {
        self.records = records
        self.seconds = seconds
    }

    /// - Parameters:
    ///   - copiedUntil: when the newest copied record was written, milliseconds since 1970, as far as the gaps do not tell.
    ///   - now: milliseconds since 1970.
    public init(_ gaps: [CopyGap], copiedUntil: Int64? = nil, now: Int64) {
        let known = gaps.map { gap in gap.records.flatMap { records in gap.held.map { records + $0 } } }
        records = known.contains(nil) ? nil : known.reduce(0) { $0 + ($1 ?? 0) }
        if records == 0 {
            seconds = 0
        } else if gaps.contains(where: { $0.records == nil }) {
            seconds = (gaps.compactMap(\.copiedUntil) + [copiedUntil].compactMap(\.self)).max().map {
                Double(max(0, now - $0)) / 1000
            }
        } else {
            let behind = gaps.filter { $0.records != 0 }.map(\.seconds)
            seconds = behind.contains(nil) ? nil : behind.compactMap(\.self).max()
        }
    }

    public var isNothing: Bool { records == 0 }
}

/// Watches whether producers have stopped: the ends of all logs stand still for a whole window.
public struct StandstillWatch: Sendable {
    public let window: Duration
    private var ends: [TopicPartition: Int64] = [:]
    private var since: Duration?

    public init(window: Duration) { self.window = window }

    /// Topics whose logs grew between the last two looks.
    public private(set) var growing: [TopicName] = []

    /// Takes a look at the ends.
    /// - Parameters:
    ///   - ends: of every partition; one that could not be asked is missing, and counts as moving.
    ///   - expected: how many partitions there are.
    ///   - time: since the watch began.
    /// - Returns: whether all stood still for the whole window.
    public mutating func isStill(_ ends: [TopicPartition: Int64], of expected: Int, at time: Duration) -> Bool {
        defer { self.ends = ends }
        guard since != nil, ends == self.ends, ends.count == expected else {
            growing =
                since == nil
                ? [] : Set(ends.filter { self.ends[$0.key] != $0.value }.map(\.key.topic)).sorted()
            since = time
            return false
        }
        return time - (since ?? time) >= window
    }
}
