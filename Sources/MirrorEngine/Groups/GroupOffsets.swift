// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Telemetry
import TernConfiguration

/// Keeps a flow's consumer groups ready to go on with its target, one round at a time: finds them, translates what they have
/// committed, writes checkpoints for MirrorMaker's readers, and commits on the target if asked to.
///
/// For the process that owns lane 0: two of them would write the same.
actor GroupOffsets {
    /// What stays the same is committed again after this time. Offsets that nobody commits anew expire a week later, by
    /// default.
    static let renewal = Duration.seconds(3600)
    /// How many groups are asked for at once.
    static let width = 16

    let configuration: FlowConfiguration
    let source: AdminClient
    private let target: AdminClient
    private let translator: GroupTranslator
    private let writer: RowWriter
    private let totals: RowTotals
    private let log: Log
    private let limiter = LogLimiter()

    private var groups: [GroupID] = []
    private var listedAt: ContinuousClock.Instant?
    private var checkpoints: GroupCheckpoints?
    /// What each group is to have on the target, as the last round translated it.
    private var wanted: [GroupID: [TopicPartition: GroupOffset]] = [:]
    private var found: [GroupID: GroupStatus] = [:]
    /// By group, what the last round found: the source's partitions that are mirrored, and what it has read and is not copied.
    private var translatedPlaces: [GroupID: Set<TopicPartition>] = [:]
    private var notCopied: [GroupID: Int64] = [:]
    /// What each group has on the target, as far as it was synchronized.
    private var onTarget: [GroupID: [TopicPartition: Int64]] = [:]
    private var writtenAt: [GroupID: ContinuousClock.Instant] = [:]

    init(
        _ configuration: FlowConfiguration, source: AdminClient, target: AdminClient, translator: GroupTranslator,
        writer: RowWriter, totals: RowTotals, log: Log
    ) {
        self.configuration = configuration
        self.source = source
        self.target = target
        self.translator = translator
        self.writer = writer
        self.totals = totals
        self.log = log
    }

    /// How each group is doing, in the order of their names.
    var statuses: [GroupStatus] { found.values.sorted { $0.id < $1.id } }

    // MARK: translation

    /// One round: what the groups have committed now, translated; checkpoints for what is new.
    ///
    /// - Parameters:
    ///   - topics: the topics that the flow mirrors, with their names on the target.
    ///   - ends: where the source's logs end, as far as they are measured.
    ///   - known: the checkpoints that the topic held when this process took over; read at the first round.
    func translate(
        topics: [TopicName: TopicName], ends: [TopicPartition: Int64],
        known: @Sendable () async throws -> GroupCheckpoints
    ) async throws {
        if checkpoints == nil { checkpoints = try await known() }
        try await listGroupsIfDue()
        let readAt = WallClock.milliseconds()
        let committed = await committedOffsets(of: groups)
        let ends = await completed(ends, committed, topics)
        var rows: [RowWriter.Row] = []
        var due: [GroupID] = []
        for group in groups {
            guard let answer = committed[group] else { continue }
            switch answer {
            case .failure(let error): fail(group, error, "read", on: configuration.name.source, needing: "Describe")
            case .success(let offsets):
                let made = take(group, offsets, translator.translate(offsets, topics: topics))
                if !made.isEmpty { due.append(group) }
                rows += made
                measure(group, offsets, ends)
            }
        }
        forgetGroups()
        guard configuration.checkpoints.isEnabled else { return }
        do throws(KafkaError) {
            try await writer.write(rows, within: configuration.adminTimeout)
            totals.count { $0.checkpoints += Int64(rows.count) }
            noteCheckpoints(of: due, readAt: readAt)
        } catch {
            // They count as written: read again, the topic tells which are not.
            checkpoints = nil
            throw error
        }
    }

    private func listGroupsIfDue() async throws(KafkaError) {
        let interval = configuration.checkpoints.groupRefreshInterval
        if let listedAt, !configuration.checkpoints.refreshesGroups || .now - listedAt < interval { return }
        let listed = try await source.listGroups(within: configuration.adminTimeout)
        for problem in listed.problems where limiter.admit("list \(problem)") != nil {
            log.warning(.groupsNotListed, [.cluster(configuration.name.source), .reason(problem)])
        }
        groups = listed.groups.map(\.id).filter { group in
            do throws(UndecidedName) {
                return try configuration.groups.selects(group)
            } catch {
                if limiter.admit("undecided \(group)") != nil {
                    log.warning(.groupUndecided, [.group(group), .reason("\(error)")])
                }
                return false
            }
        }
        listedAt = .now
    }

    /// How far a group is behind on the source, and ahead of what the target has of it.
    private func measure(
        _ group: GroupID, _ offsets: [TopicPartition: GroupOffset], _ ends: [TopicPartition: Int64]
    ) {
        guard found[group] != nil else { return }
        let lags = offsets.filter { translatedPlaces[group]?.contains($0.key) ?? false }.map { place, offset in
            ends[place].map { max(0, $0 - offset.offset) }
        }
        found[group]?.lagRecords = lags.contains(nil) ? nil : lags.compactMap(\.self).saturatedSum
        guard let known = onTarget[group], let wanted = wanted[group] else { return }
        let behind = wanted.lazy.map { place, offset in max(0, offset.offset - (known[place] ?? offset.offset)) }
        found[group]?.readAgainRecords = behind.saturatedSum.addingSaturated(notCopied[group] ?? 0)
    }

    /// - Returns: the checkpoints that are due.
    private func take(
        _ group: GroupID, _ offsets: [TopicPartition: GroupOffset],
        _ translated: [TopicPartition: TranslatedOffset]
    ) -> [RowWriter.Row] {
        guard !translated.isEmpty else {
            (wanted[group], found[group]) = (nil, nil)
            return []
        }
        var rows: [RowWriter.Row] = []
        var targets: [TopicPartition: GroupOffset] = [:]
        var status = GroupStatus(id: group, state: .ready, partitions: translated.count, unmapped: 0)
        for (place, found) in translated.sorted(by: { $0.key < $1.key }) {
            guard let committed = offsets[place] else { continue }
            guard let offset = found.translation.offset else {
                status.unmapped += 1
                continue
            }
            targets[found.partition] = GroupOffset(offset, metadata: committed.metadata)
            let row = CheckpointRow(
                group: group, partition: found.partition, upstream: committed.offset, downstream: offset,
                metadata: committed.metadata ?? "")
            if checkpoints?.isDue(row) == true, let key = row.key, let value = row.value {
                rows.append(
                    RowWriter.Row(
                        topic: configuration.naming.internalTopics.checkpoints(of: configuration.name.source), key: key,
                        value: value, timestamp: WallClock.milliseconds()))
            }
        }
        wanted[group] = targets
        translatedPlaces[group] = Set(translated.keys)
        let behind = translated.values.notCopied
        notCopied[group] = behind
        status.synchronizedAt = found[group]?.synchronizedAt
        status.checkpointLatency = found[group]?.checkpointLatency ?? RecentTimes()
        if configuration.checkpoints.isEnabled { status.checkpointed = targets.keys.sorted() }
        if status.unmapped > 0 {
            status.state = .unmapped
            status.reason =
                "where the copies are is not known for \(status.unmapped) of its \(status.partitions) partitions: nothing "
                + "was copied there yet, or before Tern noted the places of copies"
        } else if behind > 0 {
            status.state = .ahead
            status.reason = "it has read up to \(behind) records that are not copied yet, and would read them again"
        }
        found[group] = status
        return rows
    }

    private func noteCheckpoints(of due: [GroupID], readAt: Int64) {
        let now = WallClock.milliseconds()
        for group in due { found[group]?.checkpointLatency.record(Double(max(0, now - readAt)), at: now) }
    }

    private func forgetGroups() {
        let present = Set(groups)
        wanted = wanted.filter { present.contains($0.key) }
        found = found.filter { present.contains($0.key) }
        writtenAt = writtenAt.filter { present.contains($0.key) }
        onTarget = onTarget.filter { present.contains($0.key) }
        translatedPlaces = translatedPlaces.filter { present.contains($0.key) }
        notCopied = notCopied.filter { present.contains($0.key) }
    }

    // MARK: the groups on the target

    /// Commits on the target what the last round translated, for groups that nobody uses there.
    func synchronize() async throws {
        let pending = wanted.filter { !$0.value.isEmpty }
        guard !pending.isEmpty else { return }
        let listed = try await target.listGroups(within: configuration.adminTimeout)
        let states = Dictionary(listed.groups.map { ($0.id, $0.state) }) { first, _ in first }
        let (target, totals, limit) = (target, totals, configuration.adminTimeout)
        var work: [GroupID: (presence: GroupOffsetSync.Presence, isRenewal: Bool)] = [:]
        for group in pending.keys {
            let presence = GroupOffsetSync.Presence(states[group])
            if presence == .active {
                noteActive(group)
            } else {
                work[group] = (presence, writtenAt[group].map { .now - $0 > Self.renewal } ?? true)
            }
        }
        let results = await askEach(work.keys.sorted(), atOnce: Self.width) {
            [work] group -> Result<Synchronized, KafkaError> in
            guard let (presence, isRenewal) = work[group], let offsets = pending[group] else {
                return .success(Synchronized())
            }
            do throws(KafkaError) {
                let committed =
                    presence == .idle
                    ? try await target.groupOffsets(of: group, partitions: offsets.keys.sorted(), within: limit) : [:]
                let changes = GroupOffsetSync.changes(
                    wanted: offsets, committed: committed, presence: presence, isRenewal: isRenewal)
                var done = Synchronized(count: changes.count, offsets: committed.mapValues(\.offset))
                guard !changes.isEmpty else { return .success(done) }
                let answers = try await target.alterGroupOffsets(of: group, to: changes, within: limit)
                totals.count { $0.groupOffsets += Int64(answers.count { $0.value == nil }) }
                if let refusal = answers.values.lazy.compactMap({ $0 }).first { return .failure(refusal) }
                done.offsets.merge(changes.mapValues(\.offset)) { $1 }
                return .success(done)
            } catch {
                return .failure(error)
            }
        }
        for (group, result) in results {
            switch result {
            case .success(let done):
                onTarget[group] = done.offsets
                found[group]?.readAgainRecords = notCopied[group] ?? 0
                if done.count > 0 { writtenAt[group] = .now }
                found[group]?.synchronizedAt = WallClock.milliseconds()
            case .failure(let error) where error.code == .unknownMemberId: noteActive(group)
            case .failure(let error): fail(group, error, "written", on: configuration.name.target, needing: "Read")
            }
        }
    }

    /// What one group has on the target now, and how many offsets were written for that.
    private struct Synchronized: Sendable {
        var count = 0
        var offsets: [TopicPartition: Int64] = [:]
    }

    private func noteActive(_ group: GroupID) {
        found[group]?.state = .active
        found[group]?.readAgainRecords = nil
        onTarget[group] = nil
        found[group]?.reason = "consumers use it on \(configuration.name.target): their offsets count there"
    }

    private func fail(
        _ group: GroupID, _ error: KafkaError, _ done: String, on cluster: ClusterAlias, needing right: String
    ) {
        let isDenied = error.code == .groupAuthorizationFailed
        let cause = isDenied ? "grant \(right) on group \(group)" : error.reason
        let reason = "its offsets cannot be \(done) on \(cluster): \(cause)"
        var status = found[group] ?? GroupStatus(id: group, state: .failed, partitions: 0, unmapped: 0)
        status.state = .failed
        status.reason = reason
        found[group] = status
        if limiter.admit("\(done) \(group) \(error.code.name)") != nil {
            log.warning(.groupNotTranslated, [.group(group), .cluster(cluster), .reason(reason)])
        }
    }
}
