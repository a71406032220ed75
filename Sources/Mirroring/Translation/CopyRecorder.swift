// SPDX-License-Identifier: Apache-2.0

/// What one partition's acknowledgements say about the places of copies: its offset map, and MirrorMaker's offset syncs.
///
/// It is asked for each record, so that a record that continues a run costs two comparisons.
public struct CopyRecorder: Sendable {
    /// More syncs are not kept between two flushes: of those that are dropped, later ones know better.
    static let mostSyncs = 64

    public private(set) var map: OffsetMapWriter
    private var rule: OffsetSyncRule?
    private var run: OffsetSegment?
    private var syncs: [OffsetPair] = []
    /// Copies were acknowledged without their offsets: what lies between the map's end and the next run is not known.
    private var isBehindHole = false

    /// - Parameters:
    ///   - map: what is known already.
    ///   - next: the source offset that the lane reads first; `nil` where the log's own start decides.
    ///   - maximumLag: `offset.lag.max`; `nil` where no offset syncs are written.
    public init(_ map: OffsetMap, next: Int64?, maximumLag: Int64?) {
        self.map = OffsetMapWriter(map)
        self.map.begin(at: next ?? 0)
        rule = maximumLag.map(OffsetSyncRule.init(maximumLag:))
    }

    /// - Parameter target: where the copy is; negative where the target did not tell, as for a record that it had already.
    public mutating func acknowledged(source: Int64, target: Int64) {
        if let current = run, current.sourceEnd == source, current.targetEnd == target {
            run = OffsetSegment(source: current.source, target: current.target, count: current.count + 1)
            return
        }
        close()
        if target < 0 {
            isBehindHole = true
        } else {
            run = OffsetSegment(source: source, target: target, count: 1)
        }
    }

    /// What is to be written.
    /// - Parameter next: everything before it is on the target, or has no copy.
    public mutating func flush(next: Int64?) -> (rows: [OffsetMapWriter.Row], syncs: [OffsetPair]) {
        close()
        if let next, !isBehindHole { map.cover(before: next) }
        if let delayed = rule?.flush() { syncs.append(delayed) }
        defer { syncs = [] }
        return (map.takeRows(), syncs)
    }

    /// What became of a record before the end of what is acknowledged.
    public func passage(of source: Int64) -> BarrierPassage {
        if let run, source >= run.source {
            return source < run.sourceEnd ? .copied(at: run.target(of: source)) : isBehindHole ? .passed : .noCopy
        }
        return map.passage(of: source, isBehindHole: isBehindHole)
    }

    /// A row was not written: the map's last block is due again.
    public mutating func rowFailed() { map.repeatRow() }

    private mutating func close() {
        guard let run else { return }
        self.run = nil
        if isBehindHole {
            map.begin(at: run.source)
            isBehindHole = false
        }
        map.acknowledged(run)
        guard let due = rule?.acknowledged(run) else { return }
        if syncs.count >= Self.mostSyncs { syncs.removeFirst() }
        syncs.append(due)
    }
}
