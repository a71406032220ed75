// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Testing

extension RealBrokers {
    /// Bytes that have changed on the source's disk.
    @Suite struct DamagedLogTests {
        @Test func `a damaged batch stops its partition with its offset, and goes on when the log is repaired`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("damaged")
                try await mirror.clusters[0].createTopic(topic, partitions: 2)
                for word in ["first", "second", "third"] {
                    try Onlooker.write([.sample(topic, 0, key: word, value: "\(word) value")], to: mirror.address(0))
                }
                try Onlooker.write([.sample(topic, 1, key: "k", value: "v")], to: mirror.address(0))
                let file = mirror.clusters[0].firstSegment(of: TopicPartition(topic, 0))
                try replace("second value", by: "second vALUE", in: file)
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("a partition that stands", of: daemon) {
                        $0.flows[0].partition(topic, 0)?.state == .stopped
                    }
                    let stop = try #require(daemon.status.flows[0].partition(topic, 0)?.stop)
                    #expect(stop.offset == 1)
                    #expect(stop.text.contains("is damaged"), "\(stop.text)")
                    try await until("the other partition", of: daemon) {
                        $0.flows[0].partition(topic, 1)?.replicatedOffset == 1
                    }
                    #expect(
                        try mirror.records(of: mirror.copy("damaged"), at: 1, partitions: 1).map(\.text) == [
                            "first value"
                        ])
                    try replace("second vALUE", by: "second value", in: file)
                    try await until("all of it", of: daemon) { $0.isCaughtUp(after: 4) }
                    #expect(daemon.status.flows[0].partition(topic, 0)?.stop == nil)
                }
                #expect(
                    try mirror.records(of: mirror.copy("damaged"), at: 1, partitions: 1).map(\.text)
                        == ["first value", "second value", "third value"])
            }
        }

        private func replace(_ text: String, by other: String, in file: String) throws {
            let bytes = try Data(contentsOf: URL(filePath: file))
            let place = try #require(bytes.range(of: Data(text.utf8)), "\(file) has no \(text)")
            let handle = try FileHandle(forUpdating: URL(filePath: file))
            defer { try? handle.close() }
            try handle.seek(toOffset: UInt64(place.lowerBound))
            try handle.write(contentsOf: Data(other.utf8))
        }
    }
}
