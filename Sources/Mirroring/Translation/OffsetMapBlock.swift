// SPDX-License-Identifier: Apache-2.0

/// A stretch of one partition's offset map, as one row of the map topic holds it.
///
/// Rules: segments rise in source and target; none begins before `first`, none ends behind `covered`.
public struct OffsetMapBlock: Sendable, Equatable {
    /// A block with more segments is followed by another: it bounds what is written again when a segment is added.
    public static let capacity = 256

    /// Where the block begins on the source; its row's key.
    public let first: Int64
    /// Each source offset from `first` to before this is in a segment, or has no copy: a marker, a record that was
    /// compacted away or left out by rule.
    public private(set) var covered: Int64
    public private(set) var segments: [OffsetSegment]

    public init(first: Int64) {
        self.first = first
        covered = first
        segments = []
    }

    /// `nil` when the rules do not hold.
    init?(first: Int64, covered: Int64, segments: [OffsetSegment]) {
        self.init(first: first)
        for segment in segments { guard append(segment) else { return nil } }
        guard covered >= self.covered else { return nil }
        self.covered = covered
    }

    /// Whether the next segment must go to another block.
    public var isFull: Bool { segments.count >= Self.capacity }

    /// Whether a run goes on where the last segment ends, on both sides.
    public func isContinued(by run: OffsetSegment) -> Bool {
        segments.last.map { $0.sourceEnd == run.source && $0.targetEnd == run.target } ?? false
    }

    /// Adds copies that were acknowledged.
    ///
    /// - Returns: `false`, with nothing added, when the run begins before what is already there or its copies do not lie
    ///   behind the others.
    public mutating func append(_ run: OffsetSegment) -> Bool {
        guard run.count > 0, run.source >= 0, run.target >= 0, run.source <= .max - run.count,
            run.target <= .max - run.count
        else { return false }
        if isContinued(by: run) {
            segments[segments.count - 1].count += run.count
        } else {
            guard run.source >= (segments.last?.sourceEnd ?? first), run.target >= (segments.last?.targetEnd ?? 0)
            else {
                return false
            }
            segments.append(run)
        }
        covered = max(covered, run.sourceEnd)
        return true
    }

    /// Everything before this offset has its copy, or none.
    public mutating func cover(before offset: Int64) { covered = max(covered, offset) }

    /// Forgets what lies at and behind a source offset: it is copied again, and what counts is the newer copy.
    public mutating func truncate(from source: Int64) {
        while let last = segments.last, last.sourceEnd > source {
            segments.removeLast()
            if last.source < source {
                segments.append(OffsetSegment(source: last.source, target: last.target, count: source - last.source))
            }
        }
        covered = max(first, min(covered, source))
    }
}
