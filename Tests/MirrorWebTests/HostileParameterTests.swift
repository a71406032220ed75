// SPDX-License-Identifier: Apache-2.0
import KafkaTesting
import TernAPI
import Testing

@testable import MirrorWeb

/// Each route with what nobody means well: no answer is the fault of the server.
@Suite struct `Hostile parameters` {
    private static let values = [
        "", "0", "-1", "1", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e309", "NaN", "٣",
        "+1", " 1", "0x10", "null", "true", "eu->us", "eu→us", "us->eu", "->", "*", "orders", "../../etc/passwd", "%",
        "\u{0}", "\r\nX: y", "\u{202E}", "é", "e\u{301}", "😀", "5s", "300s", "301s", "-5s", "5", "1h", "topic",
        "partition", "lag_records", "asc", "{}", "[]", "'", "\"", ";", "<script>", "1970-01-01", "W/\"x\"",
        String(repeating: "a", count: 300), String(repeating: "9", count: 400),
    ]

    /// What these paths answer where all is well is their own: probes of a status that is not well answer 500 and 503.
    private static let probes: [Endpoint] = [.live, .started, .ready, .healthz, .health]

    @Test(arguments: Endpoint.allCases)
    func `of a route never make it fail`(endpoint: Endpoint) {
        let bench = WebBench()
        var dice = SplitMix(seed: UInt64(Endpoint.allCases.firstIndex(of: endpoint) ?? 0))
        let names = endpoint.entry.parameters.map(\.name) + ["x", ""]
        func check(_ request: Request) {
            let response = bench.respond(request)
            // 503 and 504 are answers of the table: too early, elsewhere, too many.
            let isKnown = endpoint.entry.statuses.contains { $0.code == response.status }
            #expect(
                response.status < 500 || isKnown, "\(request.method) \(request.path) \(request.query) \(response.text)")
            response.stream?.close()
        }
        for name in names {
            for value in Self.values {
                check(Request("GET", endpoint.target([:]), query: [(name, value)]))
            }
        }
        for _ in 0..<300 {
            let query = (0..<Int.random(in: 1...6, using: &dice)).map { _ in
                (name: names.randomElement(using: &dice) ?? "", value: Self.values.randomElement(using: &dice) ?? "")
            }
            check(
                Request(
                    ["GET", "HEAD", "POST", "PUT"].randomElement(using: &dice) ?? "GET", endpoint.path, query: query))
        }
    }

    @Test(arguments: Endpoint.allCases.filter { $0.entry.method == .post })
    func `in a body never make it fail`(endpoint: Endpoint) throws {
        let bench = try LoginBench()
        var bodies = ["", "{", "[]", "null", "{}", "\u{0}", String(repeating: "[", count: 100_000), "{\"flow\":1e400}"]
        for value in Self.values {
            let text = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            bodies.append(#"{"flow":"\#(text)","topic":"\#(text)","partition":0,"offset":0,"reason":"\#(text)"}"#)
            bodies.append(#"{"flow":"eu->us","topic":"o","partition":\#(text),"offset":\#(text)}"#)
        }
        for body in bodies {
            let response = bench.post(endpoint, [LoginBench.basic("alice")], body: body, secure: true)
            #expect(response.status < 500, "\(body)")
        }
    }
}

extension Request {
    fileprivate init(_ method: String, _ path: String, query: [(name: String, value: String)]) {
        self.init(method, path)
        self.query = query
    }
}
