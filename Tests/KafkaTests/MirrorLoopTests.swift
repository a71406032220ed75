// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Testing

@Suite struct MirrorLoopTests {
    /// Every shape that a record can have.
    static let shapes: [OwnedRecord] = [
        .sample("shapes", 0, key: "k", value: "v", timestamp: 1_700_000_000_000),
        .sample("shapes", 0, key: nil, value: nil, timestamp: 1_700_000_000_001),
        .sample("shapes", 1, key: "", value: "", timestamp: 1),
        .sample("shapes", 1, key: nil, value: "only value", timestamp: 1_600_000_000_000),
        .sample("shapes", 0, key: "tombstone", value: nil, timestamp: 1_500_000_000_000),
        .sample(
            "shapes", 2, key: "headers", value: "h", timestamp: 1_700_000_000_002,
            headers: [
                OwnedHeader("a", "1"), OwnedHeader("a", "2"), OwnedHeader("null", nil), OwnedHeader("empty", ""),
                OwnedHeader("", "no name"), OwnedHeader(name: Array("bytes".utf8), value: [0, 255, 0, 128]),
            ]),
        OwnedRecord(
            topic: "shapes", partition: 2, offset: 0, timestamp: Timestamp(milliseconds: 5, kind: .create),
            key: [0, 0xC3, 0x28], value: [UInt8](repeating: 7, count: 100_000)),
    ]

    @Test func `a mirror keeps every shape of record byte for byte`() throws {
        let pair = try MockPair()
        defer { pair.close() }
        try pair.createTopic("shapes", partitions: 3)
        try Witness.write(Self.shapes, to: pair.source.bootstrapServers)

        let mirrored = try mirror(topic: "shapes", partitions: 3, from: pair.source, to: pair.target)

        let before = try Witness.records(of: "shapes", partitions: 3, at: pair.source.bootstrapServers)
        let after = try Witness.records(of: "shapes", partitions: 3, at: pair.target.bootstrapServers)
        #expect(mirrored == Self.shapes.count)
        #expect(before.map(\.content) == Self.shapes.sorted { $0.partition < $1.partition }.map(\.content))
        #expect(
            after.map(\.content)
                == before.map { record in
                    var expected = record.content
                    expected.headers.removeAll { $0.name == Array("a".utf8) }
                    expected.headers.append(OwnedHeader("tern.test", "origin"))
                    expected.headers.append(OwnedHeader("tern.null", nil))
                    return expected
                })
    }

    /// The loop of a lane, without anything a lane adds: consume, edit headers, produce, acknowledge.
    private func mirror(topic: TopicName, partitions: Int32, from: MockCluster, to: MockCluster) throws -> Int {
        let consumer = try Consumer(.testConsumer(from.bootstrapServers), clientID: "mirror")
        let producer = try Producer(.testProducer(to.bootstrapServers), clientID: "mirror")
        defer {
            producer.close(purging: true)
            #expect(consumer.close(by: .now + .seconds(5)))
        }
        let target = try producer.topic(named: topic)
        try consumer.assign((0..<partitions).map { (TopicPartition(topic, $0), .beginning) })
        let (a, origin, null) = (HeaderName("a"), HeaderName("tern.test"), HeaderName("tern.null"))
        var ended: Set<TopicPartition> = []
        var acknowledged = 0
        try eventually(
            within: .seconds(20),
            polling: {
                producer.pollDeliveries(within: .zero) { delivery in
                    if case .acknowledged = delivery.outcome { acknowledged += 1 }
                    #expect(delivery.contentHash() != nil)
                }
                guard let event = consumer.nextEvent(within: .milliseconds(20)) else {
                    return ended.count == Int(partitions) && producer.outstanding == 0
                }
                switch consume event {
                case .record(let record):
                    var outgoing = OutgoingRecord(record)
                    outgoing.removeHeaders(named: a)
                    outgoing.addHeader(named: origin, value: Array("origin".utf8).span.bytes)
                    outgoing.addHeader(named: null, value: nil)
                    let partition = outgoing.partition
                    if try producer.enqueue(outgoing, to: target, partition: partition, token: 1) != nil {
                        Issue.record("the queue is not full")
                    }
                case .partitionEnd(let partition, _): ended.insert(partition)
                case .failure(let error, _, _): throw error
                case .log: break
                }
                return ended.count == Int(partitions) && producer.outstanding == 0
            })
        return acknowledged
    }
}
