// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes
internal import Patterns

/// What a partition does after records were lost: `on.data.loss`.
public enum LossPolicy: String, Sendable, CaseIterable, Codable {
    /// It stops until a person decides.
    case halt
    /// It continues with what was not copied yet.
    case `continue`
    /// It copies all that the source has now.
    case restart
}

/// `on.data.loss`, and `on.data.loss.halt`, `.restart` and `.continue`, which name topics of the source.
public struct DataLossConfiguration: Sendable, Equatable {
    /// Of topics that no list names.
    public var standard = LossPolicy.halt
    public var halt = NamePatternList.none
    public var restart = NamePatternList.none
    public var `continue` = NamePatternList.none

    public init() {}

    /// The policy of a topic of the source. Where several lists name it the most careful one holds: halt, restart, continue. A
    /// list that gives no answer about the name halts.
    public func policy(of topic: TopicName) -> LossPolicy {
        for (list, policy) in [(halt, LossPolicy.halt), (restart, .restart), (`continue`, .continue)] {
            switch list.answer(for: topic.rawValue) {
            case .yes: return policy
            case .no: continue
            case .unknown: return .halt
            }
        }
        return standard
    }

    /// No topic does anything but stop.
    public var alwaysHalts: Bool { standard == .halt && restart.isEmpty && `continue`.isEmpty }
}
