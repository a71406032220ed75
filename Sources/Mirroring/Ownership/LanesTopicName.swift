// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// Under which of its two names the daemons of a flow share the lanes topic.
///
/// The group shares out each topic among those of its members that have asked for it. A daemon with the new name beside an older
/// one with the former would have every lane, and so would the other. Therefore the former name holds for all as long as
/// somebody has lanes by it: an older daemon knows no other.
public enum LanesTopicName: Sendable, Equatable {
    case current, former

    /// Asked at the start and at each assignment, before any lane runs. What was assigned by the current name counts only where
    /// the answer is still `current`: all that a group assigns it assigns at once, so nobody has the same lane by the former name.
    ///
    /// - Parameters:
    ///   - now: by which this daemon shares; `nil` at its start. From the former name it goes to the current one only by a start:
    ///     daemons that ran each other out of the former name one by one would not run the same lanes in between.
    ///   - isFormerThere: whether the target has a topic of the former name.
    ///   - isFormerHeld: whether another daemon has lanes by the former name.
    public static func choice(now: Self?, isFormerThere: Bool, isFormerHeld: Bool) -> Self {
        guard isFormerThere else { return .current }
        return now == .former || isFormerHeld ? .former : .current
    }

    /// Whether somebody else has lanes by a topic.
    /// - Parameters:
    ///   - group: that shares the lanes; `nil` when the target knows none.
    ///   - instance: what the group's names of this daemon begin with: what a process before it on this machine had counts for
    ///     nothing, since it has ended.
    /// - Returns: `nil` while the group shares out anew, when it does not tell who has what.
    public static func isHeld(_ topic: TopicName, in group: GroupDescription?, besides instance: String) -> Bool? {
        guard let group else { return false }
        switch group.state {
        case .empty, .dead: return false
        case .stable:
            return group.members.contains { member in
                member.assignment.contains { $0.topic == topic } && member.instanceID?.hasPrefix(instance) != true
            }
        case .unknown, .preparingRebalance, .completingRebalance: return nil
        }
    }
}
