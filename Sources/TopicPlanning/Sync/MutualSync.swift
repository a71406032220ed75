// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
public import KafkaTypes

/// What the two clusters of a pair of flows last agreed on, where both flows carry the same topics under the same names.
///
/// Without it each flow would overwrite the other side in every round: a value changed on one cluster would be set back,
/// or the two would swap values for ever. With it the side that moved away from what was agreed wins. Where nothing was
/// agreed yet (after a start), or both moved, the cluster that the file lists first wins.
public struct MutualSync: Sendable, Hashable {
    /// Raw values by topic and setting.
    private var agreed: [TopicName: [String: String]] = [:]
    /// Whether this flow's source is the cluster that wins where nothing else decides.
    public var sourceWins: Bool

    public init(sourceWins: Bool) { self.sourceWins = sourceWins }

    /// Whether a flow and the one back carry the same topics under the same names.
    public static func applies(to flow: FlowName, amongFlowsKeepingNames flows: some Sequence<FlowName>) -> Bool {
        let back = FlowName(source: flow.target, target: flow.source)
        let all = Set(flows)
        return all.contains(flow) && all.contains(back)
    }

    /// Notes what is equal now on both clusters. Call it in every round, before the changes of that round are decided.
    public mutating func note(source: ObservedTopic, target: ObservedTopic) {
        for entry in source.settings.values {
            guard let value = entry.value, let other = target.settings[entry.name]?.value,
                TopicSettingCatalogue.isEqual(entry.name, value, other)
            else { continue }
            agreed[source.name, default: [:]][entry.name] = value
        }
    }

    /// Forgets a topic that is gone.
    public mutating func forget(_ topic: TopicName) { agreed[topic] = nil }

    /// Whether the source's value of a setting that differs from the target's is the one to be carried: what moved away from
    /// the agreed value wins, and where both did, or nothing was agreed, the same cluster for both flows. Without that the
    /// two would swap their values for ever.
    func carries(_ entry: ConfigurationEntry, over target: ConfigurationEntry?, of topic: TopicName) -> Bool {
        guard entry.name != MessageRoom.setting else { return true }
        guard let last = agreed[topic]?[entry.name], let value = entry.value else { return sourceWins }
        guard !TopicSettingCatalogue.isEqual(entry.name, value, last) else { return false }
        guard let other = target?.value else { return true }
        return TopicSettingCatalogue.isEqual(entry.name, other, last) || sourceWins
    }
}
