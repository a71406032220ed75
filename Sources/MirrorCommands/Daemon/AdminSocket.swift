// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import MirrorWeb
internal import Telemetry

/// The socket for whoever administers a daemon.
enum AdminSocket {
    /// What operators may have the daemon do, by whichever way they ask.
    static func acts(of daemon: RunningDaemon, _ reloader: Reloader, _ log: Log) -> AdminActs {
        AdminActs(
            reload: { who in
                switch await reloader.reload(by: who) {
                case .success(let outcome): .success(outcome.report)
                case .failure(let problem): .failure(OrderProblem(.outOfRange, problem.description))
                }
            }, order: daemon.order, log: log)
    }

    /// - Returns: `nil` where none is wanted.
    /// - Throws: a failure that names the path.
    static func start(
        _ path: String?, _ acts: AdminActs, _ probes: HealthProbes, _ log: Log
    ) throws(CommandFailure) -> HTTPServer? {
        guard let path else { return nil }
        do throws(HTTPServerError) { return try AdminServer(acts, probes: probes, log: log).serve(at: path) } catch {
            throw CommandFailure(.failed, code: "LISTEN_FAILED", "\(error)", resource: path)
        }
    }
}

extension ReloadOutcome {
    /// With what a restart of the process is needed for.
    var report: String {
        needsRestart.isEmpty
            ? summary : "\(summary); needs a restart of the process: \(needsRestart.joined(separator: ", "))"
    }
}
