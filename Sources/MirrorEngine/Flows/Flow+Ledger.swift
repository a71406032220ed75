// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Platform
import Telemetry
import TernConfiguration

/// What is lost is recorded on the target when it is found. Nothing of this runs, and there is no topic, before something was.
extension Flow {
    /// While an event has not ended, so often is looked whether a person has acknowledged it.
    private static let ledgerInterval = Duration.seconds(30)

    var ledger: Job {
        Job(
            name: JobName.ledger, interval: nil, startsAtOnce: false, needs: .target,
            backOff: BackOff(first: .seconds(1), longest: .seconds(30)), limit: .seconds(90)
        ) { await self.keepLedger() }
    }

    private var ledgerTopic: LedgerTopic { LedgerTopic(configuration, patience: .seconds(20), stop: ledgerStop) }

    /// What earlier lives of this daemon, and others, have found: before lanes start, since a partition with an open event has no lag.
    func readLedger() async {
        guard environment.createTopics == nil, hasLedger else { return }
        do { losses.read(try await ledgerTopic.events(target.admin) ?? []) } catch { warnOfLedger("\(error)") }
        if !losses.places.isEmpty { jobs.wake(JobName.ledger) }
    }

    func noteLoss(_ place: TopicPartition, _ stop: PartitionStop) {
        guard environment.createTopics == nil, let loss = stop.loss else { return }
        let copy = topics[place.topic]?.target ?? naming.remoteTopic(for: place.topic)
        var event = LossEvent(
            key: .init(place, loss.cause, position: stop.offset ?? -1), targetTopic: copy, offsets: loss.offsets,
            count: loss.count, code: stop.code, text: stop.text, detectedAt: stop.since)
        event.policy = loss.policy
        event.sourceID = ids?.source
        losses.detected(event)
        decidedLosses[place] = loss.policy == nil ? nil : event.key
        jobs.wake(JobName.ledger)
    }

    /// What flows again at another position has been decided by somebody; what does not stand and has an open event has no lag yet.
    func watchLosses(_ statuses: inout [TopicPartition: PartitionStatus], at now: Int64) {
        guard !losses.places.isEmpty else { return }
        for place in losses.places {
            guard let status = statuses[place], status.stop == nil else { continue }
            // What was measured before the stop says nothing.
            if decidedLosses[place] == nil, let next = status.replicatedOffset, status.lagRecords != nil {
                losses.flows(place, at: next, now: now)
            }
            if losses.isOpen(place) { statuses[place]?.forgetLag() }
        }
        if !losses.due.isEmpty { jobs.wake(JobName.ledger) }
    }

    private func keepLedger() async -> Job.Outcome {
        guard clusterChange == nil else { return .done }
        do {
            try await ensureLedger()
            losses.read(try await ledgerTopic.events(target.admin) ?? [])
            let due = losses.due
            if !due.isEmpty { try await ledgerTopic.write(due, traffic: target.traffic) }
            for event in due {
                losses.wrote(event)
                tell(event)
            }
            if decidedLosses.values.contains(where: losses.isRecorded) { jobs.wake(JobName.control) }
            return losses.places.isEmpty ? .done : .again(after: Self.ledgerInterval)
        } catch {
            warnOfLedger("\(error)")
            return .failed("\(error)")
        }
    }

    /// What is found as the process ends is written as well.
    func closeLedger() async {
        // The next start finds it again.
        if !losses.due.isEmpty, target.status.isUp { _ = await keepLedger() }
        ledgerStop.raise()
    }

    private func tell(_ event: LossEvent) {
        let fields: [LogField] = [
            .topic(event.key.source.topic), .partition(event.key.source.partition),
            LogField("cause", event.key.cause.rawValue), .offset(event.key.position),
            LogField("offsets", event.offsets.map { "\($0.lowerBound)..<\($0.upperBound)" } ?? "unknown"),
        ]
        if event.outcome == .ended { log.info(.lossEnded, fields) } else { log.error(.lossRecorded, fields) }
    }

    private func ensureLedger() async throws {
        guard !hasLedger else { return }
        let topic = NewTopic.ofRows(
            configuration.ledgerTopic, replicationFactor: configuration.progressTopic.replicationFactor)
        try noteCreated(try await target.admin.createTopics([topic], within: configuration.adminTimeout))
        await seen([topic.name])
        hasLedger = true
    }

    private func warnOfLedger(_ reason: String) {
        guard limiter.admit("ledger") != nil else { return }
        log.warning(
            .ledgerNotWritten, [.topic(configuration.ledgerTopic), .cluster(name.target), .reason(reason)])
    }
}
