// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Kafka
import KafkaTypes
import Telemetry

/// What a lane is told while it runs.
extension Lane {
    func obey(_ command: LaneCommand) {
        switch command {
        case .add(let assignments): add(assignments)
        case .remove(let sources): for source in sources { remove(source) }
        case .pauses(let pauses): apply(pauses)
        case .limits(let limits): apply(limits)
        case .forwarding(let renewed):
            for (source, forwarding) in renewed {
                if let place = places[source] { partitions[place].forwarding = forwarding }
            }
        case .verify(let sources): for source in sources { feed(source) { $0.shrank(&$1) } }
        case .missing(let sources): for source in sources { feed(source) { $0.doubt(&$1) } }
        case .watermarks(let source, let start, let end):
            var log: Range<Int64>?
            if let start, let end { log = start..<max(start, end) }
            feed(source) { [moment] in $0.answered(log, moment, &$1) }
        case .unanswered(let source): feed(source) { [moment] machine, _ in machine.unanswered(moment) }
        case .await(let source): awaited(source)
        case .halt(let source, let stop): feed(source) { $0.halted(stop, &$1) }
        case .stop(let deadline): stopDeadline = min(deadline, stopDeadline ?? deadline)
        case .stored(let rows, let fence): heardStored(rows, fence)
        case .abandon:
            ending = .abandoned
            stopDeadline = now
        }
    }

    private func add(_ assignments: [LaneAssignment]) {
        learnTopics(of: assignments)
        var added: [LanePartition] = []
        for assignment in assignments {
            if let place = places[assignment.source] {
                partitions[place].machine.kept()
                continue
            }
            let partition = LanePartition(
                assignment, index: partitions.count, settings: settings, elapsed: elapsed)
            partitions.append(partition)
            places[assignment.source] = partition.index
            added.append(partition)
            awaited(assignment.source)
        }
        lastRoute = (0, [])
        fitSmallBatches()
        adjustConnections()
        for partition in added {
            route(partition)
            warmUp(partition)
        }
        for partition in added where pauses.contains(partition.source) {
            feed(partition) { $0.pauseChanged(to: true, &$1) }
        }
        for partition in added { feed(partition) { [moment] in $0.begin(sourceID: settings.sourceID, moment, &$1) } }
        settleFetching()
    }

    /// One question for all topics, new ones and grown ones. While nothing flows yet, the clients may wait for the answer.
    private func learnTopics(of assignments: [LaneAssignment]) {
        guard !assignments.isEmpty else { return }
        let limit: Duration = partitions.isEmpty ? .seconds(2) : .zero
        sources.learnTopics(within: limit)
        delivery.learnTopics(within: limit, isFirst: partitions.isEmpty)
    }

    private func warmUp(_ partition: LanePartition) {
        do {
            try delivery.warmUp(partition)
        } catch {
            handle.report(.warning(event: .laneProducerFailed, reason: "\(error)", partition.source))
        }
    }

    private func remove(_ source: TopicPartition) {
        feed(source) { $0.removed(&$1) }
        settleFetching()
    }

    private func apply(_ pauses: Pauses) {
        self.pauses = pauses
        for partition in partitions where partition.machine.isPauseWanted != pauses.contains(partition.source) {
            feed(partition) { [isPaused = !partition.machine.isPauseWanted] in
                $0.pauseChanged(to: isPaused, &$1)
            }
        }
        settleFetching()
    }

    /// It has been let go of: whoever gives it again gives another one.
    func forget(_ partition: LanePartition) {
        guard places[partition.source] == partition.index else { return }
        releasedCounters[partition.source.topic, default: TopicCounters()].add(partition.counters)
        handle.report(.released(partition.source))
        places[partition.source] = nil
        routes.removeAll()
        lastRoute = (0, [])
    }

    private func apply(_ limits: [TopicName: TargetLimits]) {
        for partition in partitions where !partition.machine.isRemoved {
            guard let found = limits[partition.targetTopic], found != partition.target else { continue }
            partition.target = found
            let batching = settings.batching(for: found)
            feed(partition) { [moment] in
                $0.limitsChanged(batching, maximumBatchBytes: found.maximumBatchBytes, moment, &$1)
            }
        }
        fitSmallBatches()
    }

    /// No batch of the small producer may be larger than the smallest limit of the topics that it serves.
    private func fitSmallBatches() {
        let limits = partitions.lazy.filter { !$0.machine.isRemoved && $0.machine.batching == .small }
            .map(\.target.maximumBatchBytes)
        if let smallest = limits.min() { delivery.fitSmallBatches(to: smallest) }
    }
}
