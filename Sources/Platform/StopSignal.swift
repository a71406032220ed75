// SPDX-License-Identifier: Apache-2.0
internal import CPlatform
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
            while true {
                let received = tern_signals_wait()
                guard received > 0 else { return }
                handler(received)
            }
        }
    }
}
