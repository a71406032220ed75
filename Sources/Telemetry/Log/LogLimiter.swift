// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// Lets a repeated message through once per interval and key, and reports how many were held back since.
///
///     if let held = limiter.admit("fetch", cluster) { log.warning(.laneFetchFailed, [.count(held), …]) }
public final class LogLimiter: Sendable {
    private struct Entry {
        var admittedAt: Int64
        var held: Int
    }
    private let interval: Int64
    private let capacity: Int
    private let now: @Sendable () -> Int64
    private let entries = Mutex<[String: Entry]>([:])

    /// - Parameters:
    ///   - interval: the shortest time between two admitted messages of one key.
    ///   - capacity: keys kept; beyond it the oldest are forgotten, so a key made of outside text cannot grow memory.
    ///   - now: milliseconds of a clock that does not step back.
    public init(
        interval: Duration = .seconds(30), capacity: Int = 1_000,
        now: @escaping @Sendable () -> Int64 = WallClock.steadyMilliseconds
    ) {
        self.interval = interval.components.seconds * 1_000 + interval.components.attoseconds / 1_000_000_000_000_000
        self.capacity = capacity
        self.now = now
    }

    /// Whether a message may be written now.
    /// - Returns: how many of its key were held back since the last admitted one; `nil` when this one is held back too.
    public func admit(_ key: String) -> Int? {
        let now = now()
        return entries.withLock { entries in
            if var entry = entries[key] {
                if now - entry.admittedAt < interval {
                    entry.held += 1
                    entries[key] = entry
                    return nil
                }
                entries[key] = Entry(admittedAt: now, held: 0)
                return entry.held
            }
            if entries.count >= capacity, let oldest = entries.min(by: { $0.value.admittedAt < $1.value.admittedAt }) {
                entries[oldest.key] = nil
            }
            entries[key] = Entry(admittedAt: now, held: 0)
            return 0
        }
    }

    /// Forgets a key: its next message is admitted at once. For the moment when the condition is over.
    public func reset(_ key: String) { entries.withLock { $0[key] = nil } }
}
