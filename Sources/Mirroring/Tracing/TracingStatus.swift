// SPDX-License-Identifier: Apache-2.0

/// What became of spans so far.
public struct TracingStatus: Sendable, Equatable {
    /// Why spans were not exported.
    public enum Loss: String, Sendable, CaseIterable {
        /// More came than the collector took.
        case queueFull = "queue_full"
        /// The collector said no.
        case refused
    }

    public var exported: Int64
    public var dropped: [Loss: Int64]
    public var waiting: Int

    public init(exported: Int64 = 0, dropped: [Loss: Int64] = [:], waiting: Int = 0) {
        self.exported = exported
        self.dropped = dropped
        self.waiting = waiting
    }
}
