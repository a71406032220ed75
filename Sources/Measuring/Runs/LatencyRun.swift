// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Platform
internal import Synchronization
internal import Telemetry

/// From the producing application to a consumer of the target, at a low rate, compared with what a consumer of the source sees.
struct LatencyRun: Sendable {
    /// The first records of a topic wait for its metadata: they are sent, awaited and not measured.
    private static let warmUp = 1.5

    let mirror: BenchMirror
    let size: Int
    let partitions: Int

    func measure() async throws -> Sample {
        let daemon = try mirror.daemon()
        let run = Task { await daemon.run() }
        let seconds = Double(mirror.options.latencySeconds) + Self.warmUp
        let total = Int(seconds * Double(mirror.options.rate))
        let isOver = StopFlag()
        do {
            async let near = listen(mirror.source, mirror.topic, total, isOver)
            async let far = listen(mirror.target, mirror.remoteTopic, total, isOver)
            async let sent: Void = speak(total)
            let sample: Sample
            do {
                try await sent
                sample = try await summarize(near, far, total)
            } catch {
                isOver.raise()
                throw error
            }
            try await BenchMirror.drain(daemon, run)
            return sample
        } catch {
            daemon.requestStop()
            _ = await run.value
            throw error
        }
    }

    private func summarize(_ near: [Double], _ far: [Double], _ total: Int) throws -> Sample {
        guard near.count == total, far.count == total else {
            throw BenchFailure(
                "latency: of \(total) records \(near.count) reached a reader of the source and \(far.count) one of the target: "
                    + "nothing is reported")
        }
        var sample = Sample(kind: .latency, size: size, codec: mirror.codec, records: total)
        // In the order of arrival, near enough to that of sending to leave the first ones out.
        let skipped = Int(Self.warmUp * Double(mirror.options.rate))
        let (floor, latency) = (near.dropFirst(skipped).sorted(), far.dropFirst(skipped).sorted())
        sample.measuredRecords = latency.count
        sample.p50 = Percentile.of(latency, 0.5)
        sample.p99 = Percentile.of(latency, 0.99)
        sample.floorP50 = Percentile.of(floor, 0.5)
        sample.floorP99 = Percentile.of(floor, 0.99)
        return sample
    }

    /// Writes evenly, each record with the time it was handed to the producer.
    private func speak(_ total: Int) async throws {
        try await ThreadExecutor.shared.run { try write(total) }
    }

    private func write(_ total: Int) throws {
        let producer = try Producer(
            [
                "bootstrap.servers": mirror.source, "enable.idempotence": "true", "linger.ms": "0",
                "message.timeout.ms": "0", "socket.nagle.disable": "true", "log_level": "0",
            ], clientID: "tern-bench-writer")
        defer { producer.close(purging: true) }
        var preload = Preload(
            topic: mirror.topic, partitions: partitions, size: size, headers: mirror.options.headers)
        let headers = preload.headerList()
        let topic = try producer.topic(named: mirror.topic)
        let filling = preload.value(0)
        let began = ProcessCost.nanoseconds
        var number = 0
        var failure: KafkaErrorCode?
        let deadline = ContinuousClock.now + .seconds(mirror.options.limit)
        while number < total || producer.outstanding > 0 {
            let due = Int(Double(ProcessCost.nanoseconds - began) / 1e9 * Double(mirror.options.rate))
            while number < min(due, total) {
                var value = filling
                value.replaceSubrange(0..<Preload.stampBytes, with: Self.stamp(ProcessCost.nanoseconds))
                try producer.enqueue(
                    key: preload.key(number), value: value, headers: headers, timestamp: WallClock.milliseconds(),
                    to: topic, partition: Int32(number % partitions))
                number += 1
            }
            producer.pollDeliveries(within: .milliseconds(1)) { delivery in
                if case .failed(let code, _) = delivery.outcome { failure = code }
            }
            if let failure { throw BenchFailure("write: \(failure.name)") }
            guard ContinuousClock.now < deadline else { throw BenchFailure("write: not acknowledged in time") }
        }
    }

    /// Milliseconds of each record, in the order of arrival; ends early when something else has failed.
    private func listen(
        _ bootstrapServers: String, _ topic: TopicName, _ total: Int, _ isOver: StopFlag
    ) async throws -> [Double] {
        try await ThreadExecutor.shared.run { try read(bootstrapServers, topic, total, isOver) }
    }

    private func read(
        _ bootstrapServers: String, _ topic: TopicName, _ total: Int, _ isOver: StopFlag
    ) throws -> [Double] {
        let consumer = try Consumer(
            [
                "bootstrap.servers": bootstrapServers, "socket.nagle.disable": "true", "auto.offset.reset": "error",
                "fetch.wait.max.ms": mirror.isMock ? "10" : "500", "log_level": "0",
            ], clientID: "tern-bench-reader")
        defer { consumer.close(by: .now + .seconds(5)) }
        try consumer.assign((0..<Int32(partitions)).map { (TopicPartition(topic, $0), .beginning) })
        var found: [Double] = []
        found.reserveCapacity(total)
        var deadline = ContinuousClock.now + .seconds(mirror.options.limit)
        while found.count < total, !isOver.isRaised, ContinuousClock.now < deadline {
            guard let event = consumer.nextEvent(within: .milliseconds(100)) else { continue }
            guard case .record(let record) = consume event else { continue }
            let now = ProcessCost.nanoseconds
            guard let sent = Self.time(record.detached().value) else { continue }
            found.append(Double(now - sent) / 1e6)
            // What does not follow within ten seconds is missing.
            deadline = .now + .seconds(10)
        }
        return found
    }

    static func stamp(_ nanoseconds: UInt64) -> [UInt8] {
        let digits = String(nanoseconds)
        return Array((String(repeating: "0", count: Preload.stampBytes - digits.count) + digits).utf8)
    }

    static func time(_ value: [UInt8]?) -> UInt64? {
        value.flatMap { UInt64(String(decoding: $0.prefix(Preload.stampBytes), as: UTF8.self)) }
    }
}
