// SPDX-License-Identifier: Apache-2.0
import TernConfiguration

/// What is in flight of one partition, and how far its prefix is done.
///
/// A record is submitted when it is handed to the producer, in the order of the source, and acknowledged when the target
/// has it. Only the contiguous prefix counts as progress, and the prefix follows the order of submission, never arithmetic
/// on offsets: compaction and transaction markers leave gaps.
///
/// Invariants, checked by `checkInvariants()`:
///
/// A. Offsets rise strictly from entry to entry, and all are at least `committable + 1`.
/// B. The first entry is not done: what is done at the front leaves at once.
/// C. `pendingCount` and `pendingBytes` are those of the entries that are not done.
/// D. `nextOffset` is the first pending entry's offset when there is one, else where the next record is expected.
/// E. Sequence numbers are never given twice, so that a late acknowledgement of a dropped entry finds nothing.
public struct OffsetLedger: Sendable {
    /// One record on its way.
    public struct Entry: Sendable, Equatable {
        public var offset: Int64
        /// Milliseconds, as the record carries it; -1 when it has none.
        public var timestamp: Int64
        public var size: Int
        var isDone: Bool

        init(offset: Int64, timestamp: Int64, size: Int, isDone: Bool) {
            self.offset = offset
            self.timestamp = timestamp
            self.size = size
            self.isDone = isDone
        }
    }

    /// What an acknowledgement means.
    public enum Acknowledgement: Sendable, Equatable {
        case done(Entry)
        /// Of an entry that was dropped, or done before.
        case stale
        /// The target's offsets fell (detector D5): another log has replaced the one whose last offset was acknowledged.
        case targetFell(last: Int64)
    }

    private var entries: [Entry]
    private var head = 0
    private var count = 0
    /// The sequence number of the entry at `head`.
    private var headSequence: UInt32 = 0

    /// Entries that the target has not acknowledged.
    public private(set) var pendingCount = 0
    public private(set) var pendingBytes = 0
    /// The offset of the last record of the contiguous prefix; `nil` before the first.
    public private(set) var committable: Int64?
    /// The offset that the next record must have at least; `nil` before anything is known.
    public private(set) var nextToSubmit: Int64?
    /// Behind the last record, when the log's end was reached: past markers and compacted records.
    private var reachedEnd: Int64?
    /// The last offset before an end that was reached with nothing pending; -1 before the first. It stays when records come
    /// behind it: progress never falls.
    private var passed: Int64 = -1
    /// The highest offset that the target has acknowledged.
    public private(set) var lastTargetOffset: Int64?

    /// - Parameter next: the offset of the next record to mirror; `nil` when the log's own start decides.
    public init(next: Int64?) {
        entries = []
        nextToSubmit = next
        committable = next.flatMap { $0 > 0 ? $0 - 1 : nil }
    }

    /// Whether a record of this offset is due: an earlier one has been seen before.
    public func accepts(_ offset: Int64) -> Bool { nextToSubmit.map { offset >= $0 } ?? true }

    /// The number that the next submitted record will have.
    public var nextSequence: UInt32 { headSequence &+ UInt32(truncatingIfNeeded: count) }

    /// Everything before this is on the target, was skipped by rule, or is no record; `nil` before anything is known.
    public var nextOffset: Int64? {
        if count > 0 { return entries[head].offset }
        if let reachedEnd, let nextToSubmit { return max(reachedEnd, nextToSubmit) }
        return reachedEnd ?? nextToSubmit
    }

    /// The timestamp of the oldest record that is not done; `nil` when there is none.
    public var oldestPendingTimestamp: Int64? { count > 0 ? entries[head].timestamp : nil }

    /// The offset of the oldest record that is not done.
    public var firstPending: Int64? { count > 0 ? entries[head].offset : nil }

    /// Notes a record that was handed over under `nextSequence`.
    public mutating func submit(offset: Int64, timestamp: Int64, size: Int) {
        append(Entry(offset: offset, timestamp: timestamp, size: size, isDone: false))
        pendingCount += 1
        pendingBytes += size
    }

    /// Notes a record that is not sent, by rule: the prefix moves over it.
    public mutating func skip(_ offset: Int64) {
        guard count > 0 else {
            precondition(accepts(offset), "offset \(offset) skipped after \(nextToSubmit ?? -1) was due")
            committable = offset
            nextToSubmit = Self.after(offset)
            return
        }
        append(Entry(offset: offset, timestamp: -1, size: 0, isDone: true))
    }

    /// The entry of a sequence number, while it is pending.
    public func entry(_ sequence: UInt32) -> Entry? {
        let place = Int(sequence &- headSequence)
        guard place < count else { return nil }
        let entry = entries[(head + place) & (entries.count - 1)]
        return entry.isDone ? nil : entry
    }

    /// Notes that the target has a record.
    /// - Parameter targetOffset: where; -1 when it did not say.
    public mutating func acknowledge(_ sequence: UInt32, targetOffset: Int64) -> Acknowledgement {
        let place = Int(sequence &- headSequence)
        guard place < count else { return .stale }
        let slot = (head + place) & (entries.count - 1)
        guard !entries[slot].isDone else { return .stale }
        if targetOffset >= 0 {
            if let last = lastTargetOffset, targetOffset <= last { return .targetFell(last: last) }
            lastTargetOffset = targetOffset
        }
        entries[slot].isDone = true
        let entry = entries[slot]
        pendingCount -= 1
        pendingBytes -= entry.size
        if place == 0 { advance() }
        return .done(entry)
    }

    /// Forgets everything from the first record that is not done: it will be read and submitted again.
    /// - Returns: what was pending.
    public mutating func rewind() -> (records: Int, bytes: Int) {
        let lost = (pendingCount, pendingBytes)
        if count > 0 { nextToSubmit = entries[head].offset }
        headSequence = nextSequence
        head = 0
        count = 0
        pendingCount = 0
        pendingBytes = 0
        reachedEnd = nil
        return lost
    }

    /// Begins again at `offset`, as for another log of which nothing was mirrored.
    /// - Returns: what was pending.
    public mutating func restart(at offset: Int64) -> (records: Int, bytes: Int) {
        let lost = rewind()
        nextToSubmit = offset
        committable = nil
        passed = -1
        lastTargetOffset = nil
        return lost
    }

    /// Reads again from `offset` on, with nothing pending: what lies between there and the position was no record to send,
    /// unless the log has been cut there since. Progress does not fall.
    public mutating func goBack(to offset: Int64) {
        guard count == 0, let nextToSubmit, offset < nextToSubmit else { return }
        passed = max(passed, progress ?? -1)
        self.nextToSubmit = offset
        committable = offset > 0 ? offset - 1 : nil
        reachedEnd = nil
    }

    /// Jumps over what has expired, as far as progress says that it was not needed.
    /// - Returns: whether the position is at `start` or behind it now.
    public mutating func passExpired(before start: Int64) -> Bool {
        guard let next = nextToSubmit, next < start else { return true }
        guard count == 0, start - 1 <= progress ?? -1 else { return false }
        nextToSubmit = start
        return true
    }

    /// The source has no further record before `offset`, which may lie behind markers and compacted records.
    public mutating func reachedEnd(at offset: Int64) {
        reachedEnd = offset
        guard count == 0 else { return }
        passEnd()
        // A catch-up of small records leaves a ring of half a megabyte, which an idle partition does not need.
        if entries.count > Self.idleCapacity {
            entries = []
            head = 0
        }
    }

    /// The largest ring that a partition keeps while it is idle, in entries of 32 bytes.
    static let idleCapacity = 1024

    /// What a progress row may say: the last offset that need not be read again. Where an end was reached with nothing pending
    /// that is the last one before it, so that a restart does not take expired transaction markers for lost records.
    public var progress: Int64? {
        let last = max(committable ?? -1, passed)
        return last >= 0 ? last : nil
    }

    /// What ``progress`` will be when everything that is in flight has been acknowledged.
    public var progressOnceDone: Int64? {
        guard count > 0, let nextToSubmit else { return progress }
        return max(max(reachedEnd ?? nextToSubmit, nextToSubmit) - 1, passed)
    }

    private mutating func passEnd() {
        guard count == 0, let end = reachedEnd else { return }
        let next = max(end, nextToSubmit ?? end)
        nextToSubmit = next
        passed = max(passed, next - 1)
    }

    /// Offsets come from logs and from rows that people write: none may trap.
    private static func after(_ offset: Int64) -> Int64 { offset == .max ? offset : offset + 1 }

    private mutating func append(_ entry: Entry) {
        precondition(accepts(entry.offset), "offset \(entry.offset) submitted after \(nextToSubmit ?? -1) was due")
        if count == entries.count { grow() }
        entries[(head + count) & (entries.count - 1)] = entry
        count += 1
        nextToSubmit = Self.after(entry.offset)
        reachedEnd = nil
    }

    private mutating func advance() {
        while count > 0, entries[head].isDone {
            committable = entries[head].offset
            head = (head + 1) & (entries.count - 1)
            headSequence &+= 1
            count -= 1
        }
        passEnd()
    }

    /// Doubles the ring; its size is a power of two, so that places wrap by a mask.
    private mutating func grow() {
        var larger: [Entry] = []
        larger.reserveCapacity(max(16, entries.count * 2))
        for place in 0..<count { larger.append(entries[(head + place) & (entries.count - 1)]) }
        let blank = Entry(offset: 0, timestamp: 0, size: 0, isDone: true)
        while larger.count < max(16, entries.count * 2) { larger.append(blank) }
        entries = larger
        head = 0
    }

    /// The invariants A to D; for tests, after each step.
    public func checkInvariants() {
        let live = (0..<count).map { entries[(head + $0) & (entries.count - 1)] }
        for (earlier, later) in zip(live, live.dropFirst()) { precondition(earlier.offset < later.offset, "A") }
        if let first = live.first {
            precondition(first.offset > committable ?? -1, "A")
            precondition(!first.isDone, "B")
            precondition(nextOffset == first.offset, "D")
        }
        precondition(pendingCount == live.filter { !$0.isDone }.count, "C")
        precondition(pendingBytes == live.filter { !$0.isDone }.reduce(0) { $0 + $1.size }, "C")
    }
}
