// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import MirrorWeb
import Mirroring
import Synchronization
import Telemetry
import TernConfiguration
import Testing

/// An engine that answers when a test wants it to.
private final class SlowEngine: Sendable {
    private let waiting = Mutex<[@Sendable (BarrierAnswer) -> Void]>([])
    let asked = Mutex<[String]>([])
    let web: MirrorWeb

    init(connections: Int = 64) throws {
        var options = MirrorWeb.Options()
        options.limits.connections = connections
        options.limits.connectionsPerAddress = connections
        let holder = Holder()
        self.web = MirrorWeb(
            status: { Fixture.rich }, build: Fixture.build, log: .silent,
            wait: { flow, place, offset, limit, answer in
                holder.engine.withLock { $0 }?.take(flow, place, offset, limit, answer)
            }, options: options)
        holder.engine.withLock { $0 = self }
    }

    private final class Holder: Sendable {
        let engine = Mutex<SlowEngine?>(nil)
    }

    private func take(
        _ flow: FlowName, _ place: TopicPartition, _ offset: Int64, _ limit: Duration,
        _ answer: @escaping @Sendable (BarrierAnswer) -> Void
    ) {
        asked.withLock { $0.append("\(flow) \(place) \(offset) \(limit)") }
        guard limit > .zero else { return answer(.late(next: 3, stop: nil)) }
        waiting.withLock { $0.append(answer) }
    }

    var count: Int { waiting.withLock(\.count) }

    func answerAll(_ answer: BarrierAnswer) {
        for waiter in waiting.withLock({ waiters in
            defer { waiters = [] }
            return waiters
        }) { waiter(answer) }
    }

    func serve() throws -> HTTPServer { try web.serve(on: ListenAddress(host: "127.0.0.1", port: 0)) }

    func wait(for count: Int) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while self.count < count {
            try #require(ContinuousClock.now < deadline, "\(self.count) of \(count) wait")
            await Task.yield()
        }
    }
}

@Suite struct `The write barrier` {
    private static let query = "flow=eu-%3Eus&topic=orders&partition=2&offset=7"

    private func ask(_ query: String = Self.query, on server: HTTPServer) throws -> RawClient {
        let client = try #require(RawClient(port: server.address.port))
        client.send("GET /api/v1/barrier?\(query) HTTP/1.1\r\nHost: localhost:\(server.address.port)\r\n\r\n")
        return client
    }

    @Test(
        arguments: [
            (
                .passed(.copied(at: 9), next: 8), 200,
                #""outcome":"copied","reason":"the target has acknowledged its copy","target_offset":9"#
            ),
            (
                .passed(.skipped(.cycle), next: 8), 200,
                #""outcome":"skipped","reason":"cycle: it has been on the target""#
            ),
            (.passed(.quarantined, next: 8), 200, #""outcome":"quarantined""#),
            (.passed(.noCopy, next: 8), 200, #""outcome":"no_copy""#),
            (.passed(.passed, next: 8), 200, #""outcome":"passed""#),
            (.late(next: 5, stop: nil), 504, "everything before 5 of orders/2 is on us"),
            (.late(next: 5, stop: "raise the limit"), 504, "orders/2 does not go on: raise the limit"),
            (.topicUnknown, 404, "eu->us does not mirror the topic 'orders'"),
            (.partitionUnknown(count: 2), 404, "orders has 2 partitions, numbered from 0: there is no 2"),
            (.elsewhere, 503, "no lane of this daemon carries orders/2 at present"),
        ] as [(BarrierAnswer, Int, String)])
    func `answers when the engine does, on the same connection, which can be used again`(
        answer: BarrierAnswer, status: Int, text: String
    ) async throws {
        let engine = try SlowEngine()
        let server = try engine.serve()
        defer { server.stop() }
        let client = try ask(on: server)
        try await engine.wait(for: 1)
        #expect(engine.asked.withLock { $0 } == ["eu->us orders/2 7 5.0 seconds"])
        engine.answerAll(answer)
        let found = try #require(client.answer())
        #expect(found.status == status && found.text.contains(text), "\(found.text)")
        client.send("GET /livez HTTP/1.1\r\nHost: localhost:\(server.address.port)\r\n\r\n")
        #expect(client.answer()?.status == 200)
    }

    @Test(
        arguments: [
            ("flow=eu-%3Emars&topic=o&partition=0&offset=1", 404), ("flow=eu-%3Eus&topic=o&partition=0", 400),
            ("flow=eu-%3Eus&topic=o&partition=-1&offset=1", 400), ("flow=eu-%3Eus&topic=o&partition=0&offset=x", 400),
            ("flow=eu-%3Eus&topic=o&partition=0&offset=1&timeout=7", 400),
            ("flow=eu-%3Eus&topic=o&partition=0&offset=1&timeout=1d", 400),
            ("flow=eu-%3Eus&topic=o&partition=0&offset=1&x=1", 400),
        ])
    func `refuses at once what is malformed, and flows that are not there`(query: String, status: Int) throws {
        let engine = try SlowEngine()
        #expect(engine.web.respond(to: Request("GET", "/api/v1/barrier?\(query)", headers: [])).status == status)
        #expect(engine.count == 0)
        let server = try engine.serve()
        defer { server.stop() }
        #expect(try ask(query, on: server).answer()?.status == status)
    }

    @Test func `does not wait where no time is given`() throws {
        let engine = try SlowEngine()
        let server = try engine.serve()
        defer { server.stop() }
        #expect(try ask(Self.query + "&timeout=0s", on: server).answer()?.status == 504)
        #expect(engine.count == 0)
    }

    @Test func `keeps two hundred waiting without a thread for any, and others are answered meanwhile`() async throws {
        let engine = try SlowEngine(connections: 500)
        let server = try engine.serve()
        defer { server.stop() }
        let clients = try (0..<200).map { _ in try ask(Self.query + "&timeout=60s", on: server) }
        try await engine.wait(for: 200)
        let other = try #require(RawClient(port: server.address.port))
        other.send("GET /livez HTTP/1.1\r\nHost: localhost:\(server.address.port)\r\n\r\n")
        #expect(other.answer()?.status == 200)
        engine.answerAll(.passed(.copied(at: 1), next: 8))
        #expect(clients.allSatisfy { $0.answer()?.status == 200 })
    }

    @Test func `lets half of the connections wait, so that health checks and metrics get through`() async throws {
        let engine = try SlowEngine(connections: 8)
        let server = try engine.serve()
        defer { server.stop() }
        let waiting = try (0..<4).map { _ in try ask(on: server) }
        try await engine.wait(for: 4)
        let refused = try #require(try ask(on: server).answer())
        #expect(refused.status == 503 && refused.text.contains("4 requests wait already, half of http.connections.max"))
        engine.answerAll(.passed(.noCopy, next: 8))
        #expect(waiting.allSatisfy { $0.answer()?.status == 200 })
        _ = try ask(on: server)
        try await engine.wait(for: 1)
    }

    @Test func `ends with the server, which tells those that wait`() async throws {
        let engine = try SlowEngine()
        let server = try engine.serve()
        let client = try ask(on: server)
        try await engine.wait(for: 1)
        server.stop()
        let answer = client.answer()
        #expect(answer == nil || answer?.status == 503)
        engine.answerAll(.passed(.noCopy, next: 8))
    }
}
