// SPDX-License-Identifier: Apache-2.0

/// A fault of the copy: a run of neighbouring records that have the same fault.
public struct Difference: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The source has it, and the target does not.
        case missing
        /// The target has it once more.
        case repeated
        /// It comes before one that it follows on the source, or the other way round.
        case outOfOrder = "out-of-order"
        /// It is there, with another content: `fields` says what.
        case altered
        /// Its copy is in another partition.
        case wrongPartition = "wrong-partition"
        /// No record of the source is its original.
        case foreign
        /// Compacted topics: the latest value of the key is another one.
        case staleKey = "stale-key"
    }
    public enum Field: String, Sendable, CaseIterable, Comparable {
        case key, value, headers, timestamp
        public static func < (left: Field, right: Field) -> Bool {
            let order = allCases
            return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
        }
    }
    public var kind: Kind
    /// Sorted; of `altered` only.
    public var fields: [Field]
    /// First and last offset on the source; `nil` for what the source does not have.
    public var source: ClosedRange<Int64>?
    /// First and last offset on the target; `nil` for what the target does not have.
    public var target: ClosedRange<Int64>?
    public var count: Int64
    /// `wrongPartition`: where the copy is.
    public var foundIn: Int32?
    /// `missing`: the ``RangeDigest`` of the records on the source, which must be the same when they are repaired.
    public var digest: UInt64?

    public init(
        _ kind: Kind, fields: [Field] = [], source: ClosedRange<Int64>? = nil, target: ClosedRange<Int64>? = nil,
        count: Int64 = 1, foundIn: Int32? = nil, digest: UInt64? = nil
    ) {
        self.kind = kind
        self.fields = fields
        self.source = source
        self.target = target
        self.count = count
        self.foundIn = foundIn
        self.digest = digest
    }
}

/// Why records were not compared.
public enum NotCompared: String, Sendable, CaseIterable {
    /// Not copied yet, as far as the flow's progress says, or nothing is known of its progress and no later record is there.
    case inFlight = "in-flight"
    /// The target's log begins behind their copies: retention, or somebody deleted them.
    case expiredOnTarget = "expired-on-target"
    /// Copies of what the source no longer has, or of what lies before the range.
    case beforeRange = "before-range"
    /// Copies of what came to the source after the range's end had been fixed.
    case afterRange = "after-range"
}

/// Differences of one partition: all are counted, the first so many are kept, neighbours as one.
public struct DifferenceList: Sendable, Equatable {
    public private(set) var kept: [Difference] = []
    /// Records, by kind.
    public private(set) var counts: [Difference.Kind: Int64] = [:]
    /// Altered records by field; one may have several.
    public private(set) var altered: [Difference.Field: Int64] = [:]
    /// Differences that were counted and not kept.
    public private(set) var omitted = 0
    private let limit: Int
    private var lastPlace: (source: Int, target: Int)?
    private var chain: RangeDigest?

    public init(limit: Int) { self.limit = limit }

    public var total: Int64 { counts.values.reduce(0, +) }
    public var isEmpty: Bool { counts.isEmpty }

    /// One record. `place` numbers records of each side in their order, so that neighbours are known; `combined` is of a
    /// missing record.
    public mutating func add(
        _ difference: Difference, place: (source: Int, target: Int)? = nil, combined: UInt64? = nil
    ) {
        counts[difference.kind, default: 0] += difference.count
        for field in difference.fields { altered[field, default: 0] += difference.count }
        defer { lastPlace = place }
        if let place, let before = lastPlace, place.source - before.source == (difference.source == nil ? 0 : 1),
            place.target - before.target == (difference.target == nil ? 0 : 1), join(difference, combined)
        {
            return
        }
        guard kept.count < limit else {
            omitted += 1
            chain = nil
            lastPlace = nil
            return
        }
        kept.append(difference)
        chain = combined.flatMap { combined in
            difference.source.map { RangeDigest(combined, offset: $0.lowerBound) }
        }
        if let chain { kept[kept.count - 1].digest = chain.digest }
    }

    /// Makes a difference part of the last one, where it is of the same kind.
    private mutating func join(_ next: Difference, _ combined: UInt64?) -> Bool {
        guard omitted == 0, var last = kept.last, last.kind == next.kind, last.fields == next.fields,
            last.foundIn == next.foundIn, (last.source == nil) == (next.source == nil),
            (last.target == nil) == (next.target == nil)
        else { return false }
        if let source = last.source, let more = next.source {
            guard more.lowerBound > source.upperBound else { return false }
            last.source = source.lowerBound...more.upperBound
        }
        if let target = last.target, let more = next.target {
            guard more.lowerBound > target.upperBound else { return false }
            last.target = target.lowerBound...more.upperBound
        }
        last.count += next.count
        if let combined, let source = next.source {
            chain?.add(combined, offset: source.upperBound)
            last.digest = chain?.digest
        }
        kept[kept.count - 1] = last
        return true
    }

    /// Puts what was found in several goes in the order of the logs.
    public mutating func sort() {
        kept.sort {
            ($0.source?.lowerBound ?? $0.target?.lowerBound ?? 0, $0.kind.rawValue)
                < ($1.source?.lowerBound ?? $1.target?.lowerBound ?? 0, $1.kind.rawValue)
        }
        lastPlace = nil
        chain = nil
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.kept == right.kept && left.counts == right.counts && left.altered == right.altered
            && left.omitted == right.omitted
    }
}
