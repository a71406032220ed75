// SPDX-License-Identifier: Apache-2.0

/// How far one partition is behind, from the numbers of one moment. `nil` is unknown and never 0.
public struct LagEstimate: Sendable, Hashable {
    /// Offsets that could be mirrored now and are not acknowledged by the target.
    public let ready: Int64?
    /// Offsets behind an open transaction on the source: not readable yet, not part of `ready`.
    public let held: Int64?
    /// Age of the oldest record that is not mirrored; 0 when caught up, growing while it does not move. Of one that nobody has read yet,
    /// how long it can have been there.
    public let seconds: Double?

    /// - Parameters:
    ///   - next: the next source offset to mirror, everything before it acknowledged.
    ///   - logStart: the source's; what lies before it can no longer be read. `nil` when unknown.
    ///   - highWatermark: the source's; `nil` when unknown, or known for too long.
    ///   - lastStableOffset: the source's; only looked at where `readsCommitted`.
    ///   - endIsCurrent: the high watermark was asked for after `next` was taken: a position beyond it is of another log.
    ///   - oldestTimestamp: milliseconds, of the oldest record not mirrored, where one was seen; negative is unknown.
    ///   - arrivedAfter: milliseconds, of the last look at which the source had no record at `next`.
    ///   - now: milliseconds.
    public init(
        next: Int64?, logStart: Int64? = nil, highWatermark: Int64?, lastStableOffset: Int64?, readsCommitted: Bool,
        endIsCurrent: Bool = false, oldestTimestamp: Int64?, arrivedAfter: Int64? = nil, now: Int64
    ) {
        // Without a high watermark the answer is old, whatever else is still known.
        let readable = readsCommitted ? highWatermark.flatMap { _ in lastStableOffset } : highWatermark
        if let next, let highWatermark, endIsCurrent, next > highWatermark {
            ready = nil
            held = nil
            seconds = nil
            return
        }
        if let next, let highWatermark, let readable {
            let first = max(next, logStart ?? next)
            ready = Self.distance(from: first, to: readable)
            held = Self.distance(from: max(readable, first), to: highWatermark)
        } else {
            ready = nil
            held = nil
        }
        // With steady traffic a partition often has records at a look that Tern has not read yet.
        let age = (oldestTimestamp ?? arrivedAfter).flatMap {
            $0 < 0 ? nil : Double(Self.distance(from: $0, to: now)) / 1000
        }
        // The age of a record that was seen goes on growing while the ends are unknown.
        seconds = ready == 0 ? 0 : age
    }

    /// Never negative: an end that was asked for before the position moved says nothing worse than "caught up".
    private static func distance(from start: Int64, to end: Int64) -> Int64 {
        let (distance, isLost) = end.subtractingReportingOverflow(start)
        return isLost ? (end > start ? .max : 0) : max(0, distance)
    }
}
