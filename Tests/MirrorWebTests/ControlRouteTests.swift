// SPDX-License-Identifier: Apache-2.0
import MirrorWeb
import Synchronization
import Telemetry
import Testing

@Suite struct `Draining a region by hand` {
    private let json = [(name: "Content-Type", value: "application/json"), (name: "Host", value: "localhost:9470")]

    private let drain = "/api/v1/health:drain"

    private func post(
        _ bench: WebBench, _ path: String = "/api/v1/health:drain", _ headers: [(name: String, value: String)]? = nil,
        body: String = "", local: Bool = true
    ) -> Response {
        bench.respond(
            Request("POST", path, headers: headers ?? json, body: Array(body.utf8), isFromLoopback: local))
    }

    @Test func `turns the region check to 503 and back`() throws {
        let bench = WebBench()
        let drained = post(bench, body: #"{"reason":"move to us"}"#)
        #expect(drained.status == 200)
        #expect(try JSONDocument(drained.body)["forced_unhealthy"].flag == true)
        let health = bench.get("/health")
        #expect(health.status == 503)
        #expect(health.text.contains("an operator drains this region"))
        #expect(post(bench, "/api/v1/health:undrain").status == 200)
        #expect(bench.get("/health").status == 200)
        #expect(bench.drains.withLock { $0.map(\.forced) } == [true, false])
        #expect(bench.drains.withLock { $0.first?.reason } == "move to us")
    }

    @Test func `is written to the log with its reason`() {
        let bench = WebBench()
        _ = post(bench, body: #"{"reason":"a\nb"}"#)
        #expect(
            bench.sink.lines.first?.contains(#"level=warning event=region.drained actor=http reason="a\nb""#) == true)
    }

    @Test func `needs the JSON content type, which a foreign page cannot send unasked`() {
        let bench = WebBench()
        #expect(post(bench, drain, [("Host", "localhost")]).status == 415)
        #expect(post(bench, drain, [("Content-Type", "text/plain")]).status == 415)
        #expect(post(bench, drain, [("Content-Type", "application/x-www-form-urlencoded")]).status == 415)
        #expect(post(bench, drain, [("Content-Type", "application/json; charset=utf-8")]).status == 200)
    }

    @Test func `is refused to other machines, proxies and foreign pages`() {
        let bench = WebBench()
        #expect(post(bench, local: false).status == 403)
        #expect(post(bench, drain, json + [("X-Forwarded-For", "192.0.2.1")]).status == 403)
        #expect(post(bench, drain, json + [("Origin", "http://evil.example")]).status == 403)
        #expect(post(bench, drain, json + [("Origin", "null")]).status == 403)
        #expect(post(bench, drain, [json[0], ("Host", "evil.example")]).status == 403)
        #expect(post(bench, drain, json + [("Origin", "http://localhost:9470")]).status == 200)
        #expect(bench.drains.withLock { $0.count } == 1)
    }

    @Test(arguments: ["{", "[]", "x", #"{"reason":1}"#, "\u{0}\u{1}{}"])
    func `answers 400 to a body it cannot read`(body: String) {
        let bench = WebBench()
        #expect(post(bench, body: body).status == 400)
        #expect(bench.drains.withLock { $0.isEmpty })
    }

    @Test(arguments: ["", " \n", "{}", #"{"reason":null}"#, #"{"other":1}"#])
    func `needs no reason`(body: String) {
        #expect(post(WebBench(), body: body).status == 200)
    }

    @Test func `cannot be done by GET`() {
        let response = WebBench().get("/api/v1/health:drain")
        #expect(response.status == 405)
        #expect(response.header("Allow") == "POST")
    }
}
