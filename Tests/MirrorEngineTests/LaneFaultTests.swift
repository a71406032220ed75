// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Testing

/// Corners in which records were lost or repeated, or the process ended, while everything looked well.
@Suite(.serialized) struct LaneFaultTests {
    @Test(arguments: [Int64.min, .min + 1, -62_135_596_800_000, .max])
    func `a record with any timestamp is copied, and its neighbours too`(timestamp: Int64) async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        try KafkaTesting.Witness.write(
            [
                .sample("orders", 0, key: "k0", value: "v0"),
                .sample("orders", 0, key: "k1", value: "v1", timestamp: timestamp),
                .sample("orders", 0, key: "k2", value: "v2"),
            ], to: mirror.pair.source.bootstrapServers)
        let daemon = try mirror.daemon()
        _ = try await running(daemon) { try await daemon.untilReplicated(3) }
        try mirror.expectCopies(of: "orders", 0..<3)
    }

    @Test func `a position that could not be asked about is asked about again, and the topic is not called missing`()
        async throws
    {
        let mirror = try MockMirror()
        defer { mirror.close() }
        let source = mirror.pair.source
        try source.createTopic("orders", partitions: 1)
        try mirror.write("orders", 0..<10)
        let daemon = try mirror.daemon()
        _ = try await running(daemon) {
            try await daemon.untilReplicated(10)
            source.pushRequestErrors(.listOffsets, Array(repeating: .topicAuthorizationFailed, count: 200))
            source.pushRequestErrors(.fetch, [.offsetOutOfRange])
            try await until("a question that failed") { (daemon.flow?.counters.fetchErrors.isEmpty == false) }
            try await until("an unknown lag") { daemon.lag == nil }
            #expect(daemon.partition("orders")?.stop == nil)
            source.clearRequestErrors(.listOffsets)
            try mirror.write("orders", 10..<30)
            try await daemon.untilReplicated(30)
        }
        try mirror.expectCopies(of: "orders", 0..<30)
    }

    @Test func `a lane whose client cannot be made says why, and is tried again with pauses`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        let daemon = try mirror.daemon("A->B.enabled = true\nA.consumer.receive.message.max.bytes = 1000")
        _ = try await running(daemon) {
            try await until("the reason") { daemon.flow?.reason?.contains("receive.message.max.bytes") == true }
            #expect(daemon.flow?.state == .degraded)
            #expect(daemon.flow?.counters.laneRestarts ?? 0 < 10)
            try await until("another try") { daemon.flow?.counters.laneRestarts ?? 0 > 1 }
        }
    }

    @Test func `fetches may be as small as a person wants`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        try mirror.write("orders", 0..<10)
        let daemon = try mirror.daemon("A->B.enabled = true\nA.consumer.fetch.max.bytes = 2000")
        _ = try await running(daemon) { try await daemon.untilReplicated(10) }
        try mirror.expectCopies(of: "orders", 0..<10)
    }

    @Test func `a client for progress that dies is replaced, and the next daemon repeats nothing`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        try mirror.write("orders", 0..<10)
        let lines = "A->B.enabled = true\nB.offset.flush.interval.ms = 2000"
        let first = try mirror.daemon(lines)
        let (_, end) = try await running(first) {
            try await first.untilReplicated(10)
            mirror.pair.target.pushRequestErrors(.produce, [.outOfOrderSequenceNumber])
            try await until("a write of progress that failed") {
                (first.flow?.counters.progressWriteErrors ?? 0) > 0
                    || first.flow?.counters.produceErrors.isEmpty == false
            }
            try await until("progress that was written") { (first.flow?.counters.progressWrites ?? 0) > 0 }
        }
        guard case .drained = end else {
            Issue.record("\(end)")
            return
        }
        try mirror.write("orders", 10..<15)
        let second = try mirror.daemon(lines)
        _ = try await running(second) { try await second.untilReplicated(5) }
        try mirror.expectCopies(of: "orders", 0..<15)
    }

    @Test func `a daemon whose last progress cannot be written says so at its end`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        try mirror.write("orders", 0..<10)
        let daemon = try mirror.daemon(
            "A->B.enabled = true\nB.offset.flush.interval.ms = 3600000\nshutdown.timeout.ms = 3000")
        let (_, end) = try await running(daemon) {
            try await daemon.untilReplicated(10)
            mirror.pair.target.pushRequestErrors(
                .produce, Array(repeating: .topicAuthorizationFailed, count: 1000))
        }
        guard case .notDrained(let lines) = end else {
            Issue.record("\(end)")
            return
        }
        #expect(lines.contains { $0.contains("progress") }, "\(lines)")
    }

    @Test func `topics whose limit is below the size of a batch are copied at once, without a refusal`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        try mirror.write("orders", 0..<2000)
        let daemon = try mirror.daemon("A->B.enabled = true\nB.producer.batch.size = 2097152")
        _ = try await running(daemon) { try await daemon.untilReplicated(2000) }
        #expect(daemon.flow?.counters.produceErrors.isEmpty == true)
        try mirror.expectCopies(of: "orders", 0..<2000)
    }

    @Test func `a batch that is refused while the daemon ends delays the end by nothing, and nothing is repeated`()
        async throws
    {
        let mirror = try MockMirror()
        defer { mirror.close() }
        let target = mirror.pair.target
        try mirror.pair.source.createTopic("orders", partitions: 1)
        // One batch: the mock cluster would take a second one that is under way, where a broker refuses it for its sequence.
        let first = try mirror.daemon("A->B.enabled = true\nB.producer.linger.ms = 200")
        let (_, end) = try await running(first) {
            try await first.untilFlowing()
            // Slow enough for the stop to come before the refusal.
            try target.setRoundTripTime(.milliseconds(700))
            target.pushRequestErrors(.produce, [.msgSizeTooLarge])
            try mirror.write("orders", 0..<100)
            try await until("records in flight") { first.flow?.bufferedBytes ?? 0 > 0 }
        }
        guard case .drained = end else {
            Issue.record("\(end)")
            return
        }
        try target.setRoundTripTime(.zero)
        let second = try mirror.daemon()
        _ = try await running(second) { try await second.untilReplicated(100) }
        try mirror.expectCopies(of: "orders", 0..<100)
    }

    @Test func `a record whose headers cannot be read stops its partition, and is not copied without them`()
        async throws
    {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 2)
        let headers = Array(repeating: OwnedHeader("h", ""), count: 100_001)
        try KafkaTesting.Witness.write(
            [
                .sample("orders", 0, key: "k0", value: "v0"),
                .sample("orders", 0, key: "k1", value: "v1", headers: headers),
                .sample("orders", 0, key: "k2", value: "v2"),
                .sample("orders", 1, key: "k0", value: "v0"),
            ], to: mirror.pair.source.bootstrapServers)
        let daemon = try mirror.daemon()
        _ = try await running(daemon) {
            try await until("a partition that stands") { daemon.partition("orders")?.stop != nil }
            try await until("the other partition, and a lag of two records") {
                daemon.partition("orders", 1)?.replicatedOffset == 1 && daemon.lag == 2
            }
            let stop = try #require(daemon.partition("orders")?.stop)
            #expect(stop.state == .refused)
            #expect(stop.offset == 1)
            #expect(stop.text.contains("100,000"), "\(stop.text)")
        }
        try mirror.expectCopies(of: "orders", 0..<1)
        try mirror.expectCopies(of: "orders", partition: 1, 0..<1)
    }

    @Test
    func `under auto.offset.reset=none nothing is copied of a partition without progress, and its lag is unknown`()
        async throws
    {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        try mirror.write("orders", 0..<10)
        let daemon = try mirror.daemon("A->B.enabled = true\nA.consumer.auto.offset.reset = none")
        _ = try await running(daemon) {
            try await until("a partition that does not start") { daemon.partition("orders")?.state == .stopped }
            #expect(daemon.flow?.state == .degraded)
            #expect(daemon.lag == nil)
            #expect(daemon.flow?.isCaughtUp == nil)
        }
        try mirror.expectCopies(of: "orders", 0..<0)
    }
}
