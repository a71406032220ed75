// SPDX-License-Identifier: Apache-2.0
internal import CPlatform
internal import Glibc
internal import Synchronization

/// A named thread that must be joined. Its body is `sending`: what moves in cannot be used outside any more, so a
/// thread-confined value needs no lock and no `Sendable`.
public struct OwnedThread: ~Copyable {
    private let thread: pthread_t
    /// Unmanaged since only what is trivial can be discarded; released by the join.
    private let end: Unmanaged<End>

    /// Starts the thread. The name is cut to the 15 bytes that Linux keeps.
    public init(name: String, _ body: sending @escaping () -> Void) {
        let end = End()
        let start = Unmanaged.passRetained(Start(name: name, end: end, body: body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                tern_set_thread_name(start.name)
                start.body()
                start.end.come()
                return nil
            }, start.toOpaque())
        precondition(code == 0, "pthread_create for \(name): \(String(cString: strerror(code)))")
        self.thread = thread
        self.end = Unmanaged.passRetained(end)
    }

    /// Waits until the body has returned.
    public consuming func join() {
        pthread_join(thread, nil)
        end.release()
        discard self
    }

    /// Waits until the body has returned. Blocks no thread meanwhile, also none of ``ThreadExecutor``: many lanes that drain
    /// must not keep those from calls that the draining needs.
    public consuming func joined() async {
        let (thread, end) = (self.thread, self.end.takeRetainedValue())
        discard self
        await end.wait()
        pthread_join(thread, nil)
    }

    private let isJoined = false

    deinit {
        precondition(isJoined, "an OwnedThread was dropped without being joined")
    }

    private final class Start {
        let name: String
        let end: End
        let body: () -> Void
        init(name: String, end: End, body: sending @escaping () -> Void) {
            self.name = name
            self.end = end
            self.body = body
        }
    }

    /// Comes once; has one waiter.
    private final class End: Sendable {
        private enum State {
            case running
            case awaited(CheckedContinuation<Void, Never>)
            case over
        }
        private let state = Mutex(State.running)

        func come() {
            let last = state.withLock { state in
                defer { state = .over }
                return state
            }
            if case .awaited(let waiter) = last { waiter.resume() }
        }

        func wait() async {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if case .over = state { return true }
                    state = .awaited(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        }
    }
}
