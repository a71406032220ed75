// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Telemetry
import Testing

/// What the target's brokers answer when they are not well, or do not want a record.
@Suite(.serialized) struct TargetErrorTests {
    @Test(arguments: [
        KafkaErrorCode.notLeaderForPartition, .requestTimedOut, .notEnoughReplicas, .leaderNotAvailable, ._transport,
    ])
    func `a produce request that fails now and then loses and repeats nothing`(code: KafkaErrorCode) async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        // All in one request: mocks do not look at sequence numbers, and write a second request that comes by while the first
        // has yet to be sent again. Real brokers refuse it (`OutageTests`).
        let daemon = try mirror.daemon("A->B.enabled = true\nB.producer.linger.ms = 2000")
        _ = try await running(daemon) {
            try await daemon.untilFlowing()
            mirror.pair.target.pushRequestErrors(.produce, [code, code])
            try mirror.write("orders", 0..<20)
            try await daemon.untilReplicated(20)
        }
        try mirror.expectCopies(of: "orders", 0..<20)
    }

    /// As brokers answer about a topic that was created a moment ago.
    @Test func `a progress topic whose leaders are not known yet is asked again at once, and nothing is said`()
        async throws
    {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        mirror.pair.target.pushRequestErrors(.listOffsets, Array(repeating: .notLeaderForPartition, count: 5))
        let daemon = try mirror.daemon()
        _ = try await running(daemon) {
            try await daemon.untilFlowing()
            #expect(mirror.log.lines.filter { $0.contains("lane.start_failed") } == [])
        }
    }

    @Test(arguments: [
        KafkaErrorCode.msgSizeTooLarge, .invalidRecord, .invalidTimestamp, .topicAuthorizationFailed,
    ])
    func `a batch that is refused once arrives record by record, once and in order`(code: KafkaErrorCode) async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        let daemon = try mirror.daemon()
        _ = try await running(daemon) {
            try await daemon.untilFlowing()
            mirror.pair.target.pushRequestErrors(.produce, [code])
            try mirror.write("orders", 0..<30)
            try await daemon.untilReplicated(30)
            #expect(daemon.flow?.counters.produceErrors[code.name] ?? 0 > 0)
            #expect(daemon.partition("orders")?.stop == nil)
        }
        try mirror.expectCopies(of: "orders", 0..<30)
    }

    @Test(arguments: [
        KafkaErrorCode.msgSizeTooLarge, .invalidRecord, .invalidTimestamp, .topicAuthorizationFailed,
    ])
    func `a record that is refused for ever stops its partition, says so, and hinders no other`(code: KafkaErrorCode)
        async throws
    {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 2)
        try mirror.pair.source.createTopic("payments", partitions: 1)
        // No row of progress is to get an answer that is meant for a record.
        let daemon = try mirror.daemon("A->B.enabled = true\nB.offset.flush.interval.ms = 3600000")
        _ = try await running(daemon) {
            try await daemon.untilFlowing()
            // Its batch, then the record by itself.
            mirror.pair.target.pushRequestErrors(.produce, [code, code])
            try mirror.write("orders", 0..<1)
            try await until("a partition that is refused") { daemon.partition("orders")?.state == .refused }
            let stop = try #require(daemon.partition("orders")?.stop)
            #expect(stop.code == code.name)
            #expect(stop.offset == 0)
            #expect((stop.limit != nil) == (code == .msgSizeTooLarge))
            #expect(!stop.text.isEmpty)
            #expect(daemon.flow?.state == .degraded)
            try mirror.write("orders", partition: 0, 1..<10)
            try mirror.write("orders", partition: 1, 0..<20)
            try mirror.write("payments", 0..<20)
            try await until("the other partitions, and the lag of the one that is refused") {
                daemon.partition("orders", 1)?.replicatedOffset == 20
                    && daemon.partition("payments")?.replicatedOffset == 20 && daemon.lag == 10
            }
            #expect(daemon.partition("orders")?.replicatedOffset == 0)
        }
        try mirror.expectCopies(of: "orders", partition: 0, 0..<0)
        try mirror.expectCopies(of: "orders", partition: 1, 0..<20)
        try mirror.expectCopies(of: "payments", 0..<20)
    }

    @Test func `a refused record is tried again, and everything behind it follows in order`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        let daemon = try mirror.daemon(retry: .milliseconds(200))
        _ = try await running(daemon) {
            try await daemon.untilFlowing()
            mirror.pair.target.pushRequestErrors(.produce, Array(repeating: .msgSizeTooLarge, count: 4))
            try mirror.write("orders", 0..<30)
            try await daemon.untilReplicated(30)
            #expect(daemon.partition("orders")?.stop == nil)
            #expect(daemon.flow?.state == .running)
        }
        try mirror.expectCopies(of: "orders", 0..<30)
    }

    @Test func `a producer that dies is replaced, and nothing is lost`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 2)
        let daemon = try mirror.daemon()
        _ = try await running(daemon) {
            try await daemon.untilFlowing()
            mirror.pair.target.pushRequestErrors(.produce, [.outOfOrderSequenceNumber])
            try mirror.write("orders", partition: 0, 0..<20)
            try mirror.write("orders", partition: 1, 0..<20)
            try await daemon.untilReplicated(40)
            #expect(daemon.flow?.counters.laneRestarts ?? 0 > 0)
        }
        for partition in 0..<2 { try mirror.expectCopies(of: "orders", partition: Int32(partition), 0..<20) }
    }

    @Test func `a target partition whose leader is down waits, and hinders no other`() async throws {
        let mirror = try MockMirror(brokers: 2)
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 2)
        try mirror.pair.target.createTopic("A.orders", partitions: 2)
        try mirror.pair.target.setLeader(of: TopicPartition("A.orders", 0), to: 2)
        try mirror.pair.target.setLeader(of: TopicPartition("A.orders", 1), to: 1)
        let daemon = try mirror.daemon()
        _ = try await running(daemon) {
            try mirror.write("orders", partition: 0, 0..<5)
            try await daemon.untilReplicated(5)
            try mirror.pair.target.setBrokerDown(2)
            try mirror.write("orders", partition: 0, 5..<20)
            try mirror.write("orders", partition: 1, 0..<20)
            try await until("the partition that has a leader") {
                daemon.partition("orders", 1)?.replicatedOffset == 20 && (daemon.lag ?? 0) > 0
            }
            try mirror.pair.target.setBrokerUp(2)
            try await daemon.untilReplicated(40)
        }
        for partition in 0..<2 { try mirror.expectCopies(of: "orders", partition: Int32(partition), 0..<20) }
    }

    @Test
    func
        `what a stalled partition has in flight does not grow, since each record of it pins a whole answer of the source`()
        async throws
    {
        let mirror = try MockMirror(brokers: 2)
        defer { mirror.close() }
        for topic in ["stalled", "fine"] as [TopicName] {
            try mirror.pair.source.createTopic(topic, partitions: 1)
            try mirror.pair.target.createTopic(TopicName("A.\(topic)"), partitions: 1)
        }
        try mirror.pair.target.setLeader(of: TopicPartition("A.stalled", 0), to: 2)
        try mirror.pair.target.setLeader(of: TopicPartition("A.fine", 0), to: 1)
        let daemon = try mirror.daemon()
        var written = 0
        _ = try await running(daemon) {
            try await daemon.untilFlowing()
            try mirror.pair.target.setBrokerDown(2)
            try await eventually(within: .seconds(60), "a partition that is not fetched any more") {
                () async throws -> Bool in
                for topic in ["stalled", "fine"] as [TopicName] { try mirror.write(topic, written..<written + 20) }
                written += 20
                let fetched = daemon.flow?.topics.first { $0.topic == "stalled" }?.counters.fetchedRecords ?? 0
                return Int64(written) - fetched > 100
            }
            // Five looks of the meter, one of which asks the target: none waits for its broker.
            for _ in 0..<5 {
                try mirror.write("fine", written..<written + 1)
                try mirror.write("stalled", written..<written + 1)
                written += 1
                try await until("lag that is measured all the time", within: .seconds(4)) {
                    daemon.partition("fine")?.replicatedOffset == Int64(written)
                }
            }
            try mirror.pair.target.setBrokerUp(2)
            try await daemon.untilReplicated(Int64(2 * written))
        }
        for topic in ["stalled", "fine"] as [TopicName] { try mirror.expectCopies(of: topic, 0..<written) }
    }

    @Test func `many partitions that are refused at once cost one producer, and all go on when they are taken again`()
        async throws
    {
        let mirror = try MockMirror()
        defer { mirror.close() }
        let partitions = 40
        try mirror.pair.source.createTopic("orders", partitions: partitions)
        let places = (0..<5).flatMap { number in (0..<Int32(partitions)).map { (partition: $0, value: "v\(number)") } }
        try KafkaTesting.Witness.write(
            places.map { .sample("orders", $0.partition, value: $0.value) }, to: mirror.pair.source.bootstrapServers)
        let daemon = try mirror.daemon(retry: .milliseconds(500))
        mirror.pair.target.pushRequestErrors(
            .produce, Array(repeating: .topicAuthorizationFailed, count: 100_000))
        _ = try await running(daemon) {
            try await until("every partition refused") {
                (0..<partitions).allSatisfy { daemon.partition("orders", Int32($0))?.stop?.state == .refused }
            }
            #expect(daemon.flow?.counters.laneRestarts ?? 0 <= 2)
            mirror.pair.target.clearRequestErrors(.produce)
            try await daemon.untilReplicated(Int64(partitions) * 5)
        }
        let copies = try KafkaTesting.Witness.records(
            of: "A.orders", partitions: partitions, at: mirror.pair.target.bootstrapServers)
        for partition in 0..<partitions {
            let values = copies.filter { $0.partition == Int32(partition) }
                .map { String(decoding: $0.value ?? [], as: UTF8.self) }
            #expect(values == (0..<5).map { "v\($0)" }, "partition \(partition)")
        }
    }
}
