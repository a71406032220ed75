// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// Where a group goes on, for one partition that it has committed on the source.
public struct TranslatedOffset: Sendable, Equatable {
    /// On the target.
    public var partition: TopicPartition
    public var translation: OffsetTranslation

    public init(partition: TopicPartition, translation: OffsetTranslation) {
        self.partition = partition
        self.translation = translation
    }
}

extension OffsetTranslation {
    /// Where names are equal on both sides, a topic of the target holds copies of the source's records and records of its own,
    /// whose copies the source holds. A position on the source says how far a group has read both: it goes on at the earlier
    /// of the two places, or it would leave something out.
    ///
    /// - Parameters:
    ///   - copies: where the position is among the copies of the source's records.
    ///   - own: where it is among the target's own records, as the map of the other direction says.
    public static func interleaved(copies: OffsetTranslation, own: OffsetTranslation) -> OffsetTranslation {
        guard let first = copies.offset else { return own.bounding }
        guard let second = own.offset else { return copies }
        guard second < first else { return copies }
        return own.bounding
    }

    /// The same place; what lies between the two places is read again.
    private var bounding: OffsetTranslation {
        if case .exact(let offset) = self { .bounded(offset) } else { self }
    }
}
