// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTypes
import Mirroring
import Platform
import Telemetry

/// What lanes start with, and what is fed to them.
extension Flow {
    /// Starts the owned lanes that do not run yet: progress is read only now, when the previous owner has let go.
    ///
    /// Who owns what may change while clusters are asked: what was read for a lane that went away and came back meanwhile
    /// is too old, since another has run it, so all is asked again.
    func startMissingLanes() async -> Job.Outcome {
        let missing = lanes.missing
        guard !missing.isEmpty, !hasStopped, ids != nil, clusterChange == nil else {
            // It has had its time, also where no lane is ours to start.
            if isOwnershipKnown { dismissHerald() }
            return .done
        }
        // What was wrong is wrong at once again: after the job's back-off.
        if let error = laneFailure.take() { return noteStartProblem(error, during: "lane start") }
        let changes = lanes.ownershipChanges
        do {
            guard try await learnLaneCount() else { return .done }
            try await discoverIfOld()
            // Exactly once, a lane takes its id before anything is read for it.
            var ends: [TopicPartition: Int64]?
            if !deliversExactlyOnce {
                progress = try await readProgress()
                try await carryOutOrders(for: missing)
                knownCopies = await translation?.knownCopies() ?? [:]
                ends = await targetEnds()
            }
            try await readOrders()
            guard changes == lanes.ownershipChanges else { return .again(after: .zero) }
            for index in missing.sorted()
            where lanes.missing.contains(index) && clusterChange == nil && !hasStopped {
                startLane(index, targetEnds: ends)
            }
            if !deliversExactlyOnce {
                startProblem = nil
                dismissHerald()
                if lanes.owned.count == laneCount { follower?.rest() }
            }
            lookAgainIfOlderThanLanes()
            return .done
        } catch {
            return noteStartProblem(error, during: "lane start")
        }
    }

    func noteStartProblem(_ error: any Error, during step: String) -> Job.Outcome {
        startProblem = "\(error)"
        // Not with the words: those of one cause name each partition.
        let cause = (error as? KafkaError)?.code.name ?? "\(error)"
        if limiter.admit("\(step) \(cause)") != nil { log.warning(.laneStartFailed, [.reason("\(error)")]) }
        return .failed("\(error)")
    }

    /// A broker answers the first producer after its own start "not yet", since it must get ids to hand out first, and
    /// librdkafka asks again after half a second. While topics are looked at, that costs nobody anything.
    func sendHerald() {
        guard herald == nil, lanes.running.isEmpty else { return }
        herald = Herald(
            EngineSettings.producer(configuration, partitions: 1), clientID: "tern|\(name)|herald",
            traffic: target.traffic)
    }

    func dismissHerald() {
        herald?.dismiss()
        herald = nil
    }

    /// - Parameter targetEnds: `nil` where the lane is given its partitions later.
    private func startLane(_ index: Int, targetEnds: [TopicPartition: Int64]?) {
        guard let ids else { return }
        var configuration = configuration
        // Memory is shared by as many lanes as there are.
        configuration.laneCount = laneCount
        var rows = configuration.progressTopic
        rows.partitionCount = progressPartitionCount
        let partitions = partitions(of: index)
        let settings = LaneSettings(
            flow: name, lane: index, sourceID: ids.source, targetID: ids.target,
            latestIDs: { [source, target] in (source.clusterID, target.clusterID) },
            consumer: EngineSettings.consumer(configuration, partitions: partitions.count),
            producer: EngineSettings.producer(configuration, partitions: partitions.count),
            progress: rows, choosesBatchBytes: configuration.producerProperties["batch.size"] != nil,
            flushInterval: configuration.flushInterval, limits: EngineSettings.limits(configuration),
            retries: environment.retries,
            traffic: traffic, copies: translation?.copies ?? CopyNotes(), barriers: barriers,
            laneCount: laneCount, connections: configuration.connections,
            roundTrips: { [source = source.traffic, target = target.traffic] in
                .init(source: source.roundTrip, latestSource: source.latestRoundTrip, target: target.roundTrip)
            },
            transactions: transactions(of: index), spans: spans,
            quarantineTopic: configuration.quarantines ? configuration.quarantineTopic : nil)
        let (lane, reports) = lanes.start(index, settings)
        lane.handle.post(.pauses(control.paused))
        if let targetEnds {
            begin(lane, with: partitions, targetEnds: targetEnds)
        } else {
            lane.isGiven = false
        }
        listen.yield { [handle = lane.handle] in await self.follow(reports, of: handle) }
    }

    /// Partitions that a lane carries, by the stable rule.
    func partitions(of lane: Int) -> [(topic: MirroredTopic, partition: Int32)] {
        LanePlan.partitions(of: lane, laneCount: laneCount, topics: topics.values)
    }

    func lane(of partition: TopicPartition) -> Int {
        LanePlan.lane(of: partition, laneCount: laneCount)
    }

    /// Gives a lane that has just started its partitions.
    func begin(
        _ lane: RunningLane, with wanted: [(topic: MirroredTopic, partition: Int32)],
        targetEnds: [TopicPartition: Int64]
    ) {
        lane.isGiven = true
        let places = Set(wanted.map { TopicPartition($0.topic.source, $0.partition) })
        reassigning.subtract(places)
        dueRestarts.subtract(places)
        assign(wanted, to: lane, targetEnds: targetEnds)
        log.info(.laneStarted, [.lane(lane.handle.index), LogField("partitions", lane.assigned.count)])
    }

    /// Gives running lanes what the last look at the topics found, and takes away what is gone.
    func assignNewPartitions() {
        for (index, lane) in lanes.running where lane.isGiven {
            let wanted = partitions(of: index)
            let present = Set(wanted.map { TopicPartition($0.topic.source, $0.partition) })
            let gone = lane.assigned.subtracting(present)
            if !gone.isEmpty { release(gone, from: lane) }
            assign(wanted, to: lane, targetEnds: [:])
            lane.handle.post(.limits(limits))
        }
    }

    /// A topic that the source no longer has stays with its lane, which knows that it is missing; one that is no longer
    /// selected is let go.
    private func release(_ gone: Set<TopicPartition>, from lane: RunningLane) {
        let unselected = gone.filter { !isSelected($0.topic) }
        guard !unselected.isEmpty else { return }
        lane.assigned.subtract(unselected)
        lane.handle.post(.remove(unselected.sorted()))
    }

    func assign(
        _ wanted: [(topic: MirroredTopic, partition: Int32)], to lane: RunningLane, targetEnds: [TopicPartition: Int64]
    ) {
        guard let ids else { return }
        var assignments: [LaneAssignment] = []
        var halts: [LaneCommand] = []
        for (topic, partition) in wanted {
            let place = TopicPartition(topic.source, partition)
            guard !lane.assigned.contains(place), !reassigning.contains(place) else { continue }
            lane.assigned.insert(place)
            let start = startPoint(of: place)
            assignments.append(
                LaneAssignment(
                    source: place, targetTopic: topic.target,
                    forwarding: forwarding(of: topic, partition, ids: ids), start: start,
                    target: limits[topic.target] ?? defaultLimits,
                    lossPolicy: configuration.dataLoss.policy(of: place.topic), copies: recorder(of: place, from: start)
                ))
            if let stop = resetTarget(place, topic, start, targetEnds) { halts.append(.halt(place, stop)) }
        }
        if !assignments.isEmpty { lane.handle.post(.add(assignments)) }
        for halt in halts { lane.handle.post(halt) }
    }

    private func startPoint(of place: TopicPartition) -> PartitionStart {
        let left = lanes.takeUnwritten(of: place)
        return StartPoint(configuration.start, firstLook: firstLook).start(of: place, progress: progress, left: left)
    }

    /// Detector D5 at the start: the target's log is shorter than what it acknowledged.
    private func resetTarget(
        _ place: TopicPartition, _ topic: MirroredTopic, _ start: PartitionStart, _ ends: [TopicPartition: Int64]
    ) -> PartitionStop? {
        guard case .resume(let last, let witness, _) = start else { return nil }
        guard !chosenStarts.contains(place) else { return nil }
        guard let witness else {
            // As MirrorMaker leaves it. Where names are kept all that was read may have been copies, which are not sent back.
            return madeCopies.contains(topic.target) && !naming.keepsNames
                ? madeAnew(place, topic.target, next: last + 1) : nil
        }
        guard let end = ends[TopicPartition(topic.target, place.partition)], end <= witness.targetOffset else {
            return nil
        }
        return .targetReset(
            names(place, topic.target),
            "\(topic.target)/\(place.partition) on \(name.target) ends at \(end), but acknowledged offset "
                + "\(witness.targetOffset) before: it was recreated or truncated",
            next: last + 1, WallClock.milliseconds())
    }

    private func names(_ place: TopicPartition, _ copy: TopicName) -> PartitionNames {
        PartitionNames(
            source: place, target: TopicPartition(copy, place.partition), sourceCluster: name.source,
            targetCluster: name.target)
    }

    private func madeAnew(_ place: TopicPartition, _ copy: TopicName, next: Int64) -> PartitionStop {
        .targetReset(
            names(place, copy),
            "\(copy)/\(place.partition) on \(name.target) was gone and has been created anew, empty, and its progress says "
                + "that everything before offset \(next) had been copied",
            next: next, WallClock.milliseconds())
    }

    /// Copies that were just created. A lane that has written to one before would show no lag, with an empty copy, until
    /// the source's next record.
    func noteCreated(_ topics: [MirroredTopic]) {
        madeCopies.formUnion(topics.map(\.target))
        let copies = Dictionary(topics.map { ($0.source, $0.target) }) { first, _ in first }
        for lane in lanes.running.values {
            let known = lane.handle.snapshot.partitions
            for place in lane.assigned {
                guard let copy = copies[place.topic], let partition = known[place], let next = partition.nextOffset,
                    partition.lastTargetOffset != nil || progress[place]?.witness != nil
                else { continue }
                lane.handle.post(.halt(place, madeAnew(place, copy, next: next)))
            }
        }
    }

    /// Everything that the previous owner has written. An open transaction hides what comes after it until it is ended, and may hide
    /// rows of another lane that are committed: all is waited for that is there now, open or not.
    func readProgress() async throws -> [TopicPartition: StoredProgress] {
        guard let follower else { return [:] }
        let places = (0..<progressPartitionCount).map { TopicPartition(configuration.progressTopic.name, $0) }
        let found = try await progressEnds(of: places)
        var ends: [Int32: Int64] = [:]
        for (place, end) in found { ends[place.partition] = try end.get() }
        return try await follower.rows(upTo: ends, by: .now + configuration.adminTimeout).rows
    }

    /// Of a topic that was created a moment ago brokers do not know the leaders yet, or do not lead it yet themselves.
    private func progressEnds(
        of places: [TopicPartition]
    ) async throws -> [TopicPartition: Result<Int64, KafkaError>] {
        let deadline = ContinuousClock.now + .seconds(5)
        while true {
            let found = try await target.admin.offsets(.end, of: places, within: configuration.adminTimeout)
            let isYoung = found.values.contains { end in
                guard case .failure(let error) = end else { return false }
                return [.notLeaderForPartition, .leaderNotAvailable, .unknownTopicOrPart].contains(error.code)
            }
            guard isYoung, ContinuousClock.now < deadline, !hasStopped else { return found }
            try await ContinuousClock().sleep(for: .milliseconds(50))
        }
    }

    func targetEnds() async -> [TopicPartition: Int64] {
        let wanted = topics.values.flatMap { topic in
            (0..<topic.partitionCount).compactMap { partition in
                progress[TopicPartition(topic.source, partition)]?.witness.map { _ in
                    TopicPartition(topic.target, partition)
                }
            }
        }
        guard !wanted.isEmpty, let found = try? await target.admin.offsets(.end, of: wanted, within: .seconds(10))
        else { return [:] }
        return found.compactMapValues { try? $0.get() }
    }
}
