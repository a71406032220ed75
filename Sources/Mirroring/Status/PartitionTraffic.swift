// SPDX-License-Identifier: Apache-2.0

/// What went through a partition since a lane of this process took it, and how late that was: what MirrorMaker reports of one.
public struct PartitionTraffic: Sendable, Equatable {
    /// Records that the target acknowledged.
    public var replicatedRecords: Int64 = 0
    /// Bytes of the values of records that were read from the source, without keys and headers.
    public var fetchedValueBytes: Int64 = 0
    /// Records that were read and are not acknowledged.
    public var inFlight = 0
    /// Of records when they were read from the source, with the bytes of their values.
    public var age = RecentTimes()
    /// From a record's own timestamp to its acknowledgement by the target.
    public var latency = RecentTimes()

    public init() {}

    /// Counts a record that was read.
    ///
    /// - Parameters:
    ///   - age: in milliseconds; `nil` for a record without a timestamp.
    ///   - now: milliseconds since 1970.
    public mutating func fetched(valueBytes: Int, age milliseconds: Double?, at now: Int64) {
        fetchedValueBytes += Int64(valueBytes)
        age.record(milliseconds, bytes: valueBytes, at: now)
    }

    /// Notes a record that the target acknowledged. How many there are, the lane counts.
    ///
    /// - Parameter latency: in milliseconds; `nil` for a record without a timestamp.
    public mutating func replicated(latency milliseconds: Double?, at now: Int64) {
        latency.record(milliseconds, at: now)
    }
}

/// The last time of its kind, and what the times of about the last minute come to: two windows of 30 seconds, as in the
/// statistics of Kafka's Java clients (`SampledStat`), of which the older one is dropped when the newer one is full.
public struct RecentTimes: Sendable, Equatable {
    /// Milliseconds.
    public static let windowLength: Int64 = 30_000

    struct Window: Sendable, Equatable {
        /// Milliseconds since 1970.
        var began: Int64
        var records: Int64 = 0
        var bytes: Int64 = 0
        /// Records with a time.
        var timed: Int64 = 0
        var sum = 0.0
        var least = Double.infinity
        var most = -Double.infinity

        mutating func add(_ milliseconds: Double?, bytes: Int) {
            records += 1
            self.bytes += Int64(bytes)
            guard let milliseconds else { return }
            timed += 1
            sum += milliseconds
            least = min(least, milliseconds)
            most = max(most, milliseconds)
        }

        /// A clock that was set back ends a window, too: what is before it would otherwise count until it has caught up.
        func holds(_ now: Int64) -> Bool { records > 0 && now >= began && now - began < RecentTimes.windowLength }
    }

    /// In milliseconds; `nil` before the first.
    public private(set) var last: Double?
    private var current = Window(began: 0)
    private var previous = Window(began: 0)

    public init() {}

    /// - Parameters:
    ///   - milliseconds: `nil` for what counts and has no time.
    ///   - now: milliseconds since 1970.
    public mutating func record(_ milliseconds: Double?, bytes: Int = 0, at now: Int64) {
        if !current.holds(now) {
            previous = current
            current = Window(began: now)
        }
        current.add(milliseconds, bytes: bytes)
        if let milliseconds { last = milliseconds }
    }

    /// What the windows that are not older than a minute come to.
    public struct Summary: Sendable, Equatable {
        /// Milliseconds; `nil` where no record with a time came.
        public var least: Double?
        public var most: Double?
        public var average: Double?
        public var recordsPerSecond = 0.0
        public var bytesPerSecond = 0.0

        public init() {}
    }

    /// - Parameter now: milliseconds since 1970.
    public func summary(at now: Int64) -> Summary {
        let windows = [previous, current].filter {
            $0.records > 0 && now >= $0.began && now - $0.began < 2 * Self.windowLength
        }
        var summary = Summary()
        guard let began = windows.map(\.began).min() else { return summary }
        // At least a whole window, so that the first records of a partition are not a rate of thousands.
        let seconds = Double(max(now - began, Self.windowLength)) / 1_000
        summary.recordsPerSecond = Double(windows.reduce(0) { $0 + $1.records }) / seconds
        summary.bytesPerSecond = Double(windows.reduce(0) { $0 + $1.bytes }) / seconds
        let timed = windows.reduce(0) { $0 + $1.timed }
        guard timed > 0 else { return summary }
        summary.least = windows.map(\.least).min()
        summary.most = windows.map(\.most).max()
        summary.average = windows.reduce(0) { $0 + $1.sum } / Double(timed)
        return summary
    }
}
