// SPDX-License-Identifier: Apache-2.0
import TopicPlanning
import Kafka
import Mirroring
import Synchronization

/// What a flow's lanes had to do with the network, over all clients that they ever had. Kept by the flow, so that lanes and
/// producers that are replaced go on where the last ones stopped; the clusters' totals have it too.
final class FlowTraffic: Sendable {
    let fetching: ClientTraffic
    /// Of the producers of data.
    let producing: ClientTraffic
    /// Of the producers of progress, whose requests are counted with the others and not timed.
    let progress: ClientTraffic
    private let answers: Answers

    private final class Answers: Sendable {
        let durations = Mutex(HistogramSnapshot())
    }

    init(source: Cluster, target: Cluster) {
        let answers = Answers()
        self.answers = answers
        fetching = ClientTraffic(addingTo: source.traffic, isOfRecords: true)
        producing = ClientTraffic(addingTo: target.traffic, isOfRecords: true) { time in
            answers.durations.withLock { $0.record(time / .seconds(1)) }
        }
        progress = ClientTraffic(addingTo: target.traffic)
    }

    func tell(_ flow: inout FlowStatus) {
        let (fetched, produced, noted) = (fetching.totals, producing.totals, progress.totals)
        flow.counters.fetchRequests = fetched.fetchRequests
        flow.counters.fetchThrottledSeconds = fetched.throttled / .seconds(1)
        flow.counters.produceRequests = produced.produceRequests + noted.produceRequests
        flow.counters.produceThrottledSeconds = (produced.throttled + noted.throttled) / .seconds(1)
        flow.stages.request = answers.durations.withLock { $0 }
    }
}
