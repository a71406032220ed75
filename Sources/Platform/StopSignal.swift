// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Synchronization

/// A request to stop that any thread may make and any thread may see.
public final class StopFlag: Sendable {
    private let flag = Atomic<Bool>(false)
    public init() {}
    public var isRaised: Bool { flag.load(ordering: .acquiring) }
    /// - Returns: whether this call was the first.
    @discardableResult
    public func raise() -> Bool { !flag.exchange(true, ordering: .acquiringAndReleasing) }
}

/// Delivers SIGTERM and SIGINT to ordinary code: a thread of its own waits for them.
public enum TerminationSignals {
    /// Blocks both signals for the whole process and hands each one to `handler`, on the waiting thread.
    ///
    /// Call it first in the program: a thread started earlier would take the signals by their default action.
    public static func handle(_ handler: @escaping @Sendable (_ signal: Int32) -> Void) {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        signal(SIGPIPE, SIG_IGN)
        detachThread(name: "tern-signals") {
            var waited = sigset_t()
            sigemptyset(&waited)
            sigaddset(&waited, SIGTERM)
            sigaddset(&waited, SIGINT)
            while true {
                var received: Int32 = 0
                if sigwait(&waited, &received) == 0 { handler(received) }
            }
        }
    }
}
