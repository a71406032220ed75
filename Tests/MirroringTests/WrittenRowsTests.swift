// SPDX-License-Identifier: Apache-2.0
import Foundation
import KafkaTypes
import Mirroring
import TernConfiguration
import Testing

/// The rows and headers that releases of Tern have written between two real clusters (`Tests/Acceptance/upgrade.py --rows`). A newer one
/// reads them, and writes the same bytes: during a rolling change the older reads what the newer has written. A test that fails here
/// is a format that has changed: give the row a new version, keep reading the former one, and say in docs/upgrading.md what
/// becomes of older daemons.
@Suite struct `What a release has written` {
    struct Release: Decodable {
        struct Row: Decodable {
            let key: String?
            let value: String?
            let headers: [[String?]]

            func header(_ name: String) -> [UInt8]? { headers.first { $0[0] == name }.flatMap { $0[1] }.map(bytes) }
        }
        let tern: String
        let topics: [String: [Row]]

        func rows(_ topic: String) throws -> [(key: [UInt8], value: [UInt8], row: Row)] {
            let rows = try #require(topics[topic], "\(topic) is not among the rows of \(tern)")
            return try rows.map { (bytes(try #require($0.key)), bytes(try #require($0.value)), $0) }
        }
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "WrittenRows")
    private static let places = Set(
        (0..<4).map { TopicPartition("orders", $0) } + (0..<2).map { TopicPartition("events", $0) })

    private static func releases() throws -> [Release] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
            try JSONDecoder().decode(Release.self, from: Data(contentsOf: folder.appending(path: name)))
        }
    }

    @Test func `progress and its witness are read, and written alike`() throws {
        for release in try Self.releases() {
            var found: Set<TopicPartition> = []
            for (key, value, row) in try release.rows("mm2-offsets.A.internal") {
                let parsed = try #require(SourceOffsetRow.parseKey(key))
                #expect(parsed.connector == "MirrorSourceConnector" && parsed.cluster == "A")
                #expect(SourceOffsetRow.key(parsed) == key)
                let offset = try #require(SourceOffsetRow.parseValue(value))
                #expect(SourceOffsetRow.value(offset: offset) == value)
                let header = try #require(row.header(Witness.headerName))
                let witness = try #require(Witness(encoded: header))
                #expect(witness.encoded == header && witness.sourceOffset == offset)
                found.insert(TopicPartition(parsed.topic, parsed.partition))
            }
            #expect(found == Self.places)
        }
    }

    @Test func `the offset map is read, and written alike`() throws {
        for release in try Self.releases() {
            var found: Set<TopicPartition> = []
            for (key, value, _) in try release.rows("mm2-tern-offset-map.A.internal") {
                let place = try #require(OffsetMapRow.parseKey(key))
                #expect(OffsetMapRow.key(place.partition, first: place.first) == key)
                let block = try #require(OffsetMapRow.parseValue(value, first: place.first))
                #expect(OffsetMapRow(place.partition, block).value == value)
                #expect(block.segments == [OffsetSegment(source: 0, target: 0, count: block.covered)])
                found.insert(place.partition)
            }
            #expect(found == Self.places)
        }
    }

    @Test func `MirrorMaker's rows are read, and written alike`() throws {
        for release in try Self.releases() {
            var positions: [TopicPartition: Int64] = [:]
            for (key, value, _) in try release.rows("A.checkpoints.internal") {
                let row = try #require(CheckpointRow(key: key, value: value))
                #expect(row.key == key && row.value == value && row.group == "billing")
                positions[row.partition] = row.upstream
            }
            #expect(positions == [TopicPartition("A.orders", 1): 100, TopicPartition("A.events", 0): 57])
            let syncs = try release.rows("mm2-offset-syncs.B.internal")
            #expect(syncs.count == Self.places.count)
            for (key, value, _) in syncs {
                let row = try #require(OffsetSyncRow(key: key, value: value))
                #expect(row.key == key && row.value == value && row.upstream == row.downstream)
            }
            let heartbeats = try release.rows("heartbeats")
            #expect(heartbeats.map(\.key) == [HeartbeatRow(source: "A", target: "B", timestamp: 0).key])
            var reader = ProtocolReader(heartbeats[0].value)
            let numbers = (reader.number(Int16.self), reader.number(Int64.self))
            #expect(numbers.0 == 0)
            let timestamp = try #require(numbers.1)
            #expect(HeartbeatRow(source: "A", target: "B", timestamp: timestamp).value == heartbeats[0].value)
        }
    }

    @Test func `the headers of a copy are believed, and the next hop extends them`() throws {
        for release in try Self.releases() {
            let policy = ForwardingPolicy(
                topic: "A.orders", naming: PrefixNaming(source: "B"), targetClusterID: "elsewhere")
            let copies = try #require(release.topics["A.orders"])
            #expect(!copies.isEmpty)
            for copy in copies {
                let origin = try #require(copy.header(OriginHeader.name))
                let header = try #require(OriginHeader(origin))
                #expect(header.encoded == origin && header.alias == "A" && header.topic == "orders")
                let path = try #require(copy.header(PathHeader.name))
                #expect(PathHeader.ids(in: path)?.count == 1)
                let verdict = origin.withSpan { origin in
                    path.withSpan { path in
                        policy.verdict(hasHeaders: true, origin: origin, path: path, partition: header.partition)
                    }
                }
                #expect(verdict == .forwardExtended)
            }
        }
    }
}

private func bytes(_ hex: String) -> [UInt8] {
    stride(from: 0, to: hex.utf8.count, by: 2).map { UInt8(hex.dropFirst($0).prefix(2), radix: 16) ?? 0 }
}

extension [UInt8] {
    fileprivate func withSpan<Result>(_ body: (RawSpan) -> Result) -> Result { body(span.bytes) }
}
