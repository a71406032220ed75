// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Telemetry

/// Measures how far a flow is behind, on handles of its own and never on a lane's.
///
/// Positions are taken before the ends are asked for, so that lag is never told too small; one call per cluster and kind
/// answers for all partitions.
actor LagMeter {
    /// What was last heard of a partition's log.
    struct Watermarks: Sendable {
        var start: Int64?
        var high: Int64?
        var stable: Int64?
        var targetEnd: Int64?
        /// The ticks that last answered each; older than three is unknown.
        var answered = 0
        var stableAnswered = 0
    }

    private let flow: FlowName
    let source: AdminClient
    private let committed: AdminClient?
    private let target: AdminClient
    private let firstRecords: FirstRecordReader
    /// A mock cluster does not know the request.
    private let describesTopics: Bool
    private(set) var tick = 0
    private var marks: [TopicPartition: Watermarks] = [:]
    private var windows: [TopicPartition: LagWindow] = [:]
    private var headrooms: [TopicPartition: RetentionHeadroom] = [:]
    /// Of topics that are behind, and the tick that asked.
    var retentions: [TopicName: (milliseconds: Int64?, asked: Int)] = [:]
    private var firstTimestamps: [TopicPartition: (offset: Int64, timestamp: Int64)] = [:]
    /// The reading that is under way: a source that refuses its readers must not hold a tick up.
    private var reading: Task<Void, Never>?

    init(
        flow: FlowName, source: AdminClient, committed: AdminClient?, target: AdminClient,
        firstRecords: FirstRecordReader, describesTopics: Bool
    ) {
        self.flow = flow
        self.source = source
        self.committed = committed
        self.target = target
        self.firstRecords = firstRecords
        self.describesTopics = describesTopics
    }

    /// Partitions whose log is not what it was at the last look (detector D2).
    struct Findings: Sendable {
        var shrunk: [TopicPartition] = []
        /// The source says that it has no such partition.
        var missing: [TopicPartition] = []
    }

    /// One measurement: the state of every partition, and what the lanes should know.
    func measure(
        _ partitions: [TopicPartition: PartitionSnapshot], at now: Int64
    ) async -> (statuses: [TopicPartition: PartitionStatus], findings: Findings) {
        tick += 1
        forgetOthers(than: partitions)
        let findings = await ask(partitions)
        readFirstTimestamps(partitions)
        var statuses: [TopicPartition: PartitionStatus] = [:]
        for (place, partition) in partitions {
            statuses[place] = status(place, partition, now)
        }
        if describesTopics { await readRetentions(of: statuses) }
        return (statuses, findings)
    }

    private func forgetOthers(than partitions: [TopicPartition: PartitionSnapshot]) {
        // Each has at most what was asked about: as many as there are now are these.
        if marks.count > partitions.count { marks = marks.filter { partitions[$0.key] != nil } }
        if windows.count > partitions.count { windows = windows.filter { partitions[$0.key] != nil } }
        if headrooms.count > partitions.count { headrooms = headrooms.filter { partitions[$0.key] != nil } }
    }

    private func ask(_ partitions: [TopicPartition: PartitionSnapshot]) async -> Findings {
        let places = Array(partitions.keys)
        guard !places.isEmpty else { return Findings() }
        let limit = Duration.seconds(5)
        let asksStart = tick % 10 == 1 || places.contains { marks[$0]?.start == nil }
        let asksTarget = tick % 5 == 1
        async let highs = try? source.offsets(.end, of: places, within: limit)
        async let stables = committed?.offsets(.end, of: places, within: limit)
        async let starts = asksStart ? Self.offsets(source, .beginning, places, within: limit) : nil
        let remotes = places.map { Self.remote($0, partitions) }
        async let targets = asksTarget ? Self.ends(target, remotes, within: limit) : nil
        let (high, stable, start, targetEnd) = await (highs, try? stables, starts, targets)
        await refreshPartitions(of: stable)
        var findings = Findings()
        for place in places {
            var mark = marks[place] ?? Watermarks()
            switch high?[place] {
            case .success(let end):
                if let before = mark.high, end < before { findings.shrunk.append(place) }
                mark.high = end
                mark.answered = tick
            case .failure(let error):
                if error.saysMissing { findings.missing.append(place) }
            case nil: break
            }
            if case .success(let end) = stable?[place] {
                mark.stable = end
                mark.stableAnswered = tick
            }
            if let first = start?[place] {
                if let before = mark.start, first < before { findings.shrunk.append(place) }
                mark.start = first
            }
            if let end = targetEnd?[Self.remote(place, partitions)] { mark.targetEnd = end }
            marks[place] = mark
        }
        return findings
    }

    /// A handle that asks for offsets only keeps the partition counts that it saw first: told anew where some are missing.
    private func refreshPartitions(of answers: [TopicPartition: Result<Int64, KafkaError>]?) async {
        let isOutdated = answers?.values.contains { answer in
            if case .failure(let error) = answer { error.saysMissing } else { false }
        }
        if isOutdated == true { _ = try? await committed?.topics(within: .seconds(5)) }
    }

    private static func remote(
        _ place: TopicPartition, _ partitions: [TopicPartition: PartitionSnapshot]
    ) -> TopicPartition {
        TopicPartition(partitions[place]?.targetTopic ?? place.topic, place.partition)
    }

    private static func ends(
        _ admin: AdminClient?, _ places: [TopicPartition], within limit: Duration
    ) async -> [TopicPartition: Int64]? {
        guard let admin else { return nil }
        return await offsets(admin, .end, places, within: limit)
    }

    private static func offsets(
        _ admin: AdminClient, _ query: OffsetQuery, _ places: [TopicPartition], within limit: Duration
    ) async -> [TopicPartition: Int64]? {
        guard let found = try? await admin.offsets(query, of: places, within: limit) else { return nil }
        return found.compactMapValues { result in
            guard let offset = try? result.get(), offset >= 0 else { return nil }
            return offset
        }
    }

    /// The age of a backlog that the lane has not taken yet is the age of its first record: read once per position.
    private func readFirstTimestamps(_ partitions: [TopicPartition: PartitionSnapshot]) {
        firstTimestamps = firstTimestamps.filter { partitions[$0.key]?.nextOffset == $0.value.offset }
        var wanted: [TopicPartition: Int64] = [:]
        for (place, partition) in partitions
        where partition.oldestPendingTimestamp == nil && firstTimestamps[place] == nil {
            guard let next = partition.nextOffset, let mark = marks[place],
                let end = committed == nil ? mark.high : mark.stable, end > next,
                // A lane that moves gets there by itself; asking again for every step would read the source twice.
                partition.stop != nil || windows[place]?.isStanding == true
            else { continue }
            wanted[place] = next
        }
        guard !wanted.isEmpty, reading == nil else { return }
        reading = Task { [wanted] in
            for (place, timestamp) in await firstRecords.timestamps(at: wanted) {
                guard let offset = wanted[place] else { continue }
                firstTimestamps[place] = (offset, timestamp)
            }
            reading = nil
        }
    }

    /// Returns when nothing is read any more.
    func finish() async { await reading?.value }

    private func status(_ place: TopicPartition, _ partition: PartitionSnapshot, _ now: Int64) -> PartitionStatus {
        let mark = marks[place] ?? Watermarks()
        let isFresh = tick - mark.answered <= 3 && mark.answered > 0
        let isStableFresh = tick - mark.stableAnswered <= 3 && mark.stableAnswered > 0
        let stable = committed == nil ? mark.high : isStableFresh ? mark.stable : nil
        let lag = LagEstimate(
            next: partition.nextOffset, highWatermark: isFresh ? mark.high : nil,
            lastStableOffset: stable, readsCommitted: committed != nil,
            oldestTimestamp: partition.oldestPendingTimestamp ?? firstTimestamps[place]?.timestamp, now: now)
        var window = windows[place] ?? LagWindow()
        window.add(at: now, position: partition.nextOffset, lag: lag.ready)
        windows[place] = window
        var status = PartitionStatus(partition: place.partition)
        status.startOffset = mark.start
        status.endOffset = isFresh ? mark.high : nil
        status.lastStableOffset = isFresh ? stable : nil
        status.replicatedOffset = partition.nextOffset
        status.targetEndOffset = mark.targetEnd
        status.lagRecords = lag.ready
        status.lagHeldRecords = lag.held
        status.lagSeconds = lag.seconds
        if let start = mark.start { headrooms[place, default: RetentionHeadroom()].add(at: now, start: start) }
        status.retentionHeadroomSeconds = headrooms[place]?.seconds(
            retention: retentions[place.topic]?.milliseconds, age: lag.seconds, next: partition.nextOffset,
            start: mark.start, lag: lag.ready)
        status.stop = partition.stop
        status.state = partition.stop?.state ?? window.word(start: mark.start, end: mark.high, lag: lag.ready)
        return status
    }
}

extension KafkaError {
    /// There is no such topic or partition, as far as the cluster knows.
    var saysMissing: Bool { [.unknownTopicOrPart, ._unknownTopic, ._unknownPartition].contains(code) }
}
