// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import MirrorWeb
import Mirroring
import Testing

@Suite struct `The status report` {
    private func report(_ status: MirrorStatus) throws -> JSONDocument {
        let response = WebBench(status).get("/api/v1/status")
        #expect(response.status == 200)
        return try JSONDocument(response.body)
    }

    @Test func `shows the program, the clusters and the flows`() throws {
        let document = try report(Fixture.rich)
        #expect(document["kind"].string == "StatusReport")
        #expect(document["version"].number == 1)
        #expect(document["program"]["version"].string == "1.0.0")
        #expect(document["program"]["client_version"].string == "2.0.2")
        #expect(document["ready"].flag == true)
        #expect(document["region"]["healthy"].flag == true)
        #expect(document["clusters"].map { $0["alias"].string ?? "" } == ["eu", "us"])
        let flow = document["flows"][0]
        #expect(flow["lag_records"].number == 18_234)
        #expect(flow["lanes"].number == 4)
        #expect(flow["lanes_owned"].number == 4)
        #expect(flow["topics"].number == 2)
        #expect(flow["partitions"].number == 3)
        #expect(flow["replicated_records"].number == 1_980)
        #expect(flow["replication_latency_p50_seconds"].number.map { $0 > 0.01 && $0 < 0.05 } == true)
    }

    @Test func `shows unknown as null`() throws {
        let document = try report(Fixture.unknownLag)
        #expect(document["flows"][0]["lag_records"].isNull)
        #expect(document["flows"][0]["lag_unknown_partitions"].number == 2)
        #expect(document["clusters"][0]["problem"].string == "no broker answers at eu:9092")
        #expect(document["clusters"][0]["down_since"].string == "2026-11-20T18:24:17.806Z")
        let starting = try report(Fixture.starting)
        #expect(starting["region"]["healthy"].isNull)
        #expect(starting["clusters"][0]["cluster_id"].isNull)
        #expect(starting["flows"][0]["replication_latency_p99_seconds"].isNull)
        #expect(starting["ready"].flag == false)
    }

    @Test func `names the stopped partitions, the first of many`() throws {
        let document = try report(Fixture.degraded)
        #expect(document["flows"][0]["stopped_partitions"].number == 1)
        #expect(document["flows"][0]["stopped"][0]["topic"].string == "orders")
        #expect(document["flows"][0]["stopped"][0]["status"].string == "REFUSED")
        var status = Fixture.many(topics: 100, partitions: 1)
        for index in status.flows[0].topics.indices {
            status.flows[0].topics[index].partitions[0].stop = PartitionStop(
                state: .rewound, code: "OFFSET_OUT_OF_RANGE", offset: nil, since: Fixture.now, text: "decide")
        }
        let many = try report(status)
        #expect(many["flows"][0]["stopped_partitions"].number == 100)
        #expect(many["flows"][0]["stopped"].count == 20)
    }

    @Test func `names topics that are selected and not mirrored, whose lag nobody knows`() throws {
        var status = Fixture.rich
        status.flows[0].notMirrored = (100..<130).map {
            TopicNotMirrored(topic: TopicName("t\($0)"), reason: "eu.t\($0) cannot be created on us: no")
        }
        let flow = try report(status)["flows"][0]
        #expect(flow["topics_not_mirrored"].number == 30)
        #expect(flow["not_mirrored"].count == 20)
        #expect(flow["not_mirrored"][0]["topic"].string == "t100")
        #expect(flow["not_mirrored"][0]["reason"].string == "eu.t100 cannot be created on us: no")
        #expect(flow["lag_records"].isNull)
        #expect(flow["lag_seconds"].isNull)
        #expect(flow["caught_up"].isNull)
        #expect(try report(Fixture.rich)["flows"][0]["topics_not_mirrored"].number == 0)
    }

    @Test func `stays small whatever the number of topics`() throws {
        #expect(WebBench(Fixture.many(topics: 2_000, partitions: 4)).get("/api/v1/status").body.count < 4_000)
    }

    @Test func `answers 304 to who has it`() throws {
        let bench = WebBench()
        let tag = try #require(bench.get("/api/v1/status").header("ETag"))
        #expect(bench.get("/api/v1/status", [("If-None-Match", tag)]).status == 304)
        bench.change { $0.regionCheck.isForcedUnhealthy = true }
        #expect(bench.get("/api/v1/status", [("If-None-Match", tag)]).status == 200)
    }
}
