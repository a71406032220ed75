// SPDX-License-Identifier: Apache-2.0
import Mirroring
public import TernConfiguration
public import KafkaTypes

/// One field in which a topic differs between two clusters.
public struct TopicDifference: Sendable, Hashable {
    /// What differs.
    public enum Field: Sendable, Hashable {
        /// Whether the topic is there.
        case presence
        case partitions
        case replicationFactor
        case setting(String)

        /// For a table: Kafka's name of a setting, and a dash for the topic as a whole.
        public var name: String {
            switch self {
            case .presence: "–"
            case .partitions: "partitions"
            case .replicationFactor: "replication-factor"
            case .setting(let name): name
            }
        }
    }

    /// What one cluster has.
    public enum Side: Sendable, Hashable {
        case present
        case missing
        case unreadable(String)
        case number(Int64)
        case setting(SettingState)
        /// The brokers do not know the setting.
        case unknown
    }

    /// Whether the flow brings the two together by itself.
    public enum Sync: Sendable, Hashable {
        case willSet
        case willUnset
        case willCreate
        case willAddPartitions
        case no(Reason)

        /// The flow mends it without anybody's doing.
        public var isSynced: Bool {
            switch self {
            case .willSet, .willUnset, .willCreate, .willAddPartitions: true
            case .no: false
            }
        }

        /// A few words, for a table.
        public var reason: String {
            switch self {
            case .willSet: "will be set by the next sync"
            case .willUnset: "will be taken away by the next sync"
            case .willCreate: "will be created by the next refresh"
            case .willAddPartitions: "will be added by the next refresh"
            case .no(let reason): reason.text
            }
        }
    }

    /// Why a flow leaves a difference as it is.
    public enum Reason: Sendable, Hashable {
        case noFlow
        case flowDisabled
        case topicsNotRefreshed
        case settingsNotSynced
        case notMirrored(TopicSelection.Verdict)
        case exception(SyncException)
        case neverDeleted
        case neverShrunk
        case chosenAtCreation
        case unreadable

        /// The reason as the last column of `tern topic diff` has it.
        public var text: String {
            switch self {
            case .noFlow: "no flow between them"
            case .flowDisabled: "the flow is not enabled"
            case .topicsNotRefreshed: "refresh.topics.enabled=false"
            case .settingsNotSynced: "sync.topic.configs.enabled=false"
            case .notMirrored(.notIncluded): "filtered: topics"
            case .notMirrored(.excluded): "filtered: topics.exclude"
            case .notMirrored(.internalTopic): "internal topic"
            case .notMirrored(.undecided): "undecided: a pattern gives no answer"
            case .notMirrored(.cycle): "came from the target, by its name"
            case .notMirrored(.selected): "mirrored"
            case .exception(let exception): exception.reason
            case .neverDeleted: "a mirror deletes no topic"
            case .neverShrunk: "partitions are never removed"
            case .chosenAtCreation: "chosen when the topic is created"
            case .unreadable: "cannot be read"
            }
        }
    }

    /// On the first cluster, or what it would be called there.
    public let topic: TopicName
    /// On the second.
    public let counterpart: TopicName
    public let field: Field
    public let from: Side
    public let to: Side
    /// Whether the flow mends it, and if not, why.
    public let sync: Sync

    public init(topic: TopicName, counterpart: TopicName, field: Field, from: Side, to: Side, sync: Sync) {
        self.topic = topic
        self.counterpart = counterpart
        self.field = field
        self.from = from
        self.to = to
        self.sync = sync
    }
}

/// What a flow between two clusters does about topics, as far as a comparison wants to know.
public struct ComparedFlow: Sendable {
    public var name: FlowName
    public var isEnabled: Bool
    public var naming: any ReplicationNaming
    public var selection: TopicSelection
    /// `refresh.topics.enabled`: whether it creates topics and adds partitions.
    public var refreshesTopics: Bool
    /// `nil` when `sync.topic.configs.enabled` is off.
    public var rules: TopicSyncRules?
    /// What a target's limit may have above the source's, settings synced or not.
    public var room: MessageRoom

    public init(
        name: FlowName, isEnabled: Bool = true, naming: any ReplicationNaming, selection: TopicSelection,
        refreshesTopics: Bool = true, rules: TopicSyncRules?, room: MessageRoom = MessageRoom()
    ) {
        self.name = name
        self.isEnabled = isEnabled
        self.naming = naming
        self.selection = selection
        self.refreshesTopics = refreshesTopics
        self.rules = rules
        self.room = room
    }
}
