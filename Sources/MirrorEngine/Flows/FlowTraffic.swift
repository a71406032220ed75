// SPDX-License-Identifier: Apache-2.0
import TopicPlanning
import Kafka
import Mirroring
import Synchronization
import Telemetry
import TernConfiguration

/// What a flow's lanes had to do with the network, over all clients that they ever had. Kept by the flow, so that lanes and
/// producers that are replaced go on where the last ones stopped; the clusters' totals have it too.
final class FlowTraffic: Sendable {
    let fetching: ClientTraffic
    /// Of the producers of data.
    let producing: ClientTraffic
    /// Of the producers of progress, whose requests are counted with the others and not timed.
    let progress: ClientTraffic
    private let answers: Answers
    private let roundTrips: @Sendable () -> LinkMeter.RoundTrips
    private let link: Mutex<LinkMeter>
    private let began = ContinuousClock.now
    private let since = WallClock.milliseconds()

    private final class Answers: Sendable {
        let durations = Mutex(HistogramSnapshot())
    }

    init(source: Cluster, target: Cluster, link configuration: LinkConfiguration) {
        link = Mutex(LinkMeter(configuration))
        roundTrips = { [source = source.traffic, target = target.traffic] in
            LinkMeter.RoundTrips(source: source.roundTrip, target: target.roundTrip)
        }
        let answers = Answers()
        self.answers = answers
        fetching = ClientTraffic(addingTo: source.traffic, isOfRecords: true)
        producing = ClientTraffic(addingTo: target.traffic, isOfRecords: true) { time in
            answers.durations.withLock { $0.record(time / .seconds(1)) }
        }
        progress = ClientTraffic(addingTo: target.traffic)
    }

    /// Bytes are counted and priced by this from now on; the price is that of what was counted before, too.
    func take(_ configuration: LinkConfiguration) { link.withLock { $0.configuration = configuration } }

    /// - Parameter records: what the flow's lanes have counted, of topics that are gone, too.
    func tell(_ flow: inout FlowStatus, records: TopicCounters) {
        let (fetched, produced, noted) = (fetching.totals, producing.totals, progress.totals)
        flow.counters.fetchRequests = fetched.fetchRequests
        flow.counters.fetchThrottledSeconds = fetched.throttled / .seconds(1)
        flow.counters.produceRequests = produced.produceRequests + noted.produceRequests
        flow.counters.produceThrottledSeconds = (produced.throttled + noted.throttled) / .seconds(1)
        flow.stages.request = answers.durations.withLock { $0 }
        let wire = WireBytes(read: fetched.receivedBytes, written: produced.sentBytes, progress: noted.sentBytes)
        link.withLock { link in
            link.add(wire, roundTrips(), at: .now - began)
            flow.link = link.traffic(records: records, since: since)
        }
    }
}
