// SPDX-License-Identifier: Apache-2.0
import TernAPI
import Testing

@Suite struct `Daemons joined to a fleet` {
    private static let now = Sample.moment

    /// A daemon's report of flows between `clusters`, aliases and ids.
    private func report(
        _ instance: String?, _ clusters: KeyValuePairs<String, String?>, _ flows: [StatusReport.Flow]
    ) -> StatusReport {
        var report = StatusReport(
            generatedAt: Self.now, snapshotAgeSeconds: 1,
            program: .init(version: "1.0.0", revision: "", swiftVersion: "6.3", clientVersion: "2.0.2"),
            startedAt: DateTime(milliseconds: Self.now.milliseconds - 60_000), isStarted: true, isReady: true,
            isDraining: false, region: .init(region: "r", isHealthy: true, isForcedUnhealthy: false, checkedAt: nil),
            clusters: clusters.map { alias, id in
                .init(
                    alias: alias, clusterID: id, isUp: id != nil, downSince: nil, problem: id == nil ? "no" : nil,
                    authenticationFailures: 0)
            }, flows: flows)
        report.instance = instance
        return report
    }

    /// A flow of four lanes, of which some are here.
    private func flow(
        _ source: String = "eu", _ target: String = "us", lanes: [Int64] = [0, 1, 2, 3], lag: Int64? = 0,
        seconds: Double? = nil, state: String = "running"
    ) -> StatusReport.Flow {
        var flow = StatusReport.Flow(source: source, target: target, isEnabled: true, state: state, since: Self.now)
        (flow.lanes, flow.lanesOwned, flow.ownedLanes) = (4, Int64(lanes.count), lanes)
        flow.carriedLagRecords = lanes.isEmpty ? nil : lag
        flow.carriedLagSeconds = lanes.isEmpty ? nil : seconds ?? lag.map { Double($0) / 10 }
        if lanes.count == 4 { (flow.lagRecords, flow.lagSeconds) = (flow.carriedLagRecords, flow.carriedLagSeconds) }
        (flow.recordsPerSecond, flow.bytesPerSecond) = (100 * Double(lanes.count), 1_000 * Double(lanes.count))
        return flow
    }

    private func member(
        _ url: String?, _ report: StatusReport?, age: Double? = 0.5, problem: String? = nil
    ) -> FleetMember {
        FleetMember(
            url: url, report: report, answeredAt: report.map(\.generatedAt), answerAge: report == nil ? nil : age,
            problem: problem)
    }

    private func join(_ members: FleetMember...) -> FleetReport { FleetReport(joining: members, at: Self.now) }

    private let both: KeyValuePairs<String, String?> = ["eu": "EU", "us": "US"]

    @Test func `have the sums of a flow whose lanes they share`() throws {
        let fleet = join(
            member(nil, report("a", both, [flow(lanes: [0, 2], lag: 7, seconds: 3)])),
            member("http://b:1", report("b", both, [flow(lanes: [1, 3], lag: 5, seconds: 9, state: "degraded")])))
        let joined = try #require(fleet.flows.first)
        #expect(fleet.flows.count == 1)
        #expect(joined.isWhole && joined.lanesHeard == 4 && joined.lanes == 4)
        #expect(joined.lagRecords == 12 && joined.lagSeconds == 9)
        #expect(joined.recordsPerSecond == 400 && joined.bytesPerSecond == 4_000)
        #expect(joined.state == "degraded", "the worst is the flow's")
        #expect(joined.carriers.map(\.daemon) == ["self", "http://b:1"])
        #expect(joined.carriers.map(\.lagRecords) == [7, 5])
        #expect(fleet.daemons.map(\.state) == ["heard", "heard"])
    }

    @Test func `say which partitions stopped where, with the reason, of those that are heard`() throws {
        var stopped = flow(lanes: [1, 3])
        stopped.stoppedPartitions = 30
        stopped.stopped = (0..<25).map {
            .init(
                topic: "orders", partition: $0, status: "REFUSED",
                stop: Stop(code: "MSG_SIZE_TOO_LARGE", offset: 41, limit: 1, since: Self.now, text: "raise it"))
        }
        let own = report("a", both, [flow(lanes: [0, 2])])
        let heard = join(member(nil, own), member("http://b:1", report("b", both, [stopped])))
        let carriers = try #require(heard.flows.first?.carriers)
        #expect(carriers[0].stopped == nil && carriers[0].stoppedPartitions == 0)
        #expect(carriers[1].stoppedPartitions == 30)
        #expect(carriers[1].stopped?.map(\.partition) == Array(0..<20))
        #expect(carriers[1].stopped?.first?.stop.text == "raise it")
        let silent = join(member(nil, own), member("http://b:1", report("b", both, [stopped]), age: 6.5))
        #expect(silent.flows.first?.carriers[1].stopped == nil)
    }

    @Test func `have no total where a daemon with lanes is silent, and say what there is at least`() throws {
        let fleet = join(
            member(nil, report("a", both, [flow(lanes: [0, 2], lag: 7)])),
            member("http://b:1", report("b", both, [flow(lanes: [1, 3], lag: 5)]), age: 6.5, problem: "refused"))
        let joined = try #require(fleet.flows.first)
        #expect(!joined.isWhole && joined.lanesHeard == 2)
        #expect(joined.lagRecords == nil && joined.lagSeconds == nil)
        #expect(joined.lagRecordsAtLeast == 7)
        #expect(joined.recordsPerSecond == 200)
        #expect(joined.carriers.map(\.state) == ["running", "unknown"])
        #expect(joined.carriers[1].lanesOwned == nil && joined.carriers[1].lagRecords == nil)
        let silent = fleet.daemons[1]
        #expect(silent.state == "silent" && silent.problem == "refused" && silent.lastAnswerAt == Self.now)
        #expect(silent.isReady == nil)
        #expect(fleet.clusters.first?.views.map(\.isUp) == [true, nil])
    }

    @Test func `have no total while a lane moves, or is run twice, or its lag is not known`() {
        func joined(_ left: StatusReport.Flow, _ right: StatusReport.Flow) -> FleetReport.Flow? {
            join(member(nil, report("a", both, [left])), member("http://b:1", report("b", both, [right]))).flows.first
        }
        let moving = joined(flow(lanes: [0, 1]), flow(lanes: [1, 2]))
        #expect(moving?.isWhole == false && moving?.lagRecords == nil, "four lanes, of which one is counted twice")
        let twice = joined(flow(lag: 3), flow(lag: 4))
        #expect(twice?.isWhole == false && twice?.lagRecords == nil && twice?.lanesHeard == 4)
        let unknown = joined(flow(lanes: [0, 1], lag: nil), flow(lanes: [2, 3], lag: 4))
        #expect(unknown?.isWhole == true && unknown?.lagRecords == nil && unknown?.lagRecordsAtLeast == 4)
        let standby = joined(flow(lag: 3), flow(lanes: []))
        #expect(standby?.lagRecords == 3, "who runs no lanes lacks none")
        var more = flow(lanes: [4])
        more.lanes = 5
        let differing = joined(flow(), more)
        #expect(differing?.lanes == nil && differing?.lagRecords == nil)
    }

    @Test func `of an older release count where one of them runs all lanes`() {
        func old(_ owned: Int64) -> StatusReport.Flow {
            var flow = flow(lag: 9)
            (flow.lanesOwned, flow.ownedLanes) = (owned, nil)
            (flow.carriedLagRecords, flow.carriedLagSeconds) = (nil, nil)
            if owned < 4 { (flow.lagRecords, flow.lagSeconds) = (nil, nil) }
            return flow
        }
        func joined(_ left: Int64, _ right: Int64) -> FleetReport.Flow? {
            join(
                member(nil, report("a", both, [old(left)])), member("http://b:1", report(nil, both, [old(right)]))
            ).flows.first
        }
        #expect(joined(4, 0)?.lagRecords == 9)
        #expect(joined(2, 2)?.isWhole == false, "which lanes these are nobody knows")
    }

    @Test func `name a cluster by its id, whatever their files call it`() {
        let fleet = join(
            member(nil, report("a", ["eu": "EU", "us": "US"], [flow("eu", "us")])),
            member("http://b:1", report("b", ["frankfurt": "EU", "us": "US2"], [flow("us", "frankfurt", lag: 3)])))
        #expect(fleet.clusters.map(\.cluster) == ["eu", "us", "us (US2)"])
        #expect(fleet.clusters.first?.aliases == ["eu", "frankfurt"])
        #expect(fleet.clusters.first?.views.map(\.alias) == ["eu", "frankfurt"])
        #expect(fleet.flows.map(\.flowName) == ["eu->us", "us (US2)->eu"])
        #expect(fleet.flows.last?.carriers.first?.flow == "us->frankfurt")
    }

    @Test func `take a cluster that one of them has not reached for the one that the others call so`() {
        let unreached = flow(lanes: [], state: "starting")
        let fleet = join(
            member(nil, report("a", ["eu": nil, "us": "US"], [unreached])),
            member("http://b:1", report("b", both, [flow(lag: 2)])))
        #expect(fleet.clusters.map(\.clusterID) == ["EU", "US"])
        #expect(fleet.clusters.first?.isUp == true)
        #expect(fleet.clusters.first?.views.map(\.problem) == ["no", nil])
        #expect(fleet.flows.count == 1 && fleet.flows.first?.state == "starting")
        let alone = join(member(nil, report("a", ["eu": nil, "us": "US"], [unreached])))
        #expect(alone.clusters.map(\.clusterID) == [nil, "US"])
        #expect(alone.clusters.first?.isUp == false)
    }

    @Test func `count once, whatever URLs name them`() {
        let own = report("a", both, [flow(lag: 2)])
        let other = report("b", both, [flow("us", "eu", lag: 5)])
        let fleet = join(
            member(nil, own), member("http://a:1", own), member("http://b:1", other), member("http://b.lan:1", other))
        #expect(fleet.daemons.map(\.daemon) == ["self", "http://b:1", "http://b.lan:1"])
        #expect(fleet.daemons[0].url == "http://a:1", "a list that all share has this daemon in it")
        #expect(fleet.daemons[2].state == "duplicate")
        #expect(fleet.daemons[2].problem == "it is the daemon that http://b:1 names")
        #expect(fleet.flows.map(\.lagRecords) == [2, 5])
        #expect(fleet.flows.map(\.carriers.count) == [1, 1])
        let mute = join(
            member(nil, own), member("http://b:1", other, age: 60), member("http://b.lan:1", other))
        #expect(mute.daemons.map(\.state) == ["heard", "silent", "heard"], "the URL that answers speaks for it")
        #expect(mute.flows.map(\.lagRecords) == [2, 5])
    }

    @Test func `say who has never answered, and whose figures stand still`() {
        var still = report("b", both, [flow("us", "eu", lag: 5)])
        still.snapshotAgeSeconds = 20
        let fleet = join(
            member(nil, report("a", both, [flow(lag: 1)])), member("http://b:1", still),
            member("http://c:1", nil, problem: "its answer is no JSON"), member("http://d:1", nil))
        #expect(fleet.daemons.map(\.state) == ["heard", "stale", "silent", "silent"])
        #expect(fleet.daemons[1].figuresAgeSeconds == 20.5)
        #expect(fleet.daemons[2].problem == "its answer is no JSON" && fleet.daemons[2].lastAnswerAt == nil)
        #expect(fleet.daemons[3].problem == "no answer yet")
        #expect(fleet.flows.last?.state == "unknown" && fleet.flows.last?.lagRecords == nil)
        #expect(fleet.flows.last?.recordsPerSecond == nil)
    }

    @Test func `may say any number`() {
        var wild = flow(lag: .max)
        (wild.lanes, wild.lanesOwned, wild.ownedLanes) = (.max, .max, [.min, .max])
        wild.stoppedPartitions = .max
        let fleet = join(
            member(nil, report("a", both, [wild])), member("http://b:1", report("b", both, [wild])))
        #expect(fleet.flows.first?.isWhole == false)
        #expect(fleet.flows.first?.stoppedPartitions == .max)
        #expect(fleet.flows.first?.lagRecordsAtLeast == .max)
    }

    @Test func `leave out flows that nobody has enabled`() {
        var off = flow()
        off.isEnabled = false
        #expect(join(member(nil, report("a", both, [off]))).flows.isEmpty)
    }
}
