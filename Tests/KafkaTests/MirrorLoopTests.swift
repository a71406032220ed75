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

        let (a, origin, null) = (HeaderName("a"), HeaderName("tern.test"), HeaderName("tern.null"))
        var acknowledged = 0
        try RawMirror.run(
            topic: "shapes", partitions: 3, from: pair.source.bootstrapServers, to: pair.target.bootstrapServers,
            edit: { record in
                record.removeHeaders(named: a)
                record.addHeader(named: origin, value: Array("origin".utf8).span.bytes)
                record.addHeader(named: null, value: nil)
            },
            onDelivery: { delivery in
                if case .acknowledged = delivery.outcome { acknowledged += 1 }
                #expect(delivery.contentHash() != nil)
            })

        let before = try Witness.records(of: "shapes", partitions: 3, at: pair.source.bootstrapServers)
        let after = try Witness.records(of: "shapes", partitions: 3, at: pair.target.bootstrapServers)
        #expect(acknowledged == Self.shapes.count)
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
}
