// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import MirrorWeb
import Mirroring
import Synchronization
import Telemetry
import Testing

/// A running server and how to reach it.
final class ServerBench {
    let bench: WebBench
    let server: HTTPServer
    var port: UInt16 { server.address.port }

    init(_ status: MirrorStatus = Fixture.rich, _ configure: (inout HTTPLimits) -> Void = { _ in }) throws {
        bench = WebBench(status) { options in
            options.limits.idleTimeout = .seconds(5)
            configure(&options.limits)
        }
        server = try #require(try bench.web.withLock { try $0?.serve(on: ListenAddress(host: "127.0.0.1", port: 0)) })
    }

    deinit { server.stop() }

    func client() throws -> RawClient { try #require(RawClient(port: port)) }

    /// Sends bytes on a connection of their own and reads one answer.
    func exchange(_ text: String, hasBody: Bool = true) throws -> RawClient.Answer? {
        let client = try client()
        client.send(text)
        return client.answer(hasBody: hasBody)
    }

    func get(_ path: String, _ headers: String = "") throws -> RawClient.Answer? {
        try exchange("GET \(path) HTTP/1.1\r\nHost: localhost:\(port)\r\n\(headers)\r\n")
    }
}

@Suite struct `The HTTP server` {
    @Test func `listens on a port of the system's choice and answers with its security headers`() throws {
        let bench = try ServerBench()
        #expect(bench.port != 0)
        let answer = try #require(try bench.get("/livez"))
        #expect(answer.status == 200)
        #expect(answer.text == "ok\n")
        #expect(answer.header("X-Content-Type-Options") == "nosniff")
        #expect(answer.header("Referrer-Policy") == "no-referrer")
        #expect(answer.header("Content-Security-Policy")?.contains("default-src 'none'") == true)
        #expect(answer.header("Access-Control-Allow-Origin") == nil)
    }

    @Test func `says in one line that a port is in use`() throws {
        let bench = try ServerBench()
        let error = #expect(throws: HTTPServerError.self) {
            _ = try HTTPServer(listen: bench.server.address, log: .silent) { _ in Response(200) }
        }
        #expect(
            error?.description
                == "cannot listen on 127.0.0.1:\(bench.port): Address already in use; another process listens there: "
                + "stop it or choose another http.listen")
    }

    @Test func `gives the port back when it stops`() throws {
        let bench = try ServerBench()
        let address = bench.server.address
        bench.server.stop()
        #expect(RawClient(port: address.port) == nil)
        let next = try HTTPServer(listen: address, log: .silent) { _ in Response(204) }
        next.stop()
        next.stop()
    }

    @Test func `listens on IPv6 and on every address`() throws {
        for host in ["::1", "::", "0.0.0.0", "localhost"] {
            let address = ListenAddress(host: host, port: 0)
            let server = try HTTPServer(listen: address, log: .silent) { _ in Response(204) }
            #expect(server.address.port != 0)
            server.stop()
        }
    }

    @Test func `serves pipelined requests on one connection, in order`() throws {
        let bench = try ServerBench()
        let client = try bench.client()
        let request = { (path: String) in "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n" }
        client.send(request("/livez") + request("/nothing") + request("/readyz"))
        #expect(client.answer()?.status == 200)
        #expect(client.answer()?.status == 404)
        #expect(client.answer()?.status == 200)
        client.send(request("/api/v1/status"))
        let last = try #require(client.answer())
        #expect(last.status == 200)
        #expect(last.header("Connection")?.lowercased() != "close")
    }

    @Test func `answers HEAD with the length of GET and no body, and stays in step`() throws {
        let bench = try ServerBench()
        let client = try bench.client()
        client.send(
            "HEAD /api/v1/lag HTTP/1.1\r\nHost: localhost\r\n\r\nGET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let head = try #require(client.answer(hasBody: false))
        let length = try bench.get("/api/v1/lag")?.header("Content-Length")
        #expect(head.status == 200)
        #expect(head.header("Content-Length") == length)
        #expect(client.answer()?.text == "ok\n")
    }

    @Test func `answers 304 without a body, and stays in step`() throws {
        let bench = try ServerBench()
        let tag = try #require(try bench.get("/api/v1/lag")?.header("ETag"))
        let client = try bench.client()
        client.send("GET /api/v1/lag HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: \(tag)\r\n\r\n")
        client.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(client.answer()?.status == 304)
        #expect(client.answer()?.text == "ok\n")
    }

    @Test func `reads a body and keeps the connection`() throws {
        let bench = try ServerBench()
        let client = try bench.client()
        let body = #"{"reason":"maintenance"}"#
        client.send(
            "POST /api/v1/health:drain HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(client.answer()?.status == 200)
        #expect(client.answer()?.status == 503)
        #expect(bench.bench.drains.withLock { $0.first?.reason } == "maintenance")
    }

    @Test func `reads a chunked body`() throws {
        let bench = try ServerBench()
        let answer = try bench.exchange(
            "POST /api/v1/health:drain HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"rea\r\nc\r\nson\":\"chunk\"\r\n1\r\n}\r\n0\r\n\r\n")
        #expect(answer?.status == 200)
        #expect(bench.bench.drains.withLock { $0.first?.reason } == "chunk")
    }

    @Test func `ends the connection of a client that has said all it wants`() throws {
        // So long that an end that is overlooked is never made up for.
        let bench = try ServerBench { $0.idleTimeout = .seconds(3_600) }
        for request in ["GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /li", ""] {
            let client = try bench.client()
            client.send(request)
            client.finishSending()
            if request.hasSuffix("\r\n\r\n") { #expect(client.answer()?.status == 200) }
            #expect(client.drain())
        }
    }

    @Test func `says in one line that an address is not this machine's`() throws {
        let error = #expect(throws: HTTPServerError.self) {
            _ = try HTTPServer(listen: ListenAddress(host: "192.0.2.1", port: 0), log: .silent) { _ in Response(200) }
        }
        #expect(
            error?.description
                == "cannot listen on 192.0.2.1:0: Cannot assign requested address; no interface of this machine has "
                + "that address")
    }

    @Test func `serves many clients at once`() async throws {
        let bench = try ServerBench()
        let port = bench.port
        let statuses = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    guard let client = RawClient(port: port) else { return nil }
                    client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    return client.answer()?.status
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 16))
    }
}
