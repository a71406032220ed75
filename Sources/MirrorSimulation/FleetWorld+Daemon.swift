// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring

/// A daemon's flow: what it learns, and which lanes it runs.
extension FleetWorld {
    /// One turn of everything that a daemon does.
    mutating func turn(_ index: Int) {
        if !daemons[index].hasStarted {
            guard isReachable(index) else { return }
            lanesTopic = LaneCount.atStart(topic: lanesTopic, tasksMax: daemons[index].tasksMax)
            look(index)
            daemons[index].hasStarted = true
        }
        if daemons[index].isStopping {
            // Events are followed to the end, but no lane starts any more.
            followEvents(index)
        } else {
            superviseLanes(index)
        }
        for lane in daemons[index].lanes.keys.sorted() { serve(index, lane) }
        if daemons[index].isStopping, daemons[index].lanes.isEmpty {
            say(index, "has ended")
            daemons[index].end(startingAgainAt: now + 50 + random.below(15_000))
        }
    }

    private mutating func superviseLanes(_ index: Int) {
        followEvents(index)
        if !daemons[index].isInGroup, !daemons[index].isReleasing, daemons[index].inbox.isEmpty, isReachable(index) {
            join(index)
        }
        if isLookDue(index), isReachable(index) {
            daemons[index].looksAgain = false
            look(index)
            startMissingLanes(index)
            assignNewPartitions(index)
        }
        if now >= daemons[index].retriesAt { startMissingLanes(index) }
    }

    private func isLookDue(_ index: Int) -> Bool {
        guard let lookedAt = daemons[index].lookedAt else { return false }
        return daemons[index].looksAgain || now - lookedAt >= daemons[index].lookInterval
    }

    /// One after the other: what comes while lanes are handed over waits for their end.
    private mutating func followEvents(_ index: Int) {
        if daemons[index].isReleasing {
            if !daemons[index].lanes.values.contains(where: { $0.ending != nil }) { release(index) }
        } else if !daemons[index].inbox.isEmpty {
            follow(daemons[index].inbox.removeFirst(), index)
        }
    }

    private mutating func follow(_ event: DaemonModel.Event, _ index: Int) {
        switch event {
        case .assigned(let lanes):
            say(index, "is assigned \(lanes)")
            daemons[index].owned.formUnion(lanes)
            daemons[index].assignedAt = now
            startMissingLanes(index)
        case .revoked(let isLost):
            say(index, "is revoked \(daemons[index].owned.sorted())\(isLost ? ", lost" : "")")
            daemons[index].owned = []
            daemons[index].isLaneCountKnown = false
            for lane in daemons[index].lanes.keys.sorted() {
                if isLost { noteKnownLoss(index, lane) }
                end(index, lane, LaneEnding(ofRevoked: isLost))
            }
            if isLost { daemons[index].isOusted = false } else { daemons[index].isReleasing = true }
        }
    }

    /// One look at the topics of both sides.
    private mutating func look(_ index: Int) {
        let found = topics.indices.map { topic in
            MirroredTopic(
                source: TopicName("t\(topic)"), target: TopicName("A.t\(topic)"),
                partitionCount: Int32(topics[topic].count))
        }
        for name in daemons[index].firstLook.unknownEnds(of: found, startingAt: position) {
            guard let place = places.first(where: { $0.name == name }) else { continue }
            daemons[index].firstLook.saw(name, endAt: place.end)
        }
        daemons[index].firstLook.ended()
        if daemons[index].lookedAt == nil {
            for place in places.indices { daemons[index].endsAtFirstLook[place] = places[place].end }
        }
        daemons[index].topics = topics.map(\.count)
        daemons[index].lookedAt = now
    }

    private mutating func startMissingLanes(_ index: Int) {
        guard !daemons[index].isStopping else { return }
        let missing = daemons[index].owned.subtracting(daemons[index].lanes.keys).sorted()
        guard !missing.isEmpty else { return }
        daemons[index].retriesAt = now + 2_000
        // The lanes topic, the topics and the rows are the target's to tell.
        guard isReachable(index), learnLaneCount(index) else { return }
        if TopicListAge.needsLook(beforeLanesStart: daemons[index].lookedAt.map { .milliseconds(now - $0) }) {
            look(index)
        }
        var progress: [TopicPartition: StoredProgress] = [:]
        for place in places { progress[place.name] = place.row.map { StoredProgress(offset: $0, witness: nil) } }
        daemons[index].progress = progress
        for lane in missing {
            daemons[index].lanes[lane] = FleetLane(
                index: lane, laneCount: daemons[index].laneCount, nextFlush: now + 1_000)
            assign(index, lane)
        }
        daemons[index].looksAgain = daemons[index].lookedAt ?? 0 <= daemons[index].assignedAt
    }

    private mutating func learnLaneCount(_ index: Int) -> Bool {
        guard !daemons[index].isLaneCountKnown else { return true }
        let shared = group.isRebalancing ? nil : Set(group.members.flatMap(\.lanes))
        guard let count = LaneCount.atAssignment(sharedOut: shared, owned: daemons[index].owned) else { return false }
        guard daemons[index].lanes.isEmpty || count == daemons[index].laneCount else {
            for lane in daemons[index].lanes.keys.sorted() { end(index, lane, .drained) }
            return false
        }
        daemons[index].isLaneCountKnown = true
        daemons[index].laneCount = count
        return true
    }

    private mutating func assignNewPartitions(_ index: Int) {
        for lane in daemons[index].lanes.keys.sorted() where daemons[index].lanes[lane]?.ending == nil {
            assign(index, lane)
        }
    }

    /// Gives a lane those of its partitions that it does not have.
    private mutating func assign(_ index: Int, _ lane: Int) {
        let known = daemons[index].topics.enumerated().map { topic, count in
            MirroredTopic(source: TopicName("t\(topic)"), target: "", partitionCount: Int32(count))
        }
        for (topic, partition) in LanePlan.partitions(of: lane, laneCount: daemons[index].laneCount, topics: known) {
            let name = TopicPartition(topic.source, partition)
            guard let place = places.firstIndex(where: { $0.name == name }),
                daemons[index].lanes[lane]?.partitions[place] == nil
            else { continue }
            let start = StartPoint(position, firstLook: daemons[index].firstLook).start(
                of: name, progress: daemons[index].progress, left: daemons[index].unwritten.removeValue(forKey: name))
            noteStart(place, start, index, lane)
            var machine = PartitionMachine(
                World.names(place), start: start, batching: .large, maximumBatchBytes: 1_000_000)
            var actions: [PartitionMachine.Action] = []
            machine.begin(sourceID: World.sourceID, moment, &actions)
            machine.fetchBegan()
            daemons[index].lanes[lane]?.partitions[place] = FleetLane.Partition(machine: machine)
        }
    }
}
