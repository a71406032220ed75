// SPDX-License-Identifier: Apache-2.0

/// Where a position on the source is on the target.
public enum OffsetTranslation: Sendable, Equatable {
    /// Nothing is read again, nothing is left out.
    case exact(Int64)
    /// The group has read further than the mirror has copied: what it has read and is still to be copied, `behind` offsets at
    /// most, is read again on the target.
    case ahead(Int64, behind: Int64)
    /// Nothing is left out; some records may be read again, since their copies' places are not known.
    case bounded(Int64)
    /// Nothing is known at or before the position: no copy has been noted yet, or only later ones have.
    case unknown

    public var offset: Int64? {
        switch self {
        case .exact(let offset), .ahead(let offset, behind: _), .bounded(let offset): offset
        case .unknown: nil
        }
    }
}

/// What is known of the copies of one partition: for each record the offset on the target, as runs.
///
/// A repeated copy replaces the earlier one: a group that goes on behind the newer repeats nothing. Cost: 24 bytes a segment;
/// a partition without gaps on either side is one segment, however long.
public struct OffsetMap: Sendable {
    /// In the order of the source; none overlaps the next.
    public private(set) var blocks: [OffsetMapBlock] = []

    public init() {}

    public var segmentCount: Int { blocks.reduce(0) { $0 + $1.segments.count } }
    /// Positions before this are unknown.
    public var first: Int64? { blocks.first?.first }

    /// Takes a row of the map topic, in the order of the topic. A later row counts: what it covers replaces what was
    /// known there and behind.
    public mutating func apply(_ block: OffsetMapBlock) {
        blocks.removeSubrange(index(after: block.first)...)
        if blocks.last?.first == block.first { blocks.removeLast() }
        if !blocks.isEmpty { blocks[blocks.count - 1].truncate(from: block.first) }
        blocks.append(block)
    }

    /// Takes a tombstone.
    public mutating func remove(first: Int64) { blocks.removeAll { $0.first == first } }

    /// Where a group that has committed `position`, the next source offset it would read, goes on.
    public func translate(_ position: Int64) -> OffsetTranslation {
        let index = index(after: position) - 1
        guard index >= 0 else { return .unknown }
        let block = blocks[index]
        let next = block.segments.partitioningIndex { $0.source > position }
        if next > 0, position < block.segments[next - 1].sourceEnd {
            return .exact(block.segments[next - 1].target(of: position))
        }
        // In a gap, the next copy is where to go on; it begins the next block when this one has no more.
        if next < block.segments.count { return .exact(block.segments[next].target) }
        let end = targetEnd(through: index)
        if position <= block.covered {
            let continues = index + 1 < blocks.count && blocks[index + 1].first == block.covered
            if continues, let segment = blocks[index + 1].segments.first { return .exact(segment.target) }
            return end.map { .exact($0) } ?? .unknown
        }
        guard let end else { return .unknown }
        return index + 1 < blocks.count ? .bounded(end) : .ahead(end, behind: position - block.covered)
    }

    /// The way back: where on the source a group goes on that would read `position` next on the target.
    public func translateBack(_ position: Int64) -> OffsetTranslation {
        guard let block = blocks.last(where: { $0.segments.first.map { $0.target <= position } ?? false }) else {
            // Before the first copy: nothing of the source has been read, as far as copies are known.
            return first.map { .bounded($0) } ?? .unknown
        }
        let next = block.segments.partitioningIndex { $0.target > position }
        let segment = block.segments[next - 1]
        if position < segment.targetEnd { return .exact(segment.source(of: position)) }
        if next < block.segments.count { return .exact(block.segments[next].source) }
        return .exact(block.covered)
    }

    /// How many copies are known at and behind an offset of the target.
    public func copyCount(from target: Int64) -> Int64 {
        blocks.lazy.flatMap(\.segments).reduce(0) { $0 + max(0, $1.targetEnd - max($1.target, target)) }
    }

    /// The index behind the last block that begins at or before the offset.
    private func index(after offset: Int64) -> Int { blocks.partitioningIndex { $0.first > offset } }

    /// Behind the last copy in the blocks up to and with that index.
    private func targetEnd(through index: Int) -> Int64? {
        blocks[...index].last { !$0.segments.isEmpty }?.segments.last?.targetEnd
    }
}

extension RandomAccessCollection where Index == Int {
    /// The first index whose element belongs to the second part; `endIndex` when none does. All elements of the first part
    /// come before those of the second.
    func partitioningIndex(where belongsInSecond: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if belongsInSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
