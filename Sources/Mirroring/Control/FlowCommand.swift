// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// What a person may order of a flow.
public enum FlowCommand: Sendable, Equatable {
    case pause(ControlScope)
    case resume(ControlScope)
    case restart(ControlScope)
    /// - offset: of the last record that counts as mirrored; `nil` is no progress.
    case setProgress(TopicPartition, offset: Int64?)

    public var scope: ControlScope {
        switch self {
        case .pause(let scope), .resume(let scope), .restart(let scope): scope
        case .setProgress(let place, _): .partition(place)
        }
    }
}

/// Why an order was not taken.
public struct OrderProblem: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Kind: Sendable { case unknown, outOfRange, cluster }

    public var kind: Kind
    public var description: String

    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
