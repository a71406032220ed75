// SPDX-License-Identifier: Apache-2.0

/// `exactly.once.source.support`, `transaction.boundary.interval.ms`, and the producer's `transaction.timeout.ms`.
public struct ExactlyOnceConfiguration: Sendable, Equatable {
    /// Records and progress are written in transactions.
    public var isEnabled = false
    /// How long a transaction takes records.
    public var interval: Duration = .milliseconds(100)
    /// The target aborts a transaction that lasts longer.
    public var timeout: Duration = .seconds(60)

    public init() {}
}

enum ExactlyOnceSupport: String, CaseIterable { case disabled, preparing, enabled }

enum ErrorsTolerance: String, CaseIterable { case none, all }
