// SPDX-License-Identifier: Apache-2.0
@testable import Kafka
import KafkaTypes
import Testing

@Suite struct MemberAssignmentTests {
    /// Version 1, two topics, and two bytes of the assignor's.
    private let bytes: [UInt8] =
        [0, 1, 0, 0, 0, 2, 0, 1, 0x61, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 2] + [0, 2, 0x62, 0x63, 0, 0, 0, 1, 0, 0, 0, 7]
        + [0, 0, 0, 2, 9, 9]

    @Test func `an assignment is read as every member gets it`() {
        #expect(
            MemberAssignment.partitions(in: bytes) == [
                TopicPartition("a", 0), TopicPartition("a", 258), TopicPartition("bc", 7),
            ])
        #expect(MemberAssignment.partitions(in: []) == [])
        #expect(MemberAssignment.partitions(in: [0, 3, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]) == [])
    }

    @Test func `bytes that are no assignment are none`() {
        for count in 1..<33 where count < bytes.count - 6 {
            #expect(MemberAssignment.partitions(in: Array(bytes.prefix(count))) == nil, "\(count) bytes")
        }
        #expect(MemberAssignment.partitions(in: [0, 0, 0xFF, 0xFF, 0xFF, 0xFF]) == nil)
    }
}
