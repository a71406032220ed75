// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTypes
import Mirroring
import Telemetry

/// The path of one record, from the consumer to the producer's queue.
extension Lane {
    func take(_ record: consuming Record) {
        guard let partition = partition(of: record) else { return }
        switch partition.machine.admit(record.offset) {
        case .forward: forward(record, partition)
        case .drop: return
        case .park: park(record, partition)
        case .suspect:
            let offset = record.offset
            feed(partition) { $0.suspect(offset, &$1) }
        case .prove(let witness):
            let isSame =
                record.timestamp.milliseconds == witness.timestamp && record.contentHash() == witness.contentHash
            feed(partition) { [moment] in $0.proved(isSame: isSame, moment, &$1) }
        }
    }

    private func partition(of record: borrowing Record) -> LanePartition? {
        let identity = record.topicIdentity
        let index = Int(record.partition)
        if identity == lastRoute.identity, index < lastRoute.places.count {
            let place = lastRoute.places[index]
            if place >= 0 { return partitions[place] }
        }
        return findRoute(record.topic, identity, index)
    }

    /// Off the hot path: the first record of a partition since something was assigned.
    private func findRoute(_ topic: TopicName, _ identity: UInt, _ index: Int) -> LanePartition? {
        guard let place = places[TopicPartition(topic, Int32(index))] else { return nil }
        var known = routes[identity] ?? []
        while known.count <= index { known.append(-1) }
        known[index] = place
        routes[identity] = known
        lastRoute = (identity, known)
        return partitions[place]
    }

    /// - Parameter isCounted: it waited among those that go singly, and was counted when it came.
    func forward(_ record: consuming Record, _ partition: LanePartition, isCounted: Bool = false) {
        // Behind a record that was not handed over, not even a skip may move the prefix: it would move over that record.
        guard !delivery.isBroken(partition.batching) else { return partition.machine.notHandedOver() }
        let offset = record.offset
        let timestamp = record.timestamp
        let valueSize = record.valueCount ?? 0
        let size = (record.keyCount ?? 0) + valueSize
        if !isCounted { count(size: size, valueSize: valueSize, timestamp, partition) }
        let verdict = partition.forwarding.verdict(of: record)
        if case .skip(let reason) = verdict {
            return skip(record, reason, partition)
        }
        if case .forwardBorn(isEchoed: true) = verdict { totals.echoedHeaders += 1 }
        let trace = partition.spans?.sampled(record)
        var outgoing = OutgoingRecord(record)
        if outgoing.timestampWasZero { totals.timestampsZero += 1 }
        // What cannot be read whole is refused where records go singly; what the target may refuse must not break the producer.
        guard !outgoing.lacksHeaders, !partition.machine.isTargetDoubtful else {
            return feed(partition) { $0.suspect(offset, &$1) }
        }
        guard let room = room(for: outgoing, size: size, verdict, partition) else {
            // The target is expected to refuse it: its own word is heard by sending the record singly.
            return feed(partition) { $0.suspect(offset, &$1) }
        }
        if room != .both { totals.headersLeftOut += 1 }
        partition.forwarding.label(&outgoing, verdict: verdict, offset: offset, room: room)
        enqueue(outgoing, partition, offset: offset, timestamp: timestamp.milliseconds, size: size, trace)
    }

    /// Which of Tern's headers fit beside the record; `nil` when it does not fit even without those that may be left out. Where the
    /// producers compress, such a record is sent like any other, refused or not.
    /// Only records near the topic's limit are weighed: headers count, and weighing them costs a walk.
    func room(
        for record: borrowing OutgoingRecord, size: Int, _ verdict: ForwardingPolicy.Verdict, _ partition: LanePartition
    ) -> HeaderRoom? {
        let limit = partition.target.maximumBatchBytes
        guard Int64(size) + Self.weighingMargin > limit else { return .both }
        var found = RecordSize(keyCount: record.keyCount, valueCount: record.valueCount)
        record.forEachHeaderSize { found.addHeader(nameCount: $0, valueCount: $1) }
        if case .forwardExtended = verdict {
            // Both headers are there already and count; the path grows by the source's id.
            let grown = Int64(found.batchBytes + partition.forwarding.largestPath + 3)
            return grown <= limit ? .both : partition.target.pathIsOptional ? HeaderRoom.none : .pathOnly
        }
        let path = partition.forwarding.largestPath
        let room = HeaderRoom.room(
            for: found, originCount: partition.forwarding.largestOrigin, pathCount: path, limit: limit,
            keepsNames: !partition.target.pathIsOptional)
        guard room == .both else { return room }
        return found.addingHeader(nameCount: PathHeader.name.utf8.count, valueCount: path).fits(into: limit)
            || settings.compresses ? .both : nil
    }

    /// Records that are smaller than the limit by this much are not weighed: no application adds so many headers.
    private static var weighingMargin: Int64 { 65_536 }

    func count(size: Int, valueSize: Int, _ timestamp: Timestamp, _ partition: LanePartition) {
        partition.counters.fetchedRecords += 1
        partition.counters.fetchedBytes += Int64(size)
        bytesSinceWake += max(size, FlowLimits.leastPrefetchedSize)
        partition.isDirty = true
        // -1 is how a batch says that a record has no time.
        guard timestamp.kind != .none, timestamp.milliseconds != -1 else {
            totals.timestampsMissing += 1
            partition.traffic.fetched(valueBytes: valueSize, age: nil, at: wallClock)
            return
        }
        // Producers write any number, down to the smallest.
        let age = Double(wallClock) - Double(timestamp.milliseconds)
        if age < -1000 { totals.timestampsInFuture += 1 }
        partition.traffic.fetched(valueBytes: valueSize, age: max(0, age), at: wallClock)
        totals.recordAge.record(max(0, age) / 1000)
    }

    private func enqueue(
        _ record: consuming OutgoingRecord, _ partition: LanePartition, offset: Int64, timestamp: Int64, size: Int,
        _ trace: TraceContext?
    ) {
        do throws(KafkaError) {
            let token = Token.data(place: partition.index, sequence: partition.machine.ledger.nextSequence)
            try openTransaction(single: false)
            var waiting: OutgoingRecord? = consume record
            while let next = waiting.take() {
                waiting = try delivery.send(next, partition, token)
                guard waiting != nil else { break }
                if transactions != nil {
                    failTransaction(mayAskWhy: false)
                    return partition.machine.notHandedOver()
                }
                let began = ContinuousClock.now
                serveDeliveries(within: .milliseconds(10), replacing: false)
                totals.backpressure += .now - began
                // Taken from the consumer and not handed over: read again with the rest.
                if delivery.isBroken(partition.batching) { return partition.machine.notHandedOver() }
            }
            let pending = partition.machine.submit(offset: offset, timestamp: timestamp, size: size)
            if let trace { partition.spans?.begin(trace, token.sequence, at: WallClock.nanoseconds()) }
            if pending == 1 { partition.waitsSince = elapsed }
            inFlight.add(bytes: size)
        } catch {
            refusedLocally(error, partition, offset)
        }
    }

    /// The producer itself did not take the record.
    private func refusedLocally(_ error: KafkaError, _ partition: LanePartition, _ offset: Int64) {
        totals.produceErrors[error.code.name, default: 0] += 1
        // A dead gapless producer throws the cause of its death.
        if error.isFatal || error.remedy == .recreateClient {
            delivery.breakProducer(partition.machine.batching)
            failTransaction(mayAskWhy: false)
            return partition.machine.notHandedOver()
        }
        feed(partition) { $0.suspect(offset, &$1) }
    }

    /// The prefix moved: there is progress to write and something to publish.
    func moved(_ partition: LanePartition) {
        partition.isDirty = true
        partition.lastMovedAt = elapsed
    }
}

/// What comes back with a delivery report: 1 bit says progress row, 31 bits the place, 32 bits the sequence.
struct Token {
    let rawValue: UInt64
    static func data(place: Int, sequence: UInt32) -> Token {
        Token(rawValue: UInt64(place) << 32 | UInt64(sequence))
    }
    /// A row, or a probe, of the side producer.
    static func progress(place: Int) -> Token { Token(rawValue: 1 << 63 | UInt64(place) << 32) }
    static func mapRow(place: Int) -> Token { Token(rawValue: progress(place: place).rawValue | 1) }
    var isProgress: Bool { rawValue >> 63 == 1 }
    /// Among those that are not of records.
    var isMapRow: Bool { sequence == 1 }
    var place: Int { Int(rawValue >> 32 & 0x7FFF_FFFF) }
    var sequence: UInt32 { UInt32(truncatingIfNeeded: rawValue) }
}
