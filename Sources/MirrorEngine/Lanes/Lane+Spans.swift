// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Telemetry
import TernConfiguration

/// Spans of records that carry a sampled `traceparent`: see ``SpanNotes``.
extension Lane {
    /// The target has the record.
    func endSpan(_ sequence: UInt32, _ entry: OffsetLedger.Entry, at targetOffset: Int64, _ partition: LanePartition) {
        guard let span = partition.spans?.end(sequence) else { return }
        offer(span.context, from: span.start, entry.offset, at: targetOffset, nil, partition)
    }

    /// The target refuses the record.
    /// - Returns: its trace, for the log.
    func endSpan(of stop: PartitionStop, _ partition: LanePartition) -> TraceID? {
        guard stop.state == .refused, let offset = stop.offset, let context = partition.singleTrace else { return nil }
        offer(context, from: nil, offset, at: nil, stop.text, partition)
        return context.trace
    }

    func endSpan(of envelope: PartitionMachine.Quarantine, _ partition: LanePartition) -> TraceID? {
        guard let context = partition.singleTrace else { return nil }
        let target = TopicPartition(partition.targetTopic, partition.source.partition)
        let problem = "\(envelope.refusal(by: target, on: settings.flow.target)); it is in the quarantine topic"
        offer(context, from: nil, envelope.offset, at: nil, problem, partition)
        return context.trace
    }

    private func offer(
        _ context: TraceContext, from start: Int64?, _ offset: Int64, at targetOffset: Int64?, _ problem: String?,
        _ partition: LanePartition
    ) {
        guard let queue = settings.spans, context.isSampled else { return }
        let now = WallClock.nanoseconds()
        queue.offer(
            RecordSpan(
                context: context, id: UInt64.random(in: 1 ... .max), flow: settings.flow, source: partition.source,
                offset: offset, target: partition.targetTopic, targetOffset: targetOffset,
                // The clock may have been set back meanwhile: a span does not end before it begins.
                start: min(start ?? now, now), end: now, problem: problem))
    }
}
