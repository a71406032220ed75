// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Testing

@Suite struct OriginHeaderTests {
    @Test(arguments: [
        OriginHeader(alias: "A", topic: "orders", partition: 0, offset: 0),
        OriginHeader(alias: "eu/west", topic: "a.b-c_d", partition: 2_147_483_647, offset: .max),
        OriginHeader(alias: "", topic: "x", partition: 1, offset: 10),
        OriginHeader(alias: "clé", topic: "x", partition: 1, offset: 999),
    ])
    func `an origin reads as it was written`(origin: OriginHeader) {
        #expect(OriginHeader(origin.encoded) == origin)
    }

    @Test(arguments: ["", "/", "///", "A/x/0", "A/x/0/x", "A/x/+1/1", "A/x/1/01", "x/1/1", "A/x/1/1 "])
    func `what is no origin is nil`(text: String) {
        #expect(OriginHeader(Array(text.utf8)) == nil)
    }

    @Test func `the encoder writes what the header says, for any offset in any order`() {
        var encoder = OriginEncoder(alias: "A/b", topic: "orders", partition: 12)
        for offset: Int64 in [
            0, 9, 10, 99, 100, .max - 1, .max, 7, 8, 9, 1_098, 1_099, 1_100, 1_101, 999_999, 1_000_000, 0, 1, 1, 0,
        ] {
            let header = OriginHeader(alias: "A/b", topic: "orders", partition: 12, offset: offset)
            #expect(encoder.withValue(offset: offset) { bytes(of: $0) } == header.encoded)
        }
    }

    @Test func `no value is larger than the largest`() {
        let header = OriginHeader(alias: "A/b", topic: "orders", partition: .max, offset: .max)
        #expect(header.encoded.count == OriginHeader.largestValue(alias: "A/b", topic: "orders"))
    }

    private func bytes(of span: RawSpan) -> [UInt8] { span.withUnsafeBytes { Array($0) } }
}

@Suite struct PathHeaderTests {
    @Test func `a born record has passed the source alone`() {
        #expect(PathEncoder(sourceClusterID: "idA").born == Array("idA".utf8))
    }

    @Test func `a copy's path ends with the source`() {
        var encoder = PathEncoder(sourceClusterID: "idC")
        for received in ["idA", "idA,idB", "x"] {
            encoder.extend(Array(received.utf8).span.bytes)
            #expect(encoder.extendedCount == received.utf8.count + 4)
            #expect(encoder.withExtended { $0.withUnsafeBytes { Array($0) } } == Array("\(received),idC".utf8))
        }
    }

    @Test(arguments: [("idA", ["idA"]), ("idA,idB", ["idA", "idB"]), ("", nil), ("idA,", nil), (",", nil)])
    func `a path is ids joined by commas`(value: String, ids: [String]?) {
        #expect(PathHeader.ids(in: Array(value.utf8)) == ids)
    }
}
