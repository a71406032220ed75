// SPDX-License-Identifier: Apache-2.0

/// An instant, and what the wall says then.
public struct Moment: Sendable {
    /// Since any point that stays. Not an instant of a clock, whose size the compiler does not know: that cost a record a tenth of
    /// its CPU.
    public var instant: Duration
    /// Milliseconds since 1970.
    public var wallClock: Int64

    public init(_ instant: Duration, wallClock: Int64) {
        self.instant = instant
        self.wallClock = wallClock
    }
}
