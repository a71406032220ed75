// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The time that jobs go by, as a duration since the process began: the system's, or one that a test moves.
struct JobClock: Sendable {
    let sinceStart: @Sendable () -> Duration
    let sleep: @Sendable (Duration) async throws -> Void

    init<Source: Clock>(_ clock: Source) where Source.Duration == Duration {
        let start = clock.now
        sinceStart = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(for: $0) }
    }
}

/// A pause that another task can end.
final class WakeSignal: Sendable {
    private struct State {
        var isSet = false
        var sleeper: Task<Void, Never>?
    }
    private let state = Mutex(State())

    /// Ends the pause that is under way, or the next one where none is.
    func set() {
        let sleeper = state.withLock { state in
            state.isSet = true
            return state.sleeper
        }
        sleeper?.cancel()
    }

    /// Returns when the time is over, the signal is set, or the caller's task is cancelled.
    /// - Parameter duration: `nil` sleeps until then.
    func pause(for duration: Duration?, _ clock: JobClock) async {
        let sleeper = Task {
            // Sleeping has no "for ever"; what wakes once a day costs nothing.
            repeat { try? await clock.sleep(duration ?? .seconds(86_400)) } while duration == nil && !Task.isCancelled
        }
        let isSet = state.withLock { state in
            state.sleeper = sleeper
            return state.isSet
        }
        if isSet { sleeper.cancel() }
        await withTaskCancellationHandler {
            await sleeper.value
        } onCancel: {
            sleeper.cancel()
        }
        state.withLock { $0 = State() }
    }
}
