// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Platform
import Synchronization

/// Writes rows of internal topics that no lane writes: heartbeats, checkpoints, offset syncs. One call at a time.
final class RowWriter: Sendable {
    struct Row: Sendable {
        var topic: TopicName
        var partition: Int32 = 0
        var key: [UInt8]
        var value: [UInt8]?
        /// Of a progress row: see ``Witness``.
        var witness: [UInt8]?
        /// Milliseconds since 1970; `nil`: the producer's clock.
        var timestamp: Int64?
    }

    private let properties: ClientProperties
    private let clientID: String
    private let traffic: ClientTraffic
    private let producer = Mutex<Producer?>(nil)

    init(_ properties: ClientProperties, clientID: String, traffic: ClientTraffic) {
        self.properties = properties
        self.clientID = clientID
        self.traffic = traffic
    }

    /// Writes rows in their order and waits until the cluster has acknowledged all of them.
    /// - Throws: the first refusal; rows may be there all the same.
    func write(_ rows: [Row], within limit: Duration) async throws(KafkaError) {
        guard !rows.isEmpty else { return }
        let failure = await ThreadExecutor.shared.run { [self] in send(rows, by: .now + limit) }
        if let failure { throw failure }
    }

    func close() async {
        await ThreadExecutor.shared.run { [self] in
            producer.withLock { producer in
                producer?.close(purging: true)
                producer = nil
            }
        }
    }

    private func send(_ rows: [Row], by deadline: ContinuousClock.Instant) -> KafkaError? {
        producer.withLock { kept -> KafkaError? in
            do throws(KafkaError) {
                if kept == nil { kept = try Producer(properties, clientID: clientID, traffic: traffic) }
                guard let producer = kept else { return nil }
                var failure: KafkaError?
                func serve(_ wait: Duration) {
                    producer.pollDeliveries(within: wait) { delivery in
                        if case .failed(let code, _) = delivery.outcome, failure == nil {
                            failure = KafkaError(code, during: "write a row", reason: code.name)
                        }
                    }
                    if let fatal = producer.takeFailures().first(where: \.isFatal) { failure = fatal }
                }
                for row in rows {
                    let topic = try producer.topic(named: row.topic)
                    try producer.enqueue(
                        key: row.key, value: row.value,
                        headers: row.witness.map { [(HeaderName(Witness.headerName), $0)] } ?? [],
                        timestamp: row.timestamp, to: topic, partition: row.partition)
                }
                while producer.outstanding > 0, failure == nil, ContinuousClock.now < deadline {
                    serve(.milliseconds(50))
                }
                if failure == nil, producer.outstanding > 0 {
                    failure = KafkaError(._timedOut, during: "write rows", reason: "no acknowledgement in time")
                }
                if let failure { throw failure }
                return nil
            } catch {
                // What waits in it must not be written later, behind rows that are newer.
                kept?.close(purging: true)
                kept = nil
                return error
            }
        }
    }
}
