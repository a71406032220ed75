// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring

/// What a lane is told while it runs.
extension Lane {
    func obey(_ command: LaneCommand) {
        switch command {
        case .add(let assignments): add(assignments)
        case .remove(let sources): for source in sources { remove(source) }
        case .limits(let limits): apply(limits)
        case .forwarding(let renewed):
            for (source, forwarding) in renewed {
                if let place = places[source] { partitions[place].forwarding = forwarding }
            }
        case .verify(let sources): for source in sources { verifyAgain(source) }
        case .missing(let sources): for source in sources { doubt(source) }
        case .watermarks(let source, let start, let end): answer(source, start: start, end: end)
        case .unanswered(let source): answerFailed(source)
        case .halt(let source, let stop):
            guard let place = places[source], !partitions[place].isStopped else { return }
            halt(partitions[place], stop)
        case .stop(let deadline): stopDeadline = min(deadline, stopDeadline ?? deadline)
        case .abandon:
            isAbandoned = true
            stopDeadline = now
        }
    }

    private func add(_ assignments: [LaneAssignment]) {
        learnTopics(of: assignments)
        var added: [LanePartition] = []
        for assignment in assignments where places[assignment.source] == nil {
            let partition = LanePartition(
                assignment, index: partitions.count, progress: settings.progress, cluster: settings.flow.source,
                usesSmallProducer: settings.usesSmallBatches(for: assignment.target), now: now)
            partitions.append(partition)
            places[assignment.source] = partition.index
            added.append(partition)
            warmUp(partition)
        }
        lastRoute = (0, [])
        fitSmallBatches()
        for partition in added { refuseForeignWitness(partition) }
        reassign(added.filter { !$0.isStopped })
        for partition in added where partition.isStopped { partition.isDirty = true }
    }

    /// One question for all topics, new ones and grown ones. While nothing flows yet, the clients may wait for the answer.
    private func learnTopics(of assignments: [LaneAssignment]) {
        guard !assignments.isEmpty else { return }
        let limit: Duration = partitions.isEmpty ? .seconds(2) : .zero
        consumer.learnTopics(within: limit)
        if let producer = try? main.ready() { producer.learnTopics(within: limit) }
        if !partitions.isEmpty { small.producer?.learnTopics(within: limit) }
    }

    /// The first record to a topic waits up to a second for its metadata unless the handle is older than the record.
    private func warmUp(_ partition: LanePartition) {
        do {
            let producer = try partition.usesSmallProducer ? small.ready() : main.ready()
            partition.topic = try producer.topic(named: partition.targetTopic)
        } catch {
            handle.report(.warning(event: "lane.producer_failed", reason: "\(error)", partition.source))
        }
    }

    /// Progress that was made in another cluster under the same alias says nothing about this one.
    private func refuseForeignWitness(_ partition: LanePartition) {
        guard let witness = partition.witness, witness.clusterID != settings.sourceID else { return }
        halt(
            partition,
            PartitionStop(
                state: .rewound, code: "CLUSTER_ID_CHANGED", offset: partition.ledger.nextOffset, limit: nil,
                since: wallClock,
                text: "progress was made in cluster \(witness.clusterID), but \(settings.flow.source) is now "
                    + "\(settings.sourceID). Point \(settings.flow.source).bootstrap.servers at the old cluster, or set the "
                    + "progress anew (docs/operations.md, \"A partition has stopped\")"))
    }

    private func remove(_ source: TopicPartition) {
        guard let place = places.removeValue(forKey: source) else { return }
        let partition = partitions[place]
        unassign(partition)
        let lost = partition.ledger.rewind()
        inFlightRecords -= lost.records
        inFlightBytes -= lost.bytes
        partition.probeQueue.removeAll()
        partition.isRemoved = true
        partition.isDirty = true
        attention.remove(place)
        routes.removeAll()
        lastRoute = (0, [])
    }

    private func apply(_ limits: [TopicName: TargetLimits]) {
        for partition in partitions where !partition.isRemoved {
            guard let found = limits[partition.targetTopic], found != partition.target else { continue }
            partition.target = found
            chooseProducer(of: partition)
            // Somebody changed the limit, likely because of the refusal: no need to wait half a minute.
            if case .stopped(let stop, _?) = partition.mode { partition.mode = .stopped(stop, retryAt: now) }
        }
        fitSmallBatches()
    }

    /// Changes the producer of a partition whose topic takes larger, or only smaller, batches than before: as soon as nothing
    /// of it is in flight, so that records stay in order.
    func chooseProducer(of partition: LanePartition) {
        let usesSmall = settings.usesSmallBatches(for: partition.target)
        guard usesSmall != partition.usesSmallProducer else { return }
        guard partition.ledger.pendingCount == 0 else {
            guard case .flowing = partition.mode else { return }
            partition.mode = .held
            unassign(partition)
            attention.insert(partition.index)
            return
        }
        partition.usesSmallProducer = usesSmall
        partition.topic = nil
    }

    /// librdkafka does not split a batch that the target refuses for its size: none may be larger than the smallest limit
    /// of the topics that the small producer serves.
    private func fitSmallBatches() {
        let limits = partitions.lazy.filter { !$0.isRemoved && $0.usesSmallProducer }.map(\.target.maximumBatchBytes)
        guard let smallest = limits.min() else { return }
        let bytes = max(512, min(LaneSettings.smallBatchBytes, Int(clamping: smallest / 4 * 3)))
        guard small.properties["batch.size"] != "\(bytes)" else { return }
        small.properties["batch.size"] = "\(bytes)"
        if small.producer != nil { small.isBroken = true }
    }
}
