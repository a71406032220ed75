// SPDX-License-Identifier: Apache-2.0
import Synchronization
import Telemetry
import Testing

@Suite struct `Recent events` {
    @Test func `are the newest facts, oldest first, whatever level is written`() {
        let sink = MemorySink()
        let recent = RecentEvents(limit: 3)
        let log = Log(level: .error, sink: sink, recent: recent, now: { 7 }).with([.flow("eu->us")])
        for index in 1...5 { log.info(.laneStarted, [.lane(index)]) }
        log.debug(.laneFenced)
        #expect(recent.events().map(\.number) == [3, 4, 5])
        #expect(recent.events(after: 4).map { $0.integer("lane") } == [5])
        #expect(recent.events().first?.text("flow") == "eu->us")
        #expect(recent.events().first?.time == 7)
        #expect(sink.lines.isEmpty)
        #expect(log.counts[.info] == 0)
    }

    @Test func `are heard as they are logged`() {
        let heard = Mutex<[String]>([])
        let recent = RecentEvents()
        recent.listen { event in heard.withLock { $0.append(event.name) } }
        let log = Log(level: .info, sink: DiscardingSink(), recent: recent)
        log.warning(.clusterDown, [.cluster("eu")])
        log.info(.clusterUp, [.cluster("eu")])
        #expect(heard.withLock { $0 } == ["cluster.down", "cluster.up"])
    }
}
