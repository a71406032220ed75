// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
package import Mirroring
package import Platform
package import TernConfiguration

/// What is done with one record that was set aside.
package struct QuarantineTask: Sendable {
    package enum Step: Sendable {
        /// Marks it as dealt with.
        case drop
        /// Writes what the envelope has in it to the target.
        case send(QuarantineEnvelope.Body)
        /// Reads it from the source once more, and writes it to the target.
        case fetch(RecordForwarding)
    }
    package var entry: QuarantineEntry
    package var step: Step

    package init(_ entry: QuarantineEntry, _ step: Step) {
        self.entry = entry
        self.step = step
    }
}

/// What became of it.
package struct QuarantineOutcome: Sendable, Equatable {
    /// Where the target has the record now; -1 where it did not say, `nil` where nothing was written.
    package var targetOffset: Int64?
    /// The envelope is marked as dealt with.
    package var isSettled = false
    package var problem: String?

    package init(targetOffset: Int64? = nil, problem: String? = nil) {
        self.targetOffset = targetOffset
        self.problem = problem
    }
}

/// Writes records that were set aside to their target, and marks their envelopes by tombstones: first the record, acknowledged, then
/// the mark. Records go one at a time, so that one that is refused again concerns no other.
package struct QuarantineReplay: Sendable {
    let flow: FlowConfiguration
    /// When, as the header `tern.repair` says it.
    let mark: [UInt8]
    let patience: Duration
    let stop: StopFlag

    package init(_ flow: FlowConfiguration, mark: String, patience: Duration, stop: StopFlag) {
        self.flow = flow
        self.mark = Array(mark.utf8)
        self.patience = patience
        self.stop = stop
    }

    /// - Returns: an outcome of each task.
    package func run(_ tasks: [QuarantineTask]) async throws -> [QuarantineOutcome] {
        try await ThreadExecutor.shared.run { () throws(any Error) in
            let replaying = try Replaying(self)
            defer { replaying.close() }
            return tasks.map { replaying.perform($0) }
        }
    }
}

/// One run: for one thread.
private final class Replaying {
    private let replay: QuarantineReplay
    private let producer: Producer
    /// Made when something is read from the source.
    private var consumer: Consumer?
    private let clientID: String

    init(_ replay: QuarantineReplay) throws(KafkaError) {
        self.replay = replay
        clientID = "tern|\(replay.flow.name)|quarantine"
        producer = try Producer(
            EngineSettings.producer(replay.flow, partitions: 1).merging([
                "enable.gapless.guarantee": "false", "linger.ms": "0",
                "message.timeout.ms": "\(max(1000, replay.patience / .milliseconds(1)))",
            ]), clientID: clientID)
    }

    func close() {
        producer.close(purging: true)
        _ = consumer?.close(by: .now + .seconds(5))
    }

    func perform(_ task: QuarantineTask) -> QuarantineOutcome {
        var outcome = QuarantineOutcome()
        do throws(KafkaError) {
            guard !replay.stop.isRaised else { throw refusal("not tried: stopped") }
            switch task.step {
            case .drop: break
            case .send(let body): outcome.targetOffset = try send(body, task.entry.envelope)
            case .fetch(let forwarding): outcome.targetOffset = try fetch(task.entry.envelope, forwarding)
            }
            try settle(task.entry)
            outcome.isSettled = true
        } catch {
            outcome.problem = error.reason
        }
        return outcome
    }

    private func refusal(_ reason: String) -> KafkaError { KafkaError(._fail, during: "replay", reason: reason) }

    private func send(_ body: QuarantineEnvelope.Body, _ envelope: QuarantineEnvelope) throws(KafkaError) -> Int64 {
        let time = envelope.witness.timestamp
        let headers = body.headers.filter { $0.name != Array(RepairMark.name.utf8) }
        try producer.enqueue(
            key: body.key, value: body.value,
            headers: headers.map { (HeaderName(bytes: $0.name), $0.value) } + [(RepairMark.header, replay.mark)],
            // 0 is "now" to librdkafka, as for the lanes.
            timestamp: time == -1 ? nil : time == 0 ? 1 : time, to: producer.topic(named: envelope.target.topic),
            partition: envelope.target.partition)
        return try acknowledgement(from: envelope.target)
    }

    private func fetch(
        _ envelope: QuarantineEnvelope, _ forwarding: RecordForwarding
    ) throws(KafkaError) -> Int64 {
        var forwarding = forwarding
        let record = try read(envelope)
        let verdict = forwarding.verdict(of: record)
        if case .skip(let reason) = verdict { throw refusal("the flow leaves it out by rule (\(reason.rawValue))") }
        var outgoing = OutgoingRecord(record)
        guard !outgoing.lacksHeaders else {
            throw refusal("its headers cannot be read: librdkafka takes 100,000 at most")
        }
        forwarding.label(&outgoing, verdict: verdict, offset: envelope.offset, asRepair: replay.mark)
        let returned = try producer.enqueue(
            outgoing, to: producer.topic(named: envelope.target.topic), partition: envelope.target.partition, token: 0)
        guard returned == nil else { throw refusal("the producer's queue is full") }
        return try acknowledgement(from: envelope.target)
    }

    private func read(_ envelope: QuarantineEnvelope) throws(KafkaError) -> Record {
        let consumer: Consumer
        if let made = self.consumer {
            consumer = made
        } else {
            consumer = try Consumer(
                EngineSettings.consumer(replay.flow, partitions: 1).merging(["client.id": clientID]),
                clientID: clientID)
            self.consumer = consumer
        }
        try consumer.assign([(envelope.source, .at(envelope.offset))])
        let deadline = ContinuousClock.now + replay.patience
        while ContinuousClock.now < deadline, !replay.stop.isRaised {
            guard let event = consumer.nextEvent(within: .milliseconds(100)) else { continue }
            switch consume event {
            case .record(let record):
                // What an earlier assignment had fetched.
                guard record.partition == envelope.source.partition, record.topic == envelope.source.topic else {
                    continue
                }
                guard record.offset == envelope.offset else { throw gone(envelope) }
                guard record.timestamp.milliseconds == envelope.witness.timestamp,
                    record.contentHash() == envelope.witness.contentHash
                else { throw refusal("the source holds another record there now: its topic was recreated") }
                return record
            case .partitionEnd(let place, _): if place == envelope.source { throw gone(envelope) }
            case .failure(let error, let place, _):
                if error.code == ._autoOffsetReset || error.code == .offsetOutOfRange { throw gone(envelope) }
                if place == envelope.source { throw error }
            }
        }
        throw refusal("nothing came from the source for \(Int(replay.patience / .seconds(1))) s")
    }

    private func gone(_ envelope: QuarantineEnvelope) -> KafkaError {
        refusal("the source no longer has it: it has expired or was compacted away, and the envelope holds no content")
    }

    /// A tombstone.
    private func settle(_ entry: QuarantineEntry) throws(KafkaError) {
        try producer.enqueue(
            key: entry.envelope.key, value: nil, to: producer.topic(named: entry.place.topic),
            partition: entry.place.partition)
        _ = try acknowledgement(from: entry.place)
    }

    private func acknowledgement(from place: TopicPartition) throws(KafkaError) -> Int64 {
        var outcome: Delivery.Outcome?
        let deadline = ContinuousClock.now + replay.patience + .seconds(5)
        while outcome == nil, ContinuousClock.now < deadline {
            producer.pollDeliveries(within: .milliseconds(100)) { outcome = $0.outcome }
            if let error = producer.takeFailures().first(where: \.isFatal) { throw error }
        }
        switch outcome {
        case .acknowledged(let offset): return offset
        case .failed(let code, _): throw refusal("\(place) refuses it: \(code.sentence) (\(code.name))")
        case nil: throw refusal("\(place) does not answer")
        }
    }
}
