// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
public import KafkaTypes

/// Where partitions begin that a lane is given.
public struct StartPoint: Sendable {
    /// Of partitions without progress.
    public var position: StartPosition
    /// What the first look at the topics saw.
    public var firstLook: FirstLook

    public init(_ position: StartPosition, firstLook: FirstLook) {
        self.position = position
        self.firstLook = firstLook
    }

    /// - Parameters:
    ///   - progress: every row that is stored.
    ///   - left: what an earlier lane of this process left behind, which is used once.
    public func start(
        of place: TopicPartition, progress: [TopicPartition: StoredProgress], left: UnwrittenProgress?
    ) -> PartitionStart {
        let stored = progress[place]
        // What an earlier lane of this process had acknowledged counts, unless somebody has written a row since.
        if let left, left.rows.contains(stored?.offset) {
            return .resume(last: left.offset, witness: left.witness, row: stored?.offset)
        }
        if let stored { return .resume(last: stored.offset, witness: stored.witness, row: stored.offset) }
        switch position {
        case .earliest: return .fresh(offset: nil)
        case .none: return .refused
        case .latest:
            // Of topics that were there at the first look the end is known, unless the topic has been mirrored before: then the
            // partition was added since.
            guard let end = firstLook.ends[place], !Self.isGrown(place, progress) else { return .beginning }
            return .fresh(offset: end)
        }
    }

    private static func isGrown(_ place: TopicPartition, _ progress: [TopicPartition: StoredProgress]) -> Bool {
        (0..<place.partition).contains { progress[TopicPartition(place.topic, $0)] != nil }
    }
}

/// What a process saw when it first looked at the topics. Under `latest` a partition that was there starts at the end that it
/// had; one that came later is new: what was written to it before it was found is wanted, and it starts where its log does.
public struct FirstLook: Sendable {
    /// Topics were looked at before, even if there were none: what is found from now on is new.
    public private(set) var isOver = false
    public private(set) var ends: [TopicPartition: Int64] = [:]

    public init() {}

    /// The partitions whose ends must be asked for before they are mirrored, so that the start can be stored before any
    /// record comes, and a restart does not jump.
    public func unknownEnds(
        of topics: some Sequence<MirroredTopic>, startingAt position: StartPosition
    ) -> [TopicPartition] {
        guard position == .latest, !isOver else { return [] }
        return topics.flatMap { topic in
            (0..<topic.partitionCount).map { TopicPartition(topic.source, $0) }.filter { ends[$0] == nil }
        }
    }

    public mutating func saw(_ place: TopicPartition, endAt end: Int64) { ends[place] = end }

    /// The look has brought all that it was to bring.
    public mutating func ended() { isOver = true }
}

/// How old the list of topics may be that lanes are started from.
public enum TopicListAge {
    /// A lane that comes from another daemon brings topics that this one may not have seen yet.
    /// - Parameter age: of the last look; `nil` when there was none, which is another's to bring about.
    public static func needsLook(beforeLanesStart age: Duration?) -> Bool { age.map { $0 > .seconds(2) } ?? false }
}
