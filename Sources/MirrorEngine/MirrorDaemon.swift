// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
import TopicPlanning
import Kafka
public import KafkaTypes
public import Mirroring
import Platform
import Synchronization
public import Telemetry

/// Runs all flows of a configuration until it is told to stop.
public final class MirrorDaemon: Sendable {
    /// How a run ended.
    public enum End: Sendable {
        /// Everything taken was acknowledged and its progress written.
        case drained
        /// The deadline came first; each line says which lane, and what was outstanding.
        case notDrained([String])
        /// The configuration cannot be run.
        case invalid(String)
    }

    let environment: MirrorEnvironment
    let log: Log
    let board: StatusBoard
    /// What runs now: a reload replaces parts of it.
    let setup: Mutex<DaemonSetup>
    private let requests: AsyncStream<Request>
    private let requestStream: AsyncStream<Request>.Continuation
    /// What begins to run beside what runs already.
    private let beginnings: AsyncStream<@Sendable () async -> Void>
    let begin: AsyncStream<@Sendable () async -> Void>.Continuation
    /// Of the daemon itself; each flow has its own.
    let jobs: JobRunner
    let registry: ClusterRegistry
    private let instance: InstanceSlot
    private let exporter: SpanExporter?
    private let agreedSettings = AgreedSettings()

    private enum Request: Sendable {
        case stop
        case sameCluster(SameClusterError)
        case reload(MirrorConfiguration, @Sendable (Result<ReloadOutcome, KafkaError>) -> Void)
    }

    /// - Throws: `KafkaError` when a client cannot be made, as with a property that librdkafka refuses.
    public init(
        configuration: MirrorConfiguration, log: Log, version: String, environment: MirrorEnvironment = .real
    ) throws {
        self.environment = environment
        self.log = log
        let (requests, stream) = AsyncStream<Request>.makeStream()
        (self.requests, requestStream) = (requests, stream)
        (beginnings, begin) = AsyncStream.makeStream()
        jobs = JobRunner(of: nil, clock: environment.clock, log: log)
        board = StatusBoard(version: version, flows: configuration.flows, region: configuration.health.region)
        registry = ClusterRegistry { stream.yield(.sameCluster($0)) }
        let instance = InstanceSlot(name: environment.instanceName)
        self.instance = instance
        exporter = configuration.tracing.map {
            SpanExporter($0, .init(service: $0.service, version: version, instance: instance.id), log: log)
        }
        setup = Mutex(DaemonSetup(configuration))
        try setup.withLock { setup in
            for cluster in configuration.clusters { setup.clusters[cluster.alias] = try makeCluster(cluster) }
            for flow in configuration.flows where flow.isEnabled {
                if let made = try makeFlow(flow, of: setup) { setup.flows.append(made) }
            }
            setup.regionCheck = makeRegionCheck(of: setup)
            for flow in setup.flows { setup.keepers[flow.name] = makeKeeper(of: flow.name, setup) }
        }
    }

    func makeCluster(_ configuration: ClusterConfiguration) throws -> Cluster {
        try Cluster(configuration, registry: registry, log: log) { [jobs] in jobs.wake(Self.clusterStatuses) }
    }

    /// - Returns: `nil` where the file has not both of its clusters.
    func makeFlow(_ flow: FlowConfiguration, of setup: DaemonSetup) throws -> Flow? {
        guard let source = setup.clusters[flow.name.source], let target = setup.clusters[flow.name.target] else {
            return nil
        }
        let configuration = setup.configuration
        return try Flow(
            flow,
            FlowParts(
                source: source, target: target, environment: environment,
                directFlows: DirectFlows(configuration.flows, clusters: setup.clusters), board: board,
                instance: instance, meterInterval: configuration.meter.interval,
                hasReturningFlow: configuration.hasFlow(backFrom: flow.name),
                clusterOrder: configuration.clusters.map(\.alias),
                flowsKeepingNames: configuration.flowsKeepingNames, agreedSettings: agreedSettings,
                spans: exporter?.queue, log: log))
    }

    func makeRegionCheck(of setup: DaemonSetup) -> RegionCheck? {
        let health = setup.configuration.health
        guard let cluster = setup.configuration.cluster(health.cluster), let handle = setup.clusters[health.cluster]
        else { return nil }
        return RegionCheck(health, of: cluster, handle, environment: environment)
    }

    private var flows: [Flow] { setup.withLock(\.flows) }

    /// What is shown; cheap, and never a request to Kafka.
    public var status: MirrorStatus {
        var status = board.current
        status.jobs = jobs.statuses + flows.flatMap(\.jobs.statuses)
        status.tracing = exporter?.queue.status
        return status
    }

    /// Where on a flow's target a group goes on that would read `offset` of the source's partition next. Cheap, and never a
    /// request to Kafka.
    public func translate(_ flow: FlowName, _ place: TopicPartition, _ offset: Int64) -> PositionAnswer {
        flows.first { $0.name == flow }?.translate(place, offset) ?? .flowUnknown
    }

    /// Calls `answer` once: when a source record is acknowledged on the flow's target, or was skipped by rule, or when the time
    /// is up. Returns at once, and may have called it then.
    public func wait(
        _ flow: FlowName, _ place: TopicPartition, _ offset: Int64, within limit: Duration,
        answer: @escaping @Sendable (BarrierAnswer) -> Void
    ) {
        guard let flow = flows.first(where: { $0.name == flow }) else { return answer(.flowUnknown) }
        flow.barriers.wait(for: place, offset, within: limit, answer)
    }

    /// Has something called each second while it runs: whoever keeps a history of the status, or shows it. It must return
    /// soon. To be set before ``run()``.
    public func onEachSecond(_ body: @escaping @Sendable () -> Void) {
        comeRound("pulse", every: .seconds(1)) {
            body()
            return nil
        }
    }

    /// Has something come round beside its own jobs while it runs, whose failure the status shows. To be set before ``run()``.
    /// - Parameters:
    ///   - name: a label of metrics, so never made of outside text.
    ///   - limit: a round that takes longer is cancelled, and `/livez` fails when it goes on all the same.
    ///   - round: returns why it failed; `nil` where it has not.
    public func comeRound(
        _ name: String, every interval: Duration, backOff: BackOff? = nil, limit: Duration = .seconds(30),
        _ round: @escaping @Sendable () async -> String?
    ) {
        jobs.add(
            Job(name: name, interval: interval, backOff: backOff, limit: limit) {
                await round().map { .failed($0) } ?? .done
            })
    }

    /// Asks for a clean stop: lanes drain, progress is written, `run` returns.
    public func requestStop() { requestStream.yield(.stop) }

    /// Runs by another configuration from now on: flows whose settings are the same go on untouched, others end or begin.
    /// - Throws: `KafkaError` when a client cannot be made; nothing is changed then.
    public func reload(_ configuration: MirrorConfiguration) async throws -> ReloadOutcome {
        try await withCheckedContinuation { continuation in
            let isTaken = requestStream.yield(.reload(configuration) { continuation.resume(returning: $0) })
            if case .enqueued = isTaken { return }
            continuation.resume(returning: .success(ReloadOutcome()))
        }.get()
    }

    /// An operator drains the region, or lets it back in: `/health` answers 503 while forced. Logged by who asks for it
    /// (`region.drained`, `region.undrained`), who knows the actor and the reason.
    public func forceRegionUnhealthy(_ isForced: Bool) {
        board.update { $0.regionCheck.isForcedUnhealthy = isForced }
    }

    /// Runs until stopped.
    public func run() async -> End {
        tellLibrary()
        tellUnknownProperties()
        let running = setup.withLock { $0 }
        board.update { status in
            status.isStarted = true
            status.clusters = running.clusterStatuses
        }
        let work = Task {
            await withDiscardingTaskGroup { group in
                addJobs()
                group.addTask { await self.jobs.run() }
                for cluster in running.clusters.values { begin.yield(watching(cluster)) }
                for flow in running.flows { begin.yield { await flow.run() } }
                for await beginning in beginnings { group.addTask { await beginning() } }
            }
        }
        let end = await waitForEnd()
        await endKeepers(setup.withLock(\.keepers).values.map(\.self))
        // Of the records that were drained.
        _ = await exporter?.round()
        // Not waited for: a question to a cluster that is down blocks for its whole limit, and nothing is left to do.
        jobs.stop()
        work.cancel()
        let last = setup.withLock { $0 }
        last.regionCheck?.close()
        for cluster in last.clusters.values { cluster.close() }
        return end
    }

    func watching(_ cluster: Cluster) -> @Sendable () async -> Void {
        { [jobs] in await cluster.watchConnections(waking: jobs) }
    }

    private func waitForEnd() async -> End {
        let startedAt = ContinuousClock.now
        for await request in requests {
            switch request {
            case .stop:
                requestStream.finish()
                return await stopFlows()
            case .reload(let configuration, let answer):
                do { answer(.success(try await take(configuration))) } catch let error as KafkaError {
                    answer(.failure(error))
                } catch {
                    answer(.failure(KafkaError(._fail, during: "reload", reason: "\(error)")))
                }
            case .sameCluster(let error):
                // Found at the start it is a mistake in the file; found later, as when a cluster was down, the flows
                // between the two stay failed and the others go on.
                log.error(.clusterTwoAliases, [.reason(error.description)])
                if ContinuousClock.now - startedAt < .seconds(10) {
                    _ = await stopFlows()
                    return .invalid(error.description)
                }
            }
        }
        return .drained
    }

    private func stopFlows() async -> End {
        board.update { $0.isDraining = true }
        log.info(.daemonDraining)
        var undrained: [UndrainedLane] = []
        await withTaskGroup(of: [UndrainedLane].self) { group in
            for flow in flows {
                group.addTask { await flow.stop(by: .now + flow.configuration.shutdownTimeout) }
            }
            for await lanes in group { undrained += lanes }
        }
        for lane in undrained { log.error(.laneNotDrained, [.reason(lane.description)]) }
        if undrained.isEmpty { log.info(.daemonDrained) }
        return undrained.isEmpty ? .drained : .notDrained(undrained.map(\.description))
    }

    static let clusterStatuses = "cluster-statuses"

    private func addJobs() {
        for alias in setup.withLock(\.clusters).keys { jobs.add(watch(alias)) }
        // Woken when a cluster has come or gone: what measures a flow waits for the clusters, and is late.
        jobs.add(
            Job(name: Self.clusterStatuses, interval: .seconds(1)) { [board] in
                let now = self.setup.withLock { $0 }
                board.note(now.clusterStatuses, healthCluster: now.configuration.health.cluster)
                return .done
            })
        if let exporter { jobs.add(exporter.job) }
        addKeeperJobs(setup.withLock { $0 })
        guard setup.withLock({ $0.regionCheck != nil }) else { return }
        jobs.add(
            RegionCheck.job(setup.withLock(\.configuration.health)) { [board] in
                await self.setup.withLock(\.regionCheck)?.round(board) ?? .done
            })
    }
}
