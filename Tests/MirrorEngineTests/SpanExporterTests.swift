// SPDX-License-Identifier: Apache-2.0
import HTTPClient
import KafkaTesting
import KafkaTypes
import Mirroring
import Synchronization
import Telemetry
import TernConfiguration
import Testing

@testable import MirrorEngine

/// A collector that says what the test wants.
private final class Collector: HTTPExchange {
    let answers: Mutex<[Result<HTTPResponse, HTTPFailure>]>
    let requests = Mutex<[HTTPRequest]>([])

    init(_ answers: Result<HTTPResponse, HTTPFailure>...) { self.answers = Mutex(answers) }

    func answer(to request: HTTPRequest) throws(HTTPFailure) -> HTTPResponse {
        requests.withLock { $0.append(request) }
        let next = answers.withLock { $0.isEmpty ? .success(HTTPResponse(status: 200)) : $0.removeFirst() }
        return try next.get()
    }

    var count: Int { requests.withLock { $0.count } }
}

struct SpanExporterTests {
    private let log = MemorySink()

    private func exporter(_ collector: Collector) -> SpanExporter {
        SpanExporter(
            TracingConfiguration(
                endpoint: "http://collector/v1/traces", headers: [.init(name: "x-key", value: Secret("s3cret"))]),
            .init(service: "tern", version: "1", instance: "i"),
            log: Log(level: .debug, format: .logfmt, sink: log), http: collector)
    }

    private func span(_ number: Int64) -> RecordSpan {
        RecordSpan(
            context: TraceContext(trace: TraceID(high: 1, low: 2), parent: 3, isSampled: true), id: 4,
            flow: FlowName(source: "A", target: "B"), source: .init("t", 0), offset: number, target: "A.t",
            targetOffset: number, start: 1, end: 2)
    }

    private func offer(_ count: Int, to exporter: SpanExporter) {
        for number in 0..<count { exporter.queue.offer(span(Int64(number))) }
    }

    @Test func `all that waits is sent, in requests of a bounded size, with the headers of the file`() async {
        let collector = Collector()
        let exporter = exporter(collector)
        offer(600, to: exporter)
        #expect(await exporter.round() == .done)
        #expect(collector.count == 3)
        #expect(exporter.queue.status == TracingStatus(exported: 600))
        let request = collector.requests.withLock { $0[0] }
        #expect(request.address == "http://collector/v1/traces")
        #expect(request.headers.contains { $0.name == "x-key" && $0.value == "s3cret" })
        #expect(request.headers.contains { $0.name == "Content-Type" && $0.value == "application/json" })
        #expect(await exporter.round() == .done)
        #expect(collector.count == 3)
    }

    @Test func `a collector that is away or busy gets the same spans later, when it says`() async {
        let collector = Collector(
            .failure(HTTPFailure(kind: .unreachable, reason: "Connection refused")),
            .success(HTTPResponse(status: 503, headers: ["retry-after": "7"])))
        let exporter = exporter(collector)
        offer(2, to: exporter)
        #expect(
            await exporter.round() == .failed("http://collector/v1/traces cannot be reached: Connection refused"))
        #expect(
            await exporter.round()
                == .failed("http://collector/v1/traces answers 503", retryAfter: .seconds(7)))
        #expect(exporter.queue.status == TracingStatus(waiting: 2))
        #expect(log.lines.count { $0.contains("event=spans.not_exported") } == 1)
        #expect(await exporter.round() == .done)
        #expect(exporter.queue.status == TracingStatus(exported: 2))
        let bodies = collector.requests.withLock { $0.map(\.body) }
        #expect(bodies[0] == bodies[2])
        #expect(!log.lines.contains { $0.contains("s3cret") })
    }

    @Test func `spans that the collector refuses are dropped and counted, whole requests and parts`() async {
        let collector = Collector(
            .success(HTTPResponse(status: 400, body: Array("bad".utf8))),
            .success(
                HTTPResponse(
                    status: 200,
                    body: Array(#"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}"#.utf8))))
        let exporter = exporter(collector)
        offer(3, to: exporter)
        #expect(await exporter.round() == .done)
        offer(5, to: exporter)
        #expect(await exporter.round() == .done)
        #expect(exporter.queue.status == TracingStatus(exported: 3, dropped: [.refused: 5]))
        #expect(log.lines.contains { $0.contains("answers 400") && $0.contains("bad") })
    }

    @Test func `what does not fit is dropped and counted, and nobody waits`() async {
        let exporter = exporter(Collector())
        offer(SpanQueue.capacity + 3, to: exporter)
        #expect(exporter.queue.status == TracingStatus(dropped: [.queueFull: 3], waiting: SpanQueue.capacity))
        #expect(await exporter.round() == .done)
        #expect(
            exporter.queue.status == TracingStatus(exported: Int64(SpanQueue.capacity), dropped: [.queueFull: 3]))
    }
}
