// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// Where the offsets of a flow's groups are translated: the owner of lane 0 does it for all daemons of the flow.
public enum GroupTranslationPlace: String, Sendable, CaseIterable {
    case here, elsewhere
    /// The flow translates none.
    case off
}

/// How ready a consumer group is to go on with the target, as the last round of translation found it.
public struct GroupStatus: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        /// All its offsets are translated and, where offsets are synchronized, committed on the target.
        case ready
        /// It has read records that are not copied yet: it would read them again.
        case ahead
        /// For some of its partitions nothing is known of the copies.
        case unmapped
        /// Consumers use it on the target: their offsets count.
        case active
        /// Its offsets cannot be read on the source, or not be written on the target.
        case failed
    }

    public var id: GroupID
    public var state: State
    /// Why it is not ready, in a sentence.
    public var reason: String?
    /// Partitions with a committed offset that are mirrored, and those of them without a translation.
    public var partitions: Int
    public var unmapped: Int
    /// When its offsets were last written on the target, milliseconds since 1970.
    public var synchronizedAt: Int64?
    /// How far it is behind the ends of the source's logs; nil where an end is unknown.
    public var lagRecords: Int64?
    /// What it would read again if it went on from its offsets on the target now; nil where these are not synchronized.
    public var readAgainRecords: Int64?
    /// The partitions of the target for which it has a checkpoint, in their order; empty where none are written.
    public var checkpointed: [TopicPartition] = []
    /// From reading what the group has committed until the target acknowledged the checkpoints that followed from it.
    public var checkpointLatency = RecentTimes()

    public init(
        id: GroupID, state: State, reason: String? = nil, partitions: Int, unmapped: Int, synchronizedAt: Int64? = nil,
        lagRecords: Int64? = nil, readAgainRecords: Int64? = nil
    ) {
        self.id = id
        self.state = state
        self.reason = reason
        self.partitions = partitions
        self.unmapped = unmapped
        self.synchronizedAt = synchronizedAt
        self.lagRecords = lagRecords
        self.readAgainRecords = readAgainRecords
    }
}
