// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Mirroring
internal import TernAPI
internal import TernConfiguration

extension StatusReport {
    /// What a snapshot says, at a glance.
    ///
    /// - Parameter now: milliseconds since 1970.
    init(_ status: MirrorStatus, build: BuildInformation, isReady: Bool, now: Int64) {
        self.init(
            generatedAt: DateTime(milliseconds: status.generatedAt), snapshotAgeSeconds: status.ageSeconds(at: now),
            program: Program(
                version: build.version, revision: build.revision, swiftVersion: build.swiftVersion,
                clientVersion: build.clientVersion),
            startedAt: DateTime(milliseconds: status.startedAt), isStarted: status.isStarted, isReady: isReady,
            isDraining: status.isDraining, region: Region(status.regionCheck),
            clusters: status.clusters.sorted { $0.alias < $1.alias }.map(Cluster.init),
            flows: status.flows.sorted { $0.name < $1.name }.map(Flow.init),
            jobs: status.jobs.filter { $0.isOverdue || $0.problem != nil }.map(Job.init))
        lastReload = status.lastReload.map {
            Reload(at: DateTime(milliseconds: $0.at), isSuccessful: $0.isSuccessful, problem: $0.problem)
        }
    }
}

extension StatusReport.Job {
    fileprivate init(_ job: JobStatus) {
        self.init(
            flow: job.flow?.description, job: job.name, isOverdue: job.isOverdue, problem: job.problem,
            lastRoundAt: job.lastRoundAt.map { DateTime(milliseconds: $0) })
    }
}

extension StatusReport.Region {
    fileprivate init(_ check: RegionCheckStatus) {
        self.init(
            region: check.region, isHealthy: check.checkedAt == nil ? nil : check.isHealthy,
            isForcedUnhealthy: check.isForcedUnhealthy, checkedAt: check.checkedAt.map { DateTime(milliseconds: $0) })
    }
}

extension StatusReport.Cluster {
    fileprivate init(_ cluster: ClusterStatus) {
        self.init(
            alias: cluster.alias.rawValue, clusterID: cluster.clusterID, isUp: cluster.isUp,
            downSince: cluster.downSince.map { DateTime(milliseconds: $0) }, problem: cluster.problem,
            authenticationFailures: cluster.authenticationFailures, roundTripSeconds: cluster.roundTripSeconds.measure)
    }
}

extension StatusReport.Flow {
    /// Stopped partitions, and topics that are not mirrored, named per flow; the rest are counted.
    private static let namedLimit = 20

    fileprivate init(_ flow: FlowStatus) {
        self.init(
            source: flow.name.source.rawValue, target: flow.name.target.rawValue, isEnabled: flow.isEnabled,
            state: flow.state.rawValue, since: DateTime(milliseconds: flow.since))
        delivery = flow.deliversExactlyOnce ? "exactly_once" : "at_least_once"
        reason = flow.reason
        hasBothClusters = flow.hasBothClusters
        lanes = Int64(flow.laneCount)
        lanesOwned = Int64(flow.ownedLanes)
        ownedLanes = flow.ownedLaneNumbers.sorted().map { Int64($0) }
        topics = Int64(flow.topics.count)
        partitions = Int64(flow.partitionCount)
        takeLag(of: flow)
        latencyP50 = flow.replicationLatency.quantile(0.5).measure
        latencyP99 = flow.replicationLatency.quantile(0.99).measure
        retentionHeadroomSeconds = flow.topics.compactMap(\.retentionHeadroomSeconds).min().measure
        lastAcknowledgedAt = flow.lastAcknowledgedAt.map { DateTime(milliseconds: $0) }
        replicatedRecords = flow.sum(\.replicatedRecords)
        replicatedBytes = flow.sum(\.replicatedBytes)
        filteredRecords = flow.sum(\.filteredRecords)
        lostRecords = flow.sum(\.lostRecords)
        quarantinedRecords = flow.sum(\.quarantinedRecords)
        openLosses = Int64(flow.openLosses)
        takeStopped(of: flow)
        takePauses(of: flow)
        limit = flow.limit?.rawValue
        sourceConnections = Int64(flow.sourceConnections)
        targetConnections = Int64(flow.targetConnections)
        mostReadPerSecond = flow.mostReadPerSecond.measure
        mostWrittenPerSecond = flow.mostWrittenPerSecond.measure
        failoverController = flow.failover.map { FailoverControllerState($0, isActing: $0.isOwner) }
        topicsNotMirrored = Int64(flow.notMirrored.count)
        notMirrored = flow.notMirrored.prefix(Self.namedLimit).map {
            StatusReport.TopicNotMirrored(topic: $0.topic.rawValue, reason: $0.reason)
        }
    }

    private mutating func takeLag(of flow: FlowStatus) {
        lagRecords = flow.lagRecords
        lagSeconds = flow.lagSeconds.measure
        lagHeldRecords = flow.lagHeldRecords
        lagUnknownPartitions = flow.unknownPartitions
        carriedLagRecords = flow.carriedLagRecords
        carriedLagSeconds = flow.carriedLagSeconds.measure
        isCaughtUp = flow.isCaughtUp
        etaSeconds = flow.etaSeconds.measure
        recordsPerSecond = flow.recordsPerSecond.measure
        bytesPerSecond = flow.bytesPerSecond.measure
    }

    private mutating func takePauses(of flow: FlowStatus) {
        guard !flow.pauses.isEmpty else { return }
        pausedPartitions = flow.pausedPartitions
        pauses = flow.pauses.prefix(Self.namedLimit).map { pause in
            StatusReport.Pause(
                scope: pause.scope.word, topic: pause.scope.topic?.rawValue,
                partition: pause.scope.partition.map { Int64($0) }, by: pause.order.by,
                since: DateTime(milliseconds: pause.order.at), reason: pause.order.reason)
        }
    }

    private mutating func takeStopped(of flow: FlowStatus) {
        let all = flow.topics.sorted { $0.topic < $1.topic }.flatMap { topic in
            topic.partitions.compactMap { partition in
                partition.stop.map { (topic: topic.topic, partition: partition.partition, stop: $0) }
            }
        }
        stoppedPartitions = Int64(all.count)
        stopped = all.prefix(Self.namedLimit).map { item in
            StatusReport.StoppedPartition(
                topic: item.topic.rawValue, partition: Int64(item.partition), status: item.stop.state.rawValue,
                stop: Stop(item.stop))
        }
    }
}

extension FlowStatus {
    func sum(_ path: KeyPath<TopicCounters, Int64>) -> Int64 {
        topics.reduce(0) { $0 + $1.counters[keyPath: path] }
    }
}

extension TopicCounters {
    var filteredRecords: Int64 { filteredCycle + filteredDirect + filteredHops }
}
