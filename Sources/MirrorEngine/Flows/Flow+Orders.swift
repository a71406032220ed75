// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Telemetry
import TernConfiguration

/// Restarts, and progress that a person has set. Both have a lane let go of partitions (what is in flight is acknowledged, and the last
/// row written), and give them back with the progress that is stored then.
extension Flow {
    // MARK: restarts

    func restartWhatIsOrdered() async throws {
        let from = controlReading.restartsFrom ?? 0
        controlReading.restartsFrom = controlReading.end
        var isFlowDue = false
        for (scope, order) in control.restarts(from: from) {
            log.info(
                .flowRestarted,
                fields(of: scope) + [LogField("by", order.by), .reason(order.reason ?? "none given")])
            if scope == .flow { isFlowDue = true }
            for lane in lanes.running.values { dueRestarts.formUnion(lane.assigned.filter(scope.contains)) }
        }
        if isFlowDue {
            dueRestarts = []
            counters.laneRestarts += Int64(lanes.running.count)
            await lanes.stop(Set(lanes.running.keys), by: .now + configuration.shutdownTimeout)
            return jobs.wake(JobName.lanes)
        }
        for (index, lane) in lanes.running where lane.isGiven {
            let places = dueRestarts.filter { self.lane(of: $0) == index }
            guard !places.isEmpty, try await reassign(places, of: index, between: {}) else { continue }
            dueRestarts.subtract(places)
        }
    }

    // MARK: progress

    /// Does what was ordered of partitions whose lanes run here.
    func setOrderedProgress() async throws {
        for (index, orders) in openOrders(for: Set(lanes.running.filter(\.value.isGiven).keys)) {
            let allowed = try await refuseForeign(orders)
            guard !allowed.isEmpty else { continue }
            let isDone = try await reassign(Set(allowed.keys), of: index) { try await self.writeProgress(allowed) }
            // Else the next lane begins with what was ordered.
            guard isDone else { continue }
            try await answer(allowed.mapValues { _ in .done })
        }
    }

    /// The same for lanes that are about to start: progress was read, and no partition is given.
    func carryOutOrders(for indices: Set<Int>) async throws {
        try await readOrders()
        for (_, orders) in openOrders(for: indices) {
            let allowed = try await refuseForeign(orders)
            guard !allowed.isEmpty else { continue }
            try await writeProgress(allowed)
            for (place, order) in allowed {
                _ = lanes.takeUnwritten(of: place)
                progress[place] = order.offset.map { StoredProgress(offset: $0, witness: nil) }
            }
            try await answer(allowed.mapValues { _ in .done })
        }
    }

    private func openOrders(for indices: Set<Int>) -> [(lane: Int, orders: [TopicPartition: ProgressOrder])] {
        let open = control.openProgressOrders
        guard !open.isEmpty else { return [] }
        return Dictionary(grouping: open) { lane(of: $0.key) }.filter { indices.contains($0.key) }
            .map { ($0.key, Dictionary(uniqueKeysWithValues: $0.value.map { ($0.key, $0.value) })) }
    }

    /// Offsets of another cluster than the one that was looked at mean nothing.
    /// - Returns: the others.
    private func refuseForeign(
        _ orders: [TopicPartition: ProgressOrder]
    ) async throws -> [TopicPartition: ProgressOrder] {
        let foreign = orders.filter { $0.value.sourceID != ids?.source }
        let problem =
            "\(name.source) is cluster \(ids?.source ?? "unknown") here, and the order was made for another one"
        try await answer(foreign.mapValues { _ in .refused(problem) })
        return orders.filter { foreign[$0.key] == nil }
    }

    /// A row of the progress topic; without an offset the partition has no progress.
    func progressRow(of place: TopicPartition, offset: Int64?, witness: Witness? = nil) -> RowWriter.Row {
        let topic = configuration.progressTopic
        let key = SourceOffsetRow.key(
            .init(connector: topic.connectorName, cluster: name.source, topic: place.topic, partition: place.partition))
        return RowWriter.Row(
            topic: topic.name, partition: Murmur2.partition(of: key, count: progressPartitionCount), key: key,
            value: offset.map { SourceOffsetRow.value(offset: $0) }, witness: witness?.encoded)
    }

    private func writeProgress(_ orders: [TopicPartition: ProgressOrder]) async throws {
        let rows = orders.map { progressRow(of: $0.key, offset: $0.value.offset) }
        try await controlWriter.write(rows, within: configuration.adminTimeout)
        for (place, order) in orders {
            chosenStarts.insert(place)
            log.warning(
                .progressSet,
                [
                    .topic(place.topic), .partition(place.partition), LogField("by", order.order.by),
                    LogField("offset", order.offset.map(String.init) ?? "none"),
                    LogField("was", progress[place].map { String($0.offset) } ?? "none"),
                    .reason(order.order.reason ?? "none given"),
                ])
        }
    }

    private func answer(_ answers: [TopicPartition: ProgressOrder.Answer]) async throws {
        let rows = answers.compactMap { place, answer -> RowWriter.Row? in
            guard var order = control.progressOrders[place] else { return nil }
            order.answer = answer
            if case .refused(let problem) = answer {
                log.warning(
                    .progressRefused,
                    [
                        .topic(place.topic), .partition(place.partition), LogField("by", order.order.by),
                        .reason(problem),
                    ])
            }
            return RowWriter.Row(
                topic: configuration.controlTopic, key: ControlRow.key(.init(.progress, .partition(place))),
                value: ControlRow.value(order))
        }
        try await controlWriter.write(rows, within: configuration.adminTimeout)
        guard !rows.isEmpty else { return }
        try await readOrders()
    }

    // MARK: a new start of some partitions

    /// Has a lane let go of partitions, and gives them back.
    /// - Parameter step: what is done while no lane has them.
    /// - Returns: whether it was done; not where the lane has ended meanwhile.
    /// - Throws: where the target does not acknowledge in time; they stay reserved, and the next round goes on.
    func reassign(
        _ places: Set<TopicPartition>, of index: Int, between step: () async throws -> Void
    ) async throws -> Bool {
        guard let lane = lanes.running[index], lane.isGiven else { return false }
        reassigning.formUnion(places)
        let held = lane.assigned.intersection(places)
        if !held.isEmpty { lane.handle.post(.remove(held.sorted())) }
        let deadline = ContinuousClock.now + configuration.shutdownTimeout
        while !lane.assigned.isDisjoint(with: held) {
            // Another lane begins with what is stored.
            guard lanes.running[index] === lane, !hasStopped else { return false }
            guard ContinuousClock.now < deadline else {
                throw ProgressError(
                    reason: "records of \(held.count) partitions are not acknowledged by \(name.target) yet")
            }
            try await ContinuousClock().sleep(for: .milliseconds(10))
        }
        try await step()
        for place in places { _ = lanes.takeUnwritten(of: place) }
        knownCopies = await translation?.knownCopies() ?? [:]
        progress = try await readProgress()
        if lanes.owned.count == laneCount, lanes.missing.isEmpty, fenced.isEmpty { follower?.rest() }
        guard lanes.running[index] === lane else { return false }
        reassigning.subtract(places)
        assign(partitions(of: index), to: lane, targetEnds: [:])
        return true
    }
}
