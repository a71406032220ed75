// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// What an order of a person is about: a whole flow, a topic of its source, or one partition.
public struct ControlScope: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let topic: TopicName?
    public let partition: Int32?

    private init(topic: TopicName?, partition: Int32?) {
        self.topic = topic
        self.partition = partition
    }

    public static let flow = ControlScope(topic: nil, partition: nil)
    public static func topic(_ topic: TopicName) -> ControlScope { ControlScope(topic: topic, partition: nil) }
    public static func partition(_ place: TopicPartition) -> ControlScope {
        ControlScope(topic: place.topic, partition: place.partition)
    }

    /// The partition, where it is one.
    public var place: TopicPartition? {
        guard let topic, let partition else { return nil }
        return TopicPartition(topic, partition)
    }

    public func contains(_ place: TopicPartition) -> Bool {
        (topic == nil || topic == place.topic) && (partition == nil || partition == place.partition)
    }

    /// The scopes that cover all of this one: the flow, and a partition's topic.
    public var wider: [ControlScope] {
        guard let topic else { return [] }
        return partition == nil ? [.flow] : [.flow, .topic(topic)]
    }

    /// `flow`, `topic` or `partition`.
    public var word: String { topic == nil ? "flow" : partition == nil ? "topic" : "partition" }

    /// `the whole flow`, `orders`, `orders/3`.
    public var description: String {
        guard let topic else { return "the whole flow" }
        return partition.map { "\(topic)/\($0)" } ?? "\(topic)"
    }

    public static func < (left: ControlScope, right: ControlScope) -> Bool {
        guard let leftTopic = left.topic else { return right.topic != nil }
        guard let rightTopic = right.topic else { return false }
        if leftTopic != rightTopic { return leftTopic < rightTopic }
        return (left.partition ?? -1) < (right.partition ?? -1)
    }
}

/// Which partitions of a flow are paused.
public struct Pauses: Sendable, Equatable {
    public var scopes: Set<ControlScope>

    public init(_ scopes: Set<ControlScope> = []) { self.scopes = scopes }

    public func contains(_ place: TopicPartition) -> Bool {
        guard !scopes.isEmpty else { return false }
        return scopes.contains(.flow) || scopes.contains(.topic(place.topic)) || scopes.contains(.partition(place))
    }
}
