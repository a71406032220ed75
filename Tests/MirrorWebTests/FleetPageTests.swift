// SPDX-License-Identifier: Apache-2.0
import Foundation
import KafkaTypes
import Mirroring
import Synchronization
import TernAPI
import TernConfiguration
import Testing

@testable import MirrorWeb

@Suite(.enabled(if: Browser.isThere || Browser.isRequired, Browser.missing)) struct `The fleet in a browser` {
    /// A daemon that carries half of eu->us, and all of a flow from a cluster with a hostile name.
    private var other: MirrorStatus {
        var status = Fixture.sharing([1, 3], lag: 234)
        var payments = Fixture.topic("payments", lag: [0, 0, 0, 0])
        payments.partitions[3].state = .refused
        payments.partitions[3].stop = PartitionStop(
            state: .refused, code: "MSG_SIZE_TOO_LARGE", offset: 41, since: Fixture.now - 60_000,
            text: "raise it (tern topic alter payments -c us -s max.message.bytes=BYTES), or not")
        status.flows[0].topics.append(payments)
        let strange = ClusterAlias("<script>alert(1)</script>")
        status.flows.append(Fixture.flow(strange, "us", [Fixture.topic("clicks", lag: [5])]))
        status.clusters.append(ClusterStatus(alias: strange, clusterID: "strange", isUp: true))
        return status
    }

    @Test func `shows what the API says of all daemons, and which of them is not heard`() throws {
        try #require(Browser.isThere, Browser.missing)
        let bench = WebBench(Fixture.sharing([0, 2], lag: 18_000))
        let answer = try StatusReport(json: WebBench(other).get("/api/v1/status").body)
        func set(_ age: Double) {
            bench.peers.withLock {
                $0 = [
                    FleetMember(
                        url: "http://other:9470", report: answer, answeredAt: answer.generatedAt, answerAge: age,
                        problem: age > 6 ? "Connection refused" : nil),
                    FleetMember(
                        url: "https://never:9470", report: nil, answeredAt: nil, answerAge: nil,
                        problem: "what answers is <b>no daemon</b>"),
                ]
            }
        }
        set(1)
        let server = try bench.serve()
        defer { server.stop() }
        let isOver = Atomic(false)
        let seconds = Thread {
            for second in 0... where !isOver.load(ordering: .relaxed) {
                bench.pulse(at: Int64(second))
                Thread.sleep(forTimeInterval: 0.25)
                if isOver.load(ordering: .relaxed) { return }
            }
        }
        seconds.start()
        defer { isOver.store(true, ordering: .relaxed) }
        let found = try Browser.look(by: "fleet.py", at: server.address.localURL) { word in
            if word == "silent" { set(42) }
        }
        #expect(found > 15)
    }
}
