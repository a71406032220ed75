// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Telemetry
import Testing

/// A trace crosses regions: the header with the record, and the record's way through Tern as a span.
@Suite(.serialized) struct TracingTests {
    private let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    private func record(_ value: String, sampled: Bool) -> OwnedRecord {
        let header = OwnedHeader("traceparent", "00-\(trace)-00f067aa0ba902b7-0\(sampled ? 1 : 0)")
        return .sample("orders", 0, value: value, headers: [header])
    }

    @Test func `a record with a sampled traceparent makes a span, and one without makes none`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        let collector = try LocalHTTPServer { _ in .init("{}") }
        defer { collector.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        let daemon = try mirror.daemon("A->B.enabled = true\ntracing.otlp.endpoint = \(collector.address)")
        _ = try await running(daemon) {
            try await daemon.untilFlowing()
            try KafkaTesting.Witness.write(
                [record("a", sampled: true), record("b", sampled: false), .sample("orders", 0, value: "c")]
                    + [record("d", sampled: true)], to: mirror.pair.source.bootstrapServers)
            try await daemon.untilReplicated(4)
        }
        // Those of the last records are sent as it stops.
        #expect(daemon.status.tracing == TracingStatus(exported: 2))
        let requests = collector.requests
        #expect(requests.allSatisfy { $0.method == "POST" && $0.path == "/v1/traces" })
        let text = requests.map(\.body).joined()
        #expect(text.components(separatedBy: "\"traceId\":\"\(trace)\"") == 2)
        #expect(text.components(separatedBy: "\"parentSpanId\":\"00f067aa0ba902b7\"") == 2)
        for offset in ["0", "3"] {
            #expect(text.contains(#"{"key":"messaging.kafka.offset","value":{"intValue":"\#(offset)"}}"#))
        }
        let copies = try KafkaTesting.Witness.records(
            of: "A.orders", partitions: 1, at: mirror.pair.target.bootstrapServers)
        let kept = copies.map { $0.headers.first { $0.name == Array("traceparent".utf8) }?.value }
        #expect(kept[0] == Array("00-\(trace)-00f067aa0ba902b7-01".utf8))
        #expect(kept[1] == Array("00-\(trace)-00f067aa0ba902b7-00".utf8))
    }

    @Test func `another collector counts from the next start on, and each reload says so`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        let daemon = try mirror.daemon("A->B.enabled = true\ntracing.otlp.endpoint = http://127.0.0.1:1")
        _ = try await running(daemon) {
            try await daemon.untilFlowing()
            for _ in 0..<2 {
                let outcome = try await daemon.reload(
                    mirror.configuration("A->B.enabled = true\ntracing.otlp.endpoint = http://127.0.0.1:2"))
                #expect(outcome.needsRestart == ["tracing.*"])
                #expect(outcome.restarted.isEmpty)
            }
        }
    }

    @Test func `the log line of a refused record has its trace, also where no spans are exported`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        let daemon = try mirror.daemon("A->B.enabled = true\nB.offset.flush.interval.ms = 3600000")
        _ = try await running(daemon) {
            try await daemon.untilFlowing()
            // Its batch, then the record by itself.
            mirror.pair.target.pushRequestErrors(.produce, [.invalidRecord, .invalidRecord])
            try KafkaTesting.Witness.write(
                [record("a", sampled: false)], to: mirror.pair.source.bootstrapServers)
            try await until("a partition that is refused") { daemon.partition("orders")?.state == .refused }
        }
        #expect(daemon.status.tracing == nil)
        #expect(
            mirror.log.lines.contains { $0.contains("event=partition.stopped") && $0.contains("trace_id=\(trace)") })
    }

    @Test func `a record that is refused makes a span that says why`() async throws {
        let mirror = try MockMirror()
        defer { mirror.close() }
        let collector = try LocalHTTPServer { _ in .init("{}") }
        defer { collector.close() }
        try mirror.pair.source.createTopic("orders", partitions: 1)
        let daemon = try mirror.daemon(
            "A->B.enabled = true\nB.offset.flush.interval.ms = 3600000\ntracing.otlp.endpoint = \(collector.address)")
        _ = try await running(daemon) {
            try await daemon.untilFlowing()
            mirror.pair.target.pushRequestErrors(.produce, [.invalidRecord, .invalidRecord])
            try KafkaTesting.Witness.write(
                [record("a", sampled: true)], to: mirror.pair.source.bootstrapServers)
            try await until("a span") { daemon.status.tracing?.exported == 1 }
        }
        let text = collector.requests.map(\.body).joined()
        #expect(text.contains(#""status":{"code":2,"message":""#))
        #expect(text.contains("\"traceId\":\"\(trace)\""))
    }
}

extension String {
    /// How often a text is in this one.
    fileprivate func components(separatedBy text: String) -> Int {
        var (count, rest) = (0, self[...])
        while let found = rest.firstRange(of: text) {
            count += 1
            rest = rest[found.upperBound...]
        }
        return count
    }
}
