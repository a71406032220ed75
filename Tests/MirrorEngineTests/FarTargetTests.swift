// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Testing

/// A target with a round trip of 50 ms.
@Suite(.serialized) struct FarTargetTests {
    private static let partitions: Int32 = 3

    private func mirror() throws -> MockMirror {
        let mirror = try MockMirror()
        try mirror.pair.source.createTopic("orders", partitions: Int(Self.partitions))
        for partition in 0..<Self.partitions { try mirror.write("orders", partition: partition, 0..<2000) }
        try mirror.pair.target.setRoundTripTime(.milliseconds(50))
        return mirror
    }

    private func expectCopies(in mirror: MockMirror, _ numbers: Range<Int>) throws {
        try mirror.pair.target.setRoundTripTime(.zero)
        for partition in 0..<Self.partitions { try mirror.expectCopies(of: "orders", partition: partition, numbers) }
    }

    @Test func `gets each record in order, also behind a refused batch`() async throws {
        let mirror = try mirror()
        defer { mirror.close() }
        let daemon = try mirror.daemon()
        _ = try await running(daemon) {
            try await daemon.untilReplicated(6000)
            mirror.pair.target.pushRequestErrors(.produce, [.msgSizeTooLarge])
            for partition in 0..<Self.partitions { try mirror.write("orders", partition: partition, 2000..<3000) }
            try await until("the end", within: .seconds(60)) { daemon.lag == 0 && daemon.replicated >= 9000 }
        }
        try mirror.pair.target.setRoundTripTime(.zero)
        let copies = try KafkaTesting.Witness.records(
            of: "A.orders", partitions: Int(Self.partitions), at: mirror.pair.target.bootstrapServers)
        for partition in 0..<Self.partitions {
            let numbers = copies.filter { $0.partition == partition }
                .compactMap { Int(String(decoding: $0.value ?? [], as: UTF8.self).dropFirst()) }
            // What was on its way when a batch was refused may be there twice; nothing is left out. Behind up to four records another
            // batch may be on its way: a broker refuses it by its sequence when they are missing, the mock cluster takes it.
            #expect(Set(numbers) == Set(0..<3000))
            #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $1 <= $0 + 5 })
        }
    }

    @Test func `gets all that the daemon has taken before it ends, and no record again from the next one`() async throws
    {
        let mirror = try mirror()
        defer { mirror.close() }
        let first = try mirror.daemon()
        let (_, end) = try await running(first) { try await until("some records") { first.replicated > 0 } }
        guard case .drained = end else { throw NeverHappened("a daemon that drains: \(end)") }
        let second = try mirror.daemon()
        _ = try await running(second) { try await until("the rest") { second.lag == 0 } }
        try expectCopies(in: mirror, 0..<2000)
    }

    @Test func `that comes near goes on where it was`() async throws {
        let mirror = try mirror()
        defer { mirror.close() }
        let daemon = try mirror.daemon()
        _ = try await running(daemon) {
            try await until("some records") { daemon.replicated > 0 }
            try mirror.pair.target.setRoundTripTime(.zero)
            try await daemon.untilReplicated(6000)
            for partition in 0..<Self.partitions { try mirror.write("orders", partition: partition, 2000..<2500) }
            try await daemon.untilReplicated(7500)
        }
        try expectCopies(in: mirror, 0..<2500)
    }
}
