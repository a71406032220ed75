// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Telemetry
import TernConfiguration
import Testing

@testable import MirrorWeb

@Suite struct `The stream of events` {
    /// What a reader has been sent so far, without a socket.
    private func read(_ response: Response) -> String? {
        guard let stream = response.stream else { return nil }
        var text: [UInt8] = []
        while let part = stream.read(64, wake: {}) {
            if part.isEmpty { return String(decoding: text, as: UTF8.self) }
            text += part
        }
        return nil
    }
    private func events(_ text: String?) -> [String] {
        (text ?? "").split(separator: "\n").filter { $0.hasPrefix("event: ") }.map { String($0.dropFirst(7)) }
    }

    @Test func `begins with the status, then says each second what has changed`() {
        let bench = WebBench()
        let stream = bench.get("/api/v1/events")
        #expect(stream.header("Content-Type") == "text/event-stream")
        #expect(events(read(stream)) == ["status"])
        bench.pulse(at: 1)
        _ = read(stream)
        bench.pulse(at: 2)
        #expect(events(read(stream)) == ["tick"])
        bench.change { $0.flows[1].recordsPerSecond = 1 }
        bench.pulse(at: 3)
        let changed = read(stream)
        #expect(events(changed) == ["flow", "tick"])
        #expect(changed?.contains(#""source":"us""#) == true)
        bench.change { $0.clusters[0].isUp = false }
        bench.pulse(at: 4)
        #expect(events(read(stream)) == ["status", "tick"])
    }

    @Test func `has facts as they are logged, and again those that a reader has missed`() throws {
        let bench = WebBench()
        bench.log.error(
            .partitionStopped,
            [
                .flow("eu->us"), .topic("orders"), .partition(3), .code("MSG_SIZE_TOO_LARGE"), .reason("too large"),
                .offset(7),
            ])
        let first = try #require(read(bench.get("/api/v1/events?facts")))
        #expect(events(first) == ["fact"])
        #expect(
            first.contains(
                #""level":"error","event":"partition.stopped","flow":"eu->us","topic":"orders","partition":3,"#
                    + #""code":"MSG_SIZE_TOO_LARGE","reason":"too large","details":"offset=7""#))
        let id = try #require(first.split(separator: "\n").first { $0.hasPrefix("id: ") }?.dropFirst(4))
        bench.log.info(.partitionResumed, [.topic("orders"), .partition(3)])
        let again = try #require(read(bench.get("/api/v1/events?facts", [("Last-Event-ID", String(id))])))
        #expect(events(again) == ["fact"])
        #expect(again.contains("partition.resumed"))
        // An id of another process says nothing about this one's facts.
        #expect(events(read(bench.get("/api/v1/events?facts", [("Last-Event-ID", "zz-1")]))).count == 2)
    }

    @Test func `of facts alone has a comment now and then, and no figures`() {
        let bench = WebBench()
        let stream = bench.get("/api/v1/events?facts")
        _ = read(stream)
        for second in 1...10 { bench.pulse(at: Int64(second)) }
        #expect(read(stream) == ":\n\n")
    }

    @Test func `is cut off for a reader that does not read, and costs the others nothing`() {
        let bench = WebBench()
        let slow = bench.get("/api/v1/events?facts")
        let quick = bench.get("/api/v1/events?facts")
        for _ in 0...EventFeed.frameLimit {
            bench.log.info(.laneStarted)
            #expect(read(quick) != nil)
        }
        #expect(read(slow) == nil)
        #expect(read(quick) == "")
    }

    @Test func `is refused when there are as many readers as there may be`() {
        let bench = WebBench { $0.limits.connections = 4 }
        let streams = (0..<2).map { _ in bench.get("/api/v1/events") }
        #expect(streams.allSatisfy { $0.status == 200 })
        #expect(bench.get("/api/v1/events").status == 503)
        streams[0].stream?.close()
        #expect(bench.get("/api/v1/events").status == 200)
        #expect(bench.get("/api/v1/events?since=1").status == 400)
    }

    @Test func `goes to many readers over the network, and ends when the server stops`() throws {
        let bench = WebBench()
        let server = try bench.serve()
        let clients = try (0..<20).map { _ in try #require(RawClient(port: server.address.port)) }
        for client in clients {
            client.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(client.read(until: "event: status"))
        }
        bench.log.warning(.clusterDown, [.cluster("eu")])
        for client in clients { #expect(client.read(until: "cluster.down")) }
        // A reader that has gone is noticed, and the others stay.
        let gone = clients.count
        bench.pulse(at: 1)
        for client in clients.prefix(gone) { #expect(client.read(until: "event: tick")) }
        server.stop()
        for client in clients { #expect(client.drain()) }
    }

    @Test func `answers HEAD without a stream`() throws {
        let bench = WebBench()
        let server = try bench.serve()
        let client = try #require(RawClient(port: server.address.port))
        client.send("HEAD /api/v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect(client.answer(hasBody: false)?.status == 200)
        server.stop()
    }
}
