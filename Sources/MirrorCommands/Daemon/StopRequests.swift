// SPDX-License-Identifier: Apache-2.0
internal import Platform
internal import Synchronization

/// SIGTERM and SIGINT, for commands that drain instead of dying; SIGHUP for one that reads its file again.
package final class StopRequests: Sendable {
    private struct State {
        var isStopping = false
        var handlers: [@Sendable () -> Void] = []
        var reload: (@Sendable () -> Void)?
    }
    private let state = Mutex(State())
    private let force: @Sendable () -> Void

    /// - Parameter force: ends the process at once; called for a SIGINT while it stops already.
    package init(force: @escaping @Sendable () -> Void) { self.force = force }

    /// Takes the two signals over. To be called before the process has a second thread.
    package func install() {
        TerminationSignals.handle { [self] signal in
            if signal == 1 { receiveHangup() } else { receive(isInterrupt: signal == 2) }
        }
    }

    /// Calls a handler at each SIGHUP from now on. Commands that have none end by it.
    package func onReload(_ handler: @escaping @Sendable () -> Void) {
        state.withLock { $0.reload = handler }
        TerminationSignals.catchHangup()
    }

    package func receiveHangup() { state.withLock(\.reload)?() }

    /// The first of either asks to stop. Another SIGINT is somebody at a keyboard who will not wait; another SIGTERM is
    /// an impatient supervisor, which has SIGKILL.
    package func receive(isInterrupt: Bool) {
        let (isFirst, handlers) = state.withLock { state in
            defer { state.isStopping = true }
            return (!state.isStopping, state.handlers)
        }
        guard isFirst else {
            if isInterrupt { force() }
            return
        }
        for handler in handlers { handler() }
    }

    /// Calls a handler at the first signal; at once when that has come already.
    package func onStop(_ handler: @escaping @Sendable () -> Void) {
        let isStopping = state.withLock { state in
            if !state.isStopping { state.handlers.append(handler) }
            return state.isStopping
        }
        if isStopping { handler() }
    }
}
