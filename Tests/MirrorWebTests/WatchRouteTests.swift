// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Foundation
import KafkaTypes
import Mirroring
import Telemetry
import TernConfiguration
import Testing

@testable import MirrorWeb

@Suite struct `The topics of all flows` {
    private func names(_ query: String, _ status: MirrorStatus = Fixture.rich) throws -> [String] {
        let document = try JSONDocument(WebBench(status).get("/api/v1/topics" + query).body)
        return document["topics"].array.map { $0["topic"].string ?? "" }
    }

    @Test func `come with what needs attention first`() throws {
        #expect(try names("") == ["orders", "payments", "clicks"])
        var status = Fixture.rich
        status.flows[0].topics[1].partitions[0].lagRecords = nil
        status.flows[0].topics[1].partitions[0].state = .unknown
        #expect(try names("", status) == ["payments", "orders", "clicks"])
        status.flows[1].topics[0].partitions[0].state = .refused
        #expect(try names("", status) == ["clicks", "payments", "orders"])
    }

    @Test func `are sorted, filtered and cut into pages by the daemon`() throws {
        #expect(try names("?sort=topic") == ["clicks", "orders", "payments"])
        #expect(try names("?sort=topic&order=desc&skip=1&limit=1") == ["orders"])
        #expect(try names("?sort=lag_records") == ["orders", "payments", "clicks"])
        #expect(try names("?flow=us-%3Eeu") == ["clicks"])
        #expect(try names("?search=eu.PAY") == ["payments"])
        let page = try JSONDocument(WebBench().get("/api/v1/topics?skip=2&limit=1").body)
        #expect(page["total"].number == 3)
        #expect(page["skipped"].number == 2)
    }

    @Test func `say unknown as null`() throws {
        let page = try JSONDocument(WebBench(Fixture.unknownLag).get("/api/v1/topics?search=orders").body)
        #expect(page["topics"][0]["lag_records"].isNull)
        #expect(page["topics"][0]["status"].string == "UNKNOWN")
    }

    @Test func `refuse what is no parameter`() {
        #expect(WebBench().get("/api/v1/topics?limit=0").status == 400)
        #expect(WebBench().get("/api/v1/topics?page=2").status == 400)
    }
}

@Suite struct `The history of a flow` {
    private func recorded(_ seconds: Int64) -> WebBench {
        let bench = WebBench()
        for second in 0...seconds { bench.pulse(at: second) }
        return bench
    }

    @Test func `has lag and rates, and the topics and partitions that are asked for`() throws {
        let bench = recorded(0)
        let flows = try JSONDocument(bench.get("/api/v1/history?range=10m&points=10").body)
        #expect(flows["series"].array.map { $0["source"].string } == ["eu", "us"])
        #expect(flows["series"][0]["lag_records"].array.last?.number.map { abs($0 - 18_234) < 10 } == true)
        #expect(flows["step_seconds"].number == 60)
        let topic = try JSONDocument(
            bench.get("/api/v1/history?flow=eu-%3Eus&topic=orders&topic=payments&level=partition").body)
        #expect(
            topic["series"].array.map { $0["topic"].string } == ["orders", "orders", "orders", "payments", "payments"])
        #expect(topic["series"].array.map { $0["partition"].number } == [nil, 0, 1, nil, 0])
    }

    @Test func `needs a flow for its topics, and refuses what is no range`() throws {
        let problem = try JSONDocument(WebBench().get("/api/v1/history?topic=orders").body)
        #expect(problem["detail"].string == "'topic' needs 'flow', whose topic it is")
        #expect(WebBench().get("/api/v1/history?range=1y").status == 400)
        #expect(WebBench().get("/api/v1/history?flow=a->b").status == 400)
    }
}

@Suite struct `The dashboard's files` {
    @Test func `are served to browsers, and a list of paths to programs`() {
        let bench = WebBench()
        let page = bench.get("/", [("Accept", "text/html,application/xhtml+xml;q=0.9")])
        #expect(page.text.hasPrefix("<!DOCTYPE html>"))
        #expect(page.header("Content-Type") == "text/html; charset=utf-8")
        #expect(bench.get("/", [("Accept", "*/*")]).text.hasPrefix("tern 1.0.0"))
        #expect(bench.get("/app.css").header("Content-Type") == "text/css; charset=utf-8")
        #expect(bench.get("/app.js").text.contains("EventSource"))
    }

    @Test func `have nothing inline and nothing from elsewhere, and fit into 100 KB`() throws {
        let bench = WebBench()
        let page = bench.get("/", [("Accept", "text/html")])
        for forbidden in ["<style", "style=", "onclick", "javascript:", "https://", "//cdn"] {
            #expect(!page.text.contains(forbidden), "\(forbidden)")
        }
        #expect(!bench.get("/app.js").text.contains("innerHTML"))
        let size = ["/app.css", "/app.js"].reduce(page.body.count) { $0 + bench.get($1).body.count }
        #expect(size < 60_000, "the figures of 2,000 topics need the rest")
    }

    @Test func `come without the comments and margins of the scripts, and with all of their statements`() throws {
        let bench = WebBench()
        let served = ["/app.js", "/fleet.js"].flatMap { bench.get($0).text.split(separator: "\n") }
        #expect(!served.contains { $0.hasPrefix("//") || $0.hasPrefix(" ") })
        let parts = repositoryFile("Sources/Dashboard/Page/")
        let names = try FileManager.default.contentsOfDirectory(atPath: parts.path).filter { $0.hasSuffix(".js") }
        #expect(names.count > 7)
        for name in names {
            let text = try String(contentsOf: parts.appending(path: name), encoding: .utf8)
            for line in text.split(separator: "\n") where !line.drop(while: { $0 == " " }).hasPrefix("//") {
                // A text that went over a line's end would be another one without its margin.
                #expect(line.count { $0 == "`" }.isMultiple(of: 2), "\(name): \(line)")
                #expect(served.contains(line.drop { $0 == " " }), "\(name): \(line)")
            }
        }
    }

    @Test func `are not sent again to who has them`() throws {
        let bench = WebBench()
        for path in ["/app.js", "/app.css", "/fleet.js"] {
            let tag = try #require(bench.get(path).header("ETag"))
            #expect(bench.get(path, [("If-None-Match", tag)]).status == 304)
        }
    }
}

@Suite struct `The lag of one topic` {
    @Test func `comes without the other topics`() throws {
        let report = try JSONDocument(WebBench().get("/api/v1/lag?flow=eu-%3Eus&topic=payments").body)
        #expect(report["flows"][0]["topics"].array.map { $0["topic"].string } == ["payments"])
        #expect(report["flows"][0]["topics"][0]["partitions"].count == 1)
        let none = try JSONDocument(WebBench().get("/api/v1/lag?topic=mars").body)
        #expect(none["flows"].array.allSatisfy { $0["topics"].count == 0 })
    }
}
