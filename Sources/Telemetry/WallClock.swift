// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// What time it is.
public enum WallClock {
    /// Milliseconds since 1970, as a clock on the wall tells them: may step.
    @Sendable public static func milliseconds() -> Int64 { read(CLOCK_REALTIME) }

    /// Nanoseconds since 1970, by the same clock.
    public static func nanoseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Milliseconds since some moment in the past; never steps back.
    @Sendable public static func steadyMilliseconds() -> Int64 { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
