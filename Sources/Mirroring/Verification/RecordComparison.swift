// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// A record of the source that must have a copy.
public struct OriginalRecord: Sendable, Equatable {
    public var offset: Int64
    public var print: RecordPrint
    public var identity: RecordIdentity?

    public init(offset: Int64, print: RecordPrint, identity: RecordIdentity?) {
        self.offset = offset
        self.print = print
        self.identity = identity
    }
}

/// A record of the target that may be a copy.
public struct CopiedRecord: Sendable, Equatable {
    public var offset: Int64
    public var print: RecordPrint
    /// Of which record, by Tern's headers; `nil` where they do not say.
    public var identity: RecordIdentity?
    /// `tern repair` or `tern replay` wrote it.
    public var isRepair: Bool

    public init(offset: Int64, print: RecordPrint, identity: RecordIdentity?, isRepair: Bool = false) {
        self.offset = offset
        self.print = print
        self.identity = identity
        self.isRepair = isRepair
    }
}

/// Compares a stretch of one partition record by record: which copy belongs to which original, and what is wrong with it.
///
/// Copies are found by their identity, others by their content and place. What finds no partner within the stretch is kept
/// for ``Reconciliation``, which looks at all stretches and partitions.
public struct RecordComparison: Sendable {
    public private(set) var differences: DifferenceList
    /// Originals that have their copy, altered or not.
    public private(set) var matched: Int64 = 0
    /// Copies that repairs wrote.
    public private(set) var repaired: Int64 = 0
    public private(set) var missing: [(record: OriginalRecord, place: Int)] = []
    public private(set) var unplaced: [(record: CopiedRecord, place: Int)] = []
    /// Whether an original before has met its copy: what is missing before the first may have expired.
    public private(set) var firstMatched: Int64?
    public private(set) var lastMatched: Int64?
    private var originals: [OriginalRecord] = []
    private var copies: [CopiedRecord] = []
    private var sourcePlace = 0
    private var targetPlace = 0

    public init(limit: Int) { differences = DifferenceList(limit: limit) }

    /// More records of the stretch, in order.
    public mutating func add(_ originals: [OriginalRecord], _ copies: [CopiedRecord]) {
        self.originals += originals
        self.copies += copies
    }

    /// Decides about what is surely known, and keeps the end, whose partners may be still to come.
    public mutating func settle() {
        let match = StretchMatch(originals, copies)
        // As far as the last pair in order that lies in the first halves: what comes later may change the rest.
        let last = match.pairsInOrder.last { $0.original < originals.count * 3 / 4 && $0.copy < copies.count * 3 / 4 }
        if let last, last.original + last.copy > (originals.count + copies.count) / 8 {
            conclude(match, originals: last.original + 1, copies: last.copy + 1)
        } else {
            conclude(match, originals: originals.count, copies: copies.count)
        }
    }

    /// Decides about everything that is left; the next records are of another stretch.
    public mutating func finish() {
        conclude(StretchMatch(originals, copies), originals: originals.count, copies: copies.count)
        sourcePlace += 1
        targetPlace += 1
    }

    private mutating func conclude(_ match: StretchMatch, originals originalEnd: Int, copies copyEnd: Int) {
        var isUsed = [Bool](repeating: false, count: originals.count)
        for place in 0..<copyEnd { note(match.fates[place], place, &isUsed) }
        var kept: [OriginalRecord] = []
        for place in originals.indices where !isUsed[place] {
            if place < originalEnd {
                missing.append((originals[place], sourcePlace + place))
            } else {
                kept.append(originals[place])
            }
        }
        sourcePlace += originals.count - kept.count
        targetPlace += copyEnd
        originals = kept
        copies.removeFirst(copyEnd)
    }

    private mutating func note(_ fate: StretchMatch.Fate, _ place: Int, _ isUsed: inout [Bool]) {
        let copy = copies[place]
        switch fate {
        case .none: unplaced.append((copy, targetPlace + place))
        case .again(let original):
            if copy.isRepair {
                repaired += 1
            } else {
                add(.repeated, originals[original], copy, original, place)
            }
        case .of(let original, let isInOrder):
            isUsed[original] = true
            matched += 1
            if copy.isRepair { repaired += 1 }
            let offset = originals[original].offset
            if isInOrder {
                firstMatched = firstMatched ?? offset
                lastMatched = max(lastMatched ?? offset, offset)
            } else if !copy.isRepair {
                add(.outOfOrder, originals[original], copy, original, place)
            }
            let fields = originals[original].print.fieldsThatDiffer(from: copy.print)
            if !fields.isEmpty { add(.altered, originals[original], copy, original, place, fields) }
        }
    }

    private mutating func add(
        _ kind: Difference.Kind, _ original: OriginalRecord, _ copy: CopiedRecord, _ originalPlace: Int,
        _ copyPlace: Int, _ fields: [Difference.Field] = []
    ) {
        differences.add(
            Difference(
                kind, fields: fields, source: original.offset...original.offset, target: copy.offset...copy.offset),
            place: (sourcePlace + originalPlace, targetPlace + copyPlace))
    }
}

extension RecordPrint {
    func fieldsThatDiffer(from other: RecordPrint) -> [Difference.Field] {
        guard self != other else { return [] }
        var fields: [Difference.Field] = []
        if key != other.key { fields.append(.key) }
        if value != other.value { fields.append(.value) }
        if headers != other.headers { fields.append(.headers) }
        if timestamp != other.timestamp { fields.append(.timestamp) }
        return fields
    }

    /// How likely two records without identities are one that was altered: 2 or more.
    func likeness(to other: RecordPrint) -> Int {
        (value == other.value && value != 0 ? 2 : 0) + (timestamp == other.timestamp ? 1 : 0)
            + (key == other.key ? 1 : 0)
    }
}
