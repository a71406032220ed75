// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// One thing that a plan would do to a topic.
public enum TopicChange: Sendable, Hashable {
    /// `nil` leaves a number to the broker. Settings are raw values by name.
    case create(partitions: Int32?, replicationFactor: Int16?, settings: [String: String])
    case addPartitions(from: Int32, to: Int32)
    case set(String, from: SettingState?, to: String)
    /// `to` is what holds then, where that is known.
    case unset(String, from: SettingState, to: SettingState?)
    case delete(partitions: Int32)

    /// The setting that is changed, if it is one.
    public var setting: String? {
        switch self {
        case .set(let name, _, _), .unset(let name, _, _): name
        case .create, .addPartitions, .delete: nil
        }
    }

    /// Whether a topic, as read back, is as this change would leave it; `nil` stands for no topic.
    public func isDone(by topic: ObservedTopic?) -> Bool {
        switch self {
        case .delete: return topic == nil
        case .create(let partitions, let factor, let settings):
            guard let topic, partitions == nil || topic.partitions == partitions else { return false }
            guard factor == nil || topic.replicationFactor == factor else { return false }
            return settings.allSatisfy { Self.holds($0.key, $0.value, in: topic) }
        case .addPartitions(_, let count): return topic.map { $0.partitions >= count } ?? false
        case .set(let name, _, let value): return topic.map { Self.holds(name, value, in: $0) } ?? false
        case .unset(let name, _, _):
            guard let topic else { return false }
            return topic.settings[name]?.source != .dynamicTopic
        }
    }

    private static func holds(_ name: String, _ value: String, in topic: ObservedTopic) -> Bool {
        guard let now = topic.settings[name]?.value else { return false }
        return TopicSettingCatalogue.isEqual(name, now, value)
    }
}

/// What is wanted and cannot be had through Kafka's admin calls, with what can be done instead.
public enum TopicObstacle: Sendable, Hashable {
    case fewerPartitions(have: Int32, wanted: Int32)
    case replicationFactor(have: Int16, wanted: Int16)
    case tooFewBrokers(have: Int, wanted: Int16)
    /// Kafka allows no two names that differ only in `.` and `_`.
    case nameTaken(by: TopicName)
    case minimumAboveReplication(minimum: Int64, factor: Int16)
    /// The cluster's brokers have no such setting; a creation that names it would fail as a whole.
    case unknownSetting(String)
    /// The broker hides the value, so it cannot be compared.
    case hiddenSetting(String)
    case readOnlySetting(String)
    /// The topic is there and may not be read.
    case unreadable(String)
    /// A topic that a change was asked for is not there; another has a name much like it.
    case missing(near: TopicName?)
    /// One that was saved with a plan, in its words.
    case told(what: String, remedy: String)

    /// What is the matter.
    public var what: String {
        switch self {
        case .fewerPartitions(let have, let wanted): "has \(have) partitions, and \(wanted) are wanted"
        case .replicationFactor(let have, let wanted): "has replication factor \(have), and \(wanted) is wanted"
        case .tooFewBrokers(let have, let wanted):
            "wants replication factor \(wanted), and the cluster has \(have) broker\(have == 1 ? "" : "s")"
        case .nameTaken(let other): "cannot be created next to \"\(other)\": the names differ only in \".\" and \"_\""
        case .minimumAboveReplication(let minimum, let factor):
            "wants min.insync.replicas \(minimum) above its replication factor \(factor): no write with acks=all would be answered"
        case .unknownSetting(let name): "wants \(name), which this cluster's brokers do not know"
        case .hiddenSetting(let name): "wants \(name), whose present value the broker hides"
        case .readOnlySetting(let name): "wants \(name), which the broker lets nobody change"
        case .unreadable(let reason): "cannot be read: \(reason)"
        case .missing: "does not exist"
        case .told(let what, _): what
        }
    }

    /// The tool or the step that can.
    public var remedy: String {
        switch self {
        case .fewerPartitions:
            "Kafka never removes partitions: create another topic with fewer and copy the records, or write the present number"
        case .replicationFactor:
            "kafka-reassign-partitions.sh moves and adds replicas; then write its number here"
        case .tooFewBrokers: "add brokers or lower the replication factor"
        case .nameTaken: "use the name that is there, or delete that topic first"
        case .minimumAboveReplication: "lower min.insync.replicas, or raise the replication factor first"
        case .unknownSetting: "remove it for this cluster, or update the brokers"
        case .hiddenSetting: "set it with kafka-configs.sh"
        case .readOnlySetting: "set it in the broker's server.properties"
        case .unreadable: "grant Describe and DescribeConfigs on it, or leave it out"
        case .missing(nil): "tern topic list shows what is there"
        case .missing(let near?): "did you mean \"\(near)\"?"
        case .told(_, let remedy): remedy
        }
    }

    /// Nothing of the topic is done; otherwise only what the obstacle is about is left out.
    public var blocksTopic: Bool {
        switch self {
        case .tooFewBrokers, .nameTaken, .unreadable, .missing: true
        case .fewerPartitions, .replicationFactor, .minimumAboveReplication, .unknownSetting, .hiddenSetting,
            .readOnlySetting, .told:
            false
        }
    }
}
