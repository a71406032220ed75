// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTypes
import Mirroring

extension PartitionStatus {
    mutating func forgetLag() {
        lagRecords = nil
        lagHeldRecords = nil
        lagSeconds = nil
    }
}

/// What was last heard of a partition's log, and how it moved.
struct PartitionLog: Sendable {
    var start: Int64?
    var high: Int64?
    var stable: Int64?
    var targetEnd: Int64?
    /// The ticks that last brought an answer of each; older than three is unknown.
    var answered = 0
    /// The tick in which the last high watermark was asked for.
    var asked = 0
    var stableAnswered = 0
    var window = LagWindow()
    var headroom = RetentionHeadroom()

    mutating func note(
        high: OffsetReader.Answer?, stable: OffsetReader.Answer?, start: OffsetReader.Answer?, targetEnd: Int64?,
        _ tick: Int, _ place: TopicPartition, _ findings: inout LagMeter.Findings
    ) {
        switch high?.offset {
        // What a broker says that was asked earlier, and has hung since, is older than what is known.
        case .success(let end) where high?.asked ?? 0 >= asked:
            if let before = self.high, end < before { findings.shrunk.append(place) }
            self.high = end
            asked = high?.asked ?? tick
            answered = tick
        case .failure(let error):
            if error.saysMissing { findings.missing.append(place) }
        case .success, nil: break
        }
        if case .success(let end) = stable?.offset {
            self.stable = end
            stableAnswered = tick
        }
        if case .success(let first) = start?.offset {
            if let before = self.start, first < before { findings.shrunk.append(place) }
            self.start = first
        }
        if let targetEnd { self.targetEnd = targetEnd }
    }

    mutating func status(
        _ place: TopicPartition, _ partition: PartitionSnapshot, _ tick: Int, _ now: Int64, readsCommitted: Bool,
        firstTimestamp: Int64?, retention: Int64?
    ) -> PartitionStatus {
        let isFresh = tick - answered <= 3 && answered > 0
        let isStableFresh = tick - stableAnswered <= 3 && stableAnswered > 0
        let stable = readsCommitted ? isStableFresh ? self.stable : nil : high
        let lag = LagEstimate(
            next: partition.nextOffset, logStart: start, highWatermark: isFresh ? high : nil, lastStableOffset: stable,
            readsCommitted: readsCommitted, endIsCurrent: asked == tick,
            oldestTimestamp: partition.oldestPendingTimestamp ?? firstTimestamp,
            arrivedAfter: window.lastWithout(partition.nextOffset, at: now), now: now)
        window.add(
            at: now, position: partition.nextOffset, lag: lag.ready, held: lag.held,
            sourceEnd: asked == tick ? high : nil)
        var status = PartitionStatus(partition: place.partition)
        status.startOffset = start
        status.endOffset = isFresh ? high : nil
        status.lastStableOffset = isFresh ? stable : nil
        status.replicatedOffset = partition.nextOffset
        status.targetEndOffset = targetEnd
        status.lagRecords = lag.ready
        status.lagHeldRecords = lag.held
        status.lagSeconds = lag.seconds
        if let stop = partition.stop {
            // A record whose time lies ahead has waited since the partition stopped.
            if lag.ready != 0 {
                status.lagSeconds = max(lag.seconds ?? 0, Double(max(0, now - stop.since)) / 1000)
            }
            // Offsets of another log, or of none, cannot be subtracted from the position.
            // Nor is one known while some of what is between them is gone, or what lies before it may be.
            if [.rewound, .sourceMissing].contains(stop.state) || stop.loss != nil { status.forgetLag() }
        }
        if let start {
            headroom.add(at: now, start: start)
            status.retentionHeadroomSeconds = headroom.seconds(
                retention: retention, age: lag.seconds, next: partition.nextOffset, start: start, lag: lag.ready)
        }
        status.stop = partition.stop
        status.state =
            partition.stop?.state
            ?? (partition.isPaused ? .paused : window.word(start: start, end: high, lag: lag.ready))
        return status
    }
}
