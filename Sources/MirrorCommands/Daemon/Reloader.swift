// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import Mirroring
internal import Platform
internal import Telemetry
internal import TernConfiguration

/// Reads the file of `tern run` again while the daemon runs. One reload at a time, in the order in which they were asked for.
actor Reloader {
    private let path: String
    private let invocation: Invocation
    private let context: CommandContext
    private let daemon: RunningDaemon
    private let web: WebKeeper?
    private let log: Log
    private var last: Task<Result<ReloadOutcome, ReloadProblem>, Never>?

    init(
        _ path: String, _ invocation: Invocation, _ context: CommandContext, _ daemon: RunningDaemon, _ web: WebKeeper?,
        _ log: Log
    ) {
        self.path = path
        self.invocation = invocation
        self.context = context
        self.daemon = daemon
        self.web = web
        self.log = log
    }

    /// - Parameter who: for the log: `signal`, or who asked over the admin socket.
    func reload(by who: String) async -> Result<ReloadOutcome, ReloadProblem> {
        let task = Task { [last] in
            _ = await last?.value
            return await once(by: who)
        }
        last = task
        return await task.value
    }

    private func once(by who: String) async -> Result<ReloadOutcome, ReloadProblem> {
        do {
            guard let take = daemon.reload else { throw ReloadProblem("this daemon cannot reload") }
            let configuration = try configuration()
            let web = web
            if let problem = await ThreadExecutor.shared.run({ web?.problem }) { throw ReloadProblem(problem) }
            let outcome = try await take(configuration)
            change(to: RunCommand.level(configuration, invocation))
            // By the next second: whoever asked over TLS is to have the answer before its connection may be cut.
            web?.lookNext()
            daemon.noteReload?(outcome, nil)
            log.info(.configReloaded, [LogField("by", who), LogField("outcome", outcome.summary)])
            if !outcome.needsRestart.isEmpty {
                log.warning(
                    .configNeedsRestart,
                    [.reason("\(outcome.needsRestart.joined(separator: ", ")) is read when the process starts only")])
            }
            return .success(outcome)
        } catch {
            let problem = (error as? ReloadProblem) ?? ReloadProblem((error as? KafkaError)?.reason ?? "\(error)")
            daemon.noteReload?(nil, problem.description)
            log.error(
                .configReloadFailed, [LogField("by", who), .reason("\(problem); what ran before runs on")])
            return .failure(problem)
        }
    }

    private func change(to level: LogLevel) {
        guard level != log.level else { return }
        // The line is written by the level that lets more through.
        let isLower = level < log.level
        if isLower { log.level = level }
        log.info(.logLevelChanged, [LogField("level", "\(level)")])
        log.level = level
        RunCommand.followClients(log)
    }

    private func configuration() throws -> MirrorConfiguration {
        let file: ConfigurationFile
        do throws(CommandFailure) { file = try ConfigurationFile(path: path, invocation, context) } catch {
            throw ReloadProblem(error.message)
        }
        if let configuration = file.loaded.configuration { return configuration }
        let errors = file.loaded.problems.filter { $0.severity == .error }.map { "\($0)" }
        let more = errors.count > 3 ? " and \(errors.count - 3) more" : ""
        throw ReloadProblem(errors.prefix(3).joined(separator: "; ") + more)
    }
}

/// Why a configuration was not taken.
struct ReloadProblem: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
