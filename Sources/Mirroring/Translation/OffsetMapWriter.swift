// SPDX-License-Identifier: Apache-2.0

/// The writing end of one partition's offset map: takes what is acknowledged, and says which rows are due.
public struct OffsetMapWriter: Sendable {
    /// More blocks than these are not kept: the oldest goes, and positions in it are unknown from then on.
    public static let mostBlocks = 64

    /// What must be written so that the map topic says what is known.
    public enum Row: Sendable, Equatable {
        case block(OffsetMapBlock)
        /// A tombstone for the block that begins there.
        case forget(first: Int64)
    }

    /// The block that grows, and the beginnings of all blocks that the topic has, with it.
    private var block: OffsetMapBlock?
    private var firsts: [Int64]
    private var due: [Row] = []
    private var isChanged = false

    /// - Parameter map: what the topic says of the partition.
    public init(_ map: OffsetMap) {
        block = map.blocks.last
        firsts = map.blocks.map(\.first)
    }

    /// The lane reads the partition from this source offset on. What the map says of it and behind is copied again; what lies
    /// between the map's end and it is a hole.
    public mutating func begin(at next: Int64) {
        guard var current = block else { return start(at: next) }
        if next == current.covered { return }
        if next > current.covered || next <= current.first { return start(at: next) }
        current.truncate(from: next)
        block = current
        isChanged = true
    }

    /// Takes copies in the order in which the target acknowledged them.
    public mutating func acknowledged(_ run: OffsetSegment) {
        // Sent again: the newer copies count.
        if let current = block, run.source < (current.segments.last?.sourceEnd ?? current.first) {
            begin(at: run.source)
        }
        if let current = block, current.isFull, !current.isContinued(by: run) {
            start(at: min(current.covered, run.source))
        }
        if block == nil { start(at: run.source) }
        isChanged = true
        if block?.append(run) == true { return }
        // Copies that lie before earlier ones: another log. Nothing that is known of the old one is true of it.
        due = firsts.map { .forget(first: $0) }
        firsts = []
        block = nil
        start(at: run.source)
        _ = block?.append(run)
    }

    /// What became of a record that was passed, as far as the block that grows tells.
    func passage(of source: Int64, isBehindHole: Bool) -> BarrierPassage {
        guard let block, source >= block.first else { return .passed }
        let next = block.segments.partitioningIndex { $0.source > source }
        if next > 0, source < block.segments[next - 1].sourceEnd {
            return .copied(at: block.segments[next - 1].target(of: source))
        }
        return source < block.covered || !isBehindHole ? .noCopy : .passed
    }

    /// Everything before this source offset has its copy, or none.
    public mutating func cover(before offset: Int64) {
        guard let covered = block?.covered, offset > covered else { return }
        block?.cover(before: offset)
        isChanged = true
    }

    /// The rows that are due, in the order in which they must be written; they are then no longer due.
    public mutating func takeRows() -> [Row] {
        guard isChanged || !due.isEmpty else { return [] }
        var rows = due
        due = []
        if isChanged, let block { rows.append(.block(block)) }
        isChanged = false
        return rows
    }

    /// The last block is due again, changed or not.
    public mutating func repeatRow() { isChanged = block != nil }

    private mutating func start(at first: Int64) {
        if isChanged, let block, block.first < first { due.append(.block(block)) }
        let replaced = firsts.partitioningIndex { $0 > first }
        due += firsts[replaced...].map { .forget(first: $0) }
        firsts.removeSubrange(replaced...)
        if firsts.last != first { firsts.append(first) }
        // Where nobody takes rows, as while their topic is not there, the oldest go: positions there are then not known.
        if due.count > 2 * Self.mostBlocks { due.removeFirst(due.count - 2 * Self.mostBlocks) }
        if firsts.count > Self.mostBlocks { due.append(.forget(first: firsts.removeFirst())) }
        block = OffsetMapBlock(first: first)
        isChanged = true
    }
}
