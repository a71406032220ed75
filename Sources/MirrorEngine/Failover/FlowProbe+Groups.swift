// SPDX-License-Identifier: Apache-2.0
import Kafka
public import KafkaTypes
public import Mirroring
import TernConfiguration

/// Where groups stood on the source, by whichever way that is known.
struct SourceGroups: Sendable {
    /// By group and the source's partition, or the target's where only a checkpoint is known.
    var places: [GroupID: [(committed: Int64, metadata: String?, place: TranslatedOffset)]] = [:]
    /// What the groups have committed on the source, before it is translated.
    var offsets: [GroupID: [TopicPartition: GroupOffset]] = [:]
    var failures: [GroupID: String] = [:]
    /// Consumers use them on the source.
    var used: Set<GroupID> = []
    var notes: [String] = []
}

extension FlowProbe {
    /// How many groups are asked for at once.
    private static let width = 32

    /// The selected groups of the source, and what they have committed.
    func sourceGroups() async -> SourceGroups {
        var found = SourceGroups()
        let listed: GroupListings
        do {
            listed = try await source.listGroups(within: limit)
        } catch {
            found.notes.append("the groups of \(flow.name.source) cannot be listed: \(error)")
            return found
        }
        found.notes += listed.problems.map { "groups of \(flow.name.source): \($0)" }
        let (source, limit) = (source, limit)
        let selected = listed.groups.filter { (try? flow.groups.selects($0.id)) ?? false }
        found.used = Set(selected.filter { GroupOffsetSync.Presence($0.state) == .active }.map(\.id))
        let answers = await askEach(selected.map(\.id), atOnce: Self.width) { group in
            await Self.offsets(of: group, nil, source, limit, requiresStable: true)
        }
        for (group, answer) in answers {
            switch answer {
            case .success(let offsets): found.offsets[group] = offsets
            case .failure(let error):
                let cause =
                    error.code == .unstableOffsetCommit
                    ? "a transaction with its offsets is still open" : error.reason
                found.failures[group] = "its offsets cannot be read on \(flow.name.source): \(cause)"
            }
        }
        return found
    }

    /// Where checkpoints, newest first, say that groups were. Under equal names both ways a checkpoint's own translation
    /// counts: it knew both logs. Elsewhere the map knows better, since copies have come since.
    func sourceGroups(by rows: FailoverRows, _ topics: [MirroredTopic]) -> SourceGroups {
        var found = SourceGroups()
        let sources = Dictionary(topics.map { ($0.target, $0.source) }) { first, _ in first }
        for group in rows.checkpoints.groups where (try? flow.groups.selects(group)) ?? false {
            found.places[group] = rows.checkpoints.rows(of: group).values.map { row in
                var translation = OffsetTranslation.bounded(row.downstream)
                if !(flow.naming.keepsNames && hasReturningFlow), let name = sources[row.partition.topic],
                    let map = rows.maps[TopicPartition(name, row.partition.partition)]
                {
                    let known = map.translate(row.upstream)
                    if let offset = known.offset, offset >= row.downstream { translation = known }
                }
                return (
                    row.upstream, row.metadata.isEmpty ? nil : row.metadata,
                    TranslatedOffset(partition: row.partition, translation: translation)
                )
            }
        }
        if !flow.checkpoints.isEnabled {
            found.notes.append(
                "emit.checkpoints.enabled=false: without \(flow.name.source) nothing tells where groups stood there; "
                    + "they go on from their offsets on \(flow.name.target)")
        }
        return found
    }

    /// Translates, looks at the target, and decides what each group needs.
    func take(_ groups: SourceGroups, _ rows: FailoverRows, into facts: inout FailoverFacts) async {
        facts.notes += groups.notes
        var places = groups.places
        let names = Dictionary(facts.topics.map { ($0.source, $0.target) }) { first, _ in first }
        for (group, offsets) in groups.offsets {
            var translated = PlaceTranslation.forward(offsets, topics: names, maps: rows.maps)
            if let maps = rows.returningMaps {
                translated = PlaceTranslation.merged(
                    translated,
                    PlaceTranslation.back(offsets, naming: flow.naming, target: flow.name.target, maps: maps))
            }
            places[group] = translated.compactMap { place, found in
                offsets[place].map { ($0.offset, $0.metadata, found) }
            }
        }
        let wanted = places.filter { !$0.value.isEmpty }
        let listed: GroupListings
        do {
            listed = try await target.listGroups(within: limit)
        } catch {
            facts.targetProblem = error
            return
        }
        let states = Dictionary(listed.groups.map { ($0.id, $0.state) }) { first, _ in first }
        let presences = wanted.keys.map { ($0, GroupOffsetSync.Presence(states[$0])) }
        let presence = Dictionary(uniqueKeysWithValues: presences)
        let (target, limit) = (target, limit)
        let partitions = wanted.mapValues { Set($0.map(\.place.partition)).sorted() }
        let idle = presences.filter { $0.1 == .idle }.map(\.0)
        async let committed = askEach(idle, atOnce: Self.width) { group in
            await Self.offsets(of: group, partitions[group] ?? [], target, limit)
        }
        let all = Set(partitions.values.joined()).sorted()
        async let starts = offsets(.beginning, all, target)
        async let ends = offsets(.end, all, target)
        let (known, start, end) = await (committed, starts, ends)
        facts.groups = groups.failures.map { GroupMove($0, failed: $1) }
        for (group, positions) in wanted {
            if case .failure(let error)? = known[group] {
                facts.groups.append(
                    GroupMove(group, failed: "its offsets cannot be read on \(flow.name.target): \(error.reason)"))
                continue
            }
            let onTarget = (try? known[group]?.get()) ?? [:]
            let moved = positions.map { committed, metadata, place in
                var position = GroupPosition(committed: committed, metadata: metadata, place: place)
                position.onTarget = onTarget[place.partition]?.offset
                position.targetStart = start[place.partition]
                position.targetEnd = end[place.partition]
                return position
            }
            var move = GroupMove(group, moved, presence: presence[group] ?? .absent)
            move.isUsedOnSource = groups.used.contains(group)
            facts.groups.append(move)
        }
        facts.groups.sort { $0.id < $1.id }
    }

    // MARK: writing

    /// Writes what groups need, one request a group.
    /// - Returns: why it was refused, for groups where it was.
    public func write(_ moves: [GroupMove]) async -> [GroupID: String] {
        let (target, limit, alias) = (target, limit, flow.name.target)
        let writes = Dictionary(moves.filter { !$0.writes.isEmpty }.map { ($0.id, $0.writes) }) { first, _ in first }
        let answers = await askEach(writes.keys.sorted(), atOnce: Self.width) { group in
            await Self.write(group, writes[group] ?? [:], target, limit)
        }
        return answers.compactMapValues { error in
            guard let error else { return nil }
            return error.code == .unknownMemberId
                ? "consumers have begun to use it on \(alias): stop them, and run again with --resume"
                : "its offsets cannot be written on \(alias): \(error.reason)"
        }
    }

    /// Reads back what groups must have now.
    /// - Returns: for groups that lack something, a sentence.
    public func verify(_ moves: [GroupMove]) async -> [GroupID: String] {
        let (target, limit, alias) = (target, limit, flow.name.target)
        let byID = Dictionary(moves.filter { !$0.wanted.isEmpty }.map { ($0.id, $0) }) { first, _ in first }
        let answers = await askEach(byID.keys.sorted(), atOnce: Self.width) { group in
            await Self.offsets(of: group, byID[group]?.wanted.keys.sorted(), target, limit)
        }
        return answers.compactMapValues { $0 }.reduce(into: [:]) { problems, entry in
            switch entry.value {
            case .failure(let error):
                problems[entry.key] = "its offsets cannot be read back on \(alias): \(error.reason)"
            case .success(let offsets):
                guard let first = byID[entry.key]?.missing(on: offsets).first else { return }
                problems[entry.key] = "\(first) on \(alias) does not have the offset that was written"
            }
        }
    }

    private static func offsets(
        of group: GroupID, _ partitions: [TopicPartition]?, _ admin: AdminClient, _ limit: Duration,
        requiresStable: Bool = false
    ) async -> Result<[TopicPartition: GroupOffset], KafkaError> {
        do throws(KafkaError) {
            return .success(
                try await admin.groupOffsets(
                    of: group, partitions: partitions, requiresStable: requiresStable, within: limit))
        } catch {
            return .failure(error)
        }
    }

    private static func write(
        _ group: GroupID, _ offsets: [TopicPartition: GroupOffset], _ admin: AdminClient, _ limit: Duration
    ) async -> KafkaError? {
        do throws(KafkaError) {
            return try await admin.alterGroupOffsets(of: group, to: offsets, within: limit).values.lazy.compactMap(
                \.self
            ).first
        } catch {
            return error
        }
    }
}

extension GroupOffsetSync.Presence {
    /// - Parameter state: as the target lists the group; `nil` when it does not.
    init(_ state: GroupState?) {
        self =
            switch state {
            case nil, .dead: .absent
            case .empty: .idle
            default: .active
            }
    }
}
