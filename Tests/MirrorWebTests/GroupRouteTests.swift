// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import MirrorWeb
import Mirroring
import Synchronization
import Testing

@Suite struct `The group report` {
    @Test func `has the documented members, in the documented order`() {
        let response = WebBench(Fixture.rich).get("/api/v1/groups?flow=eu-%3Eus")
        #expect(response.status == 200)
        #expect(
            response.text == #"""
                {"kind":"GroupReport","version":1,"generated_at":"2026-11-20T18:24:46.606Z","snapshot_age_seconds":1.2,\#
                "flows":[{"source":"eu","target":"us","translated":"here","groups":[\#
                {"id":"billing","state":"ready","reason":null,"partitions":3,"unmapped":0,\#
                "synchronized_at":"2026-11-20T18:24:42.806Z","lag_records":40,"read_again_records":6},\#
                {"id":"new","state":"unmapped","reason":"nothing was copied there yet","partitions":2,"unmapped":1,\#
                "synchronized_at":null}]}]}

                """#)
    }

    @Test func `says where the groups of a flow are translated`() throws {
        for place in GroupTranslationPlace.allCases {
            let bench = WebBench(Fixture.caughtUp)
            bench.change { $0.flows[0].groupTranslation = place }
            let document = try JSONDocument(bench.get("/api/v1/groups").body)
            #expect(document["flows"][0]["translated"].string == place.rawValue)
        }
    }

    @Test func `answers 404 for a flow that is not there, and 400 for what is no parameter`() throws {
        let unknown = WebBench().get("/api/v1/groups?flow=eu->mars")
        #expect(unknown.status == 404)
        let problem = try JSONDocument(unknown.body)
        #expect(problem["detail"].string == "there is no flow 'eu->mars'; there is: eu->us, us->eu")
        #expect(problem["type"].string == "urn:tern:problem:unknown-name")
        #expect(WebBench().get("/api/v1/groups?group=x").status == 400)
    }

    @Test func `answers 304 to who has it`() throws {
        let bench = WebBench()
        let tag = try #require(bench.get("/api/v1/groups").header("ETag"))
        #expect(bench.get("/api/v1/groups", [("If-None-Match", tag)]).status == 304)
        bench.change { $0.flows[0].groups[0].state = .ahead }
        #expect(bench.get("/api/v1/groups", [("If-None-Match", tag)]).status == 200)
    }

    @Test func `is the same as the metrics say`() {
        let lines = WebBench(Fixture.rich).get("/metrics").text.split(separator: "\n").filter {
            $0.hasPrefix(#"tern_groups{source="eu""#)
        }
        #expect(
            lines == [
                #"tern_groups{source="eu",target="us",state="active"} 0"#,
                #"tern_groups{source="eu",target="us",state="ahead"} 0"#,
                #"tern_groups{source="eu",target="us",state="failed"} 0"#,
                #"tern_groups{source="eu",target="us",state="ready"} 1"#,
                #"tern_groups{source="eu",target="us",state="unmapped"} 1"#,
            ])
    }
}

@Suite struct `A translated offset` {
    private static let query = "/api/v1/translate?flow=eu-%3Eus&topic=orders&partition=3&offset=41"

    private func answer(_ answer: PositionAnswer?, _ target: String = Self.query) -> Response {
        let bench = WebBench()
        bench.answers.withLock { $0["orders"] = answer }
        return bench.get(target)
    }

    private func translated(_ translation: OffsetTranslation) throws -> JSONDocument {
        let found = TranslatedOffset(partition: TopicPartition("eu.orders", 3), translation: translation)
        let response = answer(.translated(found))
        #expect(response.status == 200)
        return try JSONDocument(response.body)
    }

    @Test func `has the documented members, in the documented order`() {
        let found = TranslatedOffset(
            partition: TopicPartition("eu.orders", 3), translation: .ahead(17, behind: 2))
        #expect(
            answer(.translated(found)).text == #"""
                {"kind":"TranslationReport","version":1,"source":"eu","target":"us","topic":"orders","partition":3,\#
                "offset":41,"translation":"ahead","target_topic":"eu.orders","target_partition":3,"target_offset":17,\#
                "behind":2,"reason":"up to 2 records before this offset are not copied yet: a group that goes on here \#
                reads them again"}

                """#)
    }

    @Test func `says how sure it is, and what that means`() throws {
        let exact = try translated(.exact(17))
        #expect(exact["translation"].string == "exact")
        #expect(exact["target_offset"].number == 17)
        #expect(exact["behind"].isNull)
        #expect(exact["reason"].string == "nothing is read again, and nothing is left out")
        let bounded = try translated(.bounded(9))
        #expect(bounded["translation"].string == "bounded")
        #expect(bounded["target_offset"].number == 9)
        #expect(bounded["reason"].string?.hasPrefix("nothing is left out; records may be read again") == true)
        let unknown = try translated(.unknown)
        #expect(unknown["translation"].string == "unknown")
        #expect(unknown["target_offset"].isNull)
        #expect(unknown["reason"].string?.hasPrefix("no copy is known at or before this offset") == true)
    }

    @Test func `asks the engine for what the parameters name`() {
        let bench = WebBench()
        _ = bench.get("/api/v1/translate?flow=us-%3Eeu&topic=caf%C3%A9&partition=2147483647&offset=9223372036854775807")
        #expect(bench.asked.withLock { $0 } == ["us->eu café 2147483647 9223372036854775807"])
    }

    @Test(arguments: [
        ("", "'flow' is missing: the flow, as `source->target`"),
        ("?flow=eu->us&topic=t&offset=1", "'partition' is missing: its partition"),
        ("?flow=eu->us&topic=&partition=0&offset=1", "topic is empty"),
        ("?flow=eu->us&topic=t&partition=-1&offset=1", "partition must be a number from 0 to 2147483647, not '-1'"),
        (
            "?flow=eu->us&topic=t&partition=2147483648&offset=1",
            "partition must be a number from 0 to 2147483647, not '2147483648'"
        ),
        (
            "?flow=eu->us&topic=t&partition=0&offset=latest",
            "offset must be a number from 0 to 9223372036854775807, not 'latest'"
        ),
        ("?flow=eu->us&group=g", "'group' is no parameter; there is: flow, topic, partition, offset"),
    ])
    func `answers 400 with the reason for a bad parameter`(query: String, detail: String) throws {
        let bench = WebBench()
        let response = bench.get("/api/v1/translate" + query)
        #expect(response.status == 400)
        #expect(try JSONDocument(response.body)["detail"].string == detail)
        #expect(bench.asked.withLock { $0 }.isEmpty)
    }

    @Test func `answers 404 for a flow, a topic or a partition that is not there`() throws {
        for (response, detail) in [
            (
                answer(nil, "/api/v1/translate?flow=eu-%3Emars&topic=t&partition=0&offset=1"),
                "there is no flow 'eu->mars'; there is: eu->us, us->eu"
            ),
            (answer(.flowUnknown), "there is no flow 'eu->us'"),
            (answer(.topicUnknown), "eu->us does not mirror the topic 'orders'"),
            (
                answer(.partitionUnknown(count: 3)),
                "orders has 3 partitions, numbered from 0: there is no 3"
            ),
            (answer(.partitionUnknown(count: 1)), "orders has 1 partition, numbered from 0: there is no 3"),
        ] {
            #expect(response.status == 404)
            #expect(response.header("Content-Type") == "application/problem+json")
            #expect(try JSONDocument(response.body)["detail"].string == detail)
        }
    }

    @Test func `answers 503 with a sentence where another daemon can tell, or nobody can`() throws {
        for (response, detail) in [
            (
                answer(.elsewhere),
                "this daemon does not carry lane 0 of eu->us: ask the daemon of the flow that does, which translates its groups"
            ),
            (
                answer(.off),
                "eu->us translates no groups: set eu->us.emit.checkpoints.enabled=true, or sync.group.offsets.enabled"
            ),
            (
                answer(.notReady("the places of copies are not read yet")),
                "eu->us: the places of copies are not read yet"
            ),
        ] {
            #expect(response.status == 503)
            let problem = try JSONDocument(response.body)
            #expect(problem["detail"].string == detail)
            #expect(problem["type"].string == "urn:tern:problem:cannot-translate")
        }
    }
}
