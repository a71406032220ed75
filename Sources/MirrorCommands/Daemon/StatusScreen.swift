// SPDX-License-Identifier: Apache-2.0
internal import TernAPI

/// A status report as tables and notes; programs get the report itself.
struct StatusScreen: Sendable {
    private let document: StatusReport
    private let flows: [StatusReport.Flow]

    /// - Parameter names: `source->target` of the flows to show; all when empty.
    init(_ answer: StatusReport, flows names: [String]) throws(CommandFailure) {
        try CommandFailure.requireKnown("flow", names, among: answer.flows.map(\.flowName))
        var document = answer
        if !names.isEmpty { document.flows = answer.flows.filter { names.contains($0.flowName) } }
        self.document = document
        // A pair that is in the file for its heartbeats alone mirrors nothing: programs see it, people need not.
        flows = document.flows.filter { $0.isEnabled || names.contains($0.flowName) }
    }

    var report: Report {
        Report(
            kind: StatusReport.name, data: document.tree, tables: [flowTable, clusterTable], notes: notes)
    }

    /// Topics that are not mirrored, per flow: mostly for one reason.
    private static let namedTopics = 3

    private var flowTable: TextTable {
        TextTable(
            [
                .init("FLOW"), .init("STATE"), .init("TOPICS", .right), .init("PARTS", .right),
                .init("LANES", .right, isWide: true),
                .init("LAG", .right), .init("HELD", .right, isWide: true), .init("BEHIND", .right),
                .init("P50", .right, isWide: true), .init("P99", .right), .init("REC/S", .right), .init("MB/S", .right),
                .init("LOST", .right, isWide: true), .init("STOPPED", .right, isWide: true), .init("SINCE", .right),
            ],
            rows: flows.map { flow in
                [
                    .text(flow.flowName), LagTable.state(flow.state), .count(flow.topics),
                    // Lanes that this process runs, of all that the flow has: the others may run elsewhere.
                    .count(flow.partitions), .text("\(flow.lanesOwned)/\(flow.lanes)"), .count(flow.lagRecords),
                    .count(flow.lagHeldRecords), .age(seconds: flow.lagSeconds),
                    .latency(seconds: flow.latencyP50), .latency(seconds: flow.latencyP99),
                    .rate(flow.recordsPerSecond), .fixed(flow.bytesPerSecond.map { $0 / 1_000_000 }, digits: 1),
                    .count(flow.lostRecords), .count(flow.stoppedPartitions), .age(seconds: age(flow.since)),
                ]
            })
    }

    private var clusterTable: TextTable {
        var table = TextTable([
            .init("CLUSTER"), .init("STATE"), .init("RTT", .right), .init("ID"), .init("PROBLEM", isSentence: true),
        ])
        table.rows = document.clusters.map { cluster in
            [
                .text(cluster.alias), .text(cluster.isUp ? "up" : "down", cluster.isUp ? .good : .bad),
                .latency(seconds: cluster.roundTripSeconds), .text(cluster.clusterID), .text(cluster.problem),
            ]
        }
        return table
    }

    private var notes: [String] {
        var notes = LagTable.staleness(document.snapshotAgeSeconds)
        if document.isDraining { notes.append("! the daemon is draining: it was told to stop") }
        if document.region.isForcedUnhealthy {
            notes.append("! the region is forced unhealthy by an operator")
        } else if document.region.isHealthy == false {
            notes.append("! the region check fails: see /health")
        }
        for cluster in document.clusters where !cluster.isUp {
            let problem = cluster.problem.map { ": \($0)" } ?? ""
            let time = cluster.downSince.map { "has been down for \(AgeText.age(seconds: age($0)))" }
            notes.append("! cluster \(cluster.alias) \(time ?? "has not answered yet")\(problem)")
        }
        for flow in flows { notes += self.notes(on: flow) }
        return notes
    }

    private func notes(on flow: StatusReport.Flow) -> [String] {
        var notes: [String] = []
        let name = flow.flowName
        if flow.state != "running", let reason = flow.reason, !reason.isEmpty {
            notes.append("! \(name) is \(flow.state): \(reason)")
        }
        if let controller = flow.failoverController { notes += self.notes(on: controller, of: name) }
        notes += limit(of: flow)
        let named = flow.notMirrored.prefix(Self.namedTopics)
        for topic in named { notes.append("! \(name) does not mirror \(topic.topic): \(topic.reason)") }
        let moreTopics = flow.topicsNotMirrored - Int64(named.count)
        if moreTopics > 0 { notes.append("! \(name) does not mirror \(NumberText.grouped(moreTopics)) more topics") }
        if flow.lostRecords > 0 {
            let lost = NumberText.grouped(flow.lostRecords)
            notes.append("! \(name) lost \(lost) records that left the source before they were copied")
        }
        if let count = flow.openLosses, count > 0 {
            notes.append("! \(name) has \(NumberText.counted(Int(count), "open event")) of loss: tern ledger list")
        }
        if let count = flow.quarantinedRecords, count > 0 {
            notes.append(
                "! \(name) set \(NumberText.grouped(count)) records aside that \(flow.target) refuses: tern quarantine list"
            )
        }
        notes += flow.stopped.map { LagTable.note(name, $0.topic, $0.partition, $0.status, $0.stop) }
        let more = flow.stoppedPartitions - Int64(flow.stopped.count)
        if more > 0 { notes.append("! \(name) has \(more) more stopped partitions: tern lag '\(name)'") }
        return notes
    }

    /// A controller that only watches needs no line.
    private func notes(on controller: FailoverControllerState, of flow: String) -> [String] {
        var notes: [String] = []
        if controller.state != "watching" {
            let since = AgeText.age(seconds: age(controller.since))
            let reason = controller.reason.map { ": \($0)" } ?? ""
            notes.append("! the failover controller of \(flow) is \(controller.state) for \(since)\(reason)")
        }
        if let problem = controller.problem {
            notes.append("! the failover controller of \(flow) cannot do its work: \(problem)")
        }
        let failed = controller.hooks.filter { $0.isSuccessful == false }
        notes += failed.map { "! a hook of \(flow) failed: \($0.command): \($0.outcome)" }
        if let who = controller.pausedBy {
            let why = controller.pauseReason.map { ": \($0)" } ?? ""
            notes.append("! the failover controller of \(flow) was paused by \(who)\(why)")
        }
        return notes
    }

    /// What a flow that is behind waits for.
    private func limit(of flow: StatusReport.Flow) -> [String] {
        func rate(_ bytes: Double) -> String { " (\(NumberText.fixed(bytes / 1_000_000, digits: 0)) MB/s at most)" }
        func roundTrip(to alias: String) -> String {
            let seconds = document.clusters.first { $0.alias == alias }?.roundTripSeconds
            return seconds.map { " over \(NumberText.fixed($0 * 1000, digits: 0)) ms" } ?? ""
        }
        let what: String
        switch flow.limit {
        case "quota": what = "a quota of a cluster holds it back"
        case "cpu": what = "its lanes have no more time: raise tasks.max, or start another daemon"
        case "target": what = "\(flow.target) takes no more"
        case "source": what = "\(flow.source) gives no more"
        case "link":
            var ways: [String] = []
            if let most = flow.mostReadPerSecond {
                let count = flow.sourceConnections ?? 0
                ways.append("\(count) connections from \(flow.source)\(roundTrip(to: flow.source))\(rate(most))")
            }
            if let most = flow.mostWrittenPerSecond {
                let count = flow.targetConnections ?? 0
                ways.append("\(count) connections to \(flow.target)\(roundTrip(to: flow.target))\(rate(most))")
            }
            what = "the link is the limit: " + ways.joined(separator: ", ")
        default: return []
        }
        return ["\(flow.flowName) is behind, and \(what)"]
    }

    /// Seconds from a moment to that of the report.
    private func age(_ moment: DateTime) -> Double { document.generatedAt.seconds(since: moment) }
}
