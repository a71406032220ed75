// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Testing

/// A producer that is given its records at a pace.
@Suite struct PacingTests {
    /// Some ten of the test's records make a batch.
    private static let pace = ProducePace(batchBytes: 4096 + 300, linger: .milliseconds(2))

    private func values(_ bench: Bench) throws -> [String] {
        try Witness.records(of: bench.topic, partitions: bench.partitions, at: bench.cluster.bootstrapServers)
            .map { String(decoding: $0.value ?? [], as: UTF8.self) }
    }

    @Test func `records wait for those before them, and all arrive in order`() throws {
        let bench = try Bench(topic: "paced", partitions: 1, producer: ["linger.ms": "2"], pace: Self.pace)
        defer { #expect(bench.close()) }
        try bench.fill(400)
        try bench.assignAll()
        try bench.cluster.setRoundTripTime(.milliseconds(20))
        var order: [UInt64] = []
        for token in 0..<400 as Range<UInt64> { try bench.forward(token: token) }
        #expect(bench.producer.heldCount > 0)
        #expect(bench.producer.outstanding == 400)
        try eventually(
            within: .seconds(30), "all reports",
            polling: {
                bench.producer.pollDeliveries(within: .milliseconds(50)) { delivery in
                    if case .acknowledged = delivery.outcome { order.append(delivery.token) }
                }
                return bench.producer.outstanding == 0
            })
        #expect(order == Array(0..<400))
        #expect(try values(bench).suffix(400) == (0..<400).map { "\($0)" }[...])
    }

    @Test func `one partition that waits does not hold another up`() throws {
        let bench = try Bench(topic: "apart", partitions: 2, producer: ["linger.ms": "0"], pace: Self.pace)
        defer { #expect(bench.close()) }
        try bench.fill(60)
        try bench.consumer.assign([(bench.partition(0), .beginning)])
        try bench.cluster.setLeader(of: bench.partition(1), to: -1)
        for token in 0..<40 as Range<UInt64> { try bench.forward(token: token, partition: 1) }
        for token in 40..<60 as Range<UInt64> { try bench.forward(token: token, partition: 0) }
        var acknowledged: Set<UInt64> = []
        func serve(until count: Int) throws {
            try eventually(
                within: .seconds(30), "\(count) reports",
                polling: {
                    bench.producer.pollDeliveries(within: .milliseconds(50)) { acknowledged.insert($0.token) }
                    return acknowledged.count == count
                })
        }
        try serve(until: 20)
        #expect(acknowledged == Set(40..<60))
        #expect(bench.producer.heldCount > 0)
        try bench.cluster.setLeader(of: bench.partition(1), to: 1)
        try serve(until: 60)
    }

    @Test func `what waits is reported as not sent when the producer is purged`() throws {
        let bench = try Bench(topic: "purged", partitions: 1, pace: Self.pace)
        try bench.fill(50)
        try bench.assignAll()
        bench.cluster.pushRequestErrors(.produce, Array(repeating: .notEnoughReplicas, count: 10_000))
        for token in 0..<50 as Range<UInt64> { try bench.forward(token: token) }
        #expect(bench.producer.heldCount > 20)
        bench.producer.purge()
        let outcomes = try bench.outcomes()
        #expect(Set(outcomes.keys) == Set(0..<50))
        #expect(outcomes[49] == .failed(._purgeQueue, mayBeWritten: false))
        bench.cluster.clearRequestErrors(.produce)
        #expect(bench.close())
    }

    @Test func `nothing that waits is written behind a refused record`() throws {
        // All that it gives at once goes in one batch: of several on their way, the mock cluster takes what a broker refuses.
        let bench = try Bench(
            topic: "refused", partitions: 1, producer: ["enable.gapless.guarantee": "true", "linger.ms": "200"],
            pace: Self.pace)
        defer { #expect(bench.close()) }
        try bench.fill(100)
        try bench.assignAll()
        bench.cluster.pushRequestErrors(.produce, [.msgSizeTooLarge])
        for token in 0..<100 as Range<UInt64> { try bench.forward(token: token) }
        var failures: [KafkaError] = []
        var outcomes: [UInt64: Delivery.Outcome] = [:]
        try eventually(
            within: .seconds(30), "its end",
            polling: {
                bench.producer.pollDeliveries(within: .milliseconds(50)) { outcomes[$0.token] = $0.outcome }
                failures += bench.producer.takeFailures()
                return failures.contains(where: \.isFatal)
            })
        bench.producer.purge()
        try eventually(
            within: .seconds(30), "the rest",
            polling: {
                bench.producer.pollDeliveries(within: .milliseconds(50)) { outcomes[$0.token] = $0.outcome }
                return bench.producer.outstanding == 0
            })
        #expect(outcomes[0] == .failed(.msgSizeTooLarge, mayBeWritten: false))
        #expect(outcomes.count == 100)
        #expect(!outcomes.values.contains { if case .acknowledged = $0 { true } else { false } })
        #expect(try values(bench).count == 100)
    }

    @Test(arguments: [true, false])
    func `closing frees what waits, so that its consumer can close`(purging: Bool) throws {
        let bench = try Bench(topic: "closed", partitions: 1, pace: Self.pace)
        try bench.fill(200)
        try bench.assignAll()
        bench.cluster.pushRequestErrors(.produce, Array(repeating: .notEnoughReplicas, count: 10_000))
        for token in 0..<200 as Range<UInt64> { try bench.forward(token: token) }
        #expect(bench.producer.heldCount > 0)
        bench.producer.close(purging: purging)
        #expect(bench.producer.outstanding == 0)
        #expect(bench.close())
    }
}
