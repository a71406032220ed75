// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Telemetry
import TernConfiguration

/// Partitions that have stopped for a loss and continue by `on.data.loss`: as if a person set their progress, when the ledger has the
/// event.
extension Flow {
    /// One round, after what people have ordered: that wins.
    func continueAfterLosses() async throws {
        guard source.status.isUp else { return }
        for (index, lane) in lanes.running where lane.isGiven {
            let due = decidedLosses.filter { self.lane(of: $0.key) == index && isDue($0.value, of: lane) }
            guard !due.isEmpty else { continue }
            // While the source does not answer, the partition stays as it is.
            let present = try await logs(of: due.keys.sorted())
            let losses = due.filter { present[$0.key] != nil }
            guard !losses.isEmpty else { continue }
            _ = try await reassign(Set(losses.keys), of: index) { try await self.carryOn(losses) }
        }
    }

    private func isDue(_ key: LossEvent.Key, of lane: RunningLane) -> Bool {
        guard losses.isRecorded(key), control.openProgressOrders[key.source] == nil else { return false }
        // A round that was interrupted goes on.
        if reassigning.contains(key.source) { return true }
        guard let stop = lane.handle.snapshot.partitions[key.source]?.stop else { return false }
        return stop.loss?.cause == key.cause && stop.offset ?? -1 == key.position
    }

    /// While no lane has the partitions: everything that they had in flight is acknowledged or given up, and their last rows are written.
    private func carryOn(_ due: [TopicPartition: LossEvent.Key]) async throws {
        progress = try await readProgress()
        let logs = try await logs(of: due.keys.sorted())
        var steps: [TopicPartition: LossContinuation] = [:]
        for (place, key) in due {
            guard let log = logs[place], let policy = losses.events[key]?.policy else { continue }
            let stored = progress[place]
            var newer: Int64?
            if let time = LossContinuation.time(key.cause, policy, stored: stored) {
                newer = try await firstOffset(of: place, atTime: time)
            }
            steps[place] = LossContinuation(key.cause, policy, stored: stored, log: log, newer: newer)
        }
        try await controlWriter.write(
            steps.map { progressRow(of: $0.key, offset: $0.value.position - 1, witness: $0.value.witness) },
            within: configuration.adminTimeout)
        for (place, step) in steps { noteContinued(place, step) }
        jobs.wake(JobName.ledger)
    }

    private func noteContinued(_ place: TopicPartition, _ step: LossContinuation) {
        chosenStarts.insert(place)
        guard let key = decidedLosses.removeValue(forKey: place), let policy = losses.events[key]?.policy else {
            return
        }
        losses.continued(key, at: step.position, now: WallClock.milliseconds())
        counters.lossesContinued[policy.rawValue, default: 0] += 1
        log.warning(
            .lossContinued,
            [
                .topic(place.topic), .partition(place.partition), LogField("cause", key.cause.rawValue),
                LogField("policy", policy.rawValue), LogField("was", key.position), .offset(step.position),
            ])
    }

    /// Where logs start and end now, of those that are there.
    private func logs(of places: [TopicPartition]) async throws -> [TopicPartition: Range<Int64>] {
        async let starts = source.admin.offsets(.beginning, of: places, within: configuration.adminTimeout)
        async let ends = source.admin.offsets(.end, of: places, within: configuration.adminTimeout)
        let (first, last) = try await (starts, ends)
        var found: [TopicPartition: Range<Int64>] = [:]
        for place in places {
            guard let start = first[place], let end = last[place] else { continue }
            if case .failure(let error) = start, error.saysMissing { continue }
            if case .failure(let error) = end, error.saysMissing { continue }
            let lowest = try start.get()
            found[place] = lowest..<max(lowest, try end.get())
        }
        return found
    }

    private func firstOffset(of place: TopicPartition, atTime time: Int64) async throws -> Int64? {
        let found = try await source.admin.offsets(.atTime(time), of: [place], within: configuration.adminTimeout)
        guard let offset = try found[place]?.get(), offset >= 0 else { return nil }
        return offset
    }
}
