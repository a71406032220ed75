// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Patterns

/// Reads one selected pair: MirrorMaker's layers for it, then values with their types.
struct FlowReader {
    let name: FlowName
    let connector: PropertyMap
    let worker: PropertyMap
    let precedence: MirrorMakerPrecedence
    let values: ValueReader
    private let workerValues: ValueReader
    private let readFile: (String) -> [UInt8]?

    init(_ name: FlowName, precedence: MirrorMakerPrecedence, readFile: @escaping (String) -> [UInt8]?) {
        self.name = name
        self.precedence = precedence
        self.readFile = readFile
        connector = precedence.connector(name)
        worker = precedence.worker(target: name.target)
        values = ValueReader(properties: connector) { ConfigurationSchema.flowRow($0) }
        workerValues = ValueReader(properties: worker) { ConfigurationSchema.workerRow($0) }
    }

    func read(patterns: inout PatternCache, problems: inout ProblemCollector) -> FlowConfiguration {
        let isEnabled = values.boolean("enabled", &problems)
        var flow = FlowConfiguration(
            name: name, isEnabled: isEnabled, policy: policy(&problems), topics: topics(&patterns, &problems),
            groups: GroupSelection(
                include: self.patterns("groups", &patterns, &problems),
                exclude: self.patterns("groups.exclude", &patterns, &problems)),
            clients: clients(problems: &problems))
        warnAboutSelection(isEnabled, &problems)
        flow.replicationFactor = values.replicationFactor("replication.factor", &problems)
        flow.laneCount = Int(values.integer("tasks.max", &problems))
        flow.refreshesTopics = values.boolean("refresh.topics.enabled", &problems)
        if let interval = values.interval("refresh.topics.interval.seconds", &problems) {
            flow.refreshInterval = interval
        } else {
            flow.refreshesTopics = false
        }
        if connector["replication.hops.max"] != nil {
            flow.maximumHops = Int(values.integer("replication.hops.max", &problems))
        }
        flow.emitsSourceGroupOffsets = values.boolean("emit.source.group.offsets", &problems)
        flow.adminTimeout = values.duration("admin.timeout.ms", &problems)
        flow.limits = FlowLimits(
            inFlightRecords: Int(values.integer("in.flight.max.records", &problems)),
            inFlightBytes: Int(values.integer("in.flight.max.bytes", &problems)),
            prefetchBytes: Int(values.integer("prefetch.max.bytes", &problems)))
        flow.connections = ConnectionChoice(
            source: values.choice("source.connections", &problems, or: .auto),
            target: values.choice("target.connections", &problems, or: .auto))
        flow.link = link(&problems)
        readConsumer(into: &flow, &problems)
        readWorker(into: &flow, &problems)
        readSync(into: &flow, &patterns, &problems)
        flow.dataLoss = dataLoss(&patterns, &problems)
        flow.failover = failover(&problems)
        readGroups(into: &flow, &problems)
        checkClasses(&problems)
        checkCombinations(flow, &problems)
        return flow
    }

    // MARK: Selection

    private func policy(_ problems: inout ProblemCollector) -> ReplicationPolicyConfiguration {
        var policy = ReplicationPolicyConfiguration()
        if let value = connector["replication.policy.class"] {
            switch JavaText.trimmed(value.text) {
            case ConfigurationSchema.PolicyClass.prefix: break
            case ConfigurationSchema.PolicyClass.identity: policy.kind = .identity
            // Strimzi's copy of it, from before Kafka had one.
            case "io.strimzi.kafka.connect.mirror.IdentityReplicationPolicy": policy.kind = .identity
            default:
                problems.error(
                    value,
                    "\(value.shown) is not a policy that Tern has: use \(ConfigurationSchema.PolicyClass.prefix) or "
                        + ConfigurationSchema.PolicyClass.identity)
            }
        }
        // Java hands the raw text to the policy: blanks around it would count.
        if let value = connector["replication.policy.separator"] {
            if value.text.isEmpty {
                problems.error(value, "is empty: name a separator, or \(Self.equalNames)")
            } else if !KafkaNames.isLegalPart(value.text) {
                problems.error(
                    value,
                    "\(value.shown) is not allowed in a topic name: expected letters, digits, '.', '_' or '-', without blanks"
                )
            } else {
                policy.separator = value.text
            }
        }
        if let value = connector["replication.policy.internal.topic.separator.enabled"] {
            policy.internalSeparatorEnabled = JavaText.parseBoolean(value.text)
            if JavaText.boolean(value.text) == nil {
                problems.warning(
                    value, "\(value.shown) is neither true nor false and counts as false, as in MirrorMaker")
            }
        }
        return policy
    }

    /// What people mean by an empty separator and empty aliases, which did it before Kafka 3.0.
    private static let equalNames =
        "remove the key; for equal names set replication.policy.class = \(ConfigurationSchema.PolicyClass.identity)"

    private func topics(_ cache: inout PatternCache, _ problems: inout ProblemCollector) -> TopicSelection {
        TopicSelection(
            include: patterns("topics", &cache, &problems), exclude: patterns("topics.exclude", &cache, &problems),
            replicatesHeartbeats: values.boolean("heartbeats.replication.enabled", &problems))
    }

    func patterns(
        _ key: String, _ cache: inout PatternCache, _ problems: inout ProblemCollector
    ) -> NamePatternList {
        let list = values.list(key)
        switch cache.list(list) {
        case .success(var patterns):
            guard let value = values.value(key) else { return patterns }
            patterns.place = "\(value.source): \(value.writtenKey)"
            patterns.isSecret = value.isSecret
            return patterns
        case .failure(let problem):
            if let value = values.value(key) { problems.error(value, problem) }
            return .none
        }
    }

    /// `A->B.enabled = true ` with a blank behind it: the pair selection takes it for false, the connector for true.
    private func warnAboutSelection(_ isEnabled: Bool, _ problems: inout ProblemCollector) {
        guard isEnabled, !precedence.isEnabledForSelection(name) else { return }
        guard let value = connector["enabled"] else { return }
        if value.writtenKey.rawValue.equalsBytes(of: "enabled") {
            problems.warning(
                value,
                "turns \(name) on only as long as its heartbeats are on, as in MirrorMaker: write \(name).enabled = true"
            )
        } else {
            problems.warning(
                value,
                "\(value.shown) is not exactly `true`, so \(name) runs only as long as its heartbeats are on, as in MirrorMaker: "
                    + "remove the blank")
        }
    }

    // MARK: Clients

    private func clients(problems: inout ProblemCollector) -> FlowClients {
        var clients = FlowClients()
        clients.sourceConsumer = client(.consumer, .source, &problems)
        clients.sourceProducer = client(.producer, .source, &problems)
        clients.sourceAdmin = client(.admin, .source, &problems)
        clients.targetConsumer = client(.consumer, .target, &problems)
        clients.targetProducer = client(.producer, .target, &problems)
        clients.targetAdmin = client(.admin, .target, &problems)
        clients.dataProducer = ClientPropertyTranslation(
            kind: .producer, properties: precedence.dataProducer(connector: connector, worker: worker),
            readFile: readFile
        ).translated(problems: &problems)
        return clients
    }

    private func client(
        _ kind: ClientKind, _ side: MirrorMakerPrecedence.Side, _ problems: inout ProblemCollector
    ) -> ClientProperties {
        ClientPropertyTranslation(
            kind: kind, properties: precedence.client(kind, on: side, connector: connector), readFile: readFile
        ).translated(problems: &problems)
    }

    private func readConsumer(into flow: inout FlowConfiguration, _ problems: inout ProblemCollector) {
        let reader = ValueReader(properties: precedence.client(.consumer, on: .source, connector: connector)) {
            ConfigurationSchema.clientRow($0, kind: .consumer)
        }
        flow.isolation = reader.choice("isolation.level", &problems, or: .readCommitted)
        flow.start = reader.choice("auto.offset.reset", &problems, or: .earliest)
        flow.clients.sourceConsumer["isolation.level"] = flow.isolation.rawValue
    }

    // MARK: Values

    private func readWorker(into flow: inout FlowConfiguration, _ problems: inout ProblemCollector) {
        flow.flushInterval = workerValues.duration("offset.flush.interval.ms", &problems)
        flow.shutdownTimeout = workerValues.duration("task.shutdown.graceful.timeout.ms", &problems)
        readExactlyOnce(into: &flow, &problems)
        let factor = workerValues.replicationFactor("offset.storage.replication.factor", &problems)
        flow.lanesReplicationFactor = factor
        flow.progressTopic.replicationFactor = factor
        flow.progressTopic.partitionCount = Int32(
            clamping: workerValues.integer("offset.storage.partitions", &problems))
        if let name = values.text("name"), !name.isEmpty { flow.progressTopic.connectorName = name }
        // A topic of the flow's own goes before the worker's, as Connect reads them.
        for value in [connector["offsets.storage.topic"], worker["offset.storage.topic"]] {
            guard let value else { continue }
            let topic = JavaText.trimmed(value.text)
            guard KafkaNames.isLegalTopic(topic) else {
                problems.error(
                    value, "\(value.shown) is not a topic name: expected up to 249 letters, digits, '.', '_' or '-'")
                continue
            }
            flow.progressTopic.name = TopicName(topic)
            break
        }
    }

    private func readExactlyOnce(into flow: inout FlowConfiguration, _ problems: inout ProblemCollector) {
        flow.exactlyOnce.isEnabled =
            workerValues.choice("exactly.once.source.support", &problems, or: ExactlyOnceSupport.disabled) == .enabled
        flow.exactlyOnce.interval = values.duration("transaction.boundary.interval.ms", &problems)
        flow.quarantines = values.choice("errors.tolerance", &problems, or: ErrorsTolerance.none) == .all
        if let text = flow.producerProperties["transaction.timeout.ms"], let milliseconds = Int64(text) {
            flow.exactlyOnce.timeout = .milliseconds(milliseconds)
        }
    }

    private func readSync(
        into flow: inout FlowConfiguration, _ cache: inout PatternCache, _ problems: inout ProblemCollector
    ) {
        flow.topicSync.synchronizesConfigurations = values.boolean("sync.topic.configs.enabled", &problems)
        read(
            "sync.topic.configs.interval.seconds", &flow.topicSync.configurationInterval,
            &flow.topicSync.synchronizesConfigurations, &problems)
        flow.topicSync.synchronizesAccessRules = values.boolean("sync.topic.acls.enabled", &problems)
        read(
            "sync.topic.acls.interval.seconds", &flow.topicSync.accessRuleInterval,
            &flow.topicSync.synchronizesAccessRules, &problems)
        flow.topicSync.filter = ConfigurationFilter(exclude: patterns("config.properties.exclude", &cache, &problems))
        // MirrorMaker compares the unchanged text and takes everything else for `target`.
        if let value = connector["use.defaults.from"] {
            let text = JavaText.trimmed(value.text)
            flow.topicSync.usesSourceDefaults = text == "source"
            if text != "source", text != "target" {
                problems.warning(
                    value, "\(value.shown) is neither source nor target and counts as target, as in MirrorMaker")
            }
        }
        flow.offsetSyncs.isEnabled = values.boolean("emit.offset-syncs.enabled", &problems)
        flow.offsetSyncs.location = values.choice("offset-syncs.topic.location", &problems, or: .source)
        flow.offsetSyncs.replicationFactor = values.replicationFactor(
            "offset-syncs.topic.replication.factor", &problems)
        flow.offsetSyncs.maximumLag = values.integer("offset.lag.max", &problems)
    }

    private func readGroups(into flow: inout FlowConfiguration, _ problems: inout ProblemCollector) {
        flow.checkpoints.refreshesGroups = values.boolean("refresh.groups.enabled", &problems)
        read(
            "refresh.groups.interval.seconds", &flow.checkpoints.groupRefreshInterval,
            &flow.checkpoints.refreshesGroups,
            &problems)
        flow.checkpoints.isEnabled = values.boolean("emit.checkpoints.enabled", &problems)
        read("emit.checkpoints.interval.seconds", &flow.checkpoints.interval, &flow.checkpoints.isEnabled, &problems)
        flow.checkpoints.synchronizesGroupOffsets = values.boolean("sync.group.offsets.enabled", &problems)
        read(
            "sync.group.offsets.interval.seconds", &flow.checkpoints.groupOffsetInterval,
            &flow.checkpoints.synchronizesGroupOffsets, &problems)
        flow.checkpoints.replicationFactor = values.replicationFactor("checkpoints.topic.replication.factor", &problems)
        flow.heartbeats.isEnabled = values.boolean("emit.heartbeats.enabled", &problems)
        read("emit.heartbeats.interval.seconds", &flow.heartbeats.interval, &flow.heartbeats.isEnabled, &problems)
        flow.heartbeats.replicationFactor = values.replicationFactor("heartbeats.topic.replication.factor", &problems)
    }

    private func read(
        _ key: String, _ interval: inout Duration, _ isEnabled: inout Bool, _ problems: inout ProblemCollector
    ) {
        if let value = values.interval(key, &problems) { interval = value } else { isEnabled = false }
    }

    /// Java classes of the user's own decide what is copied; going on without them would copy something else.
    private func checkClasses(_ problems: inout ProblemCollector) {
        for key in [
            "topic.filter.class", "group.filter.class", "config.property.filter.class", "forwarding.admin.class",
        ] {
            guard let value = connector[key], let standard = ConfigurationSchema.flowRow(key)?.standardValue else {
                continue
            }
            if JavaText.trimmed(value.text) != standard {
                problems.error(value, "\(value.shown) cannot be loaded: only \(standard) is there; remove the key")
            }
        }
        for key in ["source.cluster.alias", "target.cluster.alias"] {
            guard let value = connector[key] else { continue }
            let alias = key.startsWithBytes(of: "source") ? name.source : name.target
            if JavaText.trimmed(value.text).isEmpty {
                problems.error(value, "is empty: \(Self.equalNames)")
                continue
            }
            if value.source != .standard, JavaText.trimmed(value.text) != alias.rawValue {
                problems.error(value, "\(value.shown) is another alias than the flow's own, \(alias): remove the key")
            }
        }
    }
}
