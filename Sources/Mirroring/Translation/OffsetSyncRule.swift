// SPDX-License-Identifier: Apache-2.0

/// When an acknowledged record of one partition becomes an offset sync: MirrorMaker's rule
/// (reference: OffsetSyncWriter.PartitionState), so that its own checkpoint task goes on from these rows.
public struct OffsetSyncRule: Sendable, Equatable {
    /// `offset.lag.max`.
    public let maximumLag: Int64
    private var lastUpstream: Int64 = -1
    private var lastDownstream: Int64 = -1
    private var lastSynced: Int64?
    /// The newest record that has no sync yet; it gets one with the next flush.
    public private(set) var delayed: OffsetPair?

    public init(maximumLag: Int64) { self.maximumLag = maximumLag }

    /// Takes records whose copies have been acknowledged.
    ///
    /// - Returns: the newest record of the run that must be synced now; `nil` when none must. Of several only the newest
    ///   counts: the others would be overwritten before anybody could read them.
    public mutating func acknowledged(_ run: OffsetSegment) -> OffsetPair? {
        var due: OffsetPair?
        let isDue =
            lastSynced.map { synced in
                run.source - lastUpstream != 1 || run.target < lastDownstream || run.target - (synced + 1) >= maximumLag
            } ?? true
        if isDue {
            due = OffsetPair(source: run.source, target: run.target)
            lastSynced = run.target
        }
        // Within a run nothing but the distance from the last sync can call for another.
        let newest = run.targetEnd - 1
        let distance = maximumLag + 1
        if let synced = lastSynced, newest - synced >= distance {
            let last = synced + (newest - synced) / distance * distance
            due = OffsetPair(source: run.source(of: last), target: last)
            lastSynced = last
        }
        lastUpstream = run.sourceEnd - 1
        lastDownstream = newest
        delayed = due?.target == newest ? nil : OffsetPair(source: lastUpstream, target: newest)
        return due
    }

    /// The delayed sync, which is then no longer delayed.
    public mutating func flush() -> OffsetPair? {
        defer { delayed = nil }
        return delayed
    }
}
