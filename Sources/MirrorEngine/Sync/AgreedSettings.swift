// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Synchronization

/// What clusters that mirror each other last agreed on, by pair: the two flows of a pair share it. Each with its own memory,
/// a flow could not tell a value that the other has just carried from one that somebody set, and a side that changed twice
/// within an interval would look as if both had.
final class AgreedSettings: Sendable {
    private let pairs = Mutex<[Set<ClusterAlias>: MutualSync]>([:])

    /// Notes what is equal, and tells what is known now.
    func note(source: ObservedTopic, target: ObservedTopic, of flow: FlowName, sourceWins: Bool) -> MutualSync {
        pairs.withLock { pairs in
            var mutual = pairs.removeValue(forKey: Self.pair(flow)) ?? MutualSync(sourceWins: sourceWins)
            mutual.note(source: source, target: target)
            mutual.sourceWins = sourceWins
            pairs[Self.pair(flow)] = mutual
            return mutual
        }
    }

    /// Forgets a topic that is gone.
    func forget(_ topic: TopicName, of flow: FlowName) {
        pairs.withLock { $0[Self.pair(flow)]?.forget(topic) }
    }

    private static func pair(_ flow: FlowName) -> Set<ClusterAlias> { [flow.source, flow.target] }
}
