// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// Where one group stands in one partition, on both sides.
public struct GroupPosition: Sendable, Equatable {
    /// What the group has committed on the source, as far as is known.
    public var committed: Int64
    public var metadata: String?
    /// Where that is on the target.
    public var place: TranslatedOffset
    /// What the group has committed on the target.
    public var onTarget: Int64?
    /// Of the target's log.
    public var targetStart: Int64?
    /// Of the target's log.
    public var targetEnd: Int64?

    public init(committed: Int64, metadata: String? = nil, place: TranslatedOffset) {
        self.committed = committed
        self.metadata = metadata
        self.place = place
    }
}

/// What moving one group to the target comes to: which offsets are written, and what the group then reads.
public struct GroupMove: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        /// It goes on where it stopped: nothing is read again, nothing is left out.
        case ready
        /// It has read records that are not copied: it reads them again once they are.
        case ahead
        /// Nothing is left out, some records are read again: the place of a copy is only bounded.
        case bounded
        /// For some of its partitions no place is known, or it lies beyond the target's log: nothing is written there.
        case unmapped
        /// Consumers use it on the target: its offsets there count.
        case active
        /// It could not be read, or not be written.
        case failed
    }

    public var id: GroupID
    public var state: State
    /// Why it is not ready, in a sentence.
    public var reason: String?
    public var partitions: Int
    /// Partitions without a place on the target.
    public var unmapped = 0
    /// Source records that it has read and would read again; `nil` when that is only bounded, or unknown.
    public var readAgain: Int64? = 0
    /// How far the target's offsets are behind: what the final synchronization still writes, in records.
    public var behind: Int64 = 0
    /// Partitions where the group is further on the target than on the source: never rewound.
    public var further = 0
    /// Consumers use it on the source: what they read from now on they read again on the target.
    public var isUsedOnSource = false
    /// What is to be written.
    public var writes: [TopicPartition: GroupOffset] = [:]
    /// What must be on the target afterwards, at least.
    public var wanted: [TopicPartition: Int64] = [:]

    /// A group that could not be looked at.
    public init(_ id: GroupID, failed reason: String) {
        self.id = id
        state = .failed
        self.reason = reason
        partitions = 0
        readAgain = nil
    }

    public init(_ id: GroupID, _ positions: [GroupPosition], presence: GroupOffsetSync.Presence) {
        self.id = id
        state = .ready
        partitions = positions.count
        var beyond: [String] = []
        for position in positions { take(position, &beyond) }
        decide(presence, beyond)
    }

    private mutating func take(_ position: GroupPosition, _ beyond: inout [String]) {
        let place = position.place.partition
        guard let translated = position.place.translation.offset else {
            unmapped += 1
            return
        }
        if let end = position.targetEnd, translated > end {
            // Whoever commits beyond the end has Java's consumers begin anew at the start, without a word.
            beyond.append("\(place): \(translated) is beyond the end of the log, \(end)")
            unmapped += 1
            return
        }
        switch position.place.translation {
        case .ahead(_, let count): readAgain = readAgain?.addingSaturated(count)
        case .bounded: readAgain = nil
        case .exact, .unknown: break
        }
        // What retention took on the target cannot be read there; an offset before the start would be reset at will.
        let offset = max(translated, position.targetStart ?? translated)
        if let known = position.onTarget, known >= offset {
            if known > offset { further += 1 }
            wanted[place] = known
            return
        }
        behind = behind.addingSaturated(offset - max(position.onTarget ?? position.targetStart ?? offset, 0))
        wanted[place] = offset
        writes[place] = GroupOffset(offset, metadata: position.metadata)
    }

    private mutating func decide(_ presence: GroupOffsetSync.Presence, _ beyond: [String]) {
        if presence == .active {
            state = .active
            reason = "consumers use it on the target: its offsets there count, and are left alone"
            (writes, wanted, behind) = ([:], [:], 0)
        } else if unmapped > 0 {
            state = .unmapped
            reason =
                beyond.first
                ?? "no copy is known at or before its position in \(unmapped) of \(partitions) partitions: "
                + "auto.offset.reset decides where it begins there"
        } else if readAgain == nil {
            state = .bounded
            reason = "the places of some copies are not known exactly: some records are read again, none is left out"
        } else if let readAgain, readAgain > 0 {
            state = .ahead
            reason = "it has read \(readAgain) records that are not copied yet"
        }
    }

    /// A refusal of a write, or of reading it back.
    public mutating func fail(_ reason: String) {
        state = .failed
        self.reason = reason
    }

    /// What the target does not hold although it was written; empty when all is there.
    public func missing(on target: [TopicPartition: GroupOffset]) -> [TopicPartition] {
        wanted.filter { (target[$0.key]?.offset ?? -1) < $0.value }.map(\.key).sorted()
    }

    /// Whether applications may start on the target: it goes on where it stopped, or where it is used already.
    public var isMovable: Bool { state != .unmapped && state != .failed }
}
