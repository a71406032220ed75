// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Telemetry
import Testing

@Suite(.serialized) struct MirrorDaemonTests {
    @Test func `a topic that a pattern cannot decide about is an error in the log, others are mirrored`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        let long = TopicName(String(repeating: "a", count: 100) + "-")
        try mirror.pair.source.createTopic(long, partitions: 1)
        try mirror.pair.source.createTopic("orders", partitions: 1)
        try mirror.write("orders", 0..<10)
        let daemon = try mirror.daemon("A->B.enabled = true\ntopics = orders, (a+)+b")
        _ = try await running(daemon) {
            try await until("10 records mirrored") {
                daemon.status.flows.first?.topics.first?.counters.replicatedRecords == 10
            }
        }
        let said = mirror.log.lines(at: .error).filter { $0.contains("topic.undecided") }
        #expect(said.count == 1)
        #expect(said.first?.contains("test.properties:10: topics: the regular expression '(a+)+b'") == true, "\(said)")
    }

    @Test func `records written before and after the start arrive once, in order, and lag ends at 0`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 2)
        let first = (0..<100).map { OwnedRecord.sample("orders", Int32($0 % 2), key: "k\($0)", value: "v\($0)") }
        try KafkaTesting.Witness.write(first, to: mirror.pair.source.bootstrapServers)
        let daemon = try mirror.daemon("A->B.enabled = true")
        let (_, end) = try await running(daemon) {
            try await until("100 records mirrored") {
                daemon.status.flows.first?.topics.first?.counters.replicatedRecords == 100
            }
            let second = (100..<200).map { OwnedRecord.sample("orders", Int32($0 % 2), key: "k\($0)", value: "v\($0)") }
            try KafkaTesting.Witness.write(second, to: mirror.pair.source.bootstrapServers)
            try await until("200 records mirrored and lag 0") {
                let flow = daemon.status.flows.first
                return flow?.topics.first?.counters.replicatedRecords == 200 && flow?.lagRecords == 0
            }
        }
        guard case .drained = end else {
            Issue.record("the daemon ended with \(end)")
            return
        }
        let copies = try KafkaTesting.Witness.records(
            of: "A.orders", partitions: 2, at: mirror.pair.target.bootstrapServers)
        for partition in 0..<2 {
            let values = copies.filter { $0.partition == Int32(partition) }.map {
                String(decoding: $0.value ?? [], as: UTF8.self)
            }
            #expect(values == (0..<200).filter { $0 % 2 == partition }.map { "v\($0)" })
        }
    }
}
