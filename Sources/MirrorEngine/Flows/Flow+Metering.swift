// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTypes
import Mirroring
import Telemetry

/// What lanes have published, and what those that have ended left behind, at one moment. A lane that ends while the clusters
/// are asked is in one of the two, not in both.
private struct LaneReading {
    let snapshots: [LaneSnapshot]
    let past: PastLanes
    let partitions: [TopicPartition: PartitionSnapshot]

    init(snapshots: [LaneSnapshot], past: PastLanes) {
        self.snapshots = snapshots
        self.past = past
        var partitions: [TopicPartition: PartitionSnapshot] = [:]
        for snapshot in snapshots { partitions.merge(snapshot.partitions) { $1 } }
        // Where nobody runs a lane, as without the target, lag goes on growing from where the last one stood.
        partitions.merge(past.partitions) { live, _ in live }
        self.partitions = partitions
    }

    func tellConnections(of flow: inout FlowStatus) {
        func sum(_ path: KeyPath<LaneSnapshot, Double?>) -> Double? {
            let known = snapshots.compactMap { $0[keyPath: path] }
            return known.isEmpty ? nil : known.reduce(0, +)
        }
        flow.sourceConnections = snapshots.reduce(0) { $0 + $1.sourceConnections }
        flow.targetConnections = snapshots.reduce(0) { $0 + $1.targetConnections }
        flow.mostReadPerSecond = sum(\.mostReadPerSecond)
        flow.mostWrittenPerSecond = sum(\.mostWrittenPerSecond)
    }
}

/// From what the lanes publish and the meter measures to what people see.
extension Flow {
    func makeMeter() -> LagMeter {
        LagMeter(
            flow: name, source: source.admin, committed: committed, target: target.admin,
            firstRecords: FirstRecordReader(configuration, traffic: source.traffic),
            describesTopics: environment.describesConfigurations)
    }

    func measure(with meter: LagMeter) async -> Job.Outcome {
        // What was shown when the flow came to a stand stays.
        guard clusterChange == nil else { return .done }
        let running = lanes.running.mapValues { ($0.handle.snapshot, isEmpty: $0.isGiven && $0.assigned.isEmpty) }
        let told = Set(running.filter { $0.value.isEmpty || !$0.value.0.partitions.isEmpty }.keys)
        isSettling = !isOwnershipKnown || !lanes.owned.isSubset(of: told)
        lanes.forgetPastPositions { told.contains(lane(of: $0)) }
        let reading = LaneReading(
            snapshots: running.values.map(\.0) + lanes.draining.map(\.snapshot), past: lanes.past)
        let known = told.union(reading.past.partitions.keys.map(lane))
        let now = WallClock.milliseconds()
        var (statuses, findings) = await meter.measure(reading.partitions, at: now)
        guard clusterChange == nil else { return .done }
        measuredLanes = known
        watchLosses(&statuses, at: now)
        tell(findings)
        publish(statuses, reading, now)
        // Many partitions cost more to ask about, twenty microseconds each: a tick may take a hundredth of a core, not more.
        // How long the answers take to come says nothing: a source far away is metered as often as a near one.
        return .again(after: max(meterInterval, min(.seconds(30), .milliseconds(2) * reading.partitions.count)))
    }

    private func tell(_ findings: LagMeter.Findings) {
        let (shrunk, missing) = (findings.shrunk, findings.missing)
        if !missing.isEmpty {
            for lane in lanes.running.values {
                lane.handle.post(.missing(missing.filter { lane.assigned.contains($0) }))
            }
        }
        if !shrunk.isEmpty {
            log.warning(
                .logShrunk, [LogField("partitions", shrunk.map(\.description).sorted().joined(separator: " "))])
            for lane in lanes.running.values { lane.handle.post(.verify(shrunk.filter { lane.assigned.contains($0) })) }
        }
    }

    private func publish(
        _ statuses: [TopicPartition: PartitionStatus], _ reading: LaneReading, _ now: Int64
    ) {
        var byTopic: [TopicName: TopicStatus] = [:]
        for (place, status) in statuses {
            guard let partition = reading.partitions[place] else { continue }
            byTopic[place.topic, default: TopicStatus(topic: place.topic, targetTopic: partition.targetTopic)]
                .add(status, partition)
        }
        var total = byTopic.values.reduce(into: TopicCounters()) { $0.add($1.counters) }
        for counters in [reading.past.counters] + reading.snapshots.map(\.releasedCounters) {
            for (name, counters) in counters {
                byTopic[name]?.counters.add(counters)
                total.add(counters)
            }
        }
        for name in byTopic.keys {
            byTopic[name]?.partitions.sort { $0.partition < $1.partition }
            byTopic[name]?.driftFields = drift[name]
        }
        let topics = byTopic.keys.sorted().compactMap { byTopic[$0] }
        rates.add(at: now, records: total.replicatedRecords, bytes: total.replicatedBytes)
        var sum = reading.past.totals
        for snapshot in reading.snapshots { sum.add(snapshot.totals) }
        let hasBoth = source.status.isUp && target.status.isUp
        let (state, reason) = judge(topics, reading.snapshots, hasBoth)
        let pauses = control.pauses.sorted { $0.key < $1.key }.map { PauseStatus(scope: $0.key, order: $0.value) }
        let rows = translation?.totals.current ?? RowTotals.Values()
        let limit = Int64(EngineSettings.limits(configuration).inFlightBytes) * Int64(reading.snapshots.count)
        board.update(name) {
            [
                openLosses = losses.openCount, notMirrored, counters, rates, isSettling, hasUnmeasuredLanes, sum, rows,
                traffic, total
            ] flow in
            flow.topics = topics
            flow.pauses = pauses
            flow.notMirrored = notMirrored
            flow.openLosses = openLosses
            flow.isSettling = isSettling
            flow.hasUnmeasuredLanes = hasUnmeasuredLanes
            flow.hasBothClusters = hasBoth
            flow.state = state
            flow.reason = reason
            flow.recordsPerSecond = rates.recordsPerSecond
            flow.bytesPerSecond = rates.bytesPerSecond
            flow.replicationLatency = sum.replicationLatency
            flow.recordAge = sum.recordAge
            flow.bufferedBytes = reading.snapshots.reduce(0) { $0 + $1.bufferedBytes }
            flow.bufferLimitBytes = limit
            flow.lastAcknowledgedAt = sum.lastAcknowledgedAt
            flow.counters = counters.merging(sum, rows)
            flow.stages = sum.stages
            traffic.tell(&flow, records: total)
            reading.tellConnections(of: &flow)
            flow.limit = limitJudge.judge(.init(flow, lanes: reading.snapshots.count, sum, at: now))
        }
    }

    private func judge(
        _ topics: [TopicStatus], _ snapshots: [LaneSnapshot], _ hasBoth: Bool
    ) -> (FlowState, String?) {
        if !hasBoth {
            return (.degraded, StatusBoard.reason([source.status, target.status].filter { !$0.isUp }))
        }
        let startProblem = lanes.unstarted.isEmpty ? nil : startProblem
        if let problem = startProblem ?? snapshots.compactMap(\.totals.problem).first { return (.degraded, problem) }
        if let pause = control.pauses[.flow] { return (.paused, "paused by \(pause.summary)") }
        let stopped = topics.flatMap { topic in topic.partitions.filter { $0.stop != nil }.map { (topic.topic, $0) } }
        if let (topic, partition) = stopped.first {
            let more = stopped.count > 1 ? " and \(stopped.count - 1) more" : ""
            return (.degraded, "\(topic)/\(partition.partition) is \(partition.state.rawValue)\(more)")
        }
        if let first = notMirrored.first {
            let what =
                notMirrored.count == 1
                ? "the selected topic \(first.topic) is not mirrored"
                : "\(notMirrored.count) selected topics are not mirrored, \(first.topic) among them"
            return (.degraded, what)
        }
        return (.running, nil)
    }
}

extension FlowLimitJudge.Sample {
    /// Of a flow of which all else is said.
    fileprivate init(_ flow: FlowStatus, lanes: Int, _ sum: LaneTotals, at now: Int64) {
        self.init(
            time: now, lanes: lanes, backpressure: sum.backpressure / .seconds(1), busy: sum.busy / .seconds(1),
            throttled: flow.counters.fetchThrottledSeconds + flow.counters.produceThrottledSeconds,
            lagSeconds: flow.carriedLagSeconds, isSourceFar: flow.mostReadPerSecond != nil,
            isTargetFar: flow.mostWrittenPerSecond != nil)
    }
}

extension TopicStatus {
    fileprivate mutating func add(_ status: PartitionStatus, _ snapshot: PartitionSnapshot) {
        var status = status
        status.traffic = snapshot.traffic
        status.traffic.inFlight = snapshot.inFlight
        status.traffic.replicatedRecords = snapshot.counters.replicatedRecords
        partitions.append(status)
        counters.add(snapshot.counters)
        guard let timestamp = snapshot.lastReplicatedTimestamp else { return }
        lastReplicatedTimestamp = max(timestamp, lastReplicatedTimestamp ?? timestamp)
    }
}

extension TopicCounters {
    mutating func add(_ other: TopicCounters) {
        fetchedRecords += other.fetchedRecords
        fetchedBytes += other.fetchedBytes
        replicatedRecords += other.replicatedRecords
        replicatedBytes += other.replicatedBytes
        filteredCycle += other.filteredCycle
        filteredDirect += other.filteredDirect
        filteredHops += other.filteredHops
        filteredCycleBytes += other.filteredCycleBytes
        filteredDirectBytes += other.filteredDirectBytes
        filteredHopsBytes += other.filteredHopsBytes
        lostRecords += other.lostRecords
        quarantinedRecords += other.quarantinedRecords
    }
}

extension FlowCounters {
    /// These totals, with those that lanes keep themselves, and what was written for groups.
    func merging(_ lanes: LaneTotals, _ rows: RowTotals.Values) -> FlowCounters {
        var result = self
        result.produceErrors.merge(lanes.produceErrors, uniquingKeysWith: +)
        result.fetchErrors.merge(lanes.fetchErrors, uniquingKeysWith: +)
        result.timestampAnomalies["missing", default: 0] += lanes.timestampsMissing
        result.timestampAnomalies["future", default: 0] += lanes.timestampsInFuture
        result.timestampAnomalies["zero", default: 0] += lanes.timestampsZero
        result.echoedHeaders += lanes.echoedHeaders
        result.headersLeftOut += lanes.headersLeftOut
        result.laneRestarts += lanes.producerRestarts
        result.progressWrites += lanes.progressWrites
        result.progressWriteErrors += lanes.progressWriteErrors
        result.transactionsCommitted += lanes.transactionsCommitted
        result.transactionsAborted += lanes.transactionsAborted
        result.mapWriteErrors += lanes.mapWriteErrors
        result.heartbeatsWritten = rows.heartbeats
        result.offsetSyncsWritten = rows.offsetSyncs
        result.checkpointsWritten = rows.checkpoints
        result.groupOffsetsWritten = rows.groupOffsets
        result.backpressureSeconds += lanes.backpressure / .seconds(1)
        return result
    }
}
