// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import TopicPlanning
import Kafka
import KafkaTypes
import Mirroring
import Platform
import Telemetry

/// One direction `A->B`: finds its topics, runs its lanes, and keeps both going whatever the clusters do.
actor Flow {
    let configuration: FlowConfiguration
    /// How many lanes the daemons of this flow share, which may be more than this one's file asks for.
    var laneCount: Int
    /// Whether ``laneCount`` was asked for since lanes were last assigned.
    var isLaneCountKnown = false
    var lanesTopicName = LanesTopicName.current
    /// When the last look at the topics began.
    var discoveredAt: ContinuousClock.Instant?
    /// When this daemon was last told which lanes are its own.
    var assignedAt: ContinuousClock.Instant?
    let source: Cluster
    let target: Cluster
    let traffic: FlowTraffic
    let naming: any ReplicationNaming
    /// What the file selects, and the topics of drills that are carried now.
    var selection: TopicSelection
    let environment: MirrorEnvironment
    let directFlows: DirectFlows
    let board: StatusBoard
    let log: Log
    let instance: InstanceSlot
    let meterInterval: Duration
    /// Every alias of the file.
    let knownAliases: Set<ClusterAlias>
    /// Reads what only committed readers see: the last stable offset.
    let committed: AdminClient?
    /// Commits for the informational group on the source, whose member it is not; ``committed`` is the same handle.
    let groupCommitter: AdminClient
    let configurationSync: TopicConfigurationSyncJob
    let accessSync: AccessSyncJob
    /// What a target's `max.message.bytes` may have above its source's.
    let room: MessageRoom
    /// Another flow carries the same topics back under the same names.
    let isMutual: Bool

    /// Of the clusters that the flow was started with.
    var ids: (source: String, target: String)?
    /// Another cluster answers at one of the addresses: nothing is done until that is over.
    var clusterChange: ClusterChange?
    /// The ids of the clusters with a flow of their own to the target, as the policies of running lanes know them.
    var directIDs: [ClusterAlias: String] = [:]
    /// The topics that are mirrored, as the last look found them.
    var topics: [TopicName: MirroredTopic] = [:] {
        didSet {
            translation?.positions.setTopics(topics)
            barriers.setTopics(topics)
        }
    }
    var limits: [TopicName: TargetLimits] = [:]
    /// `max.message.bytes` of the source's topics, where names are equal on both sides.
    var sourceLimits: [TopicName: Int64] = [:]
    var progress: [TopicPartition: StoredProgress] = [:]
    let lanes: LaneSupervisor
    /// What people have ordered, as far as the control topic was read.
    var control = ControlTable()
    var controlReading = ControlReading()
    /// Writes what a person has set, and answers who ordered it.
    let controlWriter: RowWriter
    /// Partitions between a lane that lets go of them and their new start: nobody else gives them to a lane.
    var reassigning: Set<TopicPartition> = []
    /// Partitions whose restart was ordered.
    var dueRestarts: Set<TopicPartition> = []
    /// Where a person has chosen to go on, knowing the copy.
    var chosenStarts: Set<TopicPartition> = []
    /// Lanes that have taken their transactional ids, for the so manieth time, and wait for the progress that is stored.
    var fenced: [Int: (handle: LaneHandle, number: Int)] = [:]
    /// `nil` where nothing is done for consumer groups.
    nonisolated let translation: FlowTranslation?
    /// Whoever waits until records are on the target.
    nonisolated let barriers = WriteBarriers()
    /// Where copies are, for lanes that are about to start.
    var knownCopies: [TopicPartition: OffsetMap] = [:]
    /// Asks the target for a producer id before the lanes do: see ``sendHerald()``.
    var herald: Herald?
    /// Whether the group has told which lanes are ours since it last took some.
    var isOwnershipKnown = false
    var isSettling = true
    /// Lanes of whose partitions something was known at the last measurement.
    var measuredLanes: Set<Int> = []
    /// Why owned lanes do not start.
    var startProblem: String?
    /// Why a lane could not be made, until the job that starts lanes has heard of it.
    var laneFailure: (any Error)?
    /// Topics that are selected and not mirrored, as the last look found them.
    var notMirrored: [TopicNotMirrored] = []
    /// Topics of the target that this flow has made: empty ones, whatever the progress says.
    var madeCopies: Set<TopicName> = []
    /// Those whose limits were compared with the target's.
    var checkedTopics: Set<TopicName> = []
    /// By the source's names: settings of the target's topics that are not in step; empty where another process compares.
    var drift: [TopicName: Int] = [:]
    var meter: LagMeter?
    var ownership: (any LaneOwnership)?
    var follower: ProgressFollower?
    var warned: Set<String> = []
    var counters = FlowCounters()
    var rates = ReplicationRates()
    var limitJudge = FlowLimitJudge()
    var firstLook = FirstLook()
    /// What the progress topic has, which an older MirrorMaker may have made.
    var progressPartitionCount: Int32
    var groupOffsets: [TopicPartition: Int64] = [:]
    var lastGroupRenewal: ContinuousClock.Instant?
    var isSourceGroupRefused = false
    var losses = LossBook()
    /// Stops for a loss after which a policy has the partition continue, once the ledger has them.
    var decidedLosses: [TopicPartition: LossEvent.Key] = [:]
    /// Whether the target has the ledger's topic.
    var hasLedger = false
    let ledgerStop = StopFlag()
    let limiter = LogLimiter()
    let spans: SpanQueue?
    nonisolated let jobs: JobRunner
    /// What the flow listens to while it runs: the reports of its lanes, and who owns which lane.
    let listeners: AsyncStream<@Sendable () async -> Void>
    let listen: AsyncStream<@Sendable () async -> Void>.Continuation

    init(_ configuration: FlowConfiguration, _ parts: FlowParts) throws {
        self.configuration = configuration
        lanes = LaneSupervisor(of: configuration.name, barriers: barriers)
        laneCount = configuration.laneCount
        source = parts.source
        target = parts.target
        traffic = FlowTraffic(source: parts.source, target: parts.target, link: configuration.link)
        naming = configuration.naming
        selection = configuration.topics
        environment = parts.environment
        directFlows = parts.directFlows
        board = parts.board
        instance = parts.instance
        meterInterval = parts.meterInterval
        knownAliases = Set(parts.clusterOrder)
        progressPartitionCount = configuration.progressTopic.partitionCount
        log = parts.log.with([.flow(configuration.name)])
        let (source, target) = (parts.source, parts.target)
        jobs = JobRunner(of: configuration.name, clock: parts.environment.clock, log: log) {
            var up: Job.Needs = []
            if source.status.isUp { up.insert(.source) }
            if target.status.isUp { up.insert(.target) }
            return up
        }
        translation =
            parts.environment.createTopics == nil && FlowTranslation.isWanted(by: configuration)
            ? FlowTranslation(
                configuration, source: parts.source, target: parts.target, hasReturningFlow: parts.hasReturningFlow,
                log: log)
            : nil
        controlWriter = RowWriter(
            configuration.clients.targetProducer.merging([
                "enable.idempotence": "true", "acks": "all", "linger.ms": "0",
            ]), clientID: "tern|\(configuration.name)|control", traffic: parts.target.traffic)
        (listeners, listen) = AsyncStream.makeStream()
        spans = parts.spans
        var properties = configuration.sourceAdminProperties
        properties["group.id"] = "tern.\(configuration.name)"
        properties["isolation.level"] = configuration.isolation.rawValue
        groupCommitter = try AdminClient(
            properties, clientID: "tern|\(configuration.name)|meter", traffic: parts.source.traffic)
        committed = configuration.isolation == .readCommitted ? groupCommitter : nil
        isMutual = MutualSync.applies(to: configuration.name, amongFlowsKeepingNames: parts.flowsKeepingNames)
        room =
            configuration.naming.keepsNames
            ? MessageRoom(of: configuration.name, amongFlowsKeepingNames: parts.flowsKeepingNames) : MessageRoom()
        configurationSync = Self.configurationSync(configuration, parts, room, isMutual: isMutual)
        accessSync = AccessSyncJob(
            source: parts.source.admin, target: parts.target.admin, naming: configuration.naming,
            within: configuration.adminTimeout,
            // With client certificates it is not known what the brokers make of the name.
            mirrorsAs: Set([configuration.producerProperties["sasl.username"]].compactMap { $0.map { "User:\($0)" } })
        ) { [selection = configuration.topics, naming = configuration.naming, target = configuration.name.target] in
            selection.selects($0, naming: naming, target: target)
        }
    }

    private static func configurationSync(
        _ configuration: FlowConfiguration, _ parts: FlowParts, _ room: MessageRoom, isMutual: Bool
    ) -> TopicConfigurationSyncJob {
        let flow = configuration.name
        let first = parts.clusterOrder.first { $0 == flow.source || $0 == flow.target }
        let mutual = TopicConfigurationSyncJob.Mutual(
            flow: flow, sourceWins: first == flow.source, agreed: parts.agreedSettings)
        return TopicConfigurationSyncJob(
            source: parts.source.admin, target: parts.target.admin,
            rules: TopicSyncRules(configuration.topicSync, room: room), mutual: isMutual ? mutual : nil,
            within: configuration.adminTimeout)
    }

    nonisolated var name: FlowName { configuration.name }

    /// Runs until the task is cancelled or `stop` is called.
    func run() async {
        jobs.add(starting)
        await withDiscardingTaskGroup { group in
            group.addTask { await self.jobs.run() }
            for await listener in listeners { group.addTask { await listener() } }
        }
    }

    func reportTrouble(_ error: any Error) {
        let reason = "\(error)"
        board.update(name) { flow in
            flow.state = .starting
            flow.reason = reason
            flow.hasBothClusters = false
        }
        let cause = (error as? KafkaError).map { "\($0.operation) \($0.code.name)" } ?? ""
        if let held = limiter.admit("start \(cause)") {
            log.warning(.flowWaiting, [.reason(reason), LogField("held_back", held)])
        }
    }

    func fail(_ reason: String, isTold: Bool = false) {
        board.update(name) { flow in
            flow.state = .failed
            flow.reason = reason
        }
        if !isTold { log.error(.flowFailed, [.reason(reason)]) }
    }

    // MARK: start

    func connect() async throws {
        async let sourceID = source.identify()
        async let targetID = target.identify()
        ids = try await (sourceID, targetID)
    }

    /// Topics, progress, lanes: in this order, and each part as early as it can be.
    func start() async throws -> any LaneOwnership {
        sendHerald()
        try await ensureInternalTopics()
        await readLedger()
        if follower == nil { follower = makeFollower() }
        let ownership = makeOwnership()
        self.ownership = ownership
        async let prepared: Void = prepareTranslation()
        try await discover()
        await prepared
        board.update(name) { [count = laneCount, notMirrored] flow in
            flow.state = .running
            flow.reason = nil
            flow.hasBothClusters = true
            flow.isSettling = true
            flow.laneCount = count
            flow.notMirrored = notMirrored
        }
        log.info(.flowStarted, [LogField("topics", topics.count), LogField("lanes", laneCount)])
        return ownership
    }

    func makeFollower() -> ProgressFollower {
        ProgressFollower(
            configuration.progressTopic, partitionCount: progressPartitionCount, flow: name,
            properties: configuration.clients.targetConsumer, traffic: target.traffic)
    }

    private func makeOwnership() -> any LaneOwnership {
        if let ownership = ownership ?? environment.lanes { return ownership }
        guard environment.sharesLanes else { return SoleOwnership(laneCount: configuration.laneCount) }
        return GroupOwnership(
            properties: configuration.clients.targetConsumer, topic: sharedTopic, instance: lanesInstance,
            group: lanesGroup, traffic: target.traffic)
    }

    // MARK: stop

    /// Drains every lane until the deadline.
    /// - Returns: the lanes that did not drain.
    func stop(by deadline: ContinuousClock.Instant) async -> [UndrainedLane] {
        jobs.stop()
        let undrained = await lanes.stopAll(by: deadline)
        await closeLedger()
        await commitProgressToSourceGroup()
        if clusterChange == nil, configuration.offsetSyncs.isEnabled { _ = await translation?.writeSyncs() }
        await translation?.end()
        await ownership?.leave()
        await follower?.end()
        await endControl()
        dismissHerald()
        groupCommitter.close()
        listen.finish()
        return undrained
    }

    var hasStopped: Bool { jobs.hasStopped }
}
