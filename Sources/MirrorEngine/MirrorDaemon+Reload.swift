// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
public import Mirroring
import Synchronization
import Telemetry
import TernConfiguration
import TopicPlanning

/// What a daemon runs by, and what runs.
struct DaemonSetup: Sendable {
    var configuration: MirrorConfiguration
    var clusters: [ClusterAlias: Cluster] = [:]
    var flows: [Flow] = []
    var regionCheck: RegionCheck?
    /// Of flows whose failover controller is on.
    var keepers: [FlowName: FailoverKeeper] = [:]

    init(_ configuration: MirrorConfiguration) { self.configuration = configuration }

    /// In the file's order.
    var clusterStatuses: [ClusterStatus] { configuration.clusters.compactMap { clusters[$0.alias]?.status } }
}

/// Everything of a configuration that a flow runs by: while it is the same the flow goes on untouched.
private struct FlowFacts: Equatable {
    private struct Direct: Equatable {
        var flow: FlowName
        var policy: ReplicationPolicyConfiguration
        var topics: TopicSelection
        var source: ClusterConfiguration?
    }

    private let flow: FlowConfiguration
    private let clusters: [ClusterConfiguration?]
    private let meter: MeterConfiguration
    private let hasReturningFlow: Bool
    /// Where both directions keep names: which flows do, and whose settings win.
    private let flowsKeepingNames: [FlowName]
    private let first: ClusterAlias?
    /// The flows straight to the same target: see ``DirectFlows``.
    private let directs: [Direct]

    /// - Returns: `nil` where the configuration has no such flow that is enabled.
    init?(_ name: FlowName, of configuration: MirrorConfiguration) {
        guard let flow = configuration.flow(name), flow.isEnabled else { return nil }
        var lasting = flow
        // Followed as it runs.
        lasting.link = LinkConfiguration()
        self.flow = lasting
        clusters = [configuration.cluster(name.source), configuration.cluster(name.target)]
        meter = configuration.meter
        hasReturningFlow = configuration.hasFlow(backFrom: name)
        flowsKeepingNames = flow.naming.keepsNames ? configuration.flowsKeepingNames : []
        first = configuration.clusters.map(\.alias).first { $0 == name.source || $0 == name.target }
        directs = configuration.flows.filter { $0.isEnabled && $0.name.target == name.target && $0.name != name }.map {
            Direct(
                flow: $0.name, policy: $0.policy, topics: $0.topics, source: configuration.cluster($0.name.source))
        }
    }
}

extension MirrorConfiguration {
    var flowsKeepingNames: [FlowName] { flows.filter { $0.isEnabled && $0.naming.keepsNames }.map(\.name) }

    /// Goes on with what is read at the start of the process only.
    /// - Returns: the keys of what differs.
    mutating func keepProcessSettings(of running: MirrorConfiguration) -> [String] {
        var differing: [String] = []
        func keep<Value: Equatable>(_ keys: String, _ setting: WritableKeyPath<MirrorConfiguration, Value>) {
            if self[keyPath: setting] != running[keyPath: setting] { differing.append(keys) }
            self[keyPath: setting] = running[keyPath: setting]
        }
        // Of the listener, but with a name of its own.
        let webFile = http.webFile
        http.webFile = running.http.webFile
        keep("http.*", \.http)
        if webFile != running.http.webFile { differing.append("web.config.file") }
        keep("log.format", \.log.format)
        keep("tracing.*", \.tracing)
        keep("health.*", \.health)
        keep("admin.socket", \.adminSocket)
        keep("dashboard.*", \.dashboard)
        return differing
    }
}

extension MirrorDaemon {
    /// Takes another configuration. Whatever can fail is made before anything is stopped.
    func take(_ configuration: MirrorConfiguration) async throws -> ReloadOutcome {
        let before = setup.withLock { $0 }
        var outcome = ReloadOutcome()
        var wanted = configuration
        outcome.needsRestart = wanted.keepProcessSettings(of: before.configuration)
        let after = try made(wanted, from: before, &outcome)
        let kept = Set(outcome.untouched)
        let ending = before.flows.filter { !kept.contains($0.name) }
        var undrained: [UndrainedLane] = []
        await withTaskGroup(of: [UndrainedLane].self) { group in
            for flow in ending {
                group.addTask { await flow.stop(by: .now + flow.configuration.shutdownTimeout) }
            }
            for await lanes in group { undrained += lanes }
        }
        // What they could not deliver is read again by the flows that begin.
        for lane in undrained { log.warning(.laneNotDrained, [.reason(lane.description)]) }
        board.take(wanted.flows, untouched: kept)
        setup.withLock { $0 = after }
        for flow in after.flows where kept.contains(flow.name) {
            if let link = wanted.flow(flow.name)?.link { flow.traffic.take(link) }
        }
        end(before, after)
        for flow in after.flows where !kept.contains(flow.name) { begin.yield { await flow.run() } }
        addKeeperJobs(after)
        await endKeepers(before.keepers.filter { $0.value !== after.keepers[$0.key] }.map(\.value))
        return outcome
    }

    /// - Throws: where a client cannot be made; those that were are closed.
    private func made(
        _ configuration: MirrorConfiguration, from before: DaemonSetup, _ outcome: inout ReloadOutcome
    ) throws -> DaemonSetup {
        var after = DaemonSetup(configuration)
        var fresh: [Cluster] = []
        do {
            for cluster in configuration.clusters {
                if before.configuration.cluster(cluster.alias) == cluster, let known = before.clusters[cluster.alias] {
                    after.clusters[cluster.alias] = known
                } else {
                    let made = try makeCluster(cluster)
                    fresh.append(made)
                    after.clusters[cluster.alias] = made
                }
            }
            for flow in configuration.flows where flow.isEnabled {
                let running = before.flows.first { $0.name == flow.name }
                if let running,
                    FlowFacts(flow.name, of: before.configuration) == FlowFacts(flow.name, of: configuration)
                {
                    after.flows.append(running)
                    outcome.untouched.append(flow.name)
                } else if let made = try makeFlow(flow, of: after) {
                    after.flows.append(made)
                    if running == nil { outcome.started.append(flow.name) } else { outcome.restarted.append(flow.name) }
                }
            }
        } catch {
            for cluster in fresh { cluster.close() }
            throw error
        }
        outcome.stopped = before.flows.map(\.name).filter { name in !after.flows.contains { $0.name == name } }
        let health = configuration.health.cluster
        let isSame = before.clusters[health].map { known in after.clusters[health].map { $0 === known } ?? false }
        after.regionCheck = isSame == true ? before.regionCheck : makeRegionCheck(of: after)
        for flow in after.flows.map(\.name) {
            let known = outcome.untouched.contains(flow) ? before.keepers[flow] : nil
            after.keepers[flow] = known ?? makeKeeper(of: flow, after)
        }
        return after
    }

    /// Ends what is no longer used, and has new clusters watched.
    private func end(_ before: DaemonSetup, _ after: DaemonSetup) {
        if let check = before.regionCheck, check !== after.regionCheck { check.close() }
        for (alias, cluster) in before.clusters where after.clusters[alias] !== cluster {
            if after.clusters[alias] == nil { registry.release(alias) }
            cluster.close()
        }
        for (alias, cluster) in after.clusters where before.clusters[alias] !== cluster {
            begin.yield(watching(cluster))
            if before.clusters[alias] == nil { jobs.add(watch(alias)) }
        }
    }

    /// Asks once a second whether the cluster answers that has the alias then.
    func watch(_ alias: ClusterAlias) -> Job {
        Job(name: "cluster \(alias)", interval: .seconds(1)) {
            guard let cluster = self.setup.withLock({ $0.clusters[alias] }) else { return .over }
            await cluster.look()
            return .done
        }
    }

    /// How it went when somebody had the configuration read again, for the status and the metrics.
    /// - Parameter problem: why it was not taken; `nil` where it was.
    public func noteReload(_ outcome: ReloadOutcome?, problem: String?) {
        let now = WallClock.milliseconds()
        board.update { status in
            let succeededAt = outcome == nil ? status.lastReload?.succeededAt : now
            let rest = outcome?.needsRestart ?? []
            status.lastReload = ReloadStatus(
                at: now, isSuccessful: outcome != nil,
                problem: problem
                    ?? (rest.isEmpty ? nil : "needs a restart of the process: \(rest.joined(separator: ", "))"),
                succeededAt: succeededAt)
        }
    }
}
