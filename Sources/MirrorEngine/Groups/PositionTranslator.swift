// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Synchronization

/// Answers where a position of the source is on the target: at once, on any thread, from the maps that the rounds use.
final class PositionTranslator: Sendable {
    private struct State {
        var topics: [TopicName: MirroredTopic] = [:]
        var ownsFirstLane = false
        var translator: GroupTranslator?
    }
    private let state = Mutex(State())

    func setTopics(_ topics: [TopicName: MirroredTopic]) { state.withLock { $0.topics = topics } }

    /// What was translated with before may be another cluster's, or rests.
    func setOwnsFirstLane(_ owns: Bool) {
        state.withLock { state in
            state.ownsFirstLane = owns
            state.translator = nil
        }
    }

    /// - Parameter translator: `nil` while the maps are not followed.
    func set(_ translator: GroupTranslator?) { state.withLock { $0.translator = translator } }

    /// - Parameter offset: the next that the group would read on the source.
    func translate(_ place: TopicPartition, _ offset: Int64) -> PositionAnswer {
        let (topics, ownsFirstLane, translator) = state.withLock { ($0.topics, $0.ownsFirstLane, $0.translator) }
        guard ownsFirstLane else { return .elsewhere }
        if let topic = topics[place.topic], !(0..<topic.partitionCount).contains(place.partition) {
            return .partitionUnknown(count: topic.partitionCount)
        }
        guard let translator else { return .notReady("the places of copies are not read yet") }
        for maps in [translator.maps, translator.returningMaps].compactMap(\.self) {
            if let problem = maps.problem {
                return .notReady("the places of copies cannot be read from \(maps.topic): \(problem)")
            }
            guard maps.isCurrent else {
                return .notReady("the places of copies are still being read from \(maps.topic)")
            }
        }
        let names = topics[place.topic].map { [place.topic: $0.target] } ?? [:]
        let found = translator.translate([place: GroupOffset(offset)], topics: names)
        return found[place].map { .translated($0) } ?? .topicUnknown
    }
}
