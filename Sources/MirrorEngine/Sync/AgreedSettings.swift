// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import TopicPlanning
import KafkaTypes
import Synchronization

/// What clusters that mirror each other last agreed on, by pair: the two flows of a pair share it. Each with its own memory,
/// a flow could not tell a value that the other has just carried from one that somebody set, and a side that changed twice
/// within an interval would look as if both had.
final class AgreedSettings: Sendable {
    private struct Pair {
        var mutual: MutualSync?
        let turns = Turns()
    }

    private let pairs = Mutex<[Set<ClusterAlias>: Pair]>([:])

    /// Notes what is equal, and tells what is known now.
    func note(source: ObservedTopic, target: ObservedTopic, of flow: FlowName, sourceWins: Bool) -> MutualSync {
        pairs.withLock { pairs in
            // Taken out and put back, so that the memory of all topics is not copied for each.
            var pair = pairs.removeValue(forKey: Self.key(flow)) ?? Pair()
            var mutual = pair.mutual.take() ?? MutualSync(sourceWins: sourceWins)
            mutual.note(source: source, target: target)
            mutual.sourceWins = sourceWins
            pair.mutual = mutual
            pairs[Self.key(flow)] = pair
            return mutual
        }
    }

    /// Forgets a topic that is gone.
    func forget(_ topic: TopicName, of flow: FlowName) {
        pairs.withLock { $0[Self.key(flow)]?.mutual?.forget(topic) }
    }

    /// Waits until the other flow of the pair has finished what it does. What one reads while the other writes is neither
    /// what was nor what is, and would be carried back over what was just written.
    func beginTurn(of flow: FlowName) async {
        let turns = pairs.withLock { $0[Self.key(flow), default: Pair()].turns }
        await turns.begin()
    }

    func endTurn(of flow: FlowName) async {
        await pairs.withLock { $0[Self.key(flow)]?.turns }?.end()
    }

    private static func key(_ flow: FlowName) -> Set<ClusterAlias> { [flow.source, flow.target] }
}

/// One at a time, in the order of coming.
private actor Turns {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func begin() async {
        guard isTaken else {
            isTaken = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func end() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
