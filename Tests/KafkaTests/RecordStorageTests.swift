// SPDX-License-Identifier: Apache-2.0
import KafkaTesting
import KafkaTypes
import Testing

@testable import Kafka

@Suite struct RecordStorageTests {
    @Test func `slots are used again, and grow when all are in use`() {
        var slots = RecordSlots(capacity: 2)
        var used: [Int] = []
        for token in 0..<100 as Range<UInt64> {
            used.append(slots.insert(nil, token: token))
            expectInvariants(slots)
        }
        #expect(Set(used).count == 100)
        for (token, index) in used.enumerated() where token % 3 != 0 {
            let stored = slots[index].token
            #expect(stored == UInt64(token))
            slots.remove(index)
            expectInvariants(slots)
        }
        expectCount(34, slots)
        for token in 100..<166 as Range<UInt64> {
            let index = slots.insert(nil, token: token)
            #expect(used.contains(index))
        }
        expectCount(100, slots)
        #expect(slots.removeAll().isEmpty, "nothing was lent")
        expectCount(0, slots)
        expectInvariants(slots)
    }

    /// What cannot be copied cannot be looked at inside `#expect`.
    private func expectInvariants(_ slots: borrowing RecordSlots) {
        let holds = slots.checkInvariants()
        #expect(holds)
    }

    private func expectCount(_ expected: Int, _ slots: borrowing RecordSlots) {
        let count = slots.count
        #expect(count == expected)
    }

    @Test func `a report for a slot that is not in use is our bug, and stops`() async {
        await #expect(processExitsWith: .failure) {
            let slots = RecordSlots(capacity: 2)
            _ = slots[1]
        }
    }

    @Test func `parked values leave in the order they came, across growth`() {
        let queue = ParkingQueue<Int>(capacity: 2)
        var expected = 0
        for value in 0..<50 {
            queue.append(value)
            if value % 3 == 2 {
                #expect(queue.withFirst { $0 } == expected)
                #expect(queue.popFirst() == expected)
                expected += 1
            }
        }
        #expect(queue.count == 50 - expected)
        while let value = queue.popFirst() {
            #expect(value == expected)
            expected += 1
        }
        #expect(expected == 50)
        #expect(queue.isEmpty)
    }

    @Test func `records that are still parked are freed with the queue, so that their consumer can close`() throws {
        let bench = try Bench(topic: "parked", partitions: 1)
        try bench.fill(10)
        try bench.assignAll()
        do {
            let queue = RecordQueue()
            let outgoing = OutgoingRecordQueue()
            for _ in 0..<4 { queue.append(try bench.nextRecord()) }
            for _ in 0..<4 { outgoing.append(OutgoingRecord(try bench.nextRecord())) }
            let offsets = (queue.popFirst()?.offset, outgoing.popFirst()?.offset)
            #expect(offsets == (0, 4))
        }
        #expect(bench.close())
    }

    /// The published test values of XXH64.
    @Test(
        arguments: [
            ("", 0, 0xEF46_DB37_51D8_E999), ("a", 0, 0xD24E_C4F1_A98C_6E5B), ("abc", 0, 0x44BC_2CF5_AD77_0999),
            ("Nobody inspects the spammish repetition", 0, 0xFBCE_A83C_8A37_8BF1), ("", 1, 0xD5AF_BA13_36A3_BE4B),
        ] as [(String, UInt64, UInt64)])
    func `the content hash is XXH64`(text: String, seed: UInt64, expected: UInt64) {
        let hash = Array(text.utf8).withUnsafeBytes { ContentHash.xxh64($0, seed: seed) }
        #expect(hash == expected)
    }

    /// Those of 0.1.0, in MirroringTests/WrittenRows: a witness that a newer Tern computes otherwise would call each log another one.
    @Test(
        arguments: [
            ("key 42", "value 4942", 0x8640_8667_8382_399B), ("key 44", "value 4944", 0xA5DC_6924_9F75_1390),
        ] as [(String, String, UInt64)])
    func `a record has the hash that a release has written into its witness`(key: String, value: String, hash: UInt64) {
        let record = OwnedRecord(
            topic: "orders", partition: 0, offset: 0, timestamp: Timestamp(milliseconds: 0, kind: .none),
            key: Array(key.utf8), value: Array(value.utf8))
        #expect(record.contentHash == hash)
    }

    @Test func `null and empty, key and value, all hash apart`() {
        let contents: [[UInt8]?] = [nil, [], [0], [0, 0], Array("key".utf8), [UInt8](repeating: 1, count: 100)]
        var hashes: Set<UInt64> = []
        for key in contents {
            for value in contents {
                let record = OwnedRecord(
                    topic: "t", partition: 0, offset: 0, timestamp: Timestamp(milliseconds: 0, kind: .none), key: key,
                    value: value)
                hashes.insert(record.contentHash)
            }
        }
        #expect(hashes.count == contents.count * contents.count)
    }

    @Test func `header names keep their bytes`() {
        #expect(HeaderName("tern.path").description == "tern.path")
        #expect(HeaderName("naïve").count == 6)
        #expect(HeaderName("cut\0off").description == "cut")
        #expect(HeaderName("").count == 0)
    }
}
