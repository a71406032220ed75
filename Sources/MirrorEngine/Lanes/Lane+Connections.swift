// SPDX-License-Identifier: Apache-2.0
import Kafka
import Mirroring
import Telemetry

/// By how many connections the lane reads and writes, which follows the distance (``ConnectionPlan``).
extension Lane {
    private static let checkInterval = Duration.seconds(1)

    func adjustConnectionsIfDue() {
        guard now >= nextConnectionCheck else { return }
        adjustConnections()
    }

    /// Also before partitions are begun, so that they begin where they stay.
    func adjustConnections() {
        nextConnectionCheck = now + Self.checkInterval
        guard !places.isEmpty else { return }
        let backlogs = backlogs()
        noteLink(backlogs)
        sources.behind = Backlogs.readApart(backlogs, already: sources.behind, queueBytes: sources.currentQueueBytes)
        read(by: settings.sourcePlan(partitions: places.count, over: sourceLink), .current)
        if sources.behind.isEmpty {
            sources.restIdle()
        } else {
            read(by: settings.sourcePlan(partitions: sources.behind.count, over: sourceLink), .behind)
        }
        // A partition whose records simply flow is read on by the client that the plan has for it, from the first record that was
        // not handed over; what its old client had fetched ahead is dropped. Others follow when they flow again.
        for partition in sources.misplaced { feed(partition) { machine, _ in machine.readElsewhere() } }
        let target = settings.targetPlan(partitions: places.count)
        if targetPlan.isWorthChanging(to: target) { write(by: target) }
    }

    /// Less than this fills no link.
    private static let leastBacklog = 64 << 10

    private func noteLink(_ backlogs: [Backlogs.Reading]) {
        intake.note(sources.traffic.totals.receivedBytes, at: elapsed)
        let trips = settings.roundTrips()
        guard let shortest = trips.source else { return }
        // A first answer that takes long, and says how much there is, fills the link already.
        let isBehind = backlogs.contains { $0.bytes ?? .max > Self.leastBacklog }
        sourceLink.note(
            .init(
                latest: trips.latestSource ?? shortest, shortest: shortest, bytesPerSecond: intake.bytesPerSecond,
                isBehind: isBehind))
    }

    private func backlogs() -> [Backlogs.Reading] {
        partitions.filter { !$0.machine.isRemoved }.map { Backlogs.Reading($0.source, bytes: backlogBytes(of: $0)) }
    }

    /// What the last answer of the source's broker leaves to be read, in bytes as far as they can be told from what was read; `nil` before
    /// the first one.
    private func backlogBytes(of partition: LanePartition) -> Int? {
        guard partition.isAssigned else { return 0 }
        guard let end = sources.endOffset(of: partition.source) else { return nil }
        guard let position = partition.machine.fetchPosition, end > position else { return 0 }
        let counters = partition.counters
        let size = counters.fetchedRecords > 0 ? max(1, counters.fetchedBytes / counters.fetchedRecords) : 1024
        let (bytes, isTooMuch) = (end - position).multipliedReportingOverflow(by: size)
        return isTooMuch ? .max : Int(bytes)
    }

    private func read(by plan: ConnectionPlan, _ kind: SourceConnections.Kind) {
        guard sources.plan(kind).map({ $0.isWorthChanging(to: plan) }) ?? true else { return }
        do throws(KafkaError) {
            try sources.use(plan, kind)
        } catch {
            handle.report(.warning(event: .laneConnectionFailed, reason: error.reason, nil))
        }
    }

    /// A partition changes its producer when nothing of it is in flight.
    private func write(by plan: ConnectionPlan) {
        targetPlan = plan
        delivery.use(connections: plan.connectionEnd)
        for partition in partitions where !partition.machine.isRemoved { route(partition) }
    }

    func tellConnections(to snapshot: inout LaneSnapshot) {
        let trips = settings.roundTrips()
        snapshot.sourceConnections = sources.consumers.count
        snapshot.targetConnections = targetPlan.connections
        snapshot.mostReadPerSecond = trips.source.flatMap { trip in
            sources.plans.compactMap { $0.mostRead(roundTrip: trip) }.max()
        }
        snapshot.mostWrittenPerSecond = trips.target.flatMap {
            targetPlan.mostWritten(roundTrip: $0, partitions: places.count, batchBytes: settings.farBatchBytes)
        }
    }

    func route(_ partition: LanePartition) {
        let connection = targetPlan.connection(ofPartition: partition.index)
        feed(partition) { $0.connectionChanged(to: connection, &$1) }
    }
}

/// What a lane's clients received lately: the most of the last seconds, since a large answer counts when all of it is there, and what
/// is read anew by another client comes late.
struct Intake {
    private static let length = 8
    /// Readings between which what came is taken to be steady.
    private static let step = 2
    private var totals: [(time: Duration, bytes: Int64)] = []

    mutating func note(_ bytes: Int64, at time: Duration) {
        totals.append((time, bytes))
        if totals.count > Self.length { totals.removeFirst() }
    }

    var bytesPerSecond: Double {
        zip(totals, totals.dropFirst(Self.step))
            .map { $1.time > $0.time ? Double($1.bytes - $0.bytes) / (($1.time - $0.time) / .seconds(1)) : 0 }
            .max() ?? 0
    }
}
