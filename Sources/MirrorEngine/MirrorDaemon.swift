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

    private let configuration: MirrorConfiguration
    private let environment: MirrorEnvironment
    private let log: Log
    private let board: StatusBoard
    private let clusters: [ClusterAlias: Cluster]
    private let flows: [Flow]
    private let regionCheck: RegionCheck?
    private let requests: AsyncStream<Request>
    private let requestStream: AsyncStream<Request>.Continuation
    /// Of the daemon itself; each flow has its own.
    private let jobs: JobRunner

    private enum Request: Sendable {
        case stop
        case sameCluster(SameClusterError)
    }

    /// - Throws: `KafkaError` when a client cannot be made, as with a property that librdkafka refuses.
    public init(
        configuration: MirrorConfiguration, log: Log, version: String, environment: MirrorEnvironment = .real
    ) throws {
        self.configuration = configuration
        self.environment = environment
        self.log = log
        let (requests, stream) = AsyncStream<Request>.makeStream()
        (self.requests, requestStream) = (requests, stream)
        let jobs = JobRunner(of: nil, clock: environment.clock, log: log)
        self.jobs = jobs
        let board = StatusBoard(version: version, flows: configuration.flows, region: configuration.health.region)
        self.board = board
        let registry = ClusterRegistry { stream.yield(.sameCluster($0)) }
        var clusters: [ClusterAlias: Cluster] = [:]
        for cluster in configuration.clusters {
            clusters[cluster.alias] = try Cluster(cluster, registry: registry, log: log) {
                jobs.wake(Self.clusterStatuses)
            }
        }
        self.clusters = clusters
        let instance = InstanceSlot(name: environment.instanceName)
        let agreed = AgreedSettings()
        let direct = DirectFlows(configuration.flows, clusters: clusters)
        var flows: [Flow] = []
        for flow in configuration.flows where flow.isEnabled {
            guard let source = clusters[flow.name.source], let target = clusters[flow.name.target] else { continue }
            flows.append(
                try Flow(
                    flow,
                    FlowParts(
                        source: source, target: target, environment: environment, directFlows: direct, board: board,
                        instance: instance, meterInterval: configuration.meter.interval,
                        hasReturningFlow: configuration.flows.contains {
                            $0.isEnabled && $0.name.source == flow.name.target && $0.name.target == flow.name.source
                        },
                        clusterOrder: configuration.clusters.map(\.alias),
                        flowsKeepingNames: configuration.flows.filter { $0.isEnabled && $0.naming.keepsNames }.map(
                            \.name), agreedSettings: agreed, log: log)))
        }
        self.flows = flows
        let checked = configuration.health.cluster
        if let cluster = configuration.cluster(checked), let handle = clusters[checked] {
            regionCheck = RegionCheck(configuration.health, of: cluster, handle, environment: environment)
        } else {
            regionCheck = nil
        }
    }

    /// What is shown; cheap, and never a request to Kafka.
    public var status: MirrorStatus {
        var status = board.current
        status.jobs = jobs.statuses + flows.flatMap(\.jobs.statuses)
        return status
    }

    /// Where on a flow's target a group goes on that would read `offset` of the source's partition next. Cheap, and never a
    /// request to Kafka.
    public func translate(_ flow: FlowName, _ place: TopicPartition, _ offset: Int64) -> PositionAnswer {
        flows.first { $0.name == flow }?.translate(place, offset) ?? .flowUnknown
    }

    /// Asks for a clean stop: lanes drain, progress is written, `run` returns.
    public func requestStop() { requestStream.yield(.stop) }

    /// An operator drains the region, or lets it back in: `/health` answers 503 while forced. Logged by who asks for it
    /// (`region.drained`, `region.undrained`), who knows the actor and the reason.
    public func forceRegionUnhealthy(_ isForced: Bool) {
        board.update { $0.regionCheck.isForcedUnhealthy = isForced }
    }

    /// Settings of the file that the loaded librdkafka is too old for.
    private func tellUnknownProperties() {
        let properties =
            configuration.clusters.map(\.adminProperties)
            + configuration.flows.filter(\.isEnabled).flatMap { [$0.consumerProperties, $0.producerProperties] }
        let unknown = Dictionary(properties.flatMap(NewerProperties.unknown).map { ($0.key, $0.since) }) { first, _ in
            first
        }
        for (key, since) in unknown.sorted(by: { $0.key < $1.key }) {
            log.warning(
                "client.property_unknown",
                [
                    LogField("key", key),
                    .reason("librdkafka \(Clients.libraryVersion) does not know it; it takes \(since)"),
                ])
        }
    }

    /// Runs until stopped.
    public func run() async -> End {
        tellUnknownProperties()
        board.update { [clusters, configuration] status in
            status.isStarted = true
            status.clusters = configuration.clusters.compactMap { clusters[$0.alias]?.status }
        }
        let work = Task {
            await withDiscardingTaskGroup { group in
                addJobs()
                group.addTask { await self.jobs.run() }
                for cluster in clusters.values {
                    group.addTask { [jobs] in await cluster.watchConnections(waking: jobs) }
                }
                for flow in flows { group.addTask { await flow.run() } }
            }
        }
        let end = await waitForEnd()
        // Not waited for: a question to a cluster that is down blocks for its whole limit, and nothing is left to do.
        jobs.stop()
        work.cancel()
        regionCheck?.close()
        for cluster in clusters.values { cluster.close() }
        return end
    }

    private func waitForEnd() async -> End {
        let startedAt = ContinuousClock.now
        for await request in requests {
            switch request {
            case .stop:
                return await stopFlows()
            case .sameCluster(let error):
                // Found at the start it is a mistake in the file; found later, as when a cluster was down, the flows
                // between the two stay failed and the others go on.
                log.error("cluster.two_aliases", [.reason(error.description)])
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
        log.info("daemon.draining")
        var undrained: [UndrainedLane] = []
        await withTaskGroup(of: [UndrainedLane].self) { group in
            for flow in flows {
                group.addTask { await flow.stop(by: .now + flow.configuration.shutdownTimeout) }
            }
            for await lanes in group { undrained += lanes }
        }
        for lane in undrained { log.error("lane.not_drained", [.reason(lane.description)]) }
        if undrained.isEmpty { log.info("daemon.drained") }
        return undrained.isEmpty ? .drained : .notDrained(undrained.map(\.description))
    }

    private static let clusterStatuses = "cluster-statuses"

    private func addJobs() {
        for cluster in clusters.values { jobs.add(cluster.watch) }
        // Woken when a cluster has come or gone: what measures a flow waits for the clusters, and is late.
        jobs.add(
            Job(name: Self.clusterStatuses, interval: .seconds(1)) { [board, configuration, clusters] in
                board.note(
                    configuration.clusters.compactMap { clusters[$0.alias]?.status },
                    healthCluster: configuration.health.cluster)
                return .done
            })
        if let check = regionCheck?.job(publishingTo: board) { jobs.add(check) }
    }
}
