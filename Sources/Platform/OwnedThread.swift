// SPDX-License-Identifier: Apache-2.0
internal import CPlatform
internal import Glibc

/// A named thread that must be joined. Its body is `sending`: what moves in cannot be used outside any more, so a
/// thread-confined value needs no lock and no `Sendable`.
public struct OwnedThread: ~Copyable {
    private let thread: pthread_t

    /// Starts the thread. The name is cut to the 15 bytes that Linux keeps.
    public init(name: String, _ body: sending @escaping () -> Void) {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                tern_set_thread_name(start.name)
                start.body()
                return nil
            }, start.toOpaque())
        precondition(code == 0, "pthread_create for \(name): \(String(cString: strerror(code)))")
        self.thread = thread
    }

    /// Waits until the body has returned.
    public consuming func join() {
        pthread_join(thread, nil)
        discard self
    }

    /// Waits until the body has returned, without blocking the caller's thread.
    public consuming func joined() async {
        let thread = self.thread
        discard self
        await ThreadExecutor.shared.run { _ = pthread_join(thread, nil) }
    }

    private let isJoined = false

    deinit {
        precondition(isJoined, "an OwnedThread was dropped without being joined")
    }

    private final class Start {
        let name: String
        let body: () -> Void
        init(name: String, body: sending @escaping () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
