// SPDX-License-Identifier: Apache-2.0

/// A record of the source and its copy on the target, by their offsets.
public struct OffsetPair: Sendable, Hashable {
    public var source: Int64
    public var target: Int64

    public init(source: Int64, target: Int64) {
        self.source = source
        self.target = target
    }
}

/// Consecutive records of one source partition whose copies have consecutive offsets, too.
public struct OffsetSegment: Sendable, Hashable {
    public var source: Int64
    public var target: Int64
    /// At least 1.
    public var count: Int64

    public init(source: Int64, target: Int64, count: Int64) {
        self.source = source
        self.target = target
        self.count = count
    }

    /// Behind the last record.
    public var sourceEnd: Int64 { source + count }
    /// Behind the last copy.
    public var targetEnd: Int64 { target + count }

    /// Where the copy of a record is that belongs to the segment.
    func target(of source: Int64) -> Int64 { target + (source - self.source) }
    /// Which record a copy is of that belongs to the segment.
    func source(of target: Int64) -> Int64 { source + (target - self.target) }
}
