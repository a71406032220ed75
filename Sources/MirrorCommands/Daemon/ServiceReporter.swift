// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import Platform
internal import Synchronization
internal import Telemetry

/// Tells the service manager that started `tern run` how the daemon is.
///
/// It runs on the pool of tasks where the jobs run: when nothing turns there any more, the watchdog is not fed either.
final class ServiceReporter: Sendable {
    private let manager: ServiceManager
    private let status: @Sendable () -> MirrorStatus
    private let stopLimit: Duration
    private let log: Log
    private struct State {
        var report: ServiceReport
        var hasComplained = false
        var isHanging = false
    }
    private let state: Mutex<State>
    private let period: Duration

    /// - Parameters:
    ///   - status: the newest snapshot; must return at once.
    ///   - stopLimit: how long a stop may take.
    init(
        _ manager: ServiceManager, status: @escaping @Sendable () -> MirrorStatus, stopLimit: Duration, log: Log
    ) {
        self.manager = manager
        self.status = status
        self.stopLimit = stopLimit
        self.log = log
        let report = ServiceReport(watchdogInterval: manager.watchdogInterval)
        period = report.period
        state = Mutex(State(report: report))
    }

    /// Tells what is due, again and again, until the caller's task is cancelled.
    func run() async {
        while !Task.isCancelled {
            turn()
            try? await Task.sleep(for: period)
        }
    }

    /// Tells what is due now.
    func turn() {
        let status = status()
        state.withLock { state in
            if let message = state.report.message(for: status, at: .now) { send(message, &state) }
            if let job = state.report.hangingJob, !state.isHanging, manager.watchdogInterval != nil {
                log.error(
                    .watchdogNotFed,
                    [LogField("job", job.fullName), .reason(job.problemOfLiveness ?? "")])
            }
            state.isHanging = state.report.hangingJob != nil
        }
    }

    /// Tells that the process is about to stop; once, however often it is called.
    func stopping() {
        state.withLock { state in
            if let message = state.report.stopping(within: stopLimit) { send(message, &state) }
        }
    }

    private func send(_ message: String, _ state: inout State) {
        do { try manager.send(message) } catch {
            state.report.markLost()
            guard !state.hasComplained else { return }
            state.hasComplained = true
            log.warning(.serviceManagerNotTold, [.reason(error.reason)])
        }
    }
}
