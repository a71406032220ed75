// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration

extension LossCause {
    /// Whether `on.data.loss` decides what follows. Not where another cluster answers: an address that leads elsewhere is a mistake, and
    /// no offset of one cluster means anything in another. Not where the target has no topic: the partition waits for it, and what
    /// follows is a ``targetReset``.
    public var isLeftToPolicy: Bool {
        switch self {
        case .logStartMoved, .truncated, .recreated, .unproved, .targetReset: true
        case .anotherCluster, .targetMissing: false
        }
    }
}

/// Where a partition continues after a loss, by its policy.
///
/// `restart` takes all that the source has. `continue` takes what was not copied yet. Where the source's log is another one, offsets say
/// nothing about that, so that the time of the last record that was mirrored decides: what is newer is wanted.
public struct LossContinuation: Sendable, Equatable {
    /// The next source offset to mirror.
    public let position: Int64
    /// The proof that the progress row carries on; `nil` where it proves nothing any more.
    public let witness: Witness?

    /// - Parameters:
    ///   - stored: the progress when the partition had stopped; `nil` where there is none.
    ///   - log: where the source's log starts and ends now.
    ///   - newer: the first offset that is as young as ``time(_:_:stored:)`` asks for; `nil` where there is none.
    public init(
        _ cause: LossCause, _ policy: LossPolicy, stored: StoredProgress?, log: Range<Int64>, newer: Int64?
    ) {
        let next = stored.map { $0.offset + 1 } ?? log.lowerBound
        guard policy == .continue else {
            position = log.lowerBound
            witness = nil
            return
        }
        let hasTime = Self.time(cause, policy, stored: stored) != nil
        let another = hasTime ? min(max(newer ?? log.upperBound, log.lowerBound), log.upperBound) : log.lowerBound
        switch cause {
        case .targetReset:
            position = next
            // It proves the source's log as before, and says nothing about the target's new one.
            var kept = stored?.witness
            kept?.targetOffset = -1
            witness = kept
        case .logStartMoved:
            position = next > log.upperBound ? another : max(next, log.lowerBound)
            witness = position == next ? stored?.witness : nil
        case .truncated, .recreated, .unproved, .anotherCluster, .targetMissing:
            position = another
            witness = nil
        }
    }

    /// The time that the first record that is wanted has at least, in milliseconds since 1970; `nil` where no time is known, or none is
    /// needed.
    public static func time(_ cause: LossCause, _ policy: LossPolicy, stored: StoredProgress?) -> Int64? {
        guard policy == .continue, cause != .targetReset, let last = stored?.witness?.timestamp, last >= 0, last < .max
        else { return nil }
        return last + 1
    }
}

extension PartitionStop {
    /// The same stop where a policy says how the partition continues, and no person has to.
    func decided(by policy: LossPolicy) -> PartitionStop {
        guard policy != .halt, let loss, loss.cause.isLeftToPolicy, let event = loss.event else { return self }
        var stop = self
        stop.loss?.policy = policy
        stop.text =
            "\(event). It continues by itself (on.data.loss = \(policy.rawValue)) when the ledger has this event"
        return stop
    }
}
