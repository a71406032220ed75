// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import MirrorWeb
import Mirroring
import Testing

@Suite struct `Health answers` {
    @Test(arguments: ["/livez", "/readyz", "/healthz", "/startupz"])
    func `are a plain ok that nobody caches`(path: String) {
        let response = WebBench().get(path)
        #expect(response.status == 200)
        #expect(response.text == "ok\n")
        #expect(response.header("Cache-Control") == "no-store")
    }

    @Test func `say alive while clusters are down and before the start is over`() {
        #expect(WebBench(Fixture.starting).get("/livez").status == 200)
        #expect(WebBench(MirrorStatus(version: "1", startedAt: 0)).get("/livez").status == 200)
    }

    /// That a daemon's jobs become overdue is tested with a daemon: `JobsOfADaemonTests`.
    @Test func `say dead when a job has stopped coming round, and name it`() {
        let bench = WebBench()
        bench.change { status in
            status.jobs = [
                JobStatus(flow: nil, name: "cluster eu", quietSeconds: 0.5, allowedSeconds: 31),
                // Waits for somebody to wake it.
                JobStatus(flow: status.flows[0].name, name: "lanes", quietSeconds: 86_400, allowedSeconds: nil),
                JobStatus(flow: status.flows[0].name, name: "topics", quietSeconds: 20.2, allowedSeconds: 20.2),
            ]
        }
        #expect(bench.get("/livez").status == 200)
        bench.change { $0.jobs[2].quietSeconds = 75.4 }
        let response = bench.get("/livez")
        #expect(response.status == 500)
        #expect(
            response.text == """
                [+]job/cluster eu ok
                [+]job/eu->us/lanes ok
                [-]job/eu->us/topics failed: has not come round for 75 s; 20 s are allowed
                check failed

                """)
    }

    @Test func `say started once the configuration is read, clusters or not`() {
        #expect(WebBench(Fixture.starting).get("/startupz").status == 200)
        #expect(WebBench(MirrorStatus(version: "1", startedAt: 0)).get("/startupz").status == 503)
    }

    @Test func `are not ready while no enabled flow has both its clusters`() {
        let bench = WebBench(Fixture.starting)
        for path in ["/readyz", "/healthz"] { #expect(bench.get(path).status == 503) }
        #expect(
            bench.get("/readyz").text == """
                [+]started ok
                [+]draining ok
                [-]cluster/eu failed: has not answered
                [-]cluster/us failed: has not answered
                [-]flow/eu->us failed: waits for a cluster to answer
                check failed

                """)
        bench.change { $0.flows[0].hasBothClusters = true }
        #expect(bench.get("/readyz").status == 200)
    }

    @Test func `are ready while one of two flows has its clusters`() {
        let bench = WebBench(Fixture.unknownLag)
        #expect(bench.get("/readyz").status == 200)
        #expect(
            bench.get("/readyz?verbose").text == """
                [+]started ok
                [+]draining ok
                [-]cluster/eu failed: no broker answers at eu:9092
                [-]flow/eu->us failed: waits for a cluster to answer
                [+]flow/us->eu ok
                check passed

                """)
    }

    @Test func `do not count disabled flows`() {
        let bench = WebBench(Fixture.rich)
        bench.change { for index in $0.flows.indices { $0.flows[index].isEnabled = false } }
        #expect(bench.get("/readyz").status == 503)
        #expect(bench.get("/readyz").text.contains("[-]flows failed: no flow is enabled"))
    }

    @Test func `are not ready while draining`() {
        let bench = WebBench()
        bench.change { $0.isDraining = true }
        #expect(bench.get("/readyz").status == 503)
        #expect(bench.get("/readyz").text.contains("[-]draining failed"))
        #expect(bench.get("/livez").status == 200)
    }

    @Test(arguments: [(HTTPConfiguration.Readiness.any, 200), (.all, 503), (.none, 200)])
    func `ask of one flow, of all or of none, as configured`(readiness: HTTPConfiguration.Readiness, status: Int) {
        #expect(WebBench(Fixture.unknownLag) { $0.readiness = readiness }.get("/readyz").status == status)
    }

    @Test func `leave out what is excluded`() {
        let bench = WebBench(Fixture.unknownLag) { $0.readiness = .all }
        #expect(bench.get("/readyz?exclude=flow/eu->us").status == 200)
        #expect(bench.get("/readyz?exclude=flow/us->eu").status == 503)
    }
}

@Suite struct `The region check` {
    @Test func `answers 200 with its checks while all pass`() throws {
        let response = WebBench().get("/health")
        #expect(response.status == 200)
        #expect(response.header("Content-Type") == "application/json")
        #expect(response.header("Cache-Control") == "no-cache, no-store, must-revalidate")
        #expect(
            response.text == #"""
                {"region":"eu-west-1","timestamp":"2026-11-20T18:24:45.806Z","status":"healthy","checks":[\#
                {"name":"write","status":"healthy","detail":"acknowledged in 4 ms"},\#
                {"name":"read","status":"healthy","detail":"read back in 6 ms"}]}

                """#)
    }

    @Test func `answers 503 when a check fails`() throws {
        let bench = WebBench()
        bench.change { $0.regionCheck.checks[0] = .init(name: "write", isHealthy: false, detail: "timed out") }
        let response = bench.get("/health")
        #expect(response.status == 503)
        let document = try JSONDocument(response.body)
        #expect(document["status"].string == "unhealthy")
        #expect(document["checks"][0]["status"].string == "unhealthy")
        #expect(document["checks"][1]["status"].string == "healthy")
    }

    @Test func `answers 503 before its first run and when its answer is stale`() throws {
        let bench = WebBench(Fixture.starting)
        #expect(bench.get("/health").status == 503)
        #expect(try JSONDocument(bench.get("/health").body)["checks"][0]["detail"].string == "no check has run yet")
        let stale = WebBench()
        stale.change { $0.regionCheck.checkedAt = Fixture.now - 31_000 }
        #expect(stale.get("/health").status == 503)
    }

    @Test func `is a page for people, with the same word and the same status, and text that stays text`() throws {
        let bench = WebBench()
        let browser: [(name: String, value: String)] = [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")]
        let well = bench.get("/health", browser)
        #expect(well.status == 200)
        #expect(well.header("Content-Type") == "text/html; charset=utf-8")
        #expect(well.header("Cache-Control") == "no-cache, no-store, must-revalidate")
        #expect(well.header("Vary") == "Accept")
        #expect(well.text.contains("eu-west-1 is healthy") && well.text.contains("acknowledged in 4 ms"))
        #expect(well.text.contains("2026-11-20T18:24:45.806Z"))
        bench.change {
            $0.regionCheck.region = "<b>eu</b>"
            $0.regionCheck.checks[0] = .init(
                name: "write", isHealthy: false, detail: "<script>alert(\"1\")</script> & so on")
        }
        let ill = bench.get("/health", browser)
        #expect(ill.status == 503)
        #expect(ill.text.contains("&lt;b&gt;eu&lt;/b&gt; is not healthy"))
        #expect(ill.text.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; so on"))
        #expect(!ill.text.contains("<script") && !ill.text.contains("style="))
    }

    @Test func `is not flipped by a stop of this one process`() {
        let bench = WebBench()
        bench.change { $0.isDraining = true }
        #expect(bench.get("/health").status == 200)
    }
}
