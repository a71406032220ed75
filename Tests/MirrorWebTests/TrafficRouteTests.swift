// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import MirrorWeb
import Mirroring
import TernConfiguration
import Testing

@Suite struct `The traffic report` {
    @Test func `has the documented members, in the documented order`() {
        let response = WebBench(Fixture.rich).get("/api/v1/traffic?flow=eu-%3Eus")
        #expect(response.status == 200)
        #expect(
            response.text == #"""
                {"kind":"TrafficReport","version":1,"generated_at":"2026-11-20T18:24:46.606Z","snapshot_age_seconds":1.2,\#
                "flows":[{"source":"eu","target":"us","since":"2026-11-20T17:34:47.806Z",\#
                "read":{"wire_bytes":250000000,"record_bytes":1024000,"compression_ratio":0.004,"saved_bytes":0},\#
                "written":{"wire_bytes":640000,"progress_bytes":40000,"record_bytes":1000000,"compression_ratio":1.667,\#
                "saved_bytes":400000},\#
                "discarded":[{"reason":"cycle","records":20,"bytes":10240},{"reason":"direct","records":0,"bytes":0},\#
                {"reason":"hops","records":0,"bytes":0}],\#
                "billable_side":"source","billable_bytes":250000000,"price_per_gigabyte":0.02,"cost":0.005,\#
                "discarded_cost":5e-05,"saved_cost":0,"window_seconds":3000,"monthly_bytes":216000000000,\#
                "monthly_cost":4.32,"topics":[\#
                {"topic":"orders","fetched_bytes":512000,"replicated_bytes":500000,"discarded_bytes":5120,"share":0.5,\#
                "cost":0.0025},\#
                {"topic":"payments","fetched_bytes":512000,"replicated_bytes":500000,"discarded_bytes":5120,"share":0.5,\#
                "cost":0.0025}],"topics_omitted":0}]}

                """#)
    }

    @Test func `says null where nothing is known, never 0`() throws {
        let document = try JSONDocument(WebBench(Fixture.starting).get("/api/v1/traffic").body)
        let flow = document["flows"][0]
        for member in [
            "since", "billable_side", "price_per_gigabyte", "cost", "discarded_cost", "saved_cost", "monthly_bytes",
            "monthly_cost",
        ] {
            #expect(flow[member].isNull, "\(member)")
        }
        #expect(flow["read"]["compression_ratio"].isNull && flow["written"]["saved_bytes"].isNull)
    }

    @Test func `names the ten topics with the most bytes, and says how many there are beside`() throws {
        var status = Fixture.rich
        let topics = (0..<40).map { number in
            var topic = Fixture.topic("topic-\(number)", lag: [0])
            topic.counters.fetchedBytes = Int64(number)
            return topic
        }
        status.flows = [Fixture.flow("eu", "us", topics)]
        let flow = try JSONDocument(WebBench(status).get("/api/v1/traffic").body)["flows"][0]
        #expect((0..<10).map { flow["topics"][$0]["topic"].string } == (30..<40).reversed().map { "topic-\($0)" })
        #expect(flow["topics_omitted"].number == 30)
    }

    @Test func `answers 404 for a flow that is not there, and 400 for what is no parameter`() {
        #expect(WebBench().get("/api/v1/traffic?flow=eu->mars").status == 404)
        #expect(WebBench().get("/api/v1/traffic?topic=x").status == 400)
    }

    @Test func `is the same as the metrics say`() {
        let lines = WebBench(Fixture.rich) { $0.metricsDetail = .flow }.get("/metrics").text.split(separator: "\n")
        let flow = #"source="eu",target="us""#
        for line in [
            "tern_link_bytes_total{\(flow),side=\"source\"} 250000000",
            "tern_link_bytes_total{\(flow),side=\"target\"} 640000",
            "tern_link_billable_bytes_total{\(flow)} 250000000", "tern_link_price_per_gigabyte{\(flow)} 0.02",
            "tern_discarded_bytes_total{\(flow),reason=\"cycle\"} 10240",
            "tern_discarded_bytes_total{\(flow),reason=\"hops\"} 0",
        ] {
            #expect(lines.contains { $0 == line }, "\(line)")
        }
    }

    @Test func `has no price among the metrics where none is set`() {
        let text = WebBench(Fixture.starting).get("/metrics").text
        #expect(!text.contains("tern_link_price_per_gigabyte{"))
        #expect(text.contains("tern_link_billable_bytes_total{source=\"eu\",target=\"us\"} 0\n"))
    }
}
