// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTypes
import Mirroring
import Telemetry

/// Measures how far a flow is behind, on handles of its own and never on a lane's.
///
/// Positions are taken before the ends are asked for, so that lag is never told too small; one call per cluster and kind
/// answers for all partitions.
actor LagMeter {
    private let flow: FlowName
    let source: AdminClient
    private let committed: AdminClient?
    private let highReader: OffsetReader
    private let stableReader: OffsetReader?
    private let startReader: OffsetReader
    private let target: AdminClient
    private let firstRecords: FirstRecordReader
    /// A mock cluster does not know the request.
    private let describesTopics: Bool
    private(set) var tick = 0
    private var logs: [TopicPartition: PartitionLog] = [:]
    private var leaders = PartitionLeaders()
    private var leaderReading: Task<Void, Never>?
    /// Of topics that are behind, and the tick that asked.
    var retentions: [TopicName: (milliseconds: Int64?, asked: Int)] = [:]
    private var firstTimestamps: [TopicPartition: (offset: Int64, timestamp: Int64)] = [:]
    /// Ends of the target's logs that came since the last tick, and the question that is under way: a target that does not answer
    /// must not hold the lag of all partitions up.
    private var targetEnds: [TopicPartition: Int64] = [:]
    private var targetReading: Task<Void, Never>?
    /// The reading that is under way: a source that refuses its readers must not hold a tick up.
    private var reading: Task<Void, Never>?

    init(
        flow: FlowName, source: AdminClient, committed: AdminClient?, target: AdminClient,
        firstRecords: FirstRecordReader, describesTopics: Bool
    ) {
        self.flow = flow
        self.source = source
        self.committed = committed
        highReader = OffsetReader(source, .end)
        stableReader = committed.map { OffsetReader($0, .end) }
        startReader = OffsetReader(source, .beginning)
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
        // There are at most those that were asked about: as many as there are now are these.
        if logs.count > partitions.count { logs = logs.filter { partitions[$0.key] != nil } }
    }

    private func ask(_ partitions: [TopicPartition: PartitionSnapshot]) async -> Findings {
        let places = Array(partitions.keys)
        guard !places.isEmpty else { return Findings() }
        let limit = Self.answerLimit
        let asksStart = tick % 10 == 1 || places.contains { logs[$0]?.start == nil }
        if tick % 5 == 1 { readTargetEnds(places.map { Self.remote($0, partitions) }, within: .seconds(5)) }
        let groups = leaders.groups(of: places)
        async let highs = highReader.read(groups, tick: tick, waiting: limit)
        async let stables = stableReader?.read(groups, tick: tick, waiting: limit)
        async let starts = startReader.read(asksStart ? groups : [:], tick: tick, waiting: limit)
        let (high, stable, start) = await (highs, stables, starts)
        let ends = targetEnds
        targetEnds = [:]
        await refreshPartitions(of: stable)
        var findings = Findings()
        for place in places {
            let end = ends[Self.remote(place, partitions)]
            logs[place, default: PartitionLog()].note(
                high: high[place], stable: stable?[place], start: start[place], targetEnd: end, tick, place, &findings)
        }
        learnLeaders(of: places, high)
        return findings
    }

    /// A handle that asks for offsets only keeps the partition counts that it saw first: told anew where some are missing.
    private func refreshPartitions(of answers: [TopicPartition: OffsetReader.Answer]?) async {
        let isOutdated = answers?.values.contains { answer in
            if case .failure(let error) = answer.offset { error.saysMissing } else { false }
        }
        if isOutdated == true { _ = try? await committed?.topics(within: .seconds(5)) }
    }

    /// How long a tick waits for brokers that answered in time before.
    private static let answerLimit = Duration.seconds(2)

    /// Looks who leads the partitions, where that is not known or brings no answers.
    private func learnLeaders(of places: [TopicPartition], _ answers: [TopicPartition: OffsetReader.Answer]) {
        guard leaderReading == nil, leaders.isDue(tick) else { return }
        let isDue = places.contains { place in
            guard leaders.knows(place), let answer = answers[place] else { return true }
            guard case .failure(let error) = answer.offset else { return false }
            return !error.saysMissing && error.code != .topicAuthorizationFailed
        }
        guard isDue else { return }
        leaders.asked(tick)
        leaderReading = Task {
            if let topics = try? await source.topics(within: .seconds(5)) { leaders.learn(topics, of: Set(places)) }
            leaderReading = nil
        }
    }

    private static func remote(
        _ place: TopicPartition, _ partitions: [TopicPartition: PartitionSnapshot]
    ) -> TopicPartition {
        TopicPartition(partitions[place]?.targetTopic ?? place.topic, place.partition)
    }

    private func readTargetEnds(_ places: [TopicPartition], within limit: Duration) {
        guard targetReading == nil else { return }
        targetReading = Task {
            if let found = try? await target.knownOffsets(.end, of: places, within: limit) { targetEnds = found }
            targetReading = nil
        }
    }

    /// The age of a backlog that the lane has not taken yet is the age of its first record: read once per position.
    private func readFirstTimestamps(_ partitions: [TopicPartition: PartitionSnapshot]) {
        firstTimestamps = firstTimestamps.filter { partitions[$0.key]?.nextOffset == $0.value.offset }
        var wanted: [TopicPartition: Int64] = [:]
        for (place, partition) in partitions
        where partition.oldestPendingTimestamp == nil && firstTimestamps[place] == nil {
            guard let next = partition.nextOffset, let log = logs[place],
                let end = committed == nil ? log.high : log.stable, end > next,
                // A lane that moves gets there by itself; asking again for every step would read the source twice.
                partition.stop != nil || partition.isPaused || log.window.isStanding
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
    func finish() async {
        await reading?.value
        await targetReading?.value
    }

    private func status(_ place: TopicPartition, _ partition: PartitionSnapshot, _ now: Int64) -> PartitionStatus {
        logs[place, default: PartitionLog()].status(
            place, partition, tick, now, readsCommitted: committed != nil,
            firstTimestamp: firstTimestamps[place]?.timestamp, retention: retentions[place.topic]?.milliseconds)
    }
}

extension KafkaError {
    /// There is no such topic or partition, as far as the cluster knows.
    var saysMissing: Bool { [.unknownTopicOrPart, ._unknownTopic, ._unknownPartition].contains(code) }
}
