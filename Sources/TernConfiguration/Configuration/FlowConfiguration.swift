// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// One direction of mirroring, as the file configures it.
public struct FlowConfiguration: Sendable, Equatable {
    public var name: FlowName
    /// Whether records are copied; a pair that MirrorMaker selects only for its heartbeats is present with `false`.
    public var isEnabled: Bool

    public let policy: ReplicationPolicyConfiguration
    /// What the policy calls topics, with the flow's source and separator.
    public var naming: any ReplicationNaming { kept.naming }
    private let kept: KeptNaming
    public var topics: TopicSelection
    /// Whose offsets are translated.
    public var groups: GroupSelection

    /// Of topics created on the target; -1 leaves it to the broker.
    public var replicationFactor: Int16
    public var refreshesTopics: Bool
    public var refreshInterval: Duration
    /// Where a partition without progress starts.
    public var start: StartPosition
    public var isolation: IsolationLevel

    public var progressTopic: ProgressTopicConfiguration
    /// Between two writes of progress.
    public var flushInterval: Duration
    /// Discards what has passed more clusters than this; `nil` where nothing is said, see `replication.hops.max`.
    public var maximumHops: Int?
    public var emitsSourceGroupOffsets: Bool
    /// `tasks.max`.
    public var laneCount: Int
    /// Of the topic whose partitions are the lanes; -1 leaves it to the broker.
    public var lanesReplicationFactor: Int16
    /// The topic on the target whose partitions are the lanes; legal whatever the source's alias is.
    public var lanesTopic: TopicName
    /// What an older Tern calls ``lanesTopic``.
    public var formerLanesTopic: TopicName
    /// Where on the target the places of copies are kept; legal whatever the source's alias is.
    public var offsetMapTopic: TopicName { Self.offsetMapTopic(of: name.source) }
    /// Draining at a stop lasts at most this long.
    public var shutdownTimeout: Duration
    /// A request for topics, settings or offsets may take this long: `admin.timeout.ms`.
    public var adminTimeout: Duration
    public var limits: FlowLimits
    public var connections = ConnectionChoice()
    /// What its bytes between regions cost.
    public var link = LinkConfiguration()
    public var exactlyOnce: ExactlyOnceConfiguration
    /// `errors.tolerance=all`: records that the target refuses for good are set aside in ``quarantineTopic``.
    public var quarantines = false
    /// What partitions do after records were lost.
    public var dataLoss = DataLossConfiguration()
    /// Failing over without a person.
    public var failover = FailoverConfiguration()
    public var clients: FlowClients

    public var topicSync: TopicSyncConfiguration
    public var offsetSyncs: OffsetSyncConfiguration
    public var checkpoints: CheckpointConfiguration
    public var heartbeats: HeartbeatConfiguration

    /// A flow with the defaults of every key, and these topics.
    public init(
        name: FlowName, isEnabled: Bool, policy: ReplicationPolicyConfiguration = ReplicationPolicyConfiguration(),
        topics: TopicSelection, groups: GroupSelection = GroupSelection(include: .none),
        clients: FlowClients = FlowClients()
    ) {
        self.name = name
        self.isEnabled = isEnabled
        self.policy = policy
        kept = KeptNaming(naming: policy.naming(source: name.source))
        self.topics = topics
        self.groups = groups
        replicationFactor = 2
        refreshesTopics = true
        refreshInterval = .seconds(600)
        start = .earliest
        isolation = .readCommitted
        progressTopic = ProgressTopicConfiguration(
            name: TopicName(KafkaNames.legalized(InternalTopics.progress(of: name.source).rawValue)))
        flushInterval = .seconds(1)
        maximumHops = nil
        emitsSourceGroupOffsets = true
        laneCount = 1
        lanesReplicationFactor = 3
        lanesTopic = TopicName(KafkaNames.legalized(InternalTopics.lanes(of: name.source).rawValue))
        formerLanesTopic = TopicName(KafkaNames.legalized(InternalTopics.formerLanes(of: name.source).rawValue))
        shutdownTimeout = .seconds(25)
        adminTimeout = .seconds(60)
        limits = FlowLimits()
        exactlyOnce = ExactlyOnceConfiguration()
        self.clients = clients
        topicSync = TopicSyncConfiguration()
        offsetSyncs = OffsetSyncConfiguration()
        checkpoints = CheckpointConfiguration()
        heartbeats = HeartbeatConfiguration()
    }

    /// Of a lane's producer on the target: the same for every daemon, so that whoever carries the lane next ends what is open.
    public func transactionalID(lane: Int) -> String { "\(transactionalIDPrefix)\(lane)" }
    /// What the transactional ids of the flow begin with, as access rules name them.
    public var transactionalIDPrefix: String { "tern.\(name)." }

    /// What people have ordered of this flow, on the target.
    public var controlTopic: TopicName {
        TopicName(KafkaNames.legalized(InternalTopics.control(of: name.source).rawValue))
    }

    /// On the target of a flow from that source.
    public static func offsetMapTopic(of source: ClusterAlias) -> TopicName {
        TopicName(KafkaNames.legalized(InternalTopics.offsetMap(of: source).rawValue))
    }

    /// Where on the target records are kept that it refuses for good; legal whatever the source's alias is.
    public var quarantineTopic: TopicName { Self.quarantineTopic(of: name.source) }

    /// On the target of a flow from that source.
    public static func quarantineTopic(of source: ClusterAlias) -> TopicName {
        TopicName(KafkaNames.legalized(InternalTopics.quarantine(of: source).rawValue))
    }

    /// Where on the target losses are recorded; legal whatever the source's alias is.
    public var ledgerTopic: TopicName {
        TopicName(KafkaNames.legalized(InternalTopics.ledger(of: name.source).rawValue))
    }

    /// Of the data consumer on the source, before what Tern forces.
    public var consumerProperties: ClientProperties { clients.sourceConsumer }
    /// Of the data producer on the target, before what Tern forces.
    public var producerProperties: ClientProperties { clients.dataProducer }
    public var sourceAdminProperties: ClientProperties { clients.sourceAdmin }
    public var targetAdminProperties: ClientProperties { clients.targetAdmin }
}

/// Client properties of one flow, by side and kind, under librdkafka's names. MirrorMaker reads two different sets for
/// producers on the target: its own (`targetProducer`) and that of the records (`dataProducer`).
public struct FlowClients: Sendable, Equatable {
    public var sourceConsumer = ClientProperties()
    public var sourceProducer = ClientProperties()
    public var sourceAdmin = ClientProperties()
    public var targetConsumer = ClientProperties()
    public var targetProducer = ClientProperties()
    public var targetAdmin = ClientProperties()
    public var dataProducer = ClientProperties()

    public init() {}
}

/// How topics of the source are called on the target.
public struct ReplicationPolicyConfiguration: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// `A.orders`: `DefaultReplicationPolicy`.
        case prefix
        /// `orders`: `IdentityReplicationPolicy`.
        case identity
    }

    public var kind: Kind
    /// `nil` where none is configured, which MirrorMaker distinguishes from a configured `.`.
    public var separator: String?
    public var internalSeparatorEnabled: Bool

    public init(kind: Kind = .prefix, separator: String? = nil, internalSeparatorEnabled: Bool = true) {
        self.kind = kind
        self.separator = separator
        self.internalSeparatorEnabled = internalSeparatorEnabled
    }

    public func naming(source: ClusterAlias) -> any ReplicationNaming {
        switch kind {
        case .prefix:
            PrefixNaming(source: source, separator: separator, internalSeparatorEnabled: internalSeparatorEnabled)
        case .identity:
            IdentityNaming(source: source, separator: separator, internalSeparatorEnabled: internalSeparatorEnabled)
        }
    }
}

/// Where a partition without progress starts: `auto.offset.reset`.
public enum StartPosition: String, Sendable, CaseIterable {
    case earliest, latest
    /// It does not start: its state says that there is no position.
    case none
}

public enum IsolationLevel: String, Sendable, CaseIterable {
    case readCommitted = "read_committed"
    case readUncommitted = "read_uncommitted"
}

/// The topic on the target that holds a flow's progress.
public struct ProgressTopicConfiguration: Sendable, Equatable {
    public var name: TopicName
    public var partitionCount: Int32
    public var replicationFactor: Int16
    /// First part of a row's key.
    public var connectorName: String

    public init(
        name: TopicName, partitionCount: Int32 = 25, replicationFactor: Int16 = 3,
        connectorName: String = "MirrorSourceConnector"
    ) {
        self.name = name
        self.partitionCount = partitionCount
        self.replicationFactor = replicationFactor
        self.connectorName = connectorName
    }
}

/// What one flow may hold in memory, over all its lanes in this process.
public struct FlowLimits: Sendable, Equatable {
    /// Records handed to the producer and not yet acknowledged.
    public var inFlightRecords: Int
    /// Bytes of these records.
    public var inFlightBytes: Int
    /// Bytes fetched ahead of what was handed over.
    public var prefetchBytes: Int

    public init(inFlightRecords: Int = 50_000, inFlightBytes: Int = 24 << 20, prefetchBytes: Int = 16 << 20) {
        self.inFlightRecords = inFlightRecords
        self.inFlightBytes = inFlightBytes
        self.prefetchBytes = prefetchBytes
    }

    /// A record that is fetched ahead counts as so many bytes at least: librdkafka keeps some 450 bytes beside each, so that
    /// bytes alone would let small records take five times the bound.
    public static let leastPrefetchedSize = 256

    /// Records fetched ahead at most, however small they are.
    public var prefetchRecords: Int { prefetchBytes / Self.leastPrefetchedSize }
}

/// `sync.topic.configs.*`, `sync.topic.acls.*` and what belongs to them.
public struct TopicSyncConfiguration: Sendable, Equatable {
    public var synchronizesConfigurations = true
    public var configurationInterval: Duration = .seconds(600)
    public var synchronizesAccessRules = true
    public var accessRuleInterval: Duration = .seconds(600)
    /// `config.properties.exclude`.
    public var filter = ConfigurationFilter(exclude: .none)
    /// `use.defaults.from=source`: values that are defaults on the source are written on the target.
    public var usesSourceDefaults = false

    public init() {}
}

/// `emit.offset-syncs.enabled`, `offset-syncs.topic.*`, `offset.lag.max`.
public struct OffsetSyncConfiguration: Sendable, Equatable {
    public enum Location: String, Sendable, CaseIterable { case source, target }

    public var isEnabled = true
    public var location = Location.source
    public var replicationFactor: Int16 = 3
    public var maximumLag: Int64 = 100

    public init() {}
}

/// `emit.checkpoints.*`, `sync.group.offsets.*`, `refresh.groups.*`.
public struct CheckpointConfiguration: Sendable, Equatable {
    public var isEnabled = true
    public var interval: Duration = .seconds(60)
    public var replicationFactor: Int16 = 3
    public var refreshesGroups = true
    public var groupRefreshInterval: Duration = .seconds(600)
    public var synchronizesGroupOffsets = false
    public var groupOffsetInterval: Duration = .seconds(60)

    public init() {}
}

/// `emit.heartbeats.*`.
public struct HeartbeatConfiguration: Sendable, Equatable {
    public var isEnabled = true
    public var interval: Duration = .seconds(1)
    public var replicationFactor: Int16 = 3

    public init() {}
}

/// Made once of the policy, which alone says whether two flows name alike.
private struct KeptNaming: Sendable, Equatable {
    let naming: any ReplicationNaming
    static func == (_: KeptNaming, _: KeptNaming) -> Bool { true }
}
