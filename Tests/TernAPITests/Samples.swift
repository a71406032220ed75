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

    static var status: StatusReport {
        var flow = StatusReport.Flow(source: "eu", target: "us", isEnabled: true, state: "degraded", since: moment)
        flow.reason = "no"
        flow.hasBothClusters = true
        (flow.lanes, flow.lanesOwned, flow.topics, flow.partitions) = (4, 3, 2, 1)
        (flow.lagRecords, flow.lagSeconds, flow.lagHeldRecords, flow.lagUnknownPartitions) = (7, 41.2, 1, 5)
        (flow.isCaughtUp, flow.etaSeconds, flow.recordsPerSecond, flow.bytesPerSecond) = (true, 0, 1, 2.5)
        (flow.latencyP50, flow.latencyP99, flow.retentionHeadroomSeconds) = (0.004, 0.2, 60)
        flow.lastAcknowledgedAt = moment
        (flow.replicatedRecords, flow.replicatedBytes, flow.filteredRecords, flow.lostRecords) = (1, 2, 3, 4)
        flow.stoppedPartitions = 1
        flow.stopped = [.init(topic: "t", partition: 0, status: "REFUSED", stop: stop)]
        flow.topicsNotMirrored = 1
        flow.notMirrored = [.init(topic: "u", reason: "no")]
        return StatusReport(
            generatedAt: moment, snapshotAgeSeconds: 0,
            program: .init(version: "1", revision: "a", swiftVersion: "6.3", clientVersion: "2.0.2"),
            startedAt: moment, isStarted: true, isReady: false, isDraining: true,
            region: .init(region: "eu", isHealthy: nil, isForcedUnhealthy: true, checkedAt: moment),
            clusters: [
                .init(
                    alias: "eu", clusterID: nil, isUp: false, downSince: moment, problem: "no",
                    authenticationFailures: 2)
            ],
            flows: [
                flow, StatusReport.Flow(source: "us", target: "eu", isEnabled: false, state: "starting", since: moment),
            ])
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
                            synchronizedAt: moment),
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

    static let region = RegionCheck(
        region: "eu", timestamp: moment,
        checks: [
            .init(name: "write", isHealthy: true, detail: "4 ms"), .init(name: "read", isHealthy: false, detail: ""),
        ])
    static let problem = Problem(kind: "bad-parameter", title: "Bad", status: 400, detail: "x", instance: "/api")
}
