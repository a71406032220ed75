// SPDX-License-Identifier: Apache-2.0
import MirrorWeb
import Synchronization
import Telemetry
import Testing

/// What a broken or hostile client can send, over a real connection. After each the server still serves.
@Suite struct `A hostile client` {
    @Test(arguments: [
        "GET\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\r\n\r\n",  // the beginning of a TLS handshake
        "GET /livez\r\n\r\n",
        "GET  HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost localhost\r\n\r\n",
        "GET /livez HTTP/9.9\r\nHost: localhost\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET livez HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET http://localhost/livez HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /livez%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /%ff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /api/v1/lag?flow=%ff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /livez HTTP/1.1\r\n\r\n",
        "GET /li vez HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: local host\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1x\r\n\r\n",
        "POST /livez HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ])
    func `gets a client error or a closed connection for a malformed request`(request: String) throws {
        let bench = try ServerBench()
        let client = try bench.client()
        client.send(request)
        client.finishSending()
        if let answer = client.answer() {
            #expect((400...499).contains(answer.status) || answer.status == 505, "\(answer.status)")
        }
        // The library's own answers repeat their head: what counts is that the connection ends.
        #expect(client.drain())
        #expect(try bench.get("/livez")?.status == 200)
    }

    @Test(arguments: [
        "evil.example", "evil.example:9470", "192.0.2.1", "localhost.evil.example", "127.0.0.1.evil.example", "[::2]",
    ])
    func `is refused under a foreign Host on a loopback listener`(host: String) throws {
        let bench = try ServerBench()
        let client = try bench.client()
        client.send("GET /api/v1/status HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        let answer = try #require(client.answer())
        #expect(answer.status == 421)
        #expect(answer.header("Content-Type") == "application/problem+json")
        #expect(!answer.text.contains("clusters"))
        #expect(client.isAtEnd)
    }

    @Test(arguments: ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.9.9.9:1", "[::1]", "[::1]:9470"])
    func `is served under a local Host`(host: String) throws {
        let bench = try ServerBench()
        #expect(try bench.exchange("GET /livez HTTP/1.1\r\nHost: \(host)\r\n\r\n")?.status == 200)
    }

    @Test func `cannot hide a second request behind two lengths of the first`() throws {
        let bench = try ServerBench()
        for framing in [
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n",
            "Transfer-Encoding: chunked, identity\r\n", "Transfer-Encoding: xchunked\r\n",
        ] {
            let client = try bench.client()
            client.send(
                "POST /api/v1/health:drain HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\(framing)\r\n"
                    + "0\r\n\r\nGET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let status = client.answer()?.status ?? 400
            #expect(status == 400 || status == 501, "\(framing): \(status)")
            #expect(client.answer() == nil, "\(framing)")
        }
        #expect(bench.bench.drains.withLock { $0.isEmpty })
    }

    @Test func `cannot fill memory with headers`() throws {
        let bench = try ServerBench()
        let client = try bench.client()
        client.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n")
        for index in 0..<2_000 {
            guard client.send("X-\(index): " + String(repeating: "a", count: 100) + "\r\n") else { break }
        }
        client.send("\r\n")
        if let answer = client.answer() { #expect((400...499).contains(answer.status)) }
        #expect(try bench.get("/livez")?.status == 200)
    }

    @Test func `cannot send a long target`() throws {
        let bench = try ServerBench { $0.idleTimeout = .seconds(1) }
        #expect(try bench.get("/livez?" + String(repeating: "a", count: 5_000))?.status == 414)
        #expect(try bench.get("/livez?" + String(repeating: "aaaaaaa=bbbbbbb&", count: 300))?.status == 414)
        for target in [
            "/" + String(repeating: "a", count: 100_000), "/livez?" + String(repeating: "a&", count: 10_000),
        ] {
            if let answer = try bench.get(target) { #expect((400...499).contains(answer.status)) }
        }
        #expect(try bench.get("/livez")?.status == 200)
    }

    @Test func `cannot send a large body`() throws {
        let bench = try ServerBench { $0.bodyBytes = 10_000 }
        let announced = try bench.exchange(
            "POST /api/v1/health:drain HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 10001\r\n\r\n")
        #expect(announced?.status == 413)
        let client = try bench.client()
        client.send(
            "POST /api/v1/health:drain HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n")
        let chunk = "400\r\n" + String(repeating: "a", count: 1_024) + "\r\n"
        for _ in 0..<12 { client.send(chunk) }
        client.send("0\r\n\r\n")
        #expect(client.answer()?.status == 413)
        let endless = try bench.client()
        endless.send("POST /livez HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        var taken = 0
        while taken < 100_000, endless.send(chunk) { taken += 1 }
        #expect(taken < 100_000)
        #expect(bench.bench.drains.withLock { $0.isEmpty })
    }

    @Test func `that sends nothing more is dropped, and holds up nobody meanwhile`() throws {
        let bench = try ServerBench { $0.idleTimeout = .seconds(1) }
        let slow = try bench.client()
        slow.send("GET /livez HTT")
        #expect(try bench.get("/livez")?.status == 200)
        #expect(slow.isAtEnd)
    }

    @Test func `cannot take all connections from one address`() throws {
        let bench = try ServerBench { $0.connectionsPerAddress = 4 }
        var held: [RawClient] = []
        for _ in 0..<4 {
            let client = try bench.client()
            client.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(client.answer()?.status == 200)
            held.append(client)
        }
        let refused = try bench.client()
        refused.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(refused.answer() == nil)
        held.removeLast()
        var served = false
        // The server notices the end of a connection in its own time.
        for _ in 0..<1_000 where !served { served = try bench.get("/livez")?.status == 200 }
        #expect(served)
    }

    @Test func `waits for its turn when all connections are taken, and gets it`() throws {
        let bench = try ServerBench {
            $0.connections = 2
            $0.threads = 1
        }
        var held: [RawClient] = []
        for _ in 0..<2 {
            let client = try bench.client()
            client.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(client.answer()?.status == 200)
            held.append(client)
        }
        let waiting = try bench.client()
        waiting.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        held = []
        #expect(waiting.answer()?.status == 200)
    }

    @Test func `asks with HTTP 1_0 and gets a closed connection after the answer`() throws {
        let bench = try ServerBench()
        let client = try bench.client()
        client.send("GET /livez HTTP/1.0\r\n\r\n")
        #expect(client.answer()?.status == 200)
        #expect(client.isAtEnd)
    }

    @Test func `is counted when it is refused`() throws {
        let bench = try ServerBench()
        _ = try bench.exchange("BREW /x HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        let page = try #require(try bench.get("/metrics"))
        #expect(page.text.contains(#"tern_http_requests_total{handler="refused",method="other",code="421"} 1"#))
    }
}
