// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// What this process has used so far.
enum ProcessCost {
    /// User and system time of all threads, in seconds.
    static var cpuSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// The most memory that was resident at once, in bytes: `ru_maxrss` is in KiB on Linux.
    static var peakBytes: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }

    /// A clock that never steps, the same for all threads.
    static var nanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
}

/// How many allocations were asked for so far, process-wide, and how many bytes this thread asked for; `nil` without
/// an allocator that counts. Of other threads all are there only if `coversAllThreads`.
public typealias AllocationCounter = @Sendable () -> (requests: UInt64, bytes: UInt64, coversAllThreads: Bool)?

/// A failure in one line.
struct BenchFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
