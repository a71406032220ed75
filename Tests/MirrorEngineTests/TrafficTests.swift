// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Testing

/// What a flow tells about its requests, its waits, and the network.
@Suite(.serialized) struct TrafficTests {
    @Test func `requests, bytes and stages are told of a flow that had no reason to wait`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        let daemon = try mirror.daemon("A->B.enabled = true\nB.offset.flush.interval.ms = 100")
        _ = try await running(daemon) {
            try await daemon.untilFlowing()
            try KafkaTesting.Witness.write(
                (0..<40).map { .sample("orders", 0, key: "k", value: String(repeating: "v\($0)", count: 5_000)) },
                to: mirror.pair.source.bootstrapServers)
            try await daemon.untilReplicated(40)
            let bytes = Int64(40 * 5_000)
            try await until("every stage, and the bytes on both sides") {
                guard let flow = daemon.flow, flow.stages.progress.count > 0 else { return false }
                return daemon.status.clusters[0].receivedBytes > bytes && daemon.status.clusters[1].sentBytes > bytes
            }
            let flow = try #require(daemon.flow)
            #expect(flow.counters.fetchRequests > 0)
            #expect(flow.stages.transform.count > 0 && flow.stages.transform.count <= 40)
            #expect(flow.stages.produce.count > 0 && flow.stages.produce.count <= 40)
            #expect(flow.stages.request.count > 0 && flow.stages.request.count <= 40)
            // Progress is written by requests of its own.
            #expect(flow.counters.produceRequests > flow.stages.request.count)
            #expect(flow.counters.fetchThrottledSeconds == 0 && flow.counters.produceThrottledSeconds == 0)
            #expect(flow.counters.backpressureSeconds == 0)
            // And of the partition alone, as MirrorMaker reports it: bytes of values.
            let traffic = try #require(flow.topics.first?.partitions.first?.traffic)
            #expect(traffic.replicatedRecords == 40)
            #expect(traffic.fetchedValueBytes == (0..<40).reduce(0) { $0 + Int64("v\($1)".count * 5_000) })
            #expect(traffic.age.last != nil && traffic.latency.last != nil && traffic.inFlight == 0)
        }
    }

    @Test func `a replaced producer goes on counting where the last one stopped`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        // No write of progress is to take the refusal that is meant for a record.
        let daemon = try mirror.daemon("A->B.enabled = true\nB.offset.flush.interval.ms = 60000")
        _ = try await running(daemon) {
            try await daemon.untilFlowing()
            try mirror.write("orders", 0..<20)
            try await daemon.untilReplicated(20)
            try await until("a request") { daemon.flow?.counters.produceRequests ?? 0 > 0 }
            var last = try #require(daemon.flow)
            mirror.pair.target.pushRequestErrors(.produce, [.msgSizeTooLarge])
            try mirror.write("orders", 20..<40)
            try await until("40 records by another producer") {
                guard let flow = daemon.flow else { return false }
                #expect(flow.counters.produceRequests >= last.counters.produceRequests)
                #expect(flow.stages.request.count >= last.stages.request.count)
                last = flow
                return flow.counters.laneRestarts > 0 && daemon.replicated == 40
            }
        }
        try mirror.expectCopies(of: "orders", 0..<40)
    }

    @Test func `a target that takes nothing is back-pressure, until it takes again`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        let daemon = try mirror.daemon("A->B.enabled = true\nin.flight.max.records = 1000")
        _ = try await running(daemon) {
            try await daemon.untilFlowing()
            try mirror.pair.target.setBrokerDown()
            try mirror.write("orders", 0..<3_000)
            // It grows while the wait lasts, not when it is over.
            try await until("back-pressure") { daemon.flow?.counters.backpressureSeconds ?? 0 > 0.5 }
            let full = try #require(daemon.flow)
            #expect(full.bufferedBytes > 0 && full.bufferedBytes <= full.bufferLimitBytes, "\(full.bufferLimitBytes)")
            try mirror.pair.target.setBrokerUp()
            try await daemon.untilReplicated(3_000, within: .seconds(60))
            let waited = daemon.flow?.counters.backpressureSeconds
            try mirror.write("orders", 3_000..<3_010)
            try await daemon.untilReplicated(3_010)
            #expect(daemon.flow?.counters.backpressureSeconds == waited)
        }
        try mirror.expectCopies(of: "orders", 0..<3_010)
    }
}
