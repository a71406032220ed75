// SPDX-License-Identifier: Apache-2.0
internal import TernAPI

/// A fleet report as tables and notes; programs get the report itself.
struct FleetScreen: Sendable {
    private let document: FleetReport

    /// - Parameter names: `source->target` of the flows to show; all when empty.
    init(_ answer: FleetReport, flows names: [String]) throws(CommandFailure) {
        try CommandFailure.requireKnown("flow", names, among: answer.flows.map(\.flowName))
        var document = answer
        if !names.isEmpty { document.flows = answer.flows.filter { names.contains($0.flowName) } }
        self.document = document
    }

    var report: Report {
        Report(
            kind: FleetReport.name, data: document.tree, tables: [flowTable, daemonTable, clusterTable], notes: notes)
    }

    private var flowTable: TextTable {
        TextTable(
            [
                .init("FLOW"), .init("STATE"), .init("LANES", .right), .init("LAG", .right), .init("BEHIND", .right),
                .init("REC/S", .right), .init("MB/S", .right), .init("STOPPED", .right, isWide: true),
                .init("CARRIED BY"),
            ],
            rows: document.flows.map { flow in
                [
                    .text(flow.flowName), LagTable.state(flow.state),
                    .text("\(flow.lanesHeard)/\(flow.lanes.map(String.init) ?? "?")", flow.isWhole ? .plain : .bad),
                    flow.lagRecords == nil
                        ? atLeast(flow.lagRecordsAtLeast > 0 ? NumberText.grouped(flow.lagRecordsAtLeast) : nil)
                        : .count(flow.lagRecords),
                    flow.lagSeconds == nil
                        ? atLeast(flow.lagSecondsAtLeast > 0 ? AgeText.age(seconds: flow.lagSecondsAtLeast) : nil)
                        : .age(seconds: flow.lagSeconds),
                    partial(flow.recordsPerSecond, flow) { .rate($0) },
                    partial(flow.bytesPerSecond, flow) { .fixed($0 / 1_000_000, digits: 1) },
                    .count(flow.stoppedPartitions), .text(carriers(of: flow)),
                ]
            })
    }

    /// What is known of a figure that is not wholly known; programs get nothing, rather than a number that is too small.
    private func atLeast(_ text: String?) -> TextTable.Cell {
        .init(text: text.map { "≥ \($0)" } ?? "", raw: "", tone: .warning)
    }

    /// A sum over the lanes that are heard.
    private func partial(
        _ sum: Double?, _ flow: FleetReport.Flow, _ cell: (Double) -> TextTable.Cell
    ) -> TextTable.Cell {
        guard let sum else { return .empty }
        return flow.isWhole ? cell(sum) : atLeast(sum > 0 ? cell(sum).text : nil)
    }

    /// Those that run lanes, or that are not heard and may: not where others run them all.
    private func carriers(of flow: FleetReport.Flow) -> String {
        flow.carriers.filter { flow.isWhole ? ($0.lanesOwned ?? 0) > 0 : $0.lanesOwned != 0 }.map { carrier in
            carrier.daemon + (carrier.lanesOwned.map { " (\($0))" } ?? " (not heard)")
        }.joined(separator: ", ")
    }

    private var daemonTable: TextTable {
        TextTable(
            [
                .init("DAEMON"), .init("STATE"), .init("REGION"), .init("VERSION"), .init("READY"),
                .init("UP", .right), .init("FIGURES", .right), .init("INSTANCE", isWide: true),
            ],
            rows: document.daemons.map { daemon in
                [
                    .text(daemon.isSelf ? daemon.url.map { "\($0) (self)" } ?? "self" : daemon.daemon),
                    .text(daemon.state, daemon.state == "heard" ? .good : .bad), .text(daemon.region),
                    .text(daemon.version), .text(daemon.isReady.map { $0 ? "yes" : "no" }),
                    .age(seconds: daemon.state == "silent" ? nil : daemon.startedAt.map(age)),
                    .age(seconds: daemon.figuresAgeSeconds), .text(daemon.instance),
                ]
            })
    }

    private var clusterTable: TextTable {
        TextTable(
            [.init("CLUSTER"), .init("STATE"), .init("ALIASES"), .init("ID"), .init("NOT REACHED BY")],
            rows: document.clusters.map { cluster in
                let state = cluster.isUp.map { $0 ? "up" : "down" } ?? "unknown"
                return [
                    .text(cluster.cluster), .text(state, state == "up" ? .good : .bad),
                    .text(cluster.aliases.joined(separator: ", ")), .text(cluster.clusterID),
                    .text(cluster.views.filter { $0.isUp == false }.map(\.daemon).joined(separator: ", ")),
                ]
            })
    }

    private var notes: [String] {
        var notes: [String] = []
        for daemon in document.daemons where daemon.state != "heard" {
            let reason = daemon.problem.map { ": \($0)" } ?? ""
            let since = daemon.lastAnswerAt.map { "has not been heard for \(AgeText.age(seconds: age($0)))" }
            switch daemon.state {
            case "silent": notes.append("! \(daemon.daemon) \(since ?? "has not been heard yet")\(reason)")
            case "stale":
                let old = daemon.figuresAgeSeconds.map { AgeText.age(seconds: $0) } ?? "some time"
                notes.append("! the figures of \(daemon.daemon) are \(old) old\(reason)")
            default: notes.append("\(daemon.daemon) is \(daemon.state)\(reason)")
            }
        }
        for daemon in document.daemons where daemon.isDraining == true {
            notes.append("! \(daemon.daemon) is draining: it was told to stop")
        }
        for view in document.clusters.flatMap({ cluster in cluster.views.map { (cluster.cluster, $0) } })
        where view.1.isUp == false {
            let reason = view.1.problem.map { ": \($0)" } ?? ""
            notes.append("! cluster \(view.0) does not answer \(view.1.daemon)\(reason)")
        }
        return notes + document.flows.flatMap(self.notes)
    }

    private func notes(on flow: FleetReport.Flow) -> [String] {
        var notes: [String] = []
        if !["running", "unknown"].contains(flow.state), let reason = flow.reason, !reason.isEmpty {
            notes.append("! \(flow.flowName) is \(flow.state): \(reason)")
        }
        if flow.state == "unknown" {
            notes.append("! no daemon that carries \(flow.flowName) is heard")
        } else if !flow.isWhole, flow.state != "starting" {
            let all = flow.lanes.map { "of \($0) " } ?? ""
            notes.append(
                "! \(flow.flowName): the daemons that are heard run \(flow.lanesHeard) \(all)lanes, so its figures are not whole"
            )
        }
        return notes
    }

    /// Seconds from a moment to that of the report.
    private func age(_ moment: DateTime) -> Double { document.generatedAt.seconds(since: moment) }
}
