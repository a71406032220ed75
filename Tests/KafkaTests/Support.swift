// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Testing

/// A mock cluster with one topic, and a consumer and a producer of it, closed in the right order.
final class Bench {
    let cluster: MockCluster
    let topic: TopicName
    let partitions: Int
    let consumer: Consumer
    private(set) var producer: Producer

    init(
        topic: TopicName, partitions: Int = 2, consumer: KeyValuePairs<String, String> = [:],
        producer: KeyValuePairs<String, String> = [:], pace: ProducePace? = nil
    ) throws {
        let cluster = try MockCluster()
        try cluster.createTopic(topic, partitions: partitions)
        self.cluster = cluster
        self.topic = topic
        self.partitions = partitions
        self.consumer = try Consumer(.testConsumer(cluster.bootstrapServers, consumer), clientID: "bench")
        self.producer = try Producer(
            .testProducer(cluster.bootstrapServers, producer), clientID: "bench", pace: pace)
    }

    func partition(_ index: Int32) -> TopicPartition { TopicPartition(topic, index) }

    /// Fills each partition with as many records, whose values are their offsets.
    func fill(_ count: Int) throws {
        try Witness.write(
            (0..<count).flatMap { offset in
                (0..<Int32(partitions)).map { OwnedRecord.sample(topic, $0, key: "k", value: "\(offset)") }
            }, to: cluster.bootstrapServers, properties: ["linger.ms": "5"])
    }

    func assignAll(_ offset: Offset = .beginning) throws {
        try consumer.assign((0..<Int32(partitions)).map { (partition($0), offset) })
    }

    /// Waits for the next record; errors of partitions are thrown.
    func nextRecord(within limit: Duration = .seconds(20)) throws -> Record {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            guard let event = consumer.nextEvent(within: .milliseconds(100)) else { continue }
            switch consume event {
            case .record(let record): return record
            case .failure(let error, let partition, _): if partition != nil { throw error }
            case .partitionEnd: break
            }
        }
        throw NeverHappened("a record within \(limit)")
    }

    /// Waits for the next failure that satisfies a condition; all other events are dropped.
    func nextFailure(
        within limit: Duration = .seconds(20), where condition: (KafkaError) -> Bool = { _ in true }
    ) throws -> (error: KafkaError, partition: TopicPartition?, offset: Int64?) {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            guard let event = consumer.nextEvent(within: .milliseconds(100)) else { continue }
            switch consume event {
            case .failure(let error, let partition, let offset):
                if condition(error) { return (error, partition, offset) }
            case .record: break
            case .partitionEnd: break
            }
        }
        throw NeverHappened("a failure within \(limit)")
    }

    /// Takes a record from the consumer and hands it to the producer, to the same topic.
    func forward(token: UInt64, partition: Int32 = 0) throws {
        let target = try producer.topic(named: topic)
        let record = OutgoingRecord(try nextRecord())
        if try producer.enqueue(record, to: target, partition: partition, token: token) != nil {
            throw NeverHappened("the queue took the record")
        }
    }

    /// Serves the producer until it owes no report.
    func outcomes(within limit: Duration = .seconds(20)) throws -> [UInt64: Delivery.Outcome] {
        var outcomes: [UInt64: Delivery.Outcome] = [:]
        try eventually(
            within: limit, "all reports",
            polling: {
                producer.pollDeliveries(within: .milliseconds(100)) { outcomes[$0.token] = $0.outcome }
                return producer.outstanding == 0
            })
        return outcomes
    }

    /// - Returns: whether the consumer closed in time, which it does not while a record is held anywhere.
    @discardableResult
    func close() -> Bool {
        producer.close(purging: true)
        defer { cluster.close() }
        return consumer.close(by: .now + .seconds(10))
    }
}
