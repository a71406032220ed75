// SPDX-License-Identifier: Apache-2.0

/// What became of a source record that somebody waits for.
public enum BarrierPassage: Sendable, Equatable {
    /// Its copy was acknowledged, at this offset of the target.
    case copied(at: Int64)
    /// It is not copied, by this rule.
    case skipped(ForwardingPolicy.Reason)
    /// The target refuses it for good, and it is kept in the quarantine topic.
    case quarantined
    /// There is no copy: a transaction marker, a record that was compacted away, or one that a rule skipped earlier.
    case noCopy
    /// Everything up to it was acknowledged, or skipped by rule, before anybody asked; which is not known any more.
    case passed
}

/// The answer to whoever waits until a source record is on the target.
public enum BarrierAnswer: Sendable, Equatable {
    /// - Parameter next: the next source offset to copy: everything before it is done.
    case passed(BarrierPassage, next: Int64)
    /// Not in time.
    /// - Parameters:
    ///   - next: the next source offset to copy; `nil` when unknown.
    ///   - stop: why the partition does not go on, in a sentence.
    case late(next: Int64?, stop: String?)
    case flowUnknown
    /// The flow does not mirror the topic.
    case topicUnknown
    /// The topic has that many partitions, and not this one.
    case partitionUnknown(count: Int32)
    /// No lane of this process carries the partition at present.
    case elsewhere
}
