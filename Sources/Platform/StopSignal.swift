// SPDX-License-Identifier: Apache-2.0
internal import CPlatform
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
    /// Catches both signals and hands each one to `handler`, on the waiting thread.
    ///
    /// They are caught by handlers, not blocked by masks: the runtime has threads before `main` has a say, and a signal
    /// that reaches one of those would end the process.
    public static func handle(_ handler: @escaping @Sendable (_ signal: Int32) -> Void) {
        guard tern_signals_catch() == 0 else { return }
        detachThread(name: "tern-signals") {
            // Whoever started the process may have blocked them, and every thread inherits that: one must take them.
            unblock()
            while true {
                let received = tern_signals_wait()
                guard received > 0 else { return }
                handler(received)
            }
        }
    }

    /// Has SIGHUP handed to the handler, too, from now on; before, it ends the process.
    public static func catchHangup() { _ = tern_signals_catch_hangup() }

    private static func unblock() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGHUP)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
}
