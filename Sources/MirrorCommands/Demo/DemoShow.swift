// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Platform

/// What is seen while the demo runs: the screen of a terminal, or lines in a pipe.
struct DemoShow: Sendable {
    private static let tick = Duration.milliseconds(250)

    let options: DemoOptions
    let context: CommandContext
    let isColored: Bool
    let url: String?
    let traffic: [(alias: ClusterAlias, traffic: DemoTraffic)]
    let world: DemoWorld
    let daemon: MirrorDaemon
    let stopFlag: StopFlag

    /// The width of the screen; `nil` where lines are printed.
    private var screenWidth: Int? {
        guard context.variables["TERM", default: "dumb"] != "dumb", let width = context.tableWidth,
            width >= DemoScreen.leastWidth
        else { return nil }
        return width
    }

    /// The first words, where there is no screen that says them.
    func open() {
        guard screenWidth == nil else { return }
        let clusters = world.clusters.map { "\($0.alias) at \($0.cluster.bootstrapServers)" }.joined(separator: ", ")
        context.output.write("clusters in this process: \(clusters)\nHTTP: \(url ?? "none")\n")
    }

    /// Shows the writing until its time is over or somebody stops it, then the rest arriving.
    func play(until patience: Duration) async {
        let began = ContinuousClock.now
        var screen = screenWidth.map { DemoScreen(width: $0, isColored: isColored) }
        var shown = -1
        var stoppedAt: ContinuousClock.Instant?
        var next = began
        while true {
            let now = ContinuousClock.now
            let second = Int((now - began) / .seconds(1))
            if stoppedAt == nil, second >= options.seconds || stopFlag.isRaised {
                for (_, traffic) in traffic { traffic.stop() }
                stoppedAt = now
            }
            let hindered = hinder(second, isOver: stoppedAt != nil)
            let moment = moment(second, notice(stoppedAt != nil, hindered))
            if screen != nil {
                if let text = screen?.draw(moment) { context.output.write(text) }
            } else if second > shown {
                shown = second
                if second > 0 { context.output.write(moment.line) }
                if hindered == .begins { context.output.write(moment.notice + "\n") }
            }
            if let stoppedAt, hasArrived || now - stoppedAt > patience { return }
            next = max(next + Self.tick, now)
            try? await ContinuousClock().sleep(until: next)
        }
    }

    private func moment(_ second: Int, _ notice: String) -> DemoMoment {
        DemoMoment(
            second: second, seconds: options.seconds, url: url,
            writers: zip(world.clusters, traffic).map { cluster, traffic in
                DemoMoment.Writer(
                    alias: cluster.alias, bootstrapServers: cluster.cluster.bootstrapServers,
                    written: traffic.traffic.count)
            }, flows: daemon.status.flows.map { DemoMoment.Flow($0) }, notice: notice)
    }

    /// Whether every flow has copied what was written at its source, and knows it.
    private var hasArrived: Bool {
        guard traffic.allSatisfy(\.traffic.isStopped) else { return false }
        return daemon.status.flows.allSatisfy { status in
            let flow = DemoMoment.Flow(status)
            let written = traffic.first { $0.alias == flow.name.source }?.traffic.count ?? 0
            return flow.lagRecords == 0 && flow.copied >= Int64(written)
        }
    }

    // MARK: the hindrance

    private enum Hindrance: Equatable { case none, begins, lasts }

    /// Refuses the readers of the first cluster for up to three seconds, so that there is lag to see. Only reads are
    /// refused: the mock cannot distinguish a repeated write from a new one.
    private func hinder(_ second: Int, isOver: Bool) -> Hindrance {
        guard options.seconds >= 10, let (_, cluster) = world.clusters.first else { return .none }
        let start = options.seconds / 3
        let length = min(3, options.seconds / 5)
        guard !isOver, (start..<(start + length)).contains(second) else {
            cluster.clearRequestErrors(.fetch)
            return .none
        }
        cluster.clearRequestErrors(.fetch)
        cluster.pushRequestErrors(.fetch, Array(repeating: .notLeaderForPartition, count: 20))
        return second == start ? .begins : .lasts
    }

    private func notice(_ isOver: Bool, _ hindrance: Hindrance) -> String {
        if isOver { return "The applications have stopped writing; the rest arrives." }
        if hindrance != .none {
            return "\(world.clusters[0].alias) refuses its readers for a moment: see the lag grow."
        }
        return "Ctrl-C ends it early. At the end an independent consumer reads every cluster."
    }
}
