// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
public import KafkaTypes

/// What a flow carries over of a source topic's settings: MirrorMaker's rule (`targetConfig`), and where Tern departs from
/// it, with the reason.
public struct TopicSyncRules: Sendable, Hashable {
    /// `config.properties.exclude`.
    public var filter: ConfigurationFilter
    /// `use.defaults.from=source`.
    public var usesSourceDefaults: Bool
    /// What a target's `max.message.bytes` may have above its source's.
    public var room: MessageRoom
    /// The target's brokers have tiered storage set up (`remote.log.storage.system.enable`).
    public var targetHasTieredStorage: Bool

    public init(
        filter: ConfigurationFilter, usesSourceDefaults: Bool = false, room: MessageRoom = MessageRoom(),
        targetHasTieredStorage: Bool = false
    ) {
        self.filter = filter
        self.usesSourceDefaults = usesSourceDefaults
        self.room = room
        self.targetHasTieredStorage = targetHasTieredStorage
    }

    /// The rules of a configured flow.
    public init(
        _ configuration: TopicSyncConfiguration, room: MessageRoom = MessageRoom(), targetHasTieredStorage: Bool = false
    ) {
        self.init(
            filter: configuration.filter, usesSourceDefaults: configuration.usesSourceDefaults, room: room,
            targetHasTieredStorage: targetHasTieredStorage)
    }

    /// What the target should have for one setting of the source.
    public enum Wish: Sendable, Hashable {
        case set(String)
        /// No value of the topic's own.
        case unset
        case leave(SyncException)
    }

    /// - Parameters:
    ///   - targetKnows: the settings that the target's brokers know; `nil` when that was not read. Those that Kafka 4
    ///     dropped are then left out: naming one makes a 4.x broker refuse everything that is asked with it.
    ///   - replicationFactor: of the target's topic, where it is known.
    public func wish(
        for entry: ConfigurationEntry, targetKnows: Set<String>?, replicationFactor: Int16?
    ) -> Wish {
        guard filter.keeps(entry.name) else {
            return .leave(filter.undecided(entry.name).map(SyncException.undecided) ?? .excluded)
        }
        if entry.isReadOnly { return .leave(.readOnly) }
        guard let value = entry.value, !entry.isSensitive else { return .leave(.hidden) }
        let isKnown =
            targetKnows.map { $0.contains(entry.name) }
            ?? !(TopicSettingCatalogue.setting(named: entry.name)?.isDroppedByKafka4 ?? false)
        guard isKnown else { return .leave(.unknownToTarget) }
        // The room is wanted whatever the source's limit comes from: a copy is larger than its original.
        if entry.name == MessageRoom.setting, let limit = Int64(value) {
            return .set("\(room.wanted(forSource: limit))")
        }
        switch entry.source {
        case .staticBroker: return .leave(.brokerFile)
        case .unknown: return .leave(.unknownSource)
        case .default where !usesSourceDefaults: return .unset
        case .default, .dynamicTopic, .dynamicBroker, .dynamicDefaultBroker: break
        }
        if entry.name == "remote.storage.enable", value == "true", !targetHasTieredStorage {
            return .leave(.tieredStorage)
        }
        if entry.name == "min.insync.replicas", let minimum = Int64(value), let factor = replicationFactor,
            minimum > Int64(factor)
        {
            return .leave(.aboveReplication(minimum: minimum, factor: factor))
        }
        return .set(value)
    }
}

/// Why a setting is not carried over.
public enum SyncException: Sendable, Hashable {
    case excluded
    /// A pattern of `config.properties.exclude` gives no answer.
    case undecided(UndecidedName)
    case readOnly
    case hidden
    case hiddenOnTarget
    case brokerFile
    case brokerDefaults
    case unknownSource
    case unknownToTarget
    case tieredStorage
    case aboveReplication(minimum: Int64, factor: Int16)
    /// The flow in the other direction carries it.
    case changedOnTarget
    /// The target would refuse records that the source has.
    case narrower
    /// Somebody has the target take more than the source does.
    case widerOnTarget

    /// A few words, for a table.
    public var reason: String {
        switch self {
        case .excluded: "excluded property"
        case .undecided(let name): name.description
        case .readOnly: "read-only"
        case .hidden: "the source hides its value"
        case .hiddenOnTarget: "the target hides its value"
        case .brokerFile: "from the source's server.properties"
        case .brokerDefaults: "the brokers' own defaults differ"
        case .unknownSource: "the source does not say where it comes from"
        case .unknownToTarget: "the target's brokers do not know it"
        case .tieredStorage: "the target has no tiered storage"
        case .aboveReplication(let minimum, let factor): "\(minimum) is above the target's replication factor \(factor)"
        case .narrower: "it would make the target refuse records that the source has"
        case .widerOnTarget: "the target takes more than that, and nothing is refused for it"
        case .changedOnTarget: "changed on the target: the flow back carries it"
        }
    }

    /// Somebody would miss it and no configuration says that it should not be carried: to be named once.
    public var isWorthNaming: Bool {
        switch self {
        case .undecided, .hidden, .hiddenOnTarget, .unknownToTarget, .tieredStorage, .aboveReplication, .unknownSource,
            .narrower:
            true
        case .excluded, .readOnly, .brokerFile, .brokerDefaults, .changedOnTarget, .widerOnTarget: false
        }
    }
}
