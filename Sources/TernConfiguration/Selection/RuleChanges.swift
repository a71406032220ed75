// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// Which topics of a flow's source the rules of the newest MirrorMaker choose otherwise than those of Kafka 3.9, by the same file:
/// what a person who comes from there has to know before the flow starts.
public struct RuleChanges: Sendable, Equatable {
    /// Mirrored now, left out then: `orders-internal`. In the order of names.
    public let broughtIn: [TopicName]
    /// The other way round: `A.orders` on A.
    public let leftOut: [TopicName]

    public init(
        of topics: some Sequence<TopicName>, selection: TopicSelection, naming: any ReplicationNaming,
        target: ClusterAlias
    ) {
        var (broughtIn, leftOut): ([TopicName], [TopicName]) = ([], [])
        for topic in topics {
            let isSelected = selection.selects(topic, naming: naming, target: target).isSelected
            guard isSelected != selection.wasSelected(topic, naming: naming, target: target) else { continue }
            if isSelected { broughtIn.append(topic) } else { leftOut.append(topic) }
        }
        self.broughtIn = broughtIn.sorted()
        self.leftOut = leftOut.sorted()
    }
}
