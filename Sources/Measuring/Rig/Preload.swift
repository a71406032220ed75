// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import KafkaTypes
internal import Telemetry

/// Fills a topic with records about as compressible as JSON events are. The same arguments make the same records.
struct Preload {
    /// A value begins with this many bytes from which latency is computed.
    static let stampBytes = 20
    private static let words = [
        "customer", "order", "payment", "shipped", "currency", "EUR", "amount", "region", "status", "created",
        "updated",
        "warehouse", "quantity", "discount", "reference", "channel",
    ]

    let topic: TopicName
    let partitions: Int
    let size: Int
    let headers: Int
    private var state: UInt64 = 88_172_645_463_325_252

    init(topic: TopicName, partitions: Int, size: Int, headers: Int) {
        self.topic = topic
        self.partitions = partitions
        self.size = size
        self.headers = headers
    }

    /// Writes the records, in large batches, evenly over the partitions, with timestamps.
    mutating func fill(_ bootstrapServers: String, records: Int, codec: String) throws {
        let producer = try Producer(
            [
                "bootstrap.servers": bootstrapServers, "enable.idempotence": "true", "linger.ms": "50",
                "batch.size": "524288", "batch.num.messages": "10000", "compression.codec": codec,
                "message.timeout.ms": "0", "queue.buffering.max.messages": "500000",
                "queue.buffering.max.kbytes": "131072", "log_level": "0",
            ], clientID: "tern-bench-preload")
        defer { producer.close(purging: true) }
        let topic = try producer.topic(named: topic)
        let names = headerList()
        var failure: KafkaErrorCode?
        for number in 0..<records {
            // A run of records to one partition fills a batch sooner than one record to each.
            let partition = Int32(number / 100 % partitions)
            let value = value(number)
            while true {
                do throws(KafkaError) {
                    try producer.enqueue(
                        key: key(number), value: value, headers: names, timestamp: WallClock.milliseconds(), to: topic,
                        partition: partition)
                    break
                } catch {
                    guard error.code == ._queueFull else { throw error }
                    Self.serve(producer, .milliseconds(100), &failure)
                }
            }
            if number % 1000 == 0 { Self.serve(producer, .zero, &failure) }
        }
        while producer.outstanding > 0, failure == nil { Self.serve(producer, .milliseconds(100), &failure) }
        if let failure { throw BenchFailure("preload: \(failure.name)") }
    }

    private static func serve(_ producer: Producer, _ wait: Duration, _ failure: inout KafkaErrorCode?) {
        var found: KafkaErrorCode?
        producer.pollDeliveries(within: wait) { delivery in
            if case .failed(let code, _) = delivery.outcome { found = code }
        }
        failure = failure ?? found
    }

    func headerList() -> [(HeaderName, [UInt8]?)] {
        (0..<headers).map { index in
            index == 0
                ? (HeaderName("content-type"), Array("application/json".utf8))
                : (HeaderName("trace-\(index)"), Array("5f2b8c1d9e7a4630".utf8))
        }
    }

    /// Ten bytes.
    func key(_ number: Int) -> [UInt8] {
        let digits = String(number % 1_000_000_000)
        return Array(("k" + String(repeating: "0", count: 9 - digits.count) + digits).utf8)
    }

    /// Words from a small vocabulary between identifiers that do not compress.
    mutating func value(_ number: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size + 32)
        while bytes.count < size {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            bytes.append(contentsOf: "\"\(Self.words[Int(state >> 20) % Self.words.count])\":\"".utf8)
            bytes.append(contentsOf: String(UInt32(truncatingIfNeeded: state >> 8), radix: 16).utf8)
            bytes.append(contentsOf: "\",".utf8)
        }
        bytes.removeLast(bytes.count - size)
        return bytes
    }
}
