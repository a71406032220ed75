// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTypes
import Mirroring
import Telemetry

/// What a look at the topics found that people should know.
extension Flow {
    /// What is selected and has no copy is behind by all that it holds, whatever the lag of the others is.
    func noteNotMirrored(
        _ missing: Set<MirroredTopic>, _ refusals: [TopicName: KafkaError], _ warnings: [TopicPlan.Warning]
    ) {
        notMirrored = missing.map { topic in
            let error = refusals[topic.target]
            return TopicNotMirrored(
                topic: topic.source,
                reason: "\(topic.target) cannot be created on \(name.target): \(error?.reason ?? "") "
                    + "(\(error?.code.name ?? ""))")
        }
        for case .sameTarget(let topic, let kept, let target) in warnings {
            notMirrored.append(
                TopicNotMirrored(topic: topic, reason: "\(kept) is already mirrored into \(target)"))
        }
        for case .undecided(let topic, let reason) in warnings {
            notMirrored.append(TopicNotMirrored(topic: topic, reason: "\(reason)"))
        }
        notMirrored.sort { $0.topic < $1.topic }
    }

    func noteDeleted(_ mirrored: [MirroredTopic]) {
        let present = Set(mirrored.map(\.source))
        for topic in topics.keys where !present.contains(topic) && isSelected(topic) {
            warnOnce(
                "deleted \(topic)", .topicGone,
                "\(topic) is no longer on \(name.source), as far as this user may see; "
                    + "\(naming.remoteTopic(for: topic)) on \(name.target) is kept",
                topic)
        }
    }

    func warn(_ warning: TopicPlan.Warning, of plan: TopicPlan) {
        switch warning {
        case .readsAsCycle(let topic, let cluster):
            if let original = plan.withoutOriginal[topic] {
                return warnOnce(
                    "cycle \(topic)", .topicReadsAsCycle,
                    "\(topic) is not mirrored: by its name MirrorMaker's rule takes it for a copy from \(cluster), where no topic "
                        + "\(original) is seen; if it was born on \(name.source), rename it or choose another separator",
                    topic)
            }
            // Copies that came from the target are skipped by this rule all the time; a local topic is worth a word.
            guard !naming.isCopy(topic, from: name.target, among: knownAliases) else { return }
            warnOnce(
                "cycle \(topic)", .topicReadsAsCycle,
                "\(topic) is not mirrored: by its name MirrorMaker's rule takes it for one that came from \(cluster)",
                topic)
        case .sameTarget(let topic, let kept, let target):
            warnOnce(
                "same target \(topic)", .topicSameTarget,
                "\(topic) is not mirrored: \(kept) is already mirrored into \(target)", topic)
        case .undecided(let topic, let reason):
            guard limiter.admit("undecided \(topic)") != nil else { return }
            log.error(
                .topicUndecided,
                [.topic(topic), .reason("\(topic) is not mirrored, and not left out on purpose: \(reason)")])
        case .targetHasMorePartitions(let topic, let source, let target):
            warnOnce(
                "more partitions \(topic)", .topicMorePartitions,
                "\(topic) on \(name.target) has \(target) partitions, the source \(source): partition numbers are kept, so "
                    + "the others stay empty", topic)
        }
    }

    func warnOnce(_ key: String, _ event: EventName, _ reason: String, _ topic: TopicName) {
        guard warned.insert(key).inserted else { return }
        log.warning(event, [.topic(topic), .reason(reason)])
    }

    func noteWarning(_ event: EventName, _ reason: String, _ place: TopicPartition?, lane: Int) {
        guard limiter.admit("\(event) \(reason)") != nil else { return }
        var fields: [LogField] = [.lane(lane), .reason(reason)]
        if let place { fields += [.topic(place.topic), .partition(place.partition)] }
        log.warning(event, fields)
    }
}
