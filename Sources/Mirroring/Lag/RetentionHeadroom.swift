// SPDX-License-Identifier: Apache-2.0

/// How long it takes until retention on the source reaches what is not mirrored yet.
///
/// Two estimates, of which the smaller counts. By age: a record is kept for `retention.ms` at least (a segment goes when its
/// newest record is that old). By what is seen: how fast the log's start comes nearer, which covers a limit by size as well,
/// since Kafka's API does not report the size of a log to this client.
public struct RetentionHeadroom: Sendable {
    private struct Sample: Sendable {
        var at: Int64
        var start: Int64
    }

    /// How far back the movement of the log's start is looked at, in milliseconds.
    static let length: Int64 = 3_600_000
    /// Segments go in steps: less than this says nothing of a pace.
    static let shortest: Int64 = 300_000
    private static let interval: Int64 = 60_000

    private var samples: [Sample] = []

    public init() {}

    /// Notes where the log starts.
    /// - Parameter now: milliseconds.
    public mutating func add(at now: Int64, start: Int64) {
        if let last = samples.last {
            // Backwards in time or in the log: another log.
            if last.at > now || last.start > start {
                samples.removeAll()
            } else if now - last.at < Self.interval {
                return
            }
        }
        samples.append(Sample(at: now, start: start))
        while samples.count > 2, now - samples[0].at > Self.length { samples.removeFirst() }
    }

    /// - Parameters:
    ///   - retention: the source topic's `retention.ms`; nil or negative is none, as for a topic that is only compacted.
    ///   - age: of the oldest record not mirrored yet, in seconds.
    ///   - next: the next offset to mirror.
    ///   - start: where the log starts now.
    ///   - lag: records behind. Where nothing is behind, nothing can be lost.
    /// - Returns: seconds, or nil where nothing is behind, or nothing is known.
    public func seconds(retention: Int64?, age: Double?, next: Int64?, start: Int64?, lag: Int64?) -> Double? {
        guard let lag, lag > 0 else { return nil }
        var estimates: [Double] = []
        if let retention, retention >= 0, let age { estimates.append(Double(retention) / 1000 - age) }
        if let next, let start, let first = samples.first, let last = samples.last, last.at - first.at >= Self.shortest,
            last.start > first.start
        {
            let pace = Double(last.start - first.start) / Double(last.at - first.at) * 1000
            estimates.append(Double(next - start) / pace)
        }
        return estimates.min().map { max(0, $0) }
    }
}
