// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import MirrorWeb
import Mirroring
import Testing

@Suite struct `The lag report` {
    private func report(_ status: MirrorStatus, _ query: String = "") throws -> JSONDocument {
        let response = WebBench(status).get("/api/v1/lag" + query)
        #expect(response.status == 200)
        #expect(response.header("Content-Type") == "application/json")
        #expect(response.header("Cache-Control") == "no-cache")
        return try JSONDocument(response.body)
    }

    @Test func `has the documented members, in the documented order`() throws {
        let response = WebBench(Fixture.rich).get("/api/v1/lag?flow=eu-%3Eus&sort=lag_seconds&limit=1")
        #expect(
            response.text == #"""
                {"kind":"LagReport","version":1,"generated_at":"2026-11-20T18:24:46.606Z","snapshot_age_seconds":1.2,\#
                "flows":[{"source":"eu","target":"us","state":"running","lag_records":18234,"lag_seconds":36,\#
                "caught_up":false,"lanes":4,"lanes_owned":4,"topics_not_mirrored":0,"eta_seconds":0.351,"records_per_second":52000,\#
                "bytes_per_second":48200000,"topics":[{"topic":"orders","target_topic":"eu.orders",\#
                "lag_records":18000,"lag_seconds":36,"retention_headroom_seconds":601199,"partitions":[\#
                {"partition":0,"start_offset":0,"end_offset":99120334,"last_stable_offset":99120334,\#
                "replicated_offset":99102334,"target_end_offset":99102340,"lag_records":18000,"lag_seconds":36,\#
                "lag_held_records":0,"status":"CATCHING_UP","stopped":null},\#
                {"partition":1,"start_offset":0,"end_offset":99120334,"last_stable_offset":99120334,\#
                "replicated_offset":99120334,"target_end_offset":99120340,"lag_records":0,"lag_seconds":0,\#
                "lag_held_records":0,"status":"OK","stopped":null}]}],"topics_omitted":1}]}

                """#)
    }

    @Test func `shows zero when caught up`() throws {
        let flow = try report(Fixture.caughtUp)["flows"][0]
        #expect(flow["lag_records"].number == 0)
        #expect(flow["lag_seconds"].number == 0)
        #expect(flow["caught_up"].flag == true)
        #expect(flow["eta_seconds"].number == 0)
    }

    @Test func `shows unknown as null at every level, never as zero`() throws {
        let flow = try report(Fixture.unknownLag)["flows"][0]
        #expect(flow["lag_records"].isNull)
        #expect(flow["lag_seconds"].isNull)
        #expect(flow["caught_up"].isNull)
        #expect(flow["eta_seconds"].isNull)
        let topic = flow["topics"][0]
        #expect(topic["lag_records"].isNull)
        #expect(topic["partitions"][0]["lag_records"].isNull)
        #expect(topic["partitions"][0]["end_offset"].isNull)
        #expect(topic["partitions"][0]["status"].string == "UNKNOWN")
        #expect(flow["topics"][1]["lag_records"].number == 234)
    }

    @Test func `does not say of a flow what another daemon carries, but how many of its lanes are here`() throws {
        for (status, owned) in [(Fixture.shared, 3.0), (Fixture.standby, 0)] {
            let flow = try report(status)["flows"][0]
            #expect(flow["lag_records"].isNull)
            #expect(flow["lag_seconds"].isNull)
            #expect(flow["caught_up"].isNull)
            #expect(flow["eta_seconds"].isNull)
            #expect(flow["lanes"].number == 4)
            #expect(flow["lanes_owned"].number == owned)
        }
        // Of its own partitions it tells all.
        let own = try report(Fixture.shared)["flows"][0]["topics"][0]
        #expect(own["lag_records"].number == 0)
    }

    @Test func `shows a flow of which nothing is known yet`() throws {
        let flow = try report(Fixture.starting)["flows"][0]
        #expect(flow["lag_records"].isNull)
        #expect(flow["state"].string == "starting")
        #expect(flow["topics"].count == 0)
    }

    @Test func `tells why a partition stopped, where, and what to do`() throws {
        let partition = try report(Fixture.degraded)["flows"][0]["topics"][0]["partitions"][0]
        #expect(partition["status"].string == "REFUSED")
        let stopped = partition["stopped"]
        #expect(stopped.keys == ["code", "offset", "limit", "since", "text"])
        #expect(stopped["code"].string == "MSG_SIZE_TOO_LARGE")
        #expect(stopped["offset"].number == 41)
        #expect(stopped["limit"].number == 1_048_588)
        #expect(stopped["since"].string == "2026-11-20T18:23:47.806Z")
        #expect(stopped["text"].string == "raise max.message.bytes of us/eu.orders")
    }

    @Test func `selects a flow and leaves partitions out on request`() throws {
        let document = try report(Fixture.rich, "?flow=us->eu&level=topic")
        #expect(document["flows"].count == 1)
        #expect(document["flows"][0]["source"].string == "us")
        #expect(!document["flows"][0]["topics"][0].keys.contains("partitions"))
    }

    @Test func `leaves disabled flows out`() throws {
        var status = Fixture.rich
        status.flows[1].isEnabled = false
        #expect(try report(status)["flows"].count == 1)
    }

    @Test(arguments: [
        ("", ["a", "b", "c", "d"]),
        ("?sort=topic", ["a", "b", "c", "d"]),
        // c is unknown: it may be the worst.
        ("?sort=lag_records", ["c", "d", "a", "b"]),
        ("?sort=lag_seconds", ["c", "d", "a", "b"]),
        ("?sort=lag_records&limit=2", ["c", "d"]),
        ("?limit=100", ["a", "b", "c", "d"]),
    ])
    func `sorts and cuts topics`(query: String, topics: [String]) throws {
        var status = Fixture.rich
        status.flows = [
            Fixture.flow(
                "eu", "us",
                [
                    Fixture.topic("d", lag: [90]), Fixture.topic("b", lag: [0]), Fixture.topic("c", lag: [1]),
                    Fixture.topic("a", lag: [0]),
                ])
        ]
        status.flows[0].topics[2].partitions[0].lagRecords = nil
        status.flows[0].topics[2].partitions[0].lagSeconds = nil
        let shown = try report(status, query)["flows"][0]["topics"].map { $0["topic"].string ?? "" }
        #expect(shown == topics)
    }

    @Test(arguments: [
        ("?flow=eu->mars", "there is no flow 'eu->mars'; there is: eu->us, us->eu"),
        ("?flow=", "there is no flow ''; there is: eu->us, us->eu"),
        ("?level=flow", "level must be one of topic, partition, not 'flow'"),
        ("?sort=name", "sort must be one of topic, lag_records, lag_seconds, not 'name'"),
        ("?limit=0", "limit must be a number from 1 to 100000, not '0'"),
        ("?limit=-1", "limit must be a number from 1 to 100000, not '-1'"),
        ("?limit=%2B1", "limit must be a number from 1 to 100000, not '+1'"),
        ("?limit=99999999999999999999", "limit must be a number from 1 to 100000, not '99999999999999999999'"),
        ("?limit=1&limit=2", "'limit' is given twice"),
        ("?topics=x", "'topics' is no parameter; there is: flow, topic, level, sort, limit"),
    ])
    func `answers 400 with the reason for a bad parameter`(query: String, detail: String) throws {
        let response = WebBench().get("/api/v1/lag" + query)
        #expect(response.status == 400)
        #expect(response.header("Content-Type") == "application/problem+json")
        let problem = try JSONDocument(response.body)
        #expect(problem["detail"].string == detail)
        #expect(problem["status"].number == 400)
        #expect(problem["type"].string == "urn:tern:problem:bad-parameter")
        #expect(problem["instance"].string == "/api/v1/lag")
    }

    @Test func `answers 304 to who has this very report, and only then`() throws {
        let bench = WebBench()
        let tag = try #require(bench.get("/api/v1/lag").header("ETag"))
        for value in [tag, "\"other\", \(tag)", "*", String(tag.dropFirst(2))] {
            let response = bench.get("/api/v1/lag", [("If-None-Match", value)])
            #expect(response.status == 304)
            #expect(response.body.isEmpty)
            #expect(response.header("ETag") == tag)
        }
        #expect(bench.get("/api/v1/lag", [("If-None-Match", "\"other\"")]).status == 200)
        #expect(bench.get("/api/v1/lag?level=topic", [("If-None-Match", tag)]).status == 200)
        bench.change { $0.flows[0].topics[0].partitions[0].lagRecords = 5 }
        #expect(bench.get("/api/v1/lag", [("If-None-Match", tag)]).status == 200)
    }

    @Test func `carries hostile topic names unharmed`() throws {
        let document = try report(Fixture.hostile)
        let names = document["flows"][0]["topics"].map { $0["topic"].string ?? "" }
        // Both spellings of café are there: they are two topics.
        #expect(Set(names.map { Array($0.utf8) }) == Set(Fixture.hostileNames.map { Array($0.utf8) }))
        #expect(document["flows"][0]["source"].string == "e\"u\n->")
    }

    @Test func `holds thousands of topics`() throws {
        let document = try report(Fixture.many(topics: 2_000, partitions: 3))
        #expect(document["flows"][0]["topics"].count == 2_000)
    }
}
