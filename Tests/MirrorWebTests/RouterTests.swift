// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import DocumentTesting
import MirrorWeb
import Mirroring
import TernAPI
import TernConfiguration
import Synchronization
import Testing
import Text

@Suite struct `The router` {
    @Test func `lists what is served at the root`() {
        let response = WebBench().get("/")
        #expect(response.status == 200)
        #expect(response.header("Content-Type") == "text/plain; charset=utf-8")
        for path in [
            "/metrics", "/livez", "/readyz", "/startupz", "/health", "/api/v1/lag", "/api/v1/status", "/api/v1/groups",
        ] {
            #expect(response.text.contains("\n\(path)\n"))
        }
    }

    @Test func `answers every endpoint of the table with the document that the table names`() throws {
        let bench = WebBench()
        let headers = [(name: "Content-Type", value: "application/json"), (name: "Host", value: "localhost:9470")]
        bench.answers.withLock {
            $0["orders"] = .translated(TranslatedOffset(partition: TopicPartition("o", 0), translation: .exact(1)))
        }
        for endpoint in Endpoint.allCases {
            let entry = endpoint.entry
            if case .operator(.adminSocket) = entry.permission {
                // By its socket alone: AdminServerTests.
                #expect(bench.respond(Request("POST", endpoint.path, headers: headers)).status == 404)
                continue
            }
            let needsParameters = entry.parameters.contains(where: \.isRequired)
            let target = endpoint.target(
                needsParameters ? ["flow": "eu->us", "topic": "orders", "partition": "0", "offset": "1"] : [:])
            let response = bench.respond(Request(entry.method.rawValue, target, headers: headers))
            #expect(response.status == 200, "\(endpoint.path)")
            if let answer = entry.answer.document {
                let document = try JSONValue(parsing: response.body)
                #expect(SchemaFile(answer.schema).problems(in: document) == [], "\(endpoint.path)")
            }
            let other = bench.respond(Request("POST", endpoint.path, headers: [], isFromLoopback: false))
            if case .operator(.sameMachine) = entry.permission { #expect(other.status == 403, "\(endpoint.path)") }
        }
    }

    @Test func `knows the words of states that documents have`() {
        #expect(FlowState.allCases.map(\.rawValue) == StateWords.flow)
        #expect(PartitionStateWord.allCases.map(\.rawValue) == StateWords.partition)
        #expect(GroupStatus.State.allCases.map(\.rawValue) == GroupWords.state)
        #expect(GroupTranslationPlace.allCases.map(\.rawValue) == GroupWords.place)
    }

    @Test(arguments: ["/nothing", "/livez/", "//livez", "/LIVEZ", "/api/v1/lag/", "/../livez", ""])
    func `answers 404 to a path it does not have`(path: String) throws {
        let response = WebBench().get(path)
        #expect(response.status == 404)
        #expect(response.route == "none")
        #expect(try JSONDocument(response.body)["type"].string == "urn:tern:problem:not-found")
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", "BREW"])
    func `answers 405 and says what is allowed`(method: String) {
        let response = WebBench().respond(Request(method, "/metrics"))
        #expect(response.status == 405)
        #expect(response.header("Allow") == "GET, HEAD")
    }

    @Test(arguments: [
        "/", "/metrics", "/livez", "/readyz", "/health", "/api/v1/lag", "/api/v1/status", "/api/v1/groups",
    ])
    func `answers HEAD as GET`(path: String) {
        let bench = WebBench()
        #expect(bench.respond(Request("HEAD", path)).status == bench.get(path).status)
    }

    @Test func `counts requests by route, never by the path that was asked for`() {
        let bench = WebBench()
        _ = bench.get("/livez")
        _ = bench.get("/livez?x=1")
        _ = bench.get("/secret/1")
        _ = bench.get("/secret/2")
        _ = bench.respond(Request("BREW", "/livez"))
        let page = bench.get("/metrics").text
        #expect(page.contains("tern_http_requests_total{handler=\"/livez\",method=\"GET\",code=\"200\"} 2\n"))
        #expect(page.contains("tern_http_requests_total{handler=\"none\",method=\"GET\",code=\"404\"} 2\n"))
        #expect(page.contains("tern_http_requests_total{handler=\"/livez\",method=\"other\",code=\"405\"} 1\n"))
        #expect(page.contains("tern_http_request_duration_seconds_count{handler=\"/livez\"} 3\n"))
        #expect(!page.contains("secret"))
    }

    @Test(arguments: [
        ("/a%20b?x=1+2&y=%C3%A9&z", "/a b", ["x=1 2", "y=é", "z="]),
        ("/a?b=c=d&&e", "/a", ["b=c=d", "e="]),
        ("/a?", "/a", []),
    ])
    func `decodes URLs`(target: String, path: String, query: [String]) {
        let request = Request("GET", target)
        #expect(request.path == path)
        #expect(request.query.map { "\($0.name)=\($0.value)" } == query)
    }
}

@Suite struct `An address to listen on` {
    @Test(arguments: [
        ("127.0.0.1:9470", "http://127.0.0.1:9470"), (":9470", "http://127.0.0.1:9470"),
        ("0.0.0.0:1", "http://127.0.0.1:1"), ("[::]:1", "http://[::1]:1"), ("[::1]:2", "http://[::1]:2"),
    ])
    func `has a URL for this machine`(text: String, url: String) throws {
        #expect(try #require(ListenAddress(parsing: text, defaultPort: nil)).localURL == url)
    }
}
