// SPDX-License-Identifier: Apache-2.0
import Kafka
package import KafkaTypes
import Mirroring
package import Platform
package import TernConfiguration

/// Records of one partition that are copied again.
package struct CopyTask: Sendable {
    package var source: TopicPartition
    package var target: TopicPartition
    /// Rising, apart from each other.
    package var ranges: [ClosedRange<Int64>]
    /// Offsets within the ranges that are left alone.
    package var except: Set<Int64> = []
    /// Offsets within the ranges that were set aside: `tern quarantine replay` is for these.
    package var quarantined: Set<Int64> = []
    package var forwarding: RecordForwarding

    package init(
        source: TopicPartition, target: TopicPartition, ranges: [ClosedRange<Int64>], forwarding: RecordForwarding
    ) {
        self.source = source
        self.target = target
        self.ranges = ranges
        self.forwarding = forwarding
    }
}

/// What became of it.
package struct CopyOutcome: Sendable, Equatable {
    package var written: Int64 = 0
    /// Records that the flow's rules leave out.
    package var leftOut: Int64 = 0
    /// Offsets on the target.
    package var offsets: ClosedRange<Int64>?
    package var problem: String?
}

/// Copies ranges of a flow's source again: appends them to partitions of the target, as the flow's lanes would, with one header
/// more that says so. One partition after the other; what the target refuses ends it.
package struct RangeCopier: Sendable {
    let flow: FlowConfiguration
    /// When, as the header says it.
    let mark: [UInt8]
    let patience: Duration
    let stop: StopFlag

    package init(_ flow: FlowConfiguration, mark: String, patience: Duration, stop: StopFlag) {
        self.flow = flow
        self.mark = Array(mark.utf8)
        self.patience = patience
        self.stop = stop
    }

    /// - Returns: an outcome of each task; those behind one that failed are not tried.
    package func run(_ tasks: [CopyTask]) async throws -> [CopyOutcome] {
        try await ThreadExecutor.shared.run { () throws(any Error) in
            let copying = try Copying(self)
            defer { copying.close() }
            return tasks.map { copying.copy($0) }
        }
    }
}

extension RepairMark {
    static let header = HeaderName(name)
}

extension RecordForwarding {
    /// As the flow's lanes would, with one header more that says that it is copied again; an older one is replaced.
    mutating func label(
        _ record: inout OutgoingRecord, verdict: ForwardingPolicy.Verdict, offset: Int64, asRepair mark: [UInt8]
    ) {
        label(&record, verdict: verdict, offset: offset, room: .both)
        record.removeHeaders(named: RepairMark.header)
        record.addHeader(named: RepairMark.header, value: mark)
    }
}

/// One run of a copier: for one thread.
private final class Copying {
    private static let mostInFlight = 5000
    private static let mostBytesInFlight = 32 << 20

    private let copier: RangeCopier
    private let consumer: Consumer
    private let producer: Producer
    private var outcome = CopyOutcome()
    private var bytesInFlight = 0
    private var hasFailed = false

    init(_ copier: RangeCopier) throws(KafkaError) {
        self.copier = copier
        let name = "tern|\(copier.flow.name)|repair"
        consumer = try Consumer(
            EngineSettings.consumer(copier.flow, partitions: 1).merging([
                "queued.max.messages.kbytes": "4096", "fetch.max.bytes": "4194304", "client.id": name,
            ]), clientID: name)
        producer = try Producer(
            EngineSettings.producer(copier.flow, partitions: 1).merging(["message.timeout.ms": "60000"]),
            clientID: name)
    }

    func close() {
        producer.close(purging: true)
        consumer.close(by: .now + .seconds(5))
    }

    func copy(_ task: CopyTask) -> CopyOutcome {
        outcome = CopyOutcome()
        guard !hasFailed else {
            outcome.problem = "not tried, since another partition failed before"
            return outcome
        }
        do throws(KafkaError) {
            var forwarding = task.forwarding
            let topic = try producer.topic(named: task.target.topic)
            for range in task.ranges where !hasFailed { try copy(range, task, topic, &forwarding) }
            try drain()
        } catch {
            fail(error.reason)
        }
        return outcome
    }

    private func fail(_ reason: String) {
        hasFailed = true
        outcome.problem = outcome.problem ?? reason
    }

    private func copy(
        _ range: ClosedRange<Int64>, _ task: CopyTask, _ topic: TopicHandle, _ forwarding: inout RecordForwarding
    ) throws(KafkaError) {
        try consumer.assign([(task.source, .at(range.lowerBound))])
        var lastEvent = ContinuousClock.now
        while !hasFailed {
            serve(.zero)
            if copier.stop.isRaised { return fail("stopped") }
            if producer.outstanding >= Self.mostInFlight || bytesInFlight >= Self.mostBytesInFlight {
                serve(.milliseconds(20))
                continue
            }
            guard let event = consumer.nextEvent(within: .milliseconds(100)) else {
                guard ContinuousClock.now - lastEvent < copier.patience else {
                    return fail("nothing came from \(task.source) for \(copier.patience)")
                }
                continue
            }
            lastEvent = .now
            switch consume event {
            case .record(let record):
                let offset = record.offset
                if offset > range.upperBound { return }
                if !task.except.contains(offset), !task.quarantined.contains(offset) {
                    try send(record, task, topic, &forwarding)
                }
                if offset == range.upperBound { return }
            case .partitionEnd: return
            case .failure(let error, let place, _): if place != nil { throw error }
            }
        }
    }

    private func send(
        _ record: consuming Record, _ task: CopyTask, _ topic: TopicHandle, _ forwarding: inout RecordForwarding
    ) throws(KafkaError) {
        let offset = record.offset
        let size = (record.keyCount ?? 0) + (record.valueCount ?? 0)
        let verdict = forwarding.verdict(of: record)
        if case .skip = verdict {
            outcome.leftOut += 1
            return
        }
        var outgoing = OutgoingRecord(record)
        guard !outgoing.lacksHeaders else {
            return fail(
                "the headers of offset \(offset) of \(task.source) cannot be read: librdkafka takes 100,000 at most, and without "
                    + "them it is not copied")
        }
        forwarding.label(&outgoing, verdict: verdict, offset: offset, asRepair: copier.mark)
        var waiting: OutgoingRecord? = consume outgoing
        while let next = waiting.take() {
            waiting = try producer.enqueue(
                next, to: topic, partition: task.target.partition, token: UInt64(max(0, size)))
            if waiting != nil { serve(.milliseconds(20)) }
            if hasFailed { return }
        }
        bytesInFlight += size
    }

    private func drain() throws(KafkaError) {
        let deadline = ContinuousClock.now + .seconds(90)
        while producer.outstanding > 0, !hasFailed {
            serve(.milliseconds(100))
            if ContinuousClock.now > deadline { fail("the target does not acknowledge") }
        }
    }

    private func serve(_ wait: Duration) {
        var failure: KafkaErrorCode?
        producer.pollDeliveries(within: wait) { delivery in
            bytesInFlight -= Int(delivery.token)
            switch delivery.outcome {
            case .acknowledged(let offset):
                outcome.written += 1
                if offset >= 0 {
                    outcome.offsets =
                        min(
                            outcome.offsets?.lowerBound ?? offset, offset)...max(
                            outcome.offsets?.upperBound ?? offset, offset)
                }
            case .failed(let code, _): failure = failure ?? code
            }
        }
        if let failure { fail("the target refuses a record: \(failure.name)") }
        if let error = producer.takeFailures().first(where: \.isFatal) { fail(error.reason) }
    }
}
