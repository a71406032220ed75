// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import MirrorWeb
internal import Platform
internal import Telemetry

enum RunCommand {
    static let command = Command(
        path: ["run"],
        summary: "mirror, in the foreground, until stopped",
        discussion: [
            "Reads MirrorMaker's properties file, which may have Tern's own keys too. SIGTERM and SIGINT drain: Tern waits for "
                + "acknowledgements and writes its progress, so that the next start repeats nothing. A second SIGINT ends the "
                + "process at once; some records are then mirrored twice.",
            "SIGHUP, or tern reload, has it read the file again: only flows whose settings differ restart, and a file with an "
                + "error changes nothing.",
            "Log lines go to stderr. With log.level=debug they include those of librdkafka's clients; its own key debug adds "
                + "detail (eu.admin.debug = security,broker). Several machines can run the same file: they share the work.",
            "Under systemd (Type=notify) it reports READY=1 once probes are served, a line of status, and WATCHDOG=1 for as long as "
                + "every job comes round, as /livez does.",
        ],
        arguments: [ConfigurationFile.argument],
        flags: Flag.configuration + [.clusters],
        examples: [
            .init(purpose: "mirror what the file says", line: "tern run mirror.properties"),
            .init(
                purpose: "only into the cluster that is near, and more talk",
                line: "tern run mirror.properties --clusters eu --set log.level=debug"),
        ],
        statuses: [
            (.notDrained, ExitStatus.notDrained.meaning), (.interrupted, "a second SIGINT came while it was draining"),
        ],
        drainsOnSignals: true,
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        let file = try ConfigurationFile(invocation, context)
        let configuration = try file.configuration(printingProblemsFor: invocation, context)
        guard let runner = context.daemon else {
            throw CommandFailure(.failed, code: "NO_ENGINE", "this build has no engine to run")
        }
        let log = log(configuration, invocation, context)
        let daemon = try await make(configuration, runner, log, file.path)
        context.stopRequests?.onStop(daemon.requestStop)
        followClients(log)
        // Before the flows: probes and people see a daemon whose clusters do not answer yet.
        let web =
            try configuration.http.listen == nil
            ? nil : WebKeeper.start(configuration.http, log, readFile: context.readFile)
        let reloader = Reloader(file.path, invocation, context, daemon, web, log)
        let acts = AdminSocket.acts(of: daemon, reloader, log)
        let peers =
            try configuration.http.listen == nil
            ? nil : PeerWatch.start(configuration.dashboard, of: daemon, log, readFile: context.readFile)
        let server = try DaemonWeb.start(configuration.http, for: daemon, log, acts: acts, keeper: web, peers: peers)
        let admin = try AdminSocket.start(
            configuration.adminSocket, acts,
            HealthProbes(status: daemon.status, readiness: configuration.http.readiness), log)
        context.stopRequests?.onReload { Task { _ = await reloader.reload(by: "SIGHUP") } }
        let reporter = ServiceManager(variables: context.variables).map { manager in
            ServiceReporter(manager, status: daemon.status, stopLimit: stopLimit(configuration), log: log)
        }
        if let reporter { context.stopRequests?.onStop { reporter.stopping() } }
        let reporting = Task { await reporter?.run() }
        let end = await daemon.run()
        // A daemon with nothing to drain may be here before the thread of signals has said it.
        reporter?.stopping()
        reporting.cancel()
        await ThreadExecutor.shared.run {
            admin?.stop()
            server?.stop()
        }
        return try status(of: end, file.path)
    }

    /// How long a stop may take: the longest drain of a flow, and the end of what is left then.
    private static func stopLimit(_ configuration: MirrorConfiguration) -> Duration {
        (configuration.flows.filter(\.isEnabled).map(\.shutdownTimeout).max() ?? .zero) + .seconds(15)
    }

    /// - Throws: where librdkafka refuses a setting, with the client and the setting, as `tern check` names them.
    private static func make(
        _ configuration: MirrorConfiguration, _ runner: DaemonRunner, _ log: Log, _ path: String
    ) async throws -> RunningDaemon {
        do { return try runner.make(configuration, log) } catch {
            let checker = Checker(file: path, configuration: configuration, timeout: .zero)
            guard let refused = await checker.properties().first(where: { $0.severity == .error }) else { throw error }
            throw CommandFailure(
                .usage, code: refused.code, "\(path): \(refused.place): \(refused.message)", resource: path,
                hint: refused.hint)
        }
    }

    /// librdkafka's own lines are made only where they are written.
    static func followClients(_ log: Log) {
        guard log.isEnabled(.debug) else { return ClientLog.follow(nil) }
        ClientLog.follow { line in
            log.debug(
                .clientLog,
                [
                    LogField("client", line.client), LogField("severity", Int(line.level)),
                    LogField("facility", line.facility), .reason(line.text),
                ])
        }
    }

    /// The file's, unless the command line has said otherwise.
    static func level(_ configuration: MirrorConfiguration, _ invocation: Invocation) -> LogLevel {
        if invocation.isQuiet { return .error }
        let level = LogLevel(configuration.log.level)
        return invocation.isVerbose ? min(level, .debug) : level
    }

    private static func log(
        _ configuration: MirrorConfiguration, _ invocation: Invocation, _ context: CommandContext
    ) -> Log {
        let sink = context.logSink ?? StandardErrorSink(journalStream: context.variables["JOURNAL_STREAM"])
        return Log(
            level: level(configuration, invocation), format: configuration.log.format == .json ? .json : .logfmt,
            sink: sink,
            recent: configuration.http.listen == nil ? nil : RecentEvents())
    }

    static func status(of end: RunningDaemon.End, _ path: String) throws(CommandFailure) -> ExitStatus {
        switch end {
        case .drained: return .done
        case .notDrained(let what): throw CommandFailure(.notDrained, code: "NOT_DRAINED", what)
        case .failed(let reason): throw CommandFailure(.failed, code: "FAILED", reason)
        case .misconfigured(let how):
            throw CommandFailure(.usage, code: "INVALID_FILE", "\(path): \(how)", resource: path)
        }
    }
}

extension LogLevel {
    fileprivate init(_ level: LogConfiguration.Level) {
        switch level {
        case .error: self = .error
        case .warning: self = .warning
        case .info: self = .info
        case .debug: self = .debug
        case .trace: self = .trace
        }
    }
}
