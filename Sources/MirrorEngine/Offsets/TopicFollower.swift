// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Platform
import Synchronization

/// What the rows of a compacted topic say, taken in the order of the topic.
protocol RowTable: Sendable {
    mutating func take(_ row: OwnedRecord)
}

/// Reads a topic of rows from its beginning and goes on reading: the last row of each key counts.
///
/// It may rest while nobody else can have rows of ours to read: a flow that runs all its lanes would only read back what
/// it writes itself.
final class TopicFollower<Table: RowTable>: Sendable {
    private struct State {
        var table: Table
        /// Per partition of the topic: everything before this is in `table`.
        var positions: [Int32: Int64] = [:]
        /// Where the broker last said that a committed reader has all.
        var committedEnds: [Int32: Int64] = [:]
        var failure: KafkaError?
        var isResting = false
        /// The end was reached since reading began, or went on.
        var isCurrent = false
    }
    let topic: TopicName
    private let partitionCount: Int32
    /// What is said where the topic may not be read.
    private let denial: String
    private let state: Mutex<State>
    private let stop = StopFlag()
    private let wake = Mailbox<Void>()
    private let ended: AsyncStream<Void>

    /// - Parameters:
    ///   - partitionCount: what the topic has, which may differ from what a new one would get.
    ///   - purpose: part of the client's id, and the name of the thread.
    init(
        _ topic: TopicName, partitionCount: Int32, into table: Table, purpose: String, flow: String,
        properties: ClientProperties, traffic: ClientTraffic, denial: String
    ) {
        self.topic = topic
        self.partitionCount = partitionCount
        self.denial = denial
        state = Mutex(State(table: table))
        let clientID = "tern|\(flow)|\(purpose)"
        let properties = properties.merging([
            "group.id": clientID,
            "enable.auto.commit": "false",
            "enable.partition.eof": "true",
            "auto.offset.reset": "earliest",
            "allow.auto.create.topics": "false",
            "fetch.wait.max.ms": "100",
            // A worker that runs exactly-once writes its rows in transactions.
            "isolation.level": "read_committed",
        ])
        let (ended, stream) = AsyncStream<Void>.makeStream()
        self.ended = ended
        Task { [self] in
            await runOnOwnThread(name: purpose) { [self] in follow(properties, clientID, traffic) }
            stream.finish()
        }
    }

    /// All rows up to `ends`, the end offsets that the partitions of the topic have now.
    func rows(upTo ends: [Int32: Int64], by deadline: ContinuousClock.Instant) async throws -> Table {
        goOn()
        while true {
            let (table, failure) = state.withLock { state in
                // A partition that never had a row is not waited for, since those of a new topic are long in answering; but
                // one must have answered, which shows that the topic may be read.
                let isCurrent =
                    !state.positions.isEmpty && ends.allSatisfy { (state.positions[$0.key] ?? 0) >= $0.value }
                return (isCurrent ? state.table : nil, state.failure)
            }
            if let table { return table }
            if failure?.code == .topicAuthorizationFailed { throw ProgressError(reason: denial) }
            guard ContinuousClock.now < deadline, !stop.isRaised else {
                throw ProgressError(reason: behind(ends, failure))
            }
            try await ContinuousClock().sleep(for: .milliseconds(10))
        }
    }

    /// What kept reading from its end, said of the partition that is the furthest behind.
    private func behind(_ ends: [Int32: Int64], _ failure: KafkaError?) -> String {
        let (positions, committedEnds) = state.withLock { ($0.positions, $0.committedEnds) }
        let left = ends.map { (partition: $0.key, at: positions[$0.key] ?? 0, end: $0.value) }
        let worst = left.max { ($0.end - $0.at, $1.partition) < ($1.end - $1.at, $0.partition) }
        guard let worst else { return "\(topic) was not read to its end in time" }
        if failure == nil, committedEnds[worst.partition] == worst.at, worst.at < worst.end {
            return "\(topic)/\(worst.partition) has a transaction open at offset \(worst.at), and committed readers "
                + "wait for it. The target ends it after its producer's transaction.timeout.ms; where it does not, the "
                + "transaction hangs, and kafka-transactions.sh finds it (find-hanging) and ends it (abort): see "
                + "\"A transaction hangs on the target\" in the runbook"
        }
        return "\(topic) was not read to its end in time "
            + "(partition \(worst.partition) to offset \(worst.at) of \(worst.end))"
            + (failure.map { ": \($0.reason)" } ?? "")
    }

    /// All rows up to `ends`, for who needs them once; ends the follower, and does not wait for its client.
    func onlyRows(upTo ends: [Int32: Int64], by deadline: ContinuousClock.Instant) async throws -> Table {
        defer { Task { await end() } }
        return try await rows(upTo: ends, by: deadline)
    }

    /// Lends what was read so far.
    func withTable<Result: Sendable>(_ body: (Table) -> Result) -> Result { state.withLock { body($0.table) } }

    /// Why reading does not go on; `nil` while it does.
    var problem: String? { state.withLock { $0.failure?.reason } }

    /// Everything is there that was written before reading began, or went on, and what came later is at most a moment old.
    /// For topics with one partition.
    var isCurrent: Bool { state.withLock { $0.isCurrent && !$0.isResting } }

    /// Gives the client up until ``goOn()``; what was read stays, and only what comes after it is read then.
    func rest() { state.withLock { $0.isResting = true } }

    func goOn() {
        let wasResting = state.withLock { state in
            let wasResting = state.isResting
            if wasResting { state.isCurrent = false }
            state.isResting = false
            return wasResting
        }
        if wasResting { wake.post(()) }
    }

    func end() async {
        stop.raise()
        wake.post(())
        for await _ in ended {}
    }

    private func follow(_ properties: ClientProperties, _ clientID: String, _ traffic: ClientTraffic) {
        while !stop.isRaised {
            if isReading { read(properties, clientID, traffic) }
            // Whoever lets it go on, or ends it, posts; the time is only how long a failed client waits for its next try.
            _ = wake.takeAll(within: isReading ? .seconds(1) : .seconds(3600))
        }
    }

    private var isReading: Bool { !stop.isRaised && !state.withLock(\.isResting) }

    private func read(_ properties: ClientProperties, _ clientID: String, _ traffic: ClientTraffic) {
        do {
            let consumer = try Consumer(properties, clientID: clientID, traffic: traffic)
            defer { _ = consumer.close(by: .now + .seconds(5)) }
            let positions = state.withLock(\.positions)
            try consumer.assign(
                (0..<partitionCount).map { partition in
                    (TopicPartition(topic, partition), positions[partition].map { .at($0) } ?? .beginning)
                })
            while isReading {
                guard let event = consumer.nextEvent(within: .milliseconds(200)) else { continue }
                switch consume event {
                case .record(let record): take(record)
                case .partitionEnd(let partition, let offset):
                    state.withLock { state in
                        state.positions[partition.partition] = offset
                        state.committedEnds[partition.partition] = offset
                        state.failure = nil
                        state.isCurrent = true
                    }
                case .failure(let error, _, _): state.withLock { $0.failure = error }
                }
            }
        } catch {
            state.withLock { $0.failure = error }
        }
    }

    private func take(_ record: borrowing Record) {
        let owned = record.detached()
        state.withLock { state in
            // librdkafka reports a cause once, not for as long as it lasts: it holds until something was read.
            state.failure = nil
            state.positions[owned.partition] = owned.offset + 1
            state.table.take(owned)
        }
    }
}

/// Rows could not be read, so that nothing may start that depends on them.
struct ProgressError: Error, CustomStringConvertible {
    var reason: String
    var description: String { reason }
}
