// SPDX-License-Identifier: Apache-2.0

/// The last looks at one partition, and the word that they come to. No thresholds on the lag itself: what counts is
/// whether it shrinks (after Burrow).
public struct LagWindow: Sendable {
    private struct Sample: Sendable {
        var at: Int64
        var position: Int64
        var lag: Int64
        var isHeld: Bool
        /// Where the source's log ended, if it was asked at that look.
        var sourceEnd: Int64?

        var end: Int64 { position + lag }
    }

    /// How far back a trend is read, in milliseconds.
    static let length: Int64 = 30_000
    /// No progress for so long is standing still, not a pause between two batches.
    static let standstill: Int64 = 10_000
    /// A look of so long ago says about when a record came, in milliseconds.
    static let recent: Int64 = 5_000
    /// Kept however old they are: with many partitions looks are half a minute apart.
    private static let fewest = 3

    private var samples: [Sample] = []

    public init() {}

    /// Notes one look.
    /// - Parameters:
    ///   - now: milliseconds.
    ///   - position: the next source offset to mirror.
    ///   - held: `LagEstimate.held`.
    ///   - lag: `LagEstimate.ready`. A look with an unknown number says nothing, and nothing before it counts any more.
    ///   - sourceEnd: the high watermark, where it was asked for at this look; `nil` where it is older.
    public mutating func add(
        at now: Int64, position: Int64?, lag: Int64?, held: Int64? = nil, sourceEnd: Int64? = nil
    ) {
        guard let position, let lag else { return samples.removeAll() }
        // Backwards in time or in the log: another beginning.
        if let last = samples.last, last.at > now || last.position > position { samples.removeAll() }
        samples.append(
            Sample(at: now, position: position, lag: lag, isHeld: (held ?? 0) > 0, sourceEnd: sourceEnd))
        while samples.count > Self.fewest, now - samples[0].at > Self.length { samples.removeFirst() }
    }

    /// There is something to mirror, and the position is where it was at the last look.
    public var isStanding: Bool {
        guard samples.count > 1, let last = samples.last else { return false }
        return last.lag > 0 && samples[samples.count - 2].position == last.position
    }

    /// The last look at which the source had nothing at or behind an offset: what is there now has come since, in milliseconds.
    /// `nil` where no look was so lately: an age that is much too high is no better than none.
    public func lastWithout(_ offset: Int64?, at now: Int64) -> Int64? {
        guard let offset else { return nil }
        return samples.last { sample in
            sample.at <= now && now - sample.at <= Self.recent && (sample.sourceEnd.map { $0 <= offset } ?? false)
        }?.at
    }

    /// What the looks come to, for a partition that nothing has stopped.
    /// - Parameters:
    ///   - start, end: of the source's log.
    ///   - lag: at this look.
    public func word(start: Int64?, end: Int64?, lag: Int64?) -> PartitionStateWord {
        guard let lag else { return .unknown }
        if lag == 0 {
            if let last = samples.last, isHeldLong(last) { return .held }
            if let end, end == start ?? 0 { return .empty }
            return .ok
        }
        guard let last = samples.last, samples.count > 1 else { return .catchingUp }
        // What was there at the look before has arrived since: only what is under way is missing.
        if last.position >= samples[samples.count - 2].end { return .ok }
        if hasStoodStill(last) { return .stalled }
        return last.lag > samples[0].lag ? .fallingBehind : .catchingUp
    }

    /// All that can be read was mirrored, and one open transaction has kept the rest back for as long as a standstill takes.
    private func isHeldLong(_ last: Sample) -> Bool {
        guard last.isHeld, let first = samples.first(where: { $0.position == last.position && $0.isHeld }) else {
            return false
        }
        return last.at - first.at >= Self.standstill
    }

    private func hasStoodStill(_ last: Sample) -> Bool {
        let first = samples.first { $0.position == last.position && $0.lag > 0 } ?? last
        return last.at - first.at >= Self.standstill
    }
}
