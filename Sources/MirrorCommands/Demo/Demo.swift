// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import MirrorWeb
internal import Platform
internal import Telemetry

/// One run of `tern demo`, from the first cluster to the proof.
struct Demo: Sendable {
    /// How long after the last write everything may take to arrive, and a cluster to be read.
    private static let patience = Duration.seconds(30)

    private let options: DemoOptions
    private let invocation: Invocation
    private let context: CommandContext
    private let log: Log
    private let lines = MemorySink()
    private let stopFlag = StopFlag()

    init(_ options: DemoOptions, _ invocation: Invocation, _ context: CommandContext) {
        self.options = options
        self.invocation = invocation
        self.context = context
        log =
            invocation.isVerbose
            ? Log(level: .debug, sink: context.logSink ?? StandardErrorSink(), recent: RecentEvents())
            : Log(level: .info, sink: context.logSink ?? lines, recent: RecentEvents())
    }

    func run() async throws -> ExitStatus {
        let world = try DemoWorld(clusters: options.clusters)
        context.stopRequests?.onStop { [stopFlag] in stopFlag.raise() }
        let status: ExitStatus
        do {
            status = try await run(in: world)
        } catch {
            await ThreadExecutor.shared.run { world.close() }
            throw error
        }
        await ThreadExecutor.shared.run { world.close() }
        return status
    }

    private func run(in world: DemoWorld) async throws -> ExitStatus {
        let configuration = try world.configuration(listen: nil)
        let daemon = try world.daemon(configuration, log)
        let server = try serve(configuration.http, RunningDaemon(daemon))
        let traffic = world.clusters.map { (cluster: $0, traffic: DemoTraffic(at: $0.alias)) }
        let show = DemoShow(
            options: options, context: context, isColored: context.paints(invocation),
            url: server?.localURL, traffic: traffic.map { ($0.cluster.alias, $0.traffic) },
            world: world, daemon: daemon, stopFlag: stopFlag)
        show.open()
        let running = Task { await daemon.run() }
        for (cluster, traffic) in traffic { traffic.start(to: cluster.cluster.bootstrapServers, rate: options.rate) }
        await show.play(until: Self.patience)
        daemon.requestStop()
        let end = await running.value
        await ThreadExecutor.shared.run { server?.stop() }
        return try await conclude(world, traffic.map(\.traffic), end)
    }

    private func serve(_ http: HTTPConfiguration, _ daemon: RunningDaemon) throws(CommandFailure) -> HTTPServer? {
        var http = http
        switch options.listen {
        case .none: return nil
        case .at(let address): http.listen = address
        case .anywhere:
            http.listen = HTTPConfiguration().listen
            do throws(CommandFailure) { return try DaemonWeb.start(http, for: daemon, log) } catch {
                http.listen?.port = 0
            }
        }
        return try DaemonWeb.start(http, for: daemon, log)
    }

    private func conclude(
        _ world: DemoWorld, _ traffic: [DemoTraffic], _ end: MirrorDaemon.End
    ) async throws -> ExitStatus {
        for failure in traffic.compactMap(\.failure) {
            context.complain(CommandFailure(.failed, code: "FAILED", failure))
        }
        let summary = try await ThreadExecutor.shared.run { () throws -> DemoSummary in
            let sightings = try world.clusters.flatMap {
                try DemoReader.read($0.alias, at: $0.cluster.bootstrapServers, within: Self.patience)
            }
            let aliases = world.clusters.map(\.alias)
            let written = traffic.map(\.written).reduce(into: [:]) { $0.merge($1) { first, _ in first } }
            return DemoSummary(
                proof: DemoProof(
                    clusters: aliases, topics: DemoTopic.all.map(\.name), written: written, sightings: sightings),
                clusters: aliases)
        }
        var isFine = summary.isProved && traffic.allSatisfy { $0.failure == nil }
        if case .drained = end {
        } else {
            isFine = false
            context.complain(CommandFailure(.failed, code: "NOT_DRAINED", "the daemon ended with \(end)"))
        }
        let style = TextTable.Style(isColored: context.paints(invocation))
        context.output.write(
            "\nWhat an independent consumer found, reading every cluster to its end:\n\n"
                + summary.table(width: context.tableWidth).text(style)
                + "\n" + summary.verdict + "\n")
        if !isFine {
            for line in lines.lines(at: .warning) + lines.lines(at: .error) { context.diagnostics.write(line + "\n") }
        }
        return isFine ? .done : .failed
    }
}
