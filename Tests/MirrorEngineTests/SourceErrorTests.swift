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
        let daemon = try mirror.daemon("A->B.enabled = true\nlag.interval.ms = 100")
        _ = try await running(daemon) {
            try await until("10 records mirrored") { daemon.replicated == 10 && daemon.lag == 0 }
            source.pushRequestErrors(.fetch, Array(repeating: .notLeaderForPartition, count: 10_000))
            try mirror.write("orders", 10..<20)
            try await until("a lag of 10") { (daemon.lag ?? 0) >= 5 }
            // By now nobody has come round to the first record: its age is unknown, its place is not.
            try mirror.write("orders", 20..<40)
            try await until("a lag of 25", within: .seconds(10)) { (daemon.lag ?? 0) >= 25 }
            source.clearRequestErrors(.fetch)
            try await until("40 records mirrored and lag 0", within: .seconds(10)) {
                daemon.replicated == 40 && daemon.lag == 0
            }
        }
        try mirror.expectCopies(of: "orders", 0..<40)
    }
}
