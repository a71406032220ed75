// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import TernAPI
import Testing
import Text

@testable import MirrorCommands

@Suite struct `tern status --fleet` {
    /// Two daemons share eu->us, a third is silent with us->eu, and a fourth has never answered.
    private static func fleet() throws -> FleetReport {
        func report(_ instance: String, _ change: (inout StatusReport) -> Void) throws -> StatusReport {
            var report = try StatusReport(json: Array(statusFixture.utf8))
            report.instance = instance
            report.clusters.removeAll { $0.alias == "ap" }
            report.flows.removeAll { !$0.isEnabled }
            change(&report)
            return report
        }
        func part(_ lanes: [Int64], lag: Int64) -> (inout StatusReport) -> Void {
            { report in
                report.flows = [report.flows[0]]
                report.flows[0].ownedLanes = lanes
                (report.flows[0].carriedLagRecords, report.flows[0].carriedLagSeconds) = (lag, Double(lag) / 100)
            }
        }
        let own = try report("a", part([0, 2], lag: 1_234))
        let second = try report("b", part([1, 3], lag: 4_000))
        let third = try report("c") { $0.flows = [$0.flows[1]] }
        let answeredAt = DateTime(milliseconds: own.generatedAt.milliseconds - 42_000)
        return FleetReport(
            joining: [
                .init(url: nil, report: own, answeredAt: own.generatedAt, answerAge: 0),
                .init(url: "https://b:9470", report: second, answeredAt: own.generatedAt, answerAge: 1),
                .init(
                    url: "https://c:9470", report: third, answeredAt: answeredAt, answerAge: 42,
                    problem: "no daemon answers at https://c:9470: Connection refused"),
                .init(url: "https://d:9470", report: nil, answeredAt: nil, answerAge: nil),
            ], at: own.generatedAt)
    }

    private let daemon: StubDaemon

    init() throws { daemon = StubDaemon(json: String(decoding: try Self.fleet().bytes, as: UTF8.self)) }

    @Test(arguments: ["table", "wide", "tsv", "json", "yaml"])
    func `has its shape in every format`(format: String) async throws {
        let outcome = await tern("status", "--fleet", "--url", daemon.url, "-o", format)
        #expect(outcome.status == .done)
        #expect(outcome.diagnostics.isEmpty)
        #expect(daemon.heads.allSatisfy { $0.hasPrefix("GET /api/v1/fleet ") })
        expectSnapshot(outcome.output, "fleet-\(format).\(snapshotEnding(format))")
        if format == "json" { #expect(try SchemaFile(kind: "FleetReport").problems(in: outcome.document()) == []) }
    }

    @Test func `says at least where a daemon with lanes is silent, and programs get no number that is too small`()
        async throws
    {
        var fleet = try Self.fleet()
        let index = try #require(fleet.flows.firstIndex { $0.flowName == "eu->us" })
        fleet.flows[index].isWhole = false
        (fleet.flows[index].lanesHeard, fleet.flows[index].lagRecordsAtLeast) = (2, 1_234)
        (fleet.flows[index].lagRecords, fleet.flows[index].lagSeconds) = (nil, nil)
        fleet.flows[index].lagSecondsAtLeast = 95
        let daemon = StubDaemon(json: String(decoding: fleet.bytes, as: UTF8.self))
        let table = await tern("status", "--fleet", "--url", daemon.url, "eu->us", "--no-headers").output
        #expect(table.contains("eu->us  degraded  2/4  ≥ 1\u{2009}234  ≥ 1m 35s  ≥ 104\u{2009}000"), "\(table)")
        #expect(table.contains("! eu->us: the daemons that are heard run 2 of 4 lanes, so its figures are not whole\n"))
        let raw = await tern("status", "--fleet", "--url", daemon.url, "eu->us", "-o", "tsv", "--no-headers").output
        #expect(raw.hasPrefix("eu->us\tdegraded\t2/4\t-\t-\t-\t-\t"), "\(raw)")
    }

    @Test func `a daemon of a release without it is named`() async {
        let older = StubDaemon { _ in "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n" }
        let outcome = await tern("status", "--fleet", "--url", older.url)
        #expect(outcome.status == .failed)
        #expect(outcome.diagnostics == "tern: \(older.url) answers /api/v1/fleet with status 404\n")
    }
}
