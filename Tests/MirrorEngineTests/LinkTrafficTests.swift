// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import TernConfiguration
import Testing

/// What a flow says of its bytes, against what was produced.
@Suite(.serialized) struct LinkTrafficTests {
    private func record(_ number: Int, from path: String?) -> OwnedRecord {
        var record = OwnedRecord.sample(
            "orders", 0, key: "key", value: String(repeating: "v\(number),", count: 1_000))
        if let path {
            record.headers = [OwnedHeader("tern.origin", "B/orders/0/\(number)"), OwnedHeader("tern.path", path)]
        }
        return record
    }

    private func size(of records: [OwnedRecord]) -> Int64 {
        records.reduce(0) { $0 + Int64(($1.key?.count ?? 0) + ($1.value?.count ?? 0)) }
    }

    @Test func `records that would come home are discarded bytes, and all bytes are those that were produced`()
        async throws
    {
        let mirror = try MockMirror()
        defer { mirror.close() }
        let admin = try AdminClient(.testing(mirror.pair.target.bootstrapServers), clientID: "asker")
        let home = try await admin.clusterID(within: .seconds(10))
        admin.close()
        try mirror.pair.createTopic("orders", partitions: 1)
        let file = """
            A->B.enabled = true
            replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy

            """
        let daemon = try mirror.daemon(
            file + "link.price.per.gb = 1000000")
        let (born, returning) = ((0..<30).map { record($0, from: nil) }, (0..<20).map { record($0, from: home) })
        _ = try await running(daemon) {
            try await daemon.untilFlowing()
            try KafkaTesting.Witness.write(
                born + returning, to: mirror.pair.source.bootstrapServers, properties: ["compression.type": "gzip"])
            try await daemon.untilReplicated(30)
            try await until("20 records that are discarded, and the bytes of both sides") {
                guard let link = daemon.flow?.link else { return false }
                return link.records.discarded(.cycle).records == 20 && link.wire.progress > 0 && link.billableBytes > 0
            }
            let flow = try #require(daemon.flow)
            let link = flow.link
            #expect(link.records.fetchedBytes == size(of: born + returning))
            #expect(link.records.replicatedBytes == size(of: born))
            #expect(link.records.discarded(.cycle).bytes == size(of: returning))
            #expect(link.records.discardedBytes == size(of: returning))
            #expect(flow.topics.first?.counters == link.records)
            // The source's log is compressed, and what is sent is not.
            #expect(link.reading.ratio ?? 0 > 1 && link.reading.savedBytes ?? 0 > 0, "\(link.reading)")
            #expect(link.wire.written > size(of: born) && link.writing.savedBytes == 0, "\(link.writing)")
            // Both are near: what is read counts.
            #expect(link.side == .source && link.billableBytes == link.wire.read)
            #expect(link.cost == Double(link.wire.read) / 1e9 * 1_000_000)
            #expect(link.monthlyBytes == nil && link.since != nil)
            // Another price is no reason to stop.
            let outcome = try await daemon.reload(mirror.configuration(file + "link.price.per.gb = 2"))
            #expect(outcome.untouched.map(\.description) == ["A->B"])
            try await until("the other price") { daemon.flow?.link.pricePerGigabyte == 2 }
            #expect(daemon.flow?.link.records == link.records && daemon.flow?.link.since == link.since)
        }
    }

    @Test func `records that go one at a time count once each time that they are read, with their bytes`() async throws
    {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        // No write of progress is to take the refusal that is meant for a record.
        let daemon = try mirror.daemon("A->B.enabled = true\nB.offset.flush.interval.ms = 60000")
        _ = try await running(daemon) {
            try await daemon.untilFlowing()
            mirror.pair.target.pushRequestErrors(.produce, [.msgSizeTooLarge])
            // Each is a key and a value of three bytes.
            try mirror.write("orders", 10..<50)
            try await daemon.untilReplicated(40)
            let records = try #require(daemon.flow?.link.records)
            #expect(daemon.flow?.counters.laneRestarts == 1)
            #expect(records.fetchedBytes == records.fetchedRecords * 6)
            // What was handed over before the refusal is read twice.
            #expect((41...80).contains(records.fetchedRecords), "\(records)")
        }
        try mirror.expectCopies(of: "orders", 10..<50)
    }
}
