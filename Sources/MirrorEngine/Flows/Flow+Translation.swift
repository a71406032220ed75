// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import TernConfiguration

/// Consumer groups: the jobs, and what lanes note about the places of copies.
extension Flow {
    /// The first look at topics waits for it, so that a lane that starts knows what was copied before. Topics that cannot be
    /// made are looked for again.
    func prepareTranslation() async {
        guard let translation, await translation.makeTopics() != .over else { return }
        jobs.add(
            Job(
                name: "translation-topics", interval: .seconds(30), startsAtOnce: false,
                limit: configuration.adminTimeout * 4
            ) { await self.round { await translation.makeTopics() } })
    }

    func addTranslationJobs() {
        guard let translation else { return }
        let limit = configuration.adminTimeout * 4
        if configuration.heartbeats.isEnabled {
            jobs.add(
                Job(
                    name: "heartbeats", interval: configuration.heartbeats.interval, startsAtOnce: false,
                    place: .firstLaneOwner, needs: .target
                ) { await self.round { await translation.writeHeartbeat() } })
        }
        if configuration.offsetSyncs.isEnabled {
            let isOnSource = configuration.offsetSyncs.location == .source
            jobs.add(
                Job(name: "offset-syncs", interval: .seconds(1), needs: isOnSource ? .source : .target) {
                    await self.round { await translation.writeSyncs() }
                })
        }
        guard FlowTranslation.translatesGroups(configuration) else { return }
        let checkpoints = configuration.checkpoints
        jobs.add(
            Job(
                name: "group-offsets", interval: translationInterval, place: .firstLaneOwner, needs: .both, limit: limit
            ) {
                await self.round { await self.translateGroups(translation) }
            })
        guard checkpoints.synchronizesGroupOffsets else { return }
        jobs.add(
            Job(
                name: "group-synchronization", interval: checkpoints.groupOffsetInterval, startsAtOnce: false,
                place: .firstLaneOwner, needs: .both, limit: limit
            ) { await self.round { await self.synchronizeGroups(translation) } })
    }

    /// What is synchronized must have been translated since.
    private var translationInterval: Duration {
        let checkpoints = configuration.checkpoints
        guard checkpoints.isEnabled else { return checkpoints.groupOffsetInterval }
        return checkpoints.synchronizesGroupOffsets
            ? min(checkpoints.interval, checkpoints.groupOffsetInterval) : checkpoints.interval
    }

    /// Nothing is written while another cluster answers.
    private func round(_ round: @Sendable () async -> Job.Outcome) async -> Job.Outcome {
        guard clusterChange == nil else { return .done }
        return await round()
    }

    private func translateGroups(_ translation: FlowTranslation) async -> Job.Outcome {
        let outcome = await translation.translateGroups(topics: topics.mapValues(\.target), ends: measuredEnds)
        await showGroups(translation)
        return outcome
    }

    /// Where the source's logs end, as the meter has seen it last.
    private var measuredEnds: [TopicPartition: Int64] {
        var ends: [TopicPartition: Int64] = [:]
        for topic in board.current.flows.first(where: { $0.name == name })?.topics ?? [] {
            for partition in topic.partitions {
                ends[TopicPartition(topic.topic, partition.partition)] = partition.endOffset
            }
        }
        return ends
    }

    private func synchronizeGroups(_ translation: FlowTranslation) async -> Job.Outcome {
        let outcome = await translation.synchronizeGroups()
        await showGroups(translation)
        return outcome
    }

    private func showGroups(_ translation: FlowTranslation) async {
        let statuses = await translation.groupStatuses
        board.update(name) { flow in flow.groups = statuses }
    }

    /// Lane 0, and with it the jobs of its owner, came or went.
    func noteFirstLane() async {
        let owns = lanes.owned.contains(0)
        if !owns { drift = [:] }
        await translation?.setOwnsFirstLane(owns)
        let place: GroupTranslationPlace =
            translation == nil || !FlowTranslation.translatesGroups(configuration) ? .off : owns ? .here : .elsewhere
        board.update(name) { flow in
            flow.groupTranslation = place
            if !owns { flow.groups = [] }
        }
        jobs.setOwnsFirstLane(owns)
    }

    /// Where a group goes on that would read this offset of the source next.
    nonisolated func translate(_ place: TopicPartition, _ offset: Int64) -> PositionAnswer {
        guard let translation, FlowTranslation.translatesGroups(configuration) else { return .off }
        return translation.positions.translate(place, offset)
    }

    /// Notes where the copies of a partition are, from where it starts on.
    func recorder(of place: TopicPartition, from start: PartitionStart) -> CopyRecorder? {
        guard translation != nil else { return nil }
        let next: Int64? =
            switch start {
            case .fresh(let offset): offset
            case .beginning, .refused: nil
            case .resume(let last, _, _): last + 1
            }
        return CopyRecorder(
            knownCopies.removeValue(forKey: place) ?? OffsetMap(), next: next,
            maximumLag: configuration.offsetSyncs.isEnabled ? configuration.offsetSyncs.maximumLag : nil)
    }
}
