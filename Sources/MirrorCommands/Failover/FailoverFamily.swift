// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernConfiguration

/// `tern failover` and `tern failback`: moving the consumer groups of a flow, by the clusters alone.
enum FailoverFamily {
    static let failover = Command(
        path: ["failover"], summary: "move consumer groups to a flow's target: look first, then do it")
    static let failback = Command(
        path: ["failback"], summary: "move consumer groups back to where a failover took them from")

    static let commands: [Command] = [
        failover, FailoverCheckCommand.command, FailoverRunCommand.command, ControllerCommands.status,
        ControllerCommands.pause, ControllerCommands.resume, ControllerCommands.rearm, FailoverDrillCommand.command,
        failback, FailbackCommands.plan, FailbackCommands.run,
    ]

    static let flow = OffsetsTranslateCommand.flow
    static let file = Argument(
        name: ConfigurationFile.argument.name, kind: .file, summary: ConfigurationFile.argument.summary)
    static let mode = Flag(
        "mode", .choice(FailoverProcedure.Mode.allCases.map(\.rawValue)),
        "planned: the source lives, nothing is lost; emergency: the source is not asked")
    static let limit = Flag(
        "limit", .duration, preset: "5m", "how long to wait until producers have stopped and everything is copied")
    static let window = Flag(
        "window", .duration, preset: "3s", "how long the ends of the source's logs must stand still")
    static let yes = Flag("yes", "do it; without it a terminal is asked, and a script is shown the plan")
    static let report = Flag(
        "report", .file("DIR"), "where reports are kept; $XDG_STATE_HOME/tern/failovers unless given")
    static let resume = Flag("resume", .file("FILE"), "the JSON report of a run that did not get to its end")
    static let connection: [Flag] = [.timeout] + Flag.configuration
    static let tabular: [Flag] = Flag.tabular
}

/// The flow that a command line names, with clients for its clusters.
struct FailoverScene: Sendable {
    let configuration: MirrorConfiguration
    let flow: FlowConfiguration
    let timeout: Duration
    /// The daemon that the file names, for what only it knows.
    let daemon: DaemonClient?

    /// One that a daemon moves itself: nobody is asked over HTTP.
    init(_ configuration: MirrorConfiguration, _ flow: FlowConfiguration, timeout: Duration) {
        self.configuration = configuration
        self.flow = flow
        self.timeout = timeout
        daemon = nil
    }

    /// - Parameter reversed: the flow that goes back is meant.
    init(
        _ invocation: Invocation, _ context: CommandContext, reversed: Bool = false
    ) throws(CommandFailure) {
        let file = try ConfigurationFile(invocation, context)
        configuration = try file.configuration(printingProblemsFor: invocation, context)
        timeout = invocation.duration(.timeout) ?? .seconds(10)
        guard timeout > .zero else { throw .usage("--timeout: 0 leaves no time for an answer, write for example 10s") }
        let names = configuration.flows.filter(\.isEnabled).map(\.name.description)
        guard let text = invocation[FailoverFamily.flow] else {
            throw .usage(
                "--flow is missing: \(FailoverFamily.flow.summary)", hint: "there is \(names.joined(separator: ", "))")
        }
        let wanted = text.replacing("→", with: "->")
        guard let forward = configuration.flows.first(where: { $0.name.description == wanted }), forward.isEnabled
        else {
            throw .usage(
                "the file has no flow '\(wanted)' that is enabled", hint: "there is \(names.joined(separator: ", "))")
        }
        let listen = configuration.http.listen
        var address: DaemonAddress?
        if let url = invocation[DaemonQuestion.url] {
            address = try DaemonAddress(url: url)
        } else if let listen, listen.port > 0 {
            address = DaemonAddress(
                host: listen.host, port: listen.port,
                isSecure: DaemonQuestion.isSecure(configuration.http, context))
        }
        if let address {
            daemon = DaemonClient(
                address: address, timeout: .seconds(1),
                login: try DaemonQuestion.login(to: address, invocation, context))
        } else {
            daemon = nil
        }
        guard reversed else {
            flow = forward
            return
        }
        let back = FlowName(source: forward.name.target, target: forward.name.source)
        guard let returning = configuration.flow(back), returning.isEnabled else {
            throw CommandFailure(
                .refused, code: "NO_RETURNING_FLOW",
                "\(back) is not configured: nothing carries what \(back.source) took back to \(back.target)",
                resource: back.description,
                hint: "set \(back).enabled=true in the file, run the daemon with it, and wait until it has caught up")
        }
        flow = returning
    }

    /// Opens clients for a body, and closes them whatever happens.
    func probe<Value>(
        _ flow: FlowConfiguration? = nil, _ body: (FlowProbe) async throws -> Value
    ) async throws -> Value {
        let probe: FlowProbe
        let chosen = flow ?? self.flow
        do throws(KafkaError) {
            probe = try FlowProbe(
                chosen, of: configuration, within: timeout, sourceWithin: min(timeout, .seconds(5)))
        } catch {
            throw CommandFailure(.usage, code: error.code.name, "flow \(chosen.name): \(error.reason)")
        }
        do {
            let value = try await body(probe)
            await probe.close()
            return value
        } catch {
            await probe.close()
            throw error
        }
    }

    /// Why a cluster does not answer, with its cause.
    func reason(_ error: KafkaError, _ alias: ClusterAlias, _ probe: FlowProbe) -> String {
        let diagnosis = ConnectionDiagnosis(
            error, reported: probe.admin(of: alias).takeClientErrors(),
            properties: configuration.cluster(alias)?.adminProperties ?? ClientProperties(),
            libraryVersion: Clients.libraryVersion)
        // Whoever reads this knows already that it cannot be reached.
        return diagnosis.message.replacing("it cannot be reached: ", with: "")
    }
}
