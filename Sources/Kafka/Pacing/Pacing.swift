// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
import KafkaTypes

/// The partitions of one producer that is given its records at a pace. For its thread.
final class Pacing {
    private let pace: ProducePace
    private var partitions: [OpaquePointer: [Int32: PacedPartition]] = [:]
    /// Of the report, or the record, that was looked at last.
    private var last: (topic: OpaquePointer, partition: Int32, paced: PacedPartition)?
    /// How many records wait.
    private(set) var heldCount = 0
    /// Nothing more is handed over: what waits is reported as not sent.
    var isPurged = false

    init(_ pace: ProducePace) { self.pace = pace }

    /// Of an open topic.
    func partition(_ topic: TopicHandle, _ number: Int32) -> PacedPartition? {
        guard let pointer = topic.pointer else { return nil }
        if let found = find(pointer, number) { return found }
        let made = PacedPartition(topic, number, pace)
        partitions[pointer, default: [:]][number] = made
        last = (pointer, number, made)
        return made
    }

    func hold(_ record: consuming OutgoingRecord, _ token: UInt64, _ paced: PacedPartition) {
        paced.held.append(.init(record: record, token: token))
        heldCount += 1
    }

    func take(from paced: PacedPartition) -> PacedPartition.Held? {
        guard let held = paced.held.popFirst() else { return nil }
        heldCount -= 1
        return held
    }

    func putBack(_ held: consuming PacedPartition.Held, _ paced: PacedPartition) {
        paced.held.prepend(held)
        heldCount += 1
    }

    /// - Returns: the partition of the report; `nil` where it is not paced, as that of rows is not.
    func reported(_ report: UnsafePointer<rd_kafka_message_t>) -> PacedPartition? {
        guard let topic = report.pointee.rkt, let paced = find(topic, report.pointee.partition) else { return nil }
        paced.returned()
        if report.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR { paced.isBlocked = true }
        return paced
    }

    private func find(_ topic: OpaquePointer, _ number: Int32) -> PacedPartition? {
        if let last, last.topic == topic, last.partition == number { return last.paced }
        guard let found = partitions[topic]?[number] else { return nil }
        last = (topic, number, found)
        return found
    }

    /// One that has records waiting.
    func anyHolding() -> PacedPartition? {
        guard heldCount > 0 else { return nil }
        for numbers in partitions.values {
            for paced in numbers.values where !paced.held.isEmpty { return paced }
        }
        return nil
    }

    func removeAll() {
        for numbers in partitions.values { for paced in numbers.values { paced.held.removeAll() } }
        heldCount = 0
        last = nil
        partitions = [:]
    }
}

extension Producer {
    /// Hands over what has waited for the reports that have come.
    func release(_ paced: PacedPartition, _ body: (borrowing Delivery) -> Void) {
        guard let pacing, !pacing.isPurged, paced.beginsBatch() else { return }
        while paced.addsNext() {
            guard let held = pacing.take(from: paced) else { return }
            let token = held.token
            do throws(KafkaError) {
                let returned = try produce(held.record, to: paced.topic, partition: paced.partition, token: token)
                guard let returned else { continue }
                paced.returned()
                return pacing.putBack(.init(record: returned, token: token), paced)
            } catch {
                paced.isBlocked = true
                paced.returned()
                let code = error.isFatal ? KafkaErrorCode._purgeQueue : error.code
                body(Delivery(unsent: code, token: token, partition: paced.partition))
            }
        }
    }

    /// Of a producer that was purged.
    func reportUnsent(_ body: (borrowing Delivery) -> Void) {
        guard let pacing, pacing.isPurged else { return }
        while let paced = pacing.anyHolding(), let held = pacing.take(from: paced) {
            body(Delivery(unsent: ._purgeQueue, token: held.token, partition: paced.partition))
        }
    }
}
