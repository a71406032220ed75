// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Testing

@Suite struct RecordSizeTests {
    @Test func `the largest value that a broker took is the largest that fits`() {
        #expect(RecordSize(keyCount: 1, valueCount: 99_927).batchBytes == 100_000)
        #expect(RecordSize(keyCount: 1, valueCount: 99_927).fits(into: 100_000))
        #expect(!RecordSize(keyCount: 1, valueCount: 99_928).fits(into: 100_000))
    }

    @Test func `two headers of 4 and 8 bytes take 28 more`() {
        var size = RecordSize(keyCount: 1, valueCount: 99_927 - 28)
        for _ in 0..<2 { size.addHeader(nameCount: 4, valueCount: 8) }
        #expect(size.batchBytes == 100_000)
        #expect(size.headerCount == 2)
    }

    @Test func `null takes a byte, as empty does`() {
        #expect(RecordSize(keyCount: nil, valueCount: nil).batchBytes == 61 + 1 + 3 + 1 + 1 + 1)
        #expect(RecordSize(keyCount: 0, valueCount: 0) == RecordSize(keyCount: nil, valueCount: nil))
    }

    @Test(arguments: [(63, 1), (64, 2), (8191, 2), (8192, 3), (1_048_575, 3), (1_048_576, 4)])
    func `lengths grow by 7 bits, one of them the sign`(count: Int, prefix: Int) {
        let grown = RecordSize(keyCount: nil, valueCount: nil).addingHeader(nameCount: 0, valueCount: count)
        let body = 3 + 1 + 1 + 1 + 1 + prefix + count
        #expect(grown.recordBytes - body == (body < 64 ? 1 : body < 8192 ? 2 : body < 1_048_576 ? 3 : 4))
    }

    @Test func `what has no room is left out, the path only where names keep copies apart`() {
        let record = RecordSize(keyCount: 1, valueCount: 1000)
        func room(_ limit: Int64?, keepsNames: Bool) -> HeaderRoom {
            HeaderRoom.room(for: record, originCount: 20, pathCount: 22, limit: limit, keepsNames: keepsNames)
        }
        let bare = Int64(record.batchBytes)
        let path = Int64(1 + 9 + 1 + 22)
        let origin = Int64(1 + 11 + 1 + 20)
        #expect(room(nil, keepsNames: true) == .both)
        #expect(room(bare + path + origin, keepsNames: true) == .both)
        #expect(room(bare + path + origin - 1, keepsNames: true) == .pathOnly)
        #expect(room(bare + path, keepsNames: true) == .pathOnly)
        #expect(room(bare + path - 1, keepsNames: false) == .none)
        #expect(room(bare + path - 1, keepsNames: true) == .both)  // refused, and said so
        #expect(room(bare - 1, keepsNames: false) == .both)
    }
}
