// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes
public import TernConfiguration

/// A sampled record's way through Tern: from the moment it was taken from the source until the target had acknowledged it, or,
/// delivered exactly once, until its transaction was committed.
public struct RecordSpan: Sendable, Equatable {
    public var context: TraceContext
    /// Never 0.
    public var id: UInt64
    public var flow: FlowName
    public var source: TopicPartition
    public var offset: Int64
    public var target: TopicName
    /// `nil` where the record is not there.
    public var targetOffset: Int64?
    /// Nanoseconds since 1970.
    public var start: Int64
    public var end: Int64
    /// Why the record did not arrive, in a sentence; `nil` where it did.
    public var problem: String?

    public init(
        context: TraceContext, id: UInt64, flow: FlowName, source: TopicPartition, offset: Int64, target: TopicName,
        targetOffset: Int64?, start: Int64, end: Int64, problem: String? = nil
    ) {
        self.context = context
        self.id = id
        self.flow = flow
        self.source = source
        self.offset = offset
        self.target = target
        self.targetOffset = targetOffset
        self.start = start
        self.end = end
        self.problem = problem
    }
}
