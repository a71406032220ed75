// SPDX-License-Identifier: Apache-2.0

/// Who may act for a flow, as one process sees it. The owner writes a row at each check; one that has written none for the whole of
/// ``patience`` may be replaced. Time is measured from when this process has seen a row, so clocks need not agree.
public struct FailoverLease: Sendable, Equatable {
    public enum Standing: Sendable, Equatable {
        case mine
        /// Nobody acts: whoever writes this epoch first does.
        case free(epoch: Int64)
        case other(String)
    }

    public let me: String
    public let patience: Duration
    private var position: Int64?
    private var seenAt = Duration.zero

    public init(me: String, patience: Duration) {
        self.me = me
        self.patience = patience
    }

    /// - Parameters:
    ///   - position: the row's offset in the topic.
    ///   - now: of a clock that does not step.
    public mutating func look(_ row: FailoverRow?, at position: Int64?, now: Duration) -> Standing {
        guard let row else { return .free(epoch: 1) }
        if position != self.position {
            self.position = position
            seenAt = now
        }
        guard let owner = row.owner else { return .free(epoch: row.epoch + 1) }
        if owner == me { return .mine }
        return now - seenAt >= patience ? .free(epoch: row.epoch + 1) : .other(owner)
    }
}
