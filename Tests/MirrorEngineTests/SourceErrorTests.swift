// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Testing

/// What the source's brokers answer when they are not well.
@Suite(.serialized) struct SourceErrorTests {
    @Test func `lag is measured on while the source refuses its readers, and falls when it lets them in again`()
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
            source.pushRequestErrors(.fetch, Array(repeating: .notLeaderForPartition, count: 10_000))
            try mirror.write("orders", 10..<20)
            try await until("a lag") { (daemon.lag ?? 0) >= 5 }
            // By now nobody has come round to the first record: its age is unknown, its place is not.
            try mirror.write("orders", 20..<40)
            try await until("a lag of 25", within: .seconds(10)) { (daemon.lag ?? 0) >= 25 }
            source.clearRequestErrors(.fetch)
            try await daemon.untilReplicated(40, within: .seconds(10))
        }
        try mirror.expectCopies(of: "orders", 0..<40)
    }

    @Test(arguments: [
        KafkaErrorCode.notLeaderForPartition, .leaderNotAvailable, .requestTimedOut, .invalidMsg,
        .topicAuthorizationFailed, ._transport,
    ])
    func `a fetch that fails now and then loses and repeats nothing`(code: KafkaErrorCode) async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        try mirror.write("orders", 0..<10)
        let daemon = try mirror.daemon()
        _ = try await running(daemon) {
            try await daemon.untilReplicated(10)
            mirror.pair.source.pushRequestErrors(.fetch, [code, code])
            try mirror.write("orders", 10..<30)
            try await daemon.untilReplicated(30)
        }
        try mirror.expectCopies(of: "orders", 0..<30)
    }

    @Test func `a source that wrongly says that an offset is out of range is asked and read on`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        try mirror.write("orders", 0..<10)
        let daemon = try mirror.daemon()
        _ = try await running(daemon) {
            try await daemon.untilReplicated(10)
            mirror.pair.source.pushRequestErrors(.fetch, [.offsetOutOfRange])
            try mirror.write("orders", 10..<30)
            try await daemon.untilReplicated(30)
            #expect(daemon.partition("orders")?.stop == nil)
        }
        try mirror.expectCopies(of: "orders", 0..<30)
    }

    @Test func `records that the source dropped before they were mirrored stop the partition, and are counted`()
        async throws
    {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 2)
        try mirror.write("orders", 0..<10)
        let first = try mirror.daemon()
        _ = try await running(first) { try await first.untilReplicated(10) }
        // The mock keeps 5 MiB of a partition.
        let large = String(repeating: "x", count: 100_000)
        for _ in 0..<4 {
            try KafkaTesting.Witness.write(
                (0..<20).map { _ in .sample("orders", 0, value: large) }, to: mirror.pair.source.bootstrapServers)
        }
        let second = try mirror.daemon()
        _ = try await running(second) {
            try await until("a partition that has lost data") { second.partition("orders")?.state == .lostData }
            let stop = try #require(second.partition("orders")?.stop)
            #expect(stop.code == "OFFSET_OUT_OF_RANGE")
            #expect(stop.offset == 10)
            let start = try #require(stop.limit)
            #expect(start > 10)
            #expect(second.flow?.topics.first?.counters.lostRecords == start - 10)
            #expect(second.flow?.state == .degraded)
            // The other partition flows.
            try mirror.write("orders", partition: 1, 0..<5)
            try await until("the other partition") { second.partition("orders", 1)?.replicatedOffset == 5 }
        }
        try mirror.expectCopies(of: "orders", 0..<10)
    }
}
