// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Synchronization
import TernAPI
import Testing

@testable import MirrorWeb

@Suite struct `The fleet report` {
    /// What a daemon answers, as a peer has it.
    private func peer(_ url: String, _ status: MirrorStatus, age: Double = 1) throws -> FleetMember {
        FleetMember(
            url: url, report: try StatusReport(json: WebBench(status).get("/api/v1/status").body),
            answeredAt: DateTime(milliseconds: Fixture.now), answerAge: age, problem: age > 6 ? "refused" : nil)
    }

    @Test func `joins two daemons that share a flow's lanes`() throws {
        let bench = WebBench(Fixture.sharing([0, 2], lag: 18_000))
        let other = try peer("http://b:9470", Fixture.sharing([1, 3], lag: 234))
        bench.peers.withLock { $0 = [other] }
        let fleet = try FleetReport(json: bench.get("/api/v1/fleet").body)
        #expect(fleet.daemons.map(\.daemon) == ["self", "http://b:9470"])
        #expect(fleet.daemons.map(\.region) == ["eu-west-1", "eu-west-1"])
        #expect(fleet.flows.first?.lagRecords == 18_234)
        #expect(fleet.flows.first?.carriers.map(\.lagRecords) == [18_000, 234])
    }

    @Test func `is of this daemon alone where it has no peers`() throws {
        let fleet = try FleetReport(json: WebBench().get("/api/v1/fleet").body)
        #expect(fleet.daemons.map(\.isSelf) == [true])
        #expect(fleet.flows.map(\.lagRecords) == [18_234, 0])
        #expect(fleet.clusters.map(\.cluster) == ["eu", "us"])
    }

    @Test func `recognizes this daemon among its peers`() throws {
        let bench = WebBench()
        let own = try StatusReport(json: bench.get("/api/v1/status").body)
        bench.peers.withLock {
            $0 = [FleetMember(url: "http://me:1", report: own, answeredAt: own.generatedAt, answerAge: 0)]
        }
        let fleet = try FleetReport(json: bench.get("/api/v1/fleet").body)
        #expect(fleet.daemons.map(\.url) == ["http://me:1"])
        #expect(fleet.flows.map(\.lagRecords) == [18_234, 0])
    }

    @Test func `has metrics of each peer`() throws {
        let bench = WebBench()
        #expect(!bench.get("/metrics").text.contains("tern_fleet_peer_up{"))
        let never = FleetMember(url: "http://c:1", report: nil, answeredAt: nil, answerAge: nil, problem: "refused")
        let heard = try peer("http://b:1", Fixture.rich)
        bench.peers.withLock { $0 = [heard, never] }
        let page = bench.get("/metrics").text
        #expect(page.contains("tern_fleet_peer_up{peer=\"http://b:1\"} 1\n"))
        #expect(page.contains("tern_fleet_peer_up{peer=\"http://c:1\"} 0\n"))
        #expect(page.contains("tern_fleet_peer_last_answer_age_seconds{peer=\"http://b:1\"} 1.0\n"))
        #expect(!page.contains("tern_fleet_peer_last_answer_age_seconds{peer=\"http://c:1\"}"))
    }
}
