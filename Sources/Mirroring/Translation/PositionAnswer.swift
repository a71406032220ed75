// SPDX-License-Identifier: Apache-2.0

/// What a flow says about a position on its source: where on the target a group that has read up to it goes on.
public enum PositionAnswer: Sendable, Equatable {
    case translated(TranslatedOffset)
    /// There is no such flow, or it is not enabled.
    case flowUnknown
    /// The flow does not mirror the topic.
    case topicUnknown
    /// The topic has that many partitions, and not this one.
    case partitionUnknown(count: Int32)
    /// The flow translates no groups, as its configuration wants it.
    case off
    /// Another process carries lane 0, whose owner translates.
    case elsewhere
    /// What is known of the copies is not read yet, or cannot be read; why, in a sentence.
    case notReady(String)
}
