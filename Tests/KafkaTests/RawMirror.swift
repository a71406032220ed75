// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes

/// The loop of a lane without anything that a lane adds: consume, hand over, acknowledge.
enum RawMirror {
    /// Mirrors a topic once, from its beginning to its end.
    static func run(
        topic: TopicName, partitions: Int32, from source: String, to target: String,
        edit: (inout OutgoingRecord) -> Void = { _ in }, onDelivery: (borrowing Delivery) -> Void = { _ in }
    ) throws {
        let consumer = try Consumer(.testConsumer(source), clientID: "mirror")
        let producer = try Producer(.testProducer(target), clientID: "mirror")
        defer {
            producer.close(purging: true)
            consumer.close(by: .now + .seconds(5))
        }
        let handle = try producer.topic(named: topic)
        try consumer.assign((0..<partitions).map { (TopicPartition(topic, $0), .beginning) })
        var ended: Set<TopicPartition> = []
        try eventually(
            within: .seconds(30), "the mirror's end",
            polling: {
                producer.pollDeliveries(within: .zero, onDelivery)
                guard let event = consumer.nextEvent(within: .milliseconds(20)) else {
                    return ended.count == Int(partitions) && producer.outstanding == 0
                }
                switch consume event {
                case .record(let record):
                    var outgoing = OutgoingRecord(record)
                    edit(&outgoing)
                    let partition = outgoing.partition
                    if try producer.enqueue(outgoing, to: handle, partition: partition, token: 1) != nil {
                        throw NeverHappened("the queue took a record")
                    }
                case .partitionEnd(let partition, _): ended.insert(partition)
                case .failure(let error, let partition, _): if partition != nil { throw error }
                }
                return false
            })
    }
}
