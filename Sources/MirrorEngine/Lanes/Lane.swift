// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTypes
import Mirroring
import Platform
import Telemetry

/// One thread, one consumer on the source, a delivery strategy for the target: everything that happens to a record.
///
/// What a partition may do next is decided by its `PartitionMachine`; the lane feeds it events and performs its actions.
///
/// A lane is confined to its thread and awaits nothing. It is told things by commands, and publishes snapshots.
/// What it promises, per partition:
///
/// A. Records are acknowledged by the target in the order in which the source has them.
/// B. A progress row is written only for the prefix that the target has acknowledged (`OffsetLedger`), and only while both
///    clusters are the ones that the lane was started for.
/// C. Nothing is skipped but what the policy says; a partition that cannot go on stops, and says why.
final class Lane {
    static let publishInterval = Duration.milliseconds(100)
    /// No acknowledgement for so long, while others get theirs, and a partition is taken to be stalled.
    static let stallAfter = Duration.seconds(2)

    let settings: LaneSettings
    let handle: LaneHandle
    let sources: SourceConnections
    let delivery: any DeliveryStrategy
    /// The same, where records are delivered exactly once.
    let transactions: ExactlyOnceDelivery?
    /// What the open transaction has been told, and keeps until it is decided.
    var held = HeldReports()

    var partitions: [LanePartition] = []
    var places: [TopicPartition: Int] = [:]
    /// The consumer's own topic handle, as a number, to the places of its partitions.
    var routes: [UInt: [Int]] = [:]
    var lastRoute: (identity: UInt, places: [Int]) = (0, [])
    /// What people have paused.
    var pauses = Pauses()
    /// What partitions had counted that the lane has let go of: counters never fall.
    var releasedCounters: [TopicName: TopicCounters] = [:]
    /// Partitions that are not simply flowing; looked at once per burst.
    var attention: Set<Int> = []
    /// Partitions of which the consumer does not read what their machines want.
    var unsettled: Set<Int> = []
    var assignsAgainAt = ContinuousClock.now
    /// A producer died of what the target said about a whole topic.
    var isTargetDoubtful = false
    /// Partitions of which a single record got its report: the next one of their queue is due.
    var singlesReported: [Int] = []

    /// Bytes taken since the fetchers were last woken, as the queue counts them.
    var bytesSinceWake = 0
    var inFlight = InFlight()
    let startedAt = ContinuousClock.now
    var now = ContinuousClock.now
    /// The same since `startedAt`, and the wall clock, in milliseconds; read once per burst. What is noted for each record is
    /// noted so: an instant of a clock costs calls wherever it is copied, since the compiler does not know its size.
    var elapsed = Duration.zero
    var wallClock: Int64 = 0
    var lastAcknowledgement = Duration.zero
    /// Since when the lane takes nothing because it has no room, as far as that is not counted yet.
    var fullSince: ContinuousClock.Instant?
    var nextFlush: ContinuousClock.Instant
    var nextPublish: ContinuousClock.Instant
    var nextStallCheck = ContinuousClock.now
    var nextConnectionCheck = ContinuousClock.now
    var targetPlan = ConnectionPlan(connections: 1)
    /// The way from the source, and what came in by it lately.
    var sourceLink = LinkWindow()
    var intake = Intake()
    var stopDeadline: ContinuousClock.Instant?
    /// What becomes of what is in flight once the lane is to stop.
    var ending = LaneEnding.drained
    /// Partitions in which somebody waits for a record.
    var awaited: Set<Int> = []
    /// Records whose delivery failed while the lane drains, and which the target has not: the next start reads them.
    var givenBack = 0
    /// Another cluster answered than the lane was started for.
    var hasMetStranger = false
    /// The connection to the source was lost, and nobody has said since which cluster is there: so many records were
    /// fetched before.
    var fetchedBeforeDoubt: Int?
    var totals = LaneTotals()

    init(settings: LaneSettings, handle: LaneHandle) throws {
        self.settings = settings
        self.handle = handle
        let name = "tern|\(settings.flow)|\(settings.lane)"
        sources = try SourceConnections(
            settings.consumer, clientID: name, traffic: settings.traffic.fetching.ofOneClient(),
            prefetchBytes: settings.limits.prefetchBytes)
        transactions = settings.transactions.map { ExactlyOnceDelivery(settings, $0, clientID: name) }
        delivery = if let transactions { transactions } else { try AtLeastOnceDelivery(settings, clientID: name) }
        nextFlush = .now + settings.flushInterval
        nextPublish = .now
        handle.interrupt(with: sources.interrupter)
    }

    /// The body of the lane's thread; returns when the lane has ended.
    func run() {
        startTransactions()
        while stopDeadline == nil {
            turn()
        }
        drain()
        handle.interrupt(with: nil)
        // A consumer does not close while one of its records is held.
        for partition in partitions { partition.parked.removeAll() }
        if !sources.close(by: .now + .seconds(5)) {
            let reason = "the source's client did not end in time and is left behind (fixed in librdkafka 2.1.0)"
            handle.report(.warning(event: .laneConsumerLeft, reason: reason, nil))
        }
        publish(force: true) { [isDrained, hasWrittenProgress, unwritten = unwrittenProgress()] snapshot in
            snapshot.hasEnded = true
            snapshot.isDrained = isDrained && hasWrittenProgress
            snapshot.unwritten = unwritten
        }
        handle.report(.ended)
    }

    var isDrained: Bool { inFlight.records - givenBack <= 0 }
    var hasWrittenProgress: Bool {
        !partitions.contains {
            !$0.machine.isRemoved && ($0.machine.rowDue != nil || $0.machine.rows.isInFlight)
        }
    }

    /// One turn: acknowledgements, duties that are due, then records.
    private func turn() {
        readClocks()
        if let since = fullSince.take() { totals.backpressure += now - since }
        serveDeliveries(within: .zero)
        for command in handle.takeCommands() { obey(command) }
        advanceTransaction()
        attendToHindered()
        adjustConnectionsIfDue()
        settleFetching()
        flushProgressIfDue()
        publish(force: false)
        serveBarriers()
        guard hasRoom, !delivery.isBackingOff(at: now), !hasMetStranger else {
            // Acknowledgements only make room: what is full now was full as the turn began.
            if !hasRoom { fullSince = now }
            noteClientFailures()
            serveDeliveries(within: .milliseconds(20))
            return
        }
        wakeFetchersIfDue()
        if fetchedBeforeDoubt == nil {
            takeBurst(waiting: inFlight.records == 0 ? idleWait : .milliseconds(5))
        } else {
            takeInDoubt()
        }
    }

    /// A command interrupts it, a record ends it. What else comes round while nothing flows: progress that is due, partitions
    /// that try something again, and what the last acknowledgements changed, which is still to be published.
    private var idleWait: Duration {
        guard attention.isEmpty, elapsed - lastAcknowledgement > Self.publishInterval * 3 else {
            return Self.publishInterval
        }
        return max(.zero, min(.milliseconds(500), nextFlush - now))
    }

    /// Takes what is there; waits only for the first, and comes back in time for acknowledgements.
    /// - Returns: how many events there were.
    @discardableResult
    func takeBurst(waiting: Duration, atMost limit: Int = 1000) -> Int {
        var hasWaited = false
        let before = inFlight.records
        defer { if inFlight.records > before { totals.stages.transform.record((.now - now) / .seconds(1)) } }
        for count in 0..<limit {
            guard let event = sources.nextEvent(within: hasWaited ? .zero : waiting) else { return count }
            if !hasWaited {
                hasWaited = true
                readClocks()
            }
            take(event)
            // Behind a broken producer nothing may be handed over: the first record of it would be a hole.
            guard hasRoom, !delivery.isAnyBroken else { return count + 1 }
        }
        return limit
    }

    private func take(_ event: consuming ConsumerEvent) {
        switch consume event {
        case .record(let record): take(record)
        case .partitionEnd(let source, let offset): reachedEnd(source, at: offset)
        case .failure(let error, let partition, let offset): failed(error, partition, offset)
        }
    }

    private func wakeFetchersIfDue() {
        guard bytesSinceWake >= sources.wakeAfterBytes else { return }
        bytesSinceWake = 0
        var woken: [TopicPartition] = []
        for partition in partitions
        where partition.isAssigned && partition.fetchedAtWake != partition.counters.fetchedBytes {
            partition.fetchedAtWake = partition.counters.fetchedBytes
            if woken.count < 32 { woken.append(partition.source) }
        }
        sources.wakeFetchers(of: woken)
    }

    var hasRoom: Bool { inFlight.hasRoom(settings.limits) }

    func readClocks() {
        now = .now
        elapsed = now - startedAt
        wallClock = WallClock.milliseconds()
    }
}
