// SPDX-License-Identifier: Apache-2.0
import TernAPI

/// Documents with a value in every member, and with none where none need be.
enum Sample {
    static let moment = DateTime(milliseconds: 1_795_199_087_806)
    static let stop = Stop(
        code: "MSG_SIZE_TOO_LARGE", offset: 41, limit: 1_048_588, since: moment, text: "raise \"max.message.bytes\"\n")

    static var lag: LagReport {
        var full = LagReport.Partition(partition: 3, status: "REFUSED")
        full.startOffset = 0
        full.endOffset = 9_007_199_254_740_993
        full.lastStableOffset = 12
        full.replicatedOffset = 11
        full.targetEndOffset = 10
        full.lagRecords = 7
        full.lagSeconds = 41.2
        full.lagHeldRecords = 1
        full.stopped = stop
        var topic = LagReport.Topic(topic: "訂單", targetTopic: "eu.訂單")
        topic.lagRecords = 7
        topic.lagSeconds = 0.001
        topic.retentionHeadroomSeconds = 1e9
        topic.partitions = [full, LagReport.Partition(partition: 4, status: "UNKNOWN")]
        var flow = LagReport.Flow(source: "eu", target: "us", state: "running")
        flow.lagRecords = 7
        flow.lagSeconds = 41.2
        flow.isCaughtUp = false
        flow.etaSeconds = 0.351
        flow.recordsPerSecond = 52_000
        flow.bytesPerSecond = 0
        flow.topics = Rows([topic, LagReport.Topic(topic: "t", targetTopic: "t")])
        flow.topicsOmitted = 2
        return LagReport(
            generatedAt: moment, snapshotAgeSeconds: 1.2,
            flows: [flow, LagReport.Flow(source: "us", target: "eu", state: "failed")])
    }

    static let hook = HookRun(
        stage: "failover", command: "/usr/local/bin/dns us", attempt: 2, startedAt: moment, endedAt: moment,
        isSuccessful: false, outcome: "exit status 1", output: "no")
    static let controller = {
        var controller = FailoverControllerState(state: "failed-over", since: moment)
        (controller.isActing, controller.owner, controller.badChecks, controller.goodChecks) = (true, "h/1/2", 3, 0)
        (controller.reason, controller.problem, controller.report) = ("gone", "no", "/r.json")
        (controller.failedOverAt, controller.attempt) = (moment, 1)
        (controller.pausedBy, controller.pausedSince, controller.pauseReason) = ("me", moment, "why")
        controller.hooks = [hook]
        return controller
    }()

    static var status: StatusReport {
        var flow = StatusReport.Flow(source: "eu", target: "us", isEnabled: true, state: "degraded", since: moment)
        flow.reason = "no"
        flow.delivery = "exactly_once"
        flow.hasBothClusters = true
        (flow.lanes, flow.lanesOwned, flow.topics, flow.partitions) = (4, 3, 2, 1)
        (flow.ownedLanes, flow.carriedLagRecords, flow.carriedLagSeconds) = ([0, 2, 3], 6, 40.5)
        (flow.lagRecords, flow.lagSeconds, flow.lagHeldRecords, flow.lagUnknownPartitions) = (7, 41.2, 1, 5)
        (flow.isCaughtUp, flow.etaSeconds, flow.recordsPerSecond, flow.bytesPerSecond) = (true, 0, 1, 2.5)
        (flow.limit, flow.sourceConnections, flow.targetConnections) = ("link", 8, 4)
        (flow.mostReadPerSecond, flow.mostWrittenPerSecond) = (3e8, 8e7)
        (flow.latencyP50, flow.latencyP99, flow.retentionHeadroomSeconds) = (0.004, 0.2, 60)
        flow.lastAcknowledgedAt = moment
        (flow.replicatedRecords, flow.replicatedBytes, flow.filteredRecords, flow.lostRecords) = (1, 2, 3, 4)
        (flow.quarantinedRecords, flow.openLosses) = (5, 6)
        flow.stoppedPartitions = 1
        flow.stopped = [.init(topic: "t", partition: 0, status: "REFUSED", stop: stop)]
        flow.topicsNotMirrored = 1
        flow.notMirrored = [.init(topic: "u", reason: "no")]
        flow.failoverController = controller
        flow.pausedPartitions = 1
        flow.pauses = [.init(scope: "partition", topic: "t", partition: 1, by: "me", since: moment, reason: "why")]
        var report = StatusReport(
            generatedAt: moment, snapshotAgeSeconds: 0,
            program: .init(version: "1", revision: "a", swiftVersion: "6.3", clientVersion: "2.0.2"),
            startedAt: moment, isStarted: true, isReady: false, isDraining: true,
            region: .init(region: "eu", isHealthy: nil, isForcedUnhealthy: true, checkedAt: moment),
            clusters: [
                .init(
                    alias: "eu", clusterID: nil, isUp: false, downSince: moment, problem: "no",
                    authenticationFailures: 2, roundTripSeconds: 0.1)
            ],
            flows: [
                flow, StatusReport.Flow(source: "us", target: "eu", isEnabled: false, state: "starting", since: moment),
            ],
            jobs: [.init(flow: "eu->us", job: "lag", isOverdue: true, problem: "no", lastRoundAt: moment)])
        report.instance = "1f"
        report.lastReload = .init(at: moment, isSuccessful: false, problem: "no")
        return report
    }

    static var fleet: FleetReport {
        var daemon = FleetReport.Daemon(daemon: "http://b:1", url: "http://b:1", isSelf: false, state: "stale")
        (daemon.problem, daemon.lastAnswerAt, daemon.figuresAgeSeconds) = ("no", moment, 20)
        (daemon.instance, daemon.version, daemon.region, daemon.startedAt) = ("1f", "1", "eu", moment)
        (daemon.isReady, daemon.isDraining) = (true, false)
        var carrier = FleetReport.Carrier(daemon: "http://b:1", flow: "eu->us", state: "degraded")
        (carrier.reason, carrier.lanesOwned, carrier.lagRecords, carrier.lagSeconds) = ("no", 2, 7, 0.5)
        (carrier.recordsPerSecond, carrier.bytesPerSecond) = (1, 2.5)
        (carrier.stoppedPartitions, carrier.stopped) = (
            1, [.init(topic: "t", partition: 0, status: "REFUSED", stop: stop)]
        )
        var flow = FleetReport.Flow(source: "eu", target: "us", state: "degraded", carriers: [carrier])
        (flow.reason, flow.lanes, flow.lanesHeard, flow.isWhole) = ("no", 4, 2, false)
        (flow.lagRecordsAtLeast, flow.lagSecondsAtLeast, flow.stoppedPartitions) = (7, 0.5, 1)
        return FleetReport(
            generatedAt: moment, daemons: [.init(daemon: "self", url: nil, isSelf: true, state: "heard"), daemon],
            clusters: [
                .init(
                    cluster: "eu", clusterID: "id", aliases: ["eu", "字"], isUp: true,
                    views: [.init(daemon: "self", alias: "eu", isUp: false, downSince: moment, problem: "no")])
            ], flows: [flow])
    }

    static var topics: TopicReport {
        var topic = TopicReport.Topic(source: "eu", target: "us", topic: "訂單", targetTopic: "eu.訂單", status: "REFUSED")
        (topic.partitions, topic.stoppedPartitions, topic.lagRecords, topic.lagSeconds) = (3, 1, 7, 0.5)
        (topic.retentionHeadroomSeconds, topic.replicatedRecords, topic.lostRecords) = (60, 9, 2)
        topic.quarantinedRecords = 4
        let unknown = TopicReport.Topic(source: "eu", target: "us", topic: "u", targetTopic: "u", status: "UNKNOWN")
        return TopicReport(generatedAt: moment, total: 12, skipped: 10, topics: [topic, unknown])
    }

    static var history: HistoryReport {
        HistoryReport(
            generatedAt: moment, range: "1h", stepSeconds: 10,
            series: [
                .init(
                    source: "eu", target: "us", topic: "訂單", partition: 0, lagRecords: [nil, 0, 7],
                    lagSeconds: [nil, 0, 0.5], recordsPerSecond: [1, nil, 2.5], bytesPerSecond: [0, nil, 1]),
                .init(source: "eu", target: "us", lagRecords: [], lagSeconds: []),
            ])
    }

    static var traffic: TrafficReport {
        var read = TrafficReport.Side(wireBytes: 1_000, recordBytes: 4_000)
        (read.compressionRatio, read.savedBytes) = (4, 3_000)
        let written = TrafficReport.Side(wireBytes: 5_000, progressBytes: 400, recordBytes: 3_900)
        var flow = TrafficReport.Flow(source: "eu", target: "us", read: written, written: read)
        (flow.since, flow.billableSide, flow.billableBytes, flow.pricePerGigabyte) = (moment, "source", 1_000, 0.02)
        (flow.cost, flow.discardedCost, flow.savedCost) = (0.5, 0.25, 1.5)
        (flow.windowSeconds, flow.monthlyBytes, flow.monthlyCost, flow.topicsOmitted) = (3_600, 720_000, 14.4, 3)
        flow.discarded = [.init(reason: "cycle", records: 2, bytes: 100)]
        flow.topics = [.init(topic: "訂單", fetchedBytes: 4_000, replicatedBytes: 3_900, discardedBytes: 100)]
        (flow.topics[0].share, flow.topics[0].cost) = (1, 0.5)
        let quiet = TrafficReport.Side(wireBytes: 0, recordBytes: 0)
        return TrafficReport(
            generatedAt: moment, snapshotAgeSeconds: 1,
            flows: [flow, TrafficReport.Flow(source: "us", target: "eu", read: quiet, written: quiet)])
    }

    static var events: EventReport { EventReport(events: [event]) }

    static var event: Event {
        var event = Event(id: "k-7", at: moment, level: "error", event: "partition.stopped")
        (event.flow, event.cluster, event.topic, event.partition) = ("eu->us", "eu", "訂單", 3)
        (event.code, event.reason, event.details) = ("MSG_SIZE_TOO_LARGE", "too \"large\"", "offset=7")
        return event
    }

    static var groups: GroupReport {
        GroupReport(
            generatedAt: moment, snapshotAgeSeconds: 1,
            flows: [
                .init(
                    source: "eu", target: "us", translated: "here",
                    groups: Rows([
                        .init(
                            id: "字", state: "failed", reason: "no \"right\"", partitions: 3, unmapped: 1,
                            synchronizedAt: moment, lagRecords: 7, readAgainRecords: 2),
                        .init(id: "g", state: "ready", reason: nil, partitions: 1, unmapped: 0, synchronizedAt: nil),
                    ])),
                .init(source: "us", target: "eu", translated: "elsewhere", groups: Rows([])),
            ])
    }

    static func translation(_ word: String, _ offset: Int64?, behind: Int64?) -> TranslationReport {
        var report = TranslationReport(
            source: "eu", target: "us", topic: "訂單", partition: 0, offset: .max, translation: word,
            targetTopic: "eu.訂單", targetPartition: 0, reason: "so it is")
        report.targetOffset = offset
        report.behind = behind
        return report
    }

    static let barrier = {
        var report = BarrierReport(
            source: "eu", target: "us", topic: "訂單", partition: 0, offset: 7, outcome: "copied", reason: "so it is",
            nextOffset: 9)
        report.targetOffset = 8
        return report
    }()

    static let failoverCheck = {
        var report = FailoverCheckReport(generatedAt: moment, source: "eu", target: "us")
        report.verdict = "ready_with_loss"
        report.sourceReachable = true
        (report.lossRecords, report.lossSeconds) = (7, 1.5)
        var topic = FailoverCheckReport.Topic(topic: "訂單", targetTopic: "eu.訂單", state: "missing")
        topic.problem = "does not exist"
        topic.quarantinedRecords = 5
        report.topics = [topic]
        report.groups = [.init(id: "g", state: "ready", partitions: 2)]
        report.stops = ["orders/0 REFUSED: raise the limit"]
        report.differences = [.init(topic: "o", field: "retention.ms", source: "1", target: "2", reason: "no flow")]
        return report
    }()

    static let failover = {
        var report = FailoverReport(
            direction: "failback", mode: "planned", source: "us", target: "eu", startedAt: moment)
        report.rpoRecords = 0
        report.steps = [.init(step: "check", state: "pending")]
        report.topics = [.init(topic: "o", partition: 0, copiedOffset: 5, endOffset: nil)]
        report.groups = [.init(id: "g", state: "ready", outcome: "moved")]
        report.lateWrites = [.init(topic: "o", records: 3, notCopied: nil)]
        report.hooks = [hook]
        return report
    }()

    static let controllerReport = FailoverControllerReport(flow: "eu->us", heardAt: moment, controller: controller)

    static let drill = {
        var report = FailoverDrillReport(source: "eu", target: "us", topic: "tern-drill-1", startedAt: moment)
        report.steps = [.init(step: "prepare", state: "pending")]
        var group = FailoverDrillReport.Group(id: "g")
        group.firstRecordSeconds = 0.5
        report.groups = [group]
        return report
    }()

    static let region = RegionCheck(
        region: "eu", timestamp: moment,
        checks: [
            .init(name: "write", isHealthy: true, detail: "4 ms"), .init(name: "read", isHealthy: false, detail: ""),
        ])
    static let problem = Problem(kind: "bad-parameter", title: "Bad", status: 400, detail: "x", instance: "/api")
}
