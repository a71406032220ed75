// SPDX-License-Identifier: Apache-2.0
@testable import Kafka
import KafkaTesting
import KafkaTypes
import Testing

@Suite struct DeliveryTests {
    @Test func `the last report of each partition in an event ends a run, and tells hash and time of the lent record`()
        throws
    {
        let bench = try Bench(topic: "runs", producer: ["linger.ms": "50"])
        defer { #expect(bench.close()) }
        try Witness.write(
            (0..<200).map {
                OwnedRecord.sample("runs", $0 % 2, key: "k", value: "\($0)", timestamp: 1_000 + Int64($0))
            },
            to: bench.cluster.bootstrapServers)
        try bench.assignAll()
        let target = try bench.producer.topic(named: "runs")
        var sent: [UInt64: (hash: UInt64, time: Int64)] = [:]
        for _ in 0..<200 {
            let record = try bench.nextRecord()
            let token = UInt64(record.partition) << 32 | UInt64(record.offset)
            sent[token] = (record.contentHash(), record.timestamp.milliseconds)
            let partition = record.partition
            if try bench.producer.enqueue(OutgoingRecord(record), to: target, partition: partition, token: token) != nil
            {
                Issue.record("the queue is full")
            }
        }
        var last: [Int32: UInt64] = [:]
        var ends: [UInt64] = []
        try eventually(polling: {
            bench.producer.pollDeliveries(within: .milliseconds(100)) { delivery in
                #expect(delivery.contentHash() == sent[delivery.token]?.hash)
                #expect(delivery.timestampMilliseconds == sent[delivery.token]?.time)
                #expect(delivery.partition == Int32(delivery.token >> 32))
                last[delivery.partition] = delivery.token
                if delivery.endsRun { ends.append(delivery.token) }
            }
            return bench.producer.outstanding == 0
        })
        #expect(ends.count < 200)
        #expect(last.values.allSatisfy { ends.contains($0) })
    }

    @Test func `copied records are partitioned as Java does, and their reports have no hash`() throws {
        let bench = try Bench(topic: "java", partitions: 4)
        defer { #expect(bench.close()) }
        let target = try bench.producer.topic(named: "java")
        // Kafka's own test vectors: murmur2("foobar") is -790332482, murmur2("21") is -973932308.
        try bench.producer.enqueue(key: Array("foobar".utf8), value: [], to: target, token: 1)
        try bench.producer.enqueue(key: Array("21".utf8), value: nil, to: target, token: 2)
        try bench.producer.enqueue(
            key: nil, value: [7], headers: [(HeaderName("h"), nil), (HeaderName("e"), [])], timestamp: 5, to: target,
            partition: 3, token: 3)
        var partitions: [UInt64: Int32] = [:]
        try eventually(polling: {
            bench.producer.pollDeliveries(within: .milliseconds(100)) { delivery in
                partitions[delivery.token] = delivery.partition
                #expect(delivery.contentHash() == nil)
            }
            return bench.producer.outstanding == 0
        })
        #expect(partitions == [1: Int32(1_357_151_166 % 4), 2: Int32(1_173_551_340 % 4), 3: 3])
        let records = try Witness.records(of: "java", partitions: 4, at: bench.cluster.bootstrapServers)
        #expect(records.last?.headers == [OwnedHeader("h", nil), OwnedHeader("e", "")])
        #expect(records.last?.timestamp == Timestamp(milliseconds: 5, kind: .create))
        #expect(records.first { $0.key == Array("foobar".utf8) }?.value == [])
        #expect(records.first { $0.key == Array("21".utf8) }?.value == nil)
    }

    /// librdkafka reads 0 as "now" and would send -1 as it is.
    @Test(arguments: [(1, 1), (0, 1), (1_700_000_000_123, 1_700_000_000_123)] as [(Int64, Int64)])
    func `a timestamp passes as it is, but 0 becomes 1`(before: Int64, after: Int64) throws {
        let bench = try Bench(topic: "times", partitions: 1)
        defer { #expect(bench.close()) }
        // The writer cannot send 0 either: the year 1970 is reached by a batch whose first record is older.
        try Witness.write(
            [.sample("times", 0, value: "v", timestamp: max(1, before))], to: bench.cluster.bootstrapServers)
        try bench.assignAll()
        var outgoing = OutgoingRecord(try bench.nextRecord())
        outgoing.overrideTimestamp(Timestamp(milliseconds: before, kind: .create))
        #expect(outgoing.timestampWasZero == (before == 0))
        let target = try bench.producer.topic(named: "times")
        let accepted = try bench.producer.enqueue(outgoing, to: target, partition: 0, token: 0) == nil
        #expect(accepted)
        _ = try bench.outcomes()
        let records = try Witness.records(of: "times", partitions: 1, at: bench.cluster.bootstrapServers)
        #expect(records.last?.timestamp == Timestamp(milliseconds: after, kind: .create))
    }

    @Test func `a batch that the broker calls a duplicate is a success at offsets that nobody knows`() throws {
        let bench = try Bench(topic: "again", partitions: 1, producer: ["linger.ms": "100"])
        defer { #expect(bench.close()) }
        let target = try bench.producer.topic(named: "again")
        bench.cluster.pushRequestErrors(.produce, [.duplicateSequenceNumber])
        for token in 0..<4 {
            try bench.producer.enqueue(key: nil, value: [1], to: target, partition: 0, token: UInt64(token))
        }
        let outcomes = try bench.outcomes()
        #expect(outcomes.count == 4)
        #expect(outcomes.values.allSatisfy { $0 == .acknowledged(offset: -1) }, "\(outcomes)")
    }

    @Test func `reports may be served from within a report, and each comes once`() throws {
        let bench = try Bench(topic: "nested", partitions: 2, producer: ["linger.ms": "100"])
        defer { #expect(bench.close()) }
        let target = try bench.producer.topic(named: "nested")
        for token in 0..<40 {
            try bench.producer.enqueue(
                key: nil, value: [1], to: target, partition: Int32(token % 2), token: UInt64(token))
        }
        var tokens: [UInt64] = []
        func serve(_ depth: Int) {
            bench.producer.pollDeliveries(within: .milliseconds(200)) { delivery in
                tokens.append(delivery.token)
                if depth < 2 { serve(depth + 1) }
            }
        }
        try eventually(polling: {
            serve(0)
            return bench.producer.outstanding == 0
        })
        #expect(tokens.sorted() == (0..<40).map { UInt64($0) })
    }
}
