// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTypes

/// Detector D1: the clusters that answer are still those that the lane was started for. Another cluster at the same address
/// may have a topic of the same name, and then nothing else tells until records are mixed or lost.
extension Lane {
    /// Whether progress may be written. Once it may not, the lane takes nothing more: its flow ends it.
    func clustersAreTheSame() -> Bool {
        guard !hasMetStranger else { return false }
        let latest = settings.latestIDs()
        let told: [(ClusterAlias, String, [String?])] = [
            (settings.flow.source, settings.sourceID, [latest.source] + sources.clusterIDs),
            (settings.flow.target, settings.targetID, [latest.target, delivery.targetID]),
        ]
        for (alias, expected, ids) in told {
            guard let other = ids.compactMap(\.self).first(where: { $0 != expected }) else { continue }
            hasMetStranger = true
            handle.report(.clusterChanged(ClusterChange(cluster: alias, was: expected, now: other)))
            return false
        }
        return true
    }
}

/// Once a connection was lost, another cluster may be at its other end the next time, and its records look like any other.
/// What had been fetched before is still taken, so that it arrives even where the source never comes back; what comes
/// later waits until the cluster has said who it is.
extension Lane {
    func noteLostConnection(_ code: KafkaErrorCode) {
        guard code == ._transport || code == ._allBrokersDown, fetchedBeforeDoubt == nil else { return }
        fetchedBeforeDoubt = sources.fetchedCount
    }

    /// Also while nothing is taken for want of room: what comes after a lost connection must not count as fetched before it.
    func noteClientFailures() {
        while let failure = sources.nextClientFailure() { failed(failure, nil, nil) }
    }

    func takeInDoubt() {
        if let left = fetchedBeforeDoubt, left > 0 {
            let taken = takeBurst(waiting: .zero, atMost: min(left, 1000))
            fetchedBeforeDoubt = taken == 0 ? 0 : left - taken
            return
        }
        noteClientFailures()
        guard sources.refreshMetadata(within: settings.identityWait) else { return }
        fetchedBeforeDoubt = nil
        _ = clustersAreTheSame()
    }
}

extension LaneSettings {
    /// A broker answers the requests of a connection in their order: the answer comes behind that to a fetch that waits for
    /// records, and may come from the other side of the world. Acknowledgements and commands wait as long.
    fileprivate var identityWait: Duration {
        .milliseconds(consumer["fetch.wait.max.ms"].flatMap(Int.init) ?? 500) + .milliseconds(500)
    }
}

/// Another cluster answers at an address than the one that a flow was started with.
struct ClusterChange: Error, Sendable, Equatable, CustomStringConvertible {
    var cluster: ClusterAlias
    var was: String
    var now: String

    var description: String {
        "another cluster answers at \(cluster).bootstrap.servers: it was \(was) and is \(now). Nothing is mirrored and no "
            + "progress is written until \(was) answers again. If the change is meant, restart Tern"
    }
}
