// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes
internal import Mirroring
internal import Platform
internal import Synchronization
internal import Telemetry

/// An application that writes to one cluster until it is stopped, and remembers what it wrote.
final class DemoTraffic: Sendable {
    private struct State {
        var written: [DemoPlace: [UInt64]] = [:]
        var count = 0
        var failure: String?
    }
    private let cluster: ClusterAlias
    private let stopFlag = StopFlag()
    private let state = Mutex(State())
    private let isDone = StopFlag()

    init(at cluster: ClusterAlias) { self.cluster = cluster }

    /// Writes on a thread of its own, as evenly as people buy things: in waves.
    ///
    /// - Parameter rate: records per second, on average.
    func start(to bootstrapServers: String, rate: Int) {
        Task {
            await ThreadExecutor.shared.run { [self] in
                do {
                    try write(to: bootstrapServers, rate: rate)
                } catch {
                    state.withLock { $0.failure = "\(error)" }
                }
                isDone.raise()
            }
        }
    }

    func stop() { stopFlag.raise() }

    /// Whether everything written has been acknowledged, or has failed.
    var isStopped: Bool { isDone.isRaised }
    var count: Int { state.withLock { $0.count } }
    var failure: String? { state.withLock { $0.failure } }
    /// The checksums of what was written, in the order of each partition.
    var written: [DemoPlace: [UInt64]] { state.withLock { $0.written } }

    private func write(to bootstrapServers: String, rate: Int) throws {
        let producer = try Producer(
            [
                "bootstrap.servers": bootstrapServers, "enable.idempotence": "true", "linger.ms": "5",
                "message.timeout.ms": "0", "socket.nagle.disable": "true", "log_level": "0",
            ], clientID: "demo-\(cluster)")
        defer { producer.close(purging: true) }
        let began = ContinuousClock.now
        var number = 0
        var last = 0.0
        var due = 0.0
        while !stopFlag.isRaised {
            let now = (ContinuousClock.now - began) / .seconds(1)
            due += Double(rate) * Self.wave(now, cluster) * (now - last)
            last = now
            while Double(number) < due {
                try write(number, with: producer)
                number += 1
            }
            try serve(producer, within: .milliseconds(20))
        }
        let deadline = ContinuousClock.now + .seconds(20)
        while producer.outstanding > 0 {
            try serve(producer, within: .milliseconds(50))
            guard ContinuousClock.now < deadline else {
                throw CommandFailure(.failed, code: "FAILED", "\(producer.outstanding) records were not acknowledged")
            }
        }
    }

    /// Between half and one and a half, 1 on average; each cluster has its own time of day.
    private static func wave(_ seconds: Double, _ cluster: ClusterAlias) -> Double {
        let period = 7.0
        let phase = Double(cluster.rawValue.utf8.reduce(0) { $0 + Int($1) } % 7)
        let place = (seconds + phase).truncatingRemainder(dividingBy: period) / period
        return 0.5 + (place < 0.5 ? place : 1 - place) * 2
    }

    private func write(_ number: Int, with producer: Producer) throws {
        let record = DemoRecord(number: number, at: cluster)
        let timestamp = WallClock.milliseconds()
        try producer.enqueue(
            key: record.key, value: record.value,
            headers: record.headers.map { (HeaderName(String(decoding: $0.name, as: UTF8.self)), $0.value) },
            timestamp: timestamp, to: producer.topic(named: record.topic), partition: record.partition)
        let place = DemoPlace(cluster: cluster, topic: record.topic, partition: record.partition)
        let checksum = DemoChecksum.of(
            key: record.key, value: record.value, headers: record.headers, timestamp: timestamp)
        state.withLock { state in
            state.written[place, default: []].append(checksum)
            state.count += 1
        }
    }

    private func serve(_ producer: Producer, within wait: Duration) throws {
        var failure: KafkaErrorCode?
        producer.pollDeliveries(within: wait) { delivery in
            if case .failed(let code, _) = delivery.outcome { failure = code }
        }
        if let failure {
            throw KafkaError(failure, during: "write to \(cluster)", reason: "the demo's own write failed")
        }
    }
}
