// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// The newest checkpoint of each group and partition, and which ones are due: MirrorMaker's rules
/// (reference: MirrorCheckpointTask.checkpointIsMoreRecent).
public struct GroupCheckpoints: Sendable {
    private var newest: [GroupID: [TopicPartition: CheckpointRow]] = [:]

    public init() {}

    /// Takes a row of the checkpoints topic, in the order of the topic.
    public mutating func load(_ row: CheckpointRow) { newest[row.group, default: [:]][row.partition] = row }

    /// Those that have a checkpoint.
    public var groups: [GroupID] { newest.keys.sorted() }

    public func rows(of group: GroupID) -> [TopicPartition: CheckpointRow] { newest[group] ?? [:] }

    /// Keeps a checkpoint if it says something new.
    ///
    /// New is the first of its partition, one whose group went back on the source, and one that is further on the target. A
    /// position on the target that fell while the group did not go back says only that less is known than before.
    ///
    /// - Returns: whether the row is to be written.
    public mutating func isDue(_ row: CheckpointRow) -> Bool {
        if let last = newest[row.group]?[row.partition] {
            guard row.upstream < last.upstream || row.downstream > last.downstream else { return false }
        }
        load(row)
        return true
    }
}

/// What becomes of a group's offsets on the target: MirrorMaker's rules (reference: MirrorCheckpointTask.syncGroupOffset),
/// and what MirrorMaker leaves out: offsets that nobody commits anew expire on the target.
public enum GroupOffsetSync {
    /// The group on the target.
    public enum Presence: Sendable, Equatable {
        /// Nobody knows it.
        case absent
        /// It has offsets and no members.
        case idle
        /// Consumers use it: their offsets count.
        case active
    }

    /// - Parameters:
    ///   - wanted: translated offsets.
    ///   - committed: what the group has on the target; partitions without an offset are left out.
    ///   - isRenewal: whether what is equal is written all the same, so that it does not expire.
    /// - Returns: the offsets to commit: never one that is behind what an idle group has, none for an active group.
    public static func changes(
        wanted: [TopicPartition: GroupOffset], committed: [TopicPartition: GroupOffset], presence: Presence,
        isRenewal: Bool
    ) -> [TopicPartition: GroupOffset] {
        switch presence {
        case .active: return [:]
        case .absent: return wanted
        case .idle:
            return wanted.filter { partition, offset in
                guard let known = committed[partition] else { return true }
                return known.offset < offset.offset || isRenewal && known.offset == offset.offset
            }
        }
    }
}
