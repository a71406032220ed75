// SPDX-License-Identifier: Apache-2.0
import Mirroring
public import KafkaTypes

/// What one topic should be on one cluster.
public struct TopicSpecification: Sendable, Hashable {
    /// Whether there should be such a topic.
    public enum State: String, Sendable, Hashable, CaseIterable {
        case present
        /// The topic should not exist.
        case absent
    }

    public var name: TopicName
    public var state: State
    /// `nil` leaves it to the broker when the topic is created, and to what is there otherwise.
    public var partitions: Int32?
    /// `nil` leaves it to the broker when the topic is created, and to what is there otherwise.
    public var replicationFactor: Int16?
    /// Raw values by setting. A setting that is not here should have no value of the topic's own.
    public var settings: [String: String]
    /// Settings that are left as they are, whatever they are: names, or beginnings of names followed by `*`.
    public var unmanaged: Set<String>
    /// For people.
    public var summary: String?
    /// For people.
    public var labels: [String: String]
    /// Where it was written, if in a file.
    public var location: FileLocation?

    public init(
        name: TopicName, state: State = .present, partitions: Int32? = nil, replicationFactor: Int16? = nil,
        settings: [String: String] = [:], unmanaged: Set<String> = TopicSpecification.alwaysUnmanaged,
        summary: String? = nil, labels: [String: String] = [:], location: FileLocation? = nil
    ) {
        self.name = name
        self.state = state
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.settings = settings
        self.unmanaged = unmanaged
        self.summary = summary
        self.labels = labels
        self.location = location
    }

    /// Settings that a tool writes while it moves replicas, and takes away when it is done.
    public static let alwaysUnmanaged: Set<String> = [
        "follower.replication.throttled.replicas", "leader.replication.throttled.replicas",
    ]

    /// Whether a setting that is not specified is left as it is.
    public func leavesAlone(_ setting: String) -> Bool {
        settings[setting] == nil
            && unmanaged.contains { pattern in
                pattern.hasSuffix("*") ? setting.hasPrefix(pattern.dropLast()) : setting == pattern
            }
    }
}
