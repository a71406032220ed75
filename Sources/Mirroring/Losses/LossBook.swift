// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// The losses of a flow as this process knows them, and which of them the ledger topic does not say yet.
public struct LossBook: Sendable {
    public private(set) var events: [LossEvent.Key: LossEvent] = [:]
    private var unwritten: Set<LossEvent.Key> = []

    public init() {}

    /// A partition has stopped because of it. One that is known and has not ended is found again by each start: it stays as it is.
    public mutating func detected(_ event: LossEvent) {
        if var known = events[event.key], known.outcome != .ended {
            // The file may say something else since the last start.
            guard known.policy != event.policy else { return }
            (known.policy, known.text) = (event.policy, event.text)
            events[event.key] = known
        } else {
            events[event.key] = event
        }
        unwritten.insert(event.key)
    }

    /// The topic has the event as it is known: its partition may continue.
    public func isRecorded(_ key: LossEvent.Key) -> Bool { events[key] != nil && !unwritten.contains(key) }

    /// The partition continues by its policy.
    /// - Parameter position: the next source offset to mirror.
    public mutating func continued(_ key: LossEvent.Key, at position: Int64, now: Int64) {
        guard var event = events[key] else { return }
        (event.endedAt, event.endedPosition) = (now, position)
        // The log's start may have moved on meanwhile.
        if key.cause == .logStartMoved, let lost = event.offsets, position > lost.lowerBound {
            event.offsets = lost.lowerBound..<position
            event.count = position - lost.lowerBound
        }
        events[key] = event
        unwritten.insert(key)
    }

    /// What the topic says now. What a person has acknowledged there, or another process has ended, holds; what is found again
    /// keeps the time of the first.
    public mutating func read(_ rows: [LossEvent]) {
        for row in rows {
            guard unwritten.contains(row.key), let own = events[row.key] else {
                events[row.key] = row
                continue
            }
            var merged = row
            if row.outcome == .ended {
                // The same once more.
                merged = own
            } else {
                (merged.policy, merged.text) = (own.policy, own.text)
                if let at = own.endedAt {
                    (merged.endedAt, merged.endedPosition) = (at, own.endedPosition)
                    (merged.offsets, merged.count) = (own.offsets, own.count)
                }
            }
            events[row.key] = merged
            if merged == row { unwritten.remove(row.key) }
        }
    }

    /// Where the partition is now: it has come past what had stopped it when it flows at another position.
    /// - Parameter next: the next source offset to mirror.
    public mutating func flows(_ place: TopicPartition, at next: Int64, now: Int64) {
        for (key, event) in events
        // By a policy it may continue at the same offset, as where the target was emptied.
        where key.source == place && event.outcome != .ended && (key.position != next || event.policy != nil) {
            events[key]?.endedAt = now
            events[key]?.endedPosition = next
            unwritten.insert(key)
        }
    }

    /// Partitions with an event that has not ended.
    public var places: Set<TopicPartition> {
        Set(events.values.lazy.filter { $0.outcome != .ended }.map(\.key.source))
    }

    /// Events that nobody has accepted and that have not ended.
    public var openCount: Int { events.values.count { $0.outcome == .open } }

    /// Why the lag of a partition is unknown though it does not stand.
    public func isOpen(_ place: TopicPartition) -> Bool {
        events.values.contains { $0.key.source == place && $0.outcome == .open }
    }

    public var due: [LossEvent] {
        unwritten.compactMap { events[$0] }.sorted { $0.detectedAt < $1.detectedAt }
    }

    /// The topic has the event as it was then.
    public mutating func wrote(_ event: LossEvent) {
        if events[event.key] == event { unwritten.remove(event.key) }
    }
}
