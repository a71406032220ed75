// SPDX-License-Identifier: Apache-2.0
import Mirroring
import KafkaTypes

/// What the two clusters do: fetches, writes, rows, questions, and the meter's looks.
extension World {
    // MARK: the source

    /// The consumer fetches a few records of a partition.
    mutating func fetch(_ place: Int) {
        guard let position = lane.partitions[place].position, lane.partitions[place].fetched.count < 30 else { return }
        let source = sources[place]
        guard source.exists else {
            if random.isOne(in: 10) { lane.partitions[place].fetched.append(.missing) }
            return
        }
        guard position >= source.start, position <= source.end else {
            return lane.partitions[place].fetched.append(.outOfRange)
        }
        let stable = source.stableEnd
        var next = position
        for entry in source.entries where entry.offset >= position && entry.offset < stable {
            guard next - position < 8 else { break }
            next = entry.offset + 1
            if damaged.contains(entry.id) {
                // As with the old formats, whose reader goes on behind it.
                lane.partitions[place].fetched.append(.damaged(entry.offset))
            } else if entry.kind == .data || entry.kind == .echo {
                lane.partitions[place].fetched.append(.record(entry))
            }
        }
        // Behind the last record there may be compacted ones only.
        if !source.entries.contains(where: { $0.offset >= next && $0.offset < stable }) { next = max(next, stable) }
        lane.partitions[place].position = next
        guard next >= stable, lane.partitions[place].endSeen != next else { return }
        lane.partitions[place].endSeen = next
        lane.partitions[place].fetched.append(.end(next))
    }

    mutating func meter(_ place: Int) {
        let source = sources[place]
        guard source.exists else {
            truths[place].wasLookedAt = true
            return feed(place) { machine, actions, _ in machine.doubt(&actions) }
        }
        let before = lane.partitions[place].meteredEnd
        lane.partitions[place].meteredEnd = source.end
        guard let before, source.end < before else { return }
        trail?.note(place, "the meter sees the end fall from \(before) to \(source.end)")
        truths[place].wasLookedAt = true
        feed(place) { machine, actions, _ in machine.shrank(&actions) }
    }

    /// The flow answers a question of a partition.
    mutating func answer(_ place: Int) {
        guard lane.partitions[place].isAsked else { return }
        lane.partitions[place].isAsked = false
        if has(.unansweredQuestions), random.isOne(in: 3) {
            return feed(place) { machine, _, moment in machine.unanswered(moment) }
        }
        let source = sources[place]
        truths[place].wasLookedAt = true
        let range = source.exists ? source.start..<source.end : nil
        trail?.note(place, "is answered \(range.map { "\($0)" } ?? "missing")")
        feed(place) { $0.answered(range, $2, &$1) }
    }

    // MARK: the target

    /// The target takes one batch of a producer, or refuses it.
    mutating func deliver(_ client: LaneModel.Client) {
        if isExactlyOnce { return deliverTransactional() }
        guard !lane[client].isDead else { return }
        let waiting = sources.indices.filter { !lane[client].unsent[$0].isEmpty }
        guard let place = random.element(of: waiting) else { return }
        let batch = lane[client].takeBatch(of: place, client == .side ? 1 : 1 + random.below(5))
        var code: KafkaErrorCode?
        if !targets[place].exists { code = .unknownTopicOrPart }
        if batch.contains(where: { poison.contains($0.id) }) { code = .msgSizeTooLarge }
        // An envelope is a batch of its own.
        if let item = batch.first, item.envelope != nil { code = refusal(ofEnvelope: item) }
        if code == nil, client == .side, has(.deadSides), random.isOne(in: 20) {
            // Written or not: nobody is told.
            if random.isOne(in: 2) { for item in batch { _ = append(item) } }
            code = ._msgTimedOut
        }
        if let code {
            lane[client].reports += batch.map { .init(item: $0, outcome: .failed(code)) }
            guard client != .side else { return }
            // Gapless: the client sends nothing more.
            lane[client].refused.insert(place)
            lane[client].isDead = true
            return
        }
        for item in batch {
            let offset = append(item)
            lane[client].reports.append(
                .init(item: item, outcome: .acknowledged(random.isOne(in: 12) ? -1 : offset)))
        }
    }

    /// The quarantine topic takes some envelopes without their records only, and is missing now and then.
    mutating func refusal(ofEnvelope item: ProducerModel.Item) -> KafkaErrorCode? {
        if item.envelope == .whole, item.id % 2 == 0 { return .msgSizeTooLarge }
        return has(.missingTargets) && random.isOne(in: 10) ? .unknownTopicOrPart : nil
    }

    /// A record is in the target's log, or its envelope in the quarantine topic, whose offsets are those of all partitions.
    mutating func append(_ item: ProducerModel.Item) -> Int64 {
        let place = item.place
        if item.envelope != nil {
            trail?.note(place, "quarantine takes \(item.id)")
            noteSetAside(place, item.id)
            return Int64(truths[place].setAside.count)
        }
        trail?.note(place, "target takes \(item.id)")
        noteWrite(place, item.id)
        targets[place].ids.append(item.id)
        return targets[place].end - 1
    }

    // MARK: progress

    mutating func flushRows() {
        for place in sources.indices where !lane.partitions[place].machine.rows.isInFlight {
            noteQuiet(place)
            guard let offset = lane.partitions[place].machine.rowDue else { continue }
            let witness = lane.partitions[place].machine.witness(forRow: offset)
            lane.partitions[place].rowInFlight = RowModel(offset: offset, witness: witness)
            lane.partitions[place].machine.wroteRow(offset)
        }
    }

    mutating func finishRow(_ place: Int, fails: Bool) {
        guard let row = lane.partitions[place].rowInFlight else { return }
        lane.partitions[place].rowInFlight = nil
        // A write that failed may have happened all the same.
        if !fails || random.isOne(in: 2) { store(row, place) }
        lane.partitions[place].machine.rowReported(isAcknowledged: !fails)
    }

    mutating func store(_ row: RowModel, _ place: Int) {
        trail?.note(place, "row \(row.offset), witness \(row.witness?.sourceOffset ?? -1)")
        rows[place] = row
        noteRow(place, row.offset)
    }
}
