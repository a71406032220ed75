// SPDX-License-Identifier: Apache-2.0
internal import CPlatform
internal import Glibc

/// What the calling thread asks of the system for itself.
public enum CurrentThread {
    /// How much later than asked its waits with a limit may end, so that the system wakes several threads at once.
    public static var timerSlack: Duration {
        get { .nanoseconds(tern_thread_timer_slack()) }
        set { tern_thread_allow_late_timers(Int(newValue / .nanoseconds(1))) }
    }

    /// How long it has run on a processor.
    public static var processorTime: Duration {
        var time = timespec()
        guard clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return .zero }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// From now on its small blocks come from the arena that all threads share: a cache of its own takes tens of kilobytes,
    /// which only a thread that allocates much is worth.
    public static func dropAllocatorCache() { tern_thread_without_cache() }
}
