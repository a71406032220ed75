// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes
internal import Patterns

/// Which topics of a flow's source are mirrored: `shouldReplicateTopic` of MirrorMaker in Kafka 4.4, with the reason for a no.
public struct TopicSelection: Sendable, Hashable {
    public enum Verdict: Sendable, Hashable, CaseIterable {
        case selected
        /// No pattern of `topics` matches.
        case notIncluded
        /// A pattern of `topics.exclude` matches.
        case excluded
        /// Kafka's, Connect's or MirrorMaker's own.
        case internalTopic
        /// By its name it came from the target, or from the source itself.
        case cycle
        /// A pattern gives no answer within its limit: not mirrored, and said loudly. `undecided` says which.
        case undecided

        public var isSelected: Bool { self == .selected }
    }

    public let include: NamePatternList
    public let exclude: NamePatternList
    public let replicatesHeartbeats: Bool
    /// Topics of the source in which flows keep their progress, whatever the file calls them. Never mirrored: every row would make a
    /// row of the flow that mirrors it, and two directions would feed each other for ever.
    public var bookkeeping: Set<TopicName> = []
    /// Topics of drills that are carried now, whatever the lists say.
    public var drills: Set<TopicName> = []

    /// - Parameters:
    ///   - include: `topics`; an empty list selects nothing.
    ///   - exclude: `topics.exclude`; it wins.
    ///   - replicatesHeartbeats: `heartbeats.replication.enabled`: heartbeats topics pass whatever the lists say.
    public init(include: NamePatternList, exclude: NamePatternList = .none, replicatesHeartbeats: Bool = true) {
        self.include = include
        self.exclude = exclude
        self.replicatesHeartbeats = replicatesHeartbeats
    }

    /// What becomes of a topic of the source. The rules in MirrorMaker's order: lists, internal topics, cycles.
    public func selects(_ topic: TopicName, naming: any ReplicationNaming, target: ClusterAlias) -> Verdict {
        if DrillNames.isDrill(topic) { return drills.contains(topic) ? .selected : .internalTopic }
        let listed = listVerdict(of: topic)
        if !listed.isSelected, !(replicatesHeartbeats && naming.isHeartbeats(topic)) { return listed }
        if naming.isInternal(topic) || bookkeeping.contains(topic) { return .internalTopic }
        return naming.isCycle(topic, target: target) ? .cycle : .selected
    }

    /// The two lists alone, as the checkpoint function asks them: no rule for heartbeats, internal topics or cycles.
    public func accepts(_ topic: TopicName) -> Bool { listVerdict(of: topic).isSelected }

    /// Whether MirrorMaker up to Kafka 3.9 mirrored the topic, by the same file.
    public func wasSelected(_ topic: TopicName, naming: any ReplicationNaming, target: ClusterAlias) -> Bool {
        let past = TopicSelection(
            include: include, exclude: exclude.entries == Self.defaultExclude ? Self.pastExclude : exclude,
            replicatesHeartbeats: replicatesHeartbeats)
        guard !bookkeeping.contains(topic), past.accepts(topic) || (replicatesHeartbeats && naming.isHeartbeats(topic))
        else { return false }
        return !naming.internalTopics.endsLikeInternal(topic) && !naming.wasCycle(topic, target: target)
    }

    /// The default of `topics.exclude` since Kafka 4.0, and before.
    public static let defaultExclude = [#"mm2.*\.internal"#, #".*\.replica"#, "__.*"]
    private static let pastExclude =
        (try? NamePatternList([#".*[\-\.]internal"#, #".*\.replica"#, "__.*"])) ?? .none

    private func listVerdict(of topic: TopicName) -> Verdict {
        let excluded = exclude.answer(for: topic.rawValue)
        if excluded == .yes { return .excluded }
        switch include.answer(for: topic.rawValue) {
        case .no: return .notIncluded
        case .yes: return excluded == .no ? .selected : .undecided
        case .unknown: return .undecided
        }
    }

    /// The pattern that gives no answer about a topic.
    public func undecided(_ topic: TopicName) -> UndecidedName? {
        for list in [exclude, include] {
            if case .unknown(let limit) = list.answer(for: topic.rawValue) { return list.undecided(limit) }
        }
        return nil
    }
}
