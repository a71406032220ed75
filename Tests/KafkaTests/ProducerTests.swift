// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Platform
import Testing

@Suite struct ProducerTests {
    @Test func `a record that finds the queue full comes back whole and can be sent again`() throws {
        let bench = try Bench(
            topic: "full", partitions: 1,
            producer: ["queue.buffering.max.messages": "1", "linger.ms": "0", "reconnect.backoff.max.ms": "100"])
        defer { #expect(bench.close()) }
        try Witness.write(
            (0..<2).map {
                .sample(
                    "full", 0, key: "k\($0)", value: "v\($0)", headers: [OwnedHeader("h", "1"), OwnedHeader("n", nil)])
            }, to: bench.cluster.bootstrapServers)
        try bench.assignAll()
        let first = try bench.nextRecord()
        let second = try bench.nextRecord()
        let target = try bench.producer.topic(named: "full")
        try bench.cluster.setBrokerDown()
        let accepted = try bench.producer.enqueue(OutgoingRecord(first), to: target, partition: 0, token: 1) == nil
        #expect(accepted)
        var outgoing = OutgoingRecord(second)
        outgoing.addHeader(named: HeaderName("added"), value: [1])
        guard let returned = try bench.producer.enqueue(outgoing, to: target, partition: 0, token: 2) else {
            Issue.record("the second record was accepted")
            return
        }
        #expect(bench.producer.outstanding == 1)
        #expect(returned.headerCount == 3)
        #expect(returned.valueCount == 2)
        try bench.cluster.setBrokerUp()
        _ = try bench.outcomes()
        let sentAgain = try bench.producer.enqueue(returned, to: target, partition: 0, token: 2) == nil
        #expect(sentAgain)
        let outcomes = try bench.outcomes()
        #expect(outcomes[2] != nil)
        let records = try Witness.records(of: "full", partitions: 1, at: bench.cluster.bootstrapServers)
        #expect(
            records.last?.headers == [
                OwnedHeader("h", "1"), OwnedHeader("n", nil), OwnedHeader(name: Array("added".utf8), value: [1]),
            ])
        #expect(records.count == 4)
    }

    @Test(arguments: [.notLeaderForPartition, .requestTimedOut, ._transport, .notEnoughReplicas] as [KafkaErrorCode])
    func `a produce request that fails for a moment is repeated unseen`(_ code: KafkaErrorCode) throws {
        let bench = try Bench(topic: "retried", partitions: 1)
        defer { #expect(bench.close()) }
        try bench.fill(1)
        try bench.assignAll()
        bench.cluster.pushRequestErrors(.produce, [code, code])
        try bench.forward(token: 9)
        #expect(try bench.outcomes() == [9: .acknowledged(offset: 1)])
        #expect(bench.producer.takeFailures().allSatisfy { !$0.isFatal })
    }

    @Test(
        arguments: [.msgSizeTooLarge, .topicAuthorizationFailed, .invalidRecord, .invalidTimestamp] as [KafkaErrorCode])
    func `a refused record is reported with the broker's code, as not written`(_ code: KafkaErrorCode) throws {
        let bench = try Bench(topic: "refusals", partitions: 1)
        defer { #expect(bench.close()) }
        try bench.fill(1)
        try bench.assignAll()
        bench.cluster.pushRequestErrors(.produce, [code])
        try bench.forward(token: 3)
        #expect(try bench.outcomes() == [3: .failed(code, mayBeWritten: false)])
        #expect(bench.producer.outstanding == 0)
    }

    @Test func `with the gapless guarantee one refused record ends the producer, and nothing is written behind it`()
        throws
    {
        let bench = try Bench(topic: "gapless", partitions: 1, producer: ["enable.gapless.guarantee": "true"])
        defer { #expect(bench.close()) }
        try bench.fill(3)
        try bench.assignAll()
        bench.cluster.pushRequestErrors(.produce, [.msgSizeTooLarge])
        try bench.forward(token: 1)
        var outcomes: [UInt64: Delivery.Outcome] = [:]
        var failures: [KafkaError] = []
        try eventually(polling: {
            bench.producer.pollDeliveries(within: .milliseconds(100)) { outcomes[$0.token] = $0.outcome }
            failures += bench.producer.takeFailures()
            return failures.contains(where: \.isFatal)
        })
        let fatal = try #require(failures.first { $0.isFatal })
        #expect(fatal.code == ._gaplessGuarantee)
        #expect(fatal.remedy == .recreateClient)
        let error = #expect(throws: KafkaError.self) { try bench.forward(token: 2) }
        #expect(error?.remedy == .recreateClient)
        bench.producer.purge()
        try eventually(polling: {
            bench.producer.pollDeliveries(within: .milliseconds(100)) { outcomes[$0.token] = $0.outcome }
            return bench.producer.outstanding == 0
        })
        #expect(outcomes == [1: .failed(.msgSizeTooLarge, mayBeWritten: false)])
        let records = try Witness.records(of: "gapless", partitions: 1, at: bench.cluster.bootstrapServers)
        #expect(records.count == 3)
    }

    @Test func `an idempotent producer out of step with its broker is dead`() throws {
        let bench = try Bench(topic: "sequence", partitions: 1)
        defer { #expect(bench.close()) }
        try bench.fill(1)
        try bench.assignAll()
        bench.cluster.pushRequestErrors(.produce, [.outOfOrderSequenceNumber])
        try bench.forward(token: 1)
        var failures: [KafkaError] = []
        try eventually(polling: {
            bench.producer.pollDeliveries(within: .milliseconds(100)) { _ in }
            failures += bench.producer.takeFailures()
            return failures.contains { $0.isFatal && $0.remedy == .recreateClient }
        })
    }

    @Test func `what is purged is reported, and frees its records`() throws {
        let bench = try Bench(topic: "purge", partitions: 1)
        try bench.fill(20)
        try bench.assignAll()
        bench.cluster.pushRequestErrors(.produce, Array(repeating: .notEnoughReplicas, count: 10_000))
        for token in 0..<20 as Range<UInt64> { try bench.forward(token: token) }
        #expect(bench.producer.outstanding == 20)
        bench.producer.purge()
        let outcomes = try bench.outcomes()
        #expect(outcomes.count == 20)
        for outcome in outcomes.values {
            guard case .failed(let code, _) = outcome else { Issue.record("\(outcome)"); continue }
            #expect(code == ._purgeQueue || code == ._purgeInflight)
        }
        bench.cluster.clearRequestErrors(.produce)
        #expect(bench.close())
    }

    @Test(arguments: [true, false])
    func `closing frees the records that have no report, so that their consumer can close`(purging: Bool) throws {
        let bench = try Bench(topic: "unreported", partitions: 1)
        try bench.fill(2000)
        try bench.assignAll()
        bench.cluster.pushRequestErrors(.produce, Array(repeating: .notEnoughReplicas, count: 10_000))
        for token in 0..<2000 as Range<UInt64> { try bench.forward(token: token) }
        bench.producer.close(purging: purging)
        #expect(bench.producer.outstanding == 0)
        #expect(bench.close())
    }

    @Test func `a closed producer refuses its old topics`() throws {
        let bench = try Bench(topic: "closed", partitions: 1)
        defer { #expect(bench.close()) }
        let target = try bench.producer.topic(named: "closed")
        bench.producer.close(purging: true)
        let error = #expect(throws: KafkaError.self) {
            try bench.producer.enqueue(key: nil, value: [1], to: target, partition: 0, token: 0)
        }
        #expect(error?.code == ._state)
        bench.producer.pollDeliveries(within: .seconds(600)) { _ in Issue.record("a report of a closed producer") }
    }

    @Test func `a record too large for the client is refused at once`() throws {
        let bench = try Bench(topic: "large", partitions: 1, producer: ["message.max.bytes": "10000"])
        defer { #expect(bench.close()) }
        try Witness.write(
            [OwnedRecord.sample("large", 0, value: String(repeating: "x", count: 20_000))],
            to: bench.cluster.bootstrapServers)
        try bench.assignAll()
        let error = #expect(throws: KafkaError.self) { try bench.forward(token: 1) }
        #expect(error?.code == .msgSizeTooLarge)
        #expect(bench.producer.outstanding == 0)
    }

    @Test func `a partition that the topic does not have is refused`() throws {
        let bench = try Bench(topic: "narrow", partitions: 1)
        defer { #expect(bench.close()) }
        try bench.fill(2)
        try bench.assignAll()
        try bench.forward(token: 1)
        _ = try bench.outcomes()
        let error = #expect(throws: KafkaError.self) { try bench.forward(token: 2, partition: 7) }
        #expect(error?.code == ._unknownPartition)
        #expect(bench.producer.outstanding == 0)
    }

    @Test func `an interruption ends a wait for reports`() throws {
        let bench = try Bench(topic: "wake", partitions: 1)
        defer { #expect(bench.close()) }
        bench.producer.interrupter.interrupt()
        bench.producer.pollDeliveries(within: .seconds(600)) { _ in }
        let interrupter = bench.producer.interrupter
        let thread = OwnedThread(name: "interrupts") { for _ in 0..<1000 { interrupter.interrupt() } }
        bench.producer.pollDeliveries(within: .seconds(600)) { _ in }
        thread.join()
    }
}
