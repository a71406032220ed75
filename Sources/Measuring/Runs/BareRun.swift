// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Platform

/// The least that a mirror does with these clients: takes records from a consumer and hands them to a producer, with the
/// settings of a lane, without a look at them.
struct BareRun: Sendable {
    static let prefix = "bare."

    let mirror: BenchMirror
    let size: Int
    let records: Int
    let partitions: Int
    let counter: AllocationCounter

    func measure() async throws -> Sample {
        guard let flow = try mirror.configuration().flows.first(where: \.isEnabled) else {
            throw BenchFailure("there is no flow")
        }
        let target = TopicName(Self.prefix + mirror.topic.rawValue)
        let sample = try await ThreadExecutor.shared.run { try copy(flow, to: target) }
        try await mirror.verify(target, partitions: partitions, records: records)
        return sample
    }

    private func copy(_ flow: FlowConfiguration, to target: TopicName) throws -> Sample {
        var sample = Sample(kind: .bare, size: size, codec: mirror.codec, records: records)
        var marks = Marks(total: records, counter: counter)
        let limits = EngineSettings.limits(flow)
        let consumer = try Consumer(EngineSettings.consumer(flow, partitions: partitions), clientID: "tern-bench-bare")
        let producer = try Producer(EngineSettings.producer(flow, partitions: partitions), clientID: "tern-bench-bare")
        defer {
            producer.close(purging: true)
            consumer.close(by: .now + .seconds(5))
        }
        let topic = try producer.topic(named: target)
        try consumer.assign((0..<Int32(partitions)).map { (TopicPartition(mirror.topic, $0), .beginning) })
        let deadline = ContinuousClock.now + .seconds(mirror.options.limit)
        var done = 0
        var inFlight = 0
        var failure: KafkaErrorCode?
        func serve(_ wait: Duration) {
            producer.pollDeliveries(within: wait) { delivery in
                if case .failed(let code, _) = delivery.outcome { failure = code }
                done += 1
                inFlight -= 1
            }
        }
        while done < records {
            serve(.zero)
            marks.see(done)
            if let failure { throw BenchFailure("produce: \(failure.name)") }
            guard ContinuousClock.now < deadline else { throw BenchFailure("\(done) of \(records) records") }
            if inFlight >= limits.inFlightRecords || inFlight * size >= limits.inFlightBytes {
                serve(.milliseconds(20))
                continue
            }
            for step in 0..<1000 {
                guard let event = consumer.nextEvent(within: step == 0 ? .milliseconds(5) : .zero) else { break }
                switch consume event {
                case .record(let record):
                    inFlight += 1
                    let partition = record.partition
                    var waiting: OutgoingRecord? = OutgoingRecord(record)
                    while let next = waiting.take() {
                        waiting = try producer.enqueue(next, to: topic, partition: partition, token: 0)
                        if waiting != nil { serve(.milliseconds(10)) }
                    }
                case .failure(let error, _, _): if !error.code.isTransient { throw error }
                case .partitionEnd: break
                }
            }
        }
        marks.finish(&sample, idle: 0)
        return sample
    }
}

extension KafkaErrorCode {
    /// What a client gets over by itself.
    fileprivate var isTransient: Bool { [._transport, ._allBrokersDown, ._timedOut].contains(self) }
}
