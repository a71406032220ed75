// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTypes
import Mirroring
import Platform
import Synchronization

/// Reads the progress topic from its beginning and goes on reading: the last row of each key counts.
///
/// It starts with the flow, before any lane is assigned, so that the rows are there when one is; what a lane starts from is
/// read up to the ends that the topic has *then*, since only then the previous owner has written its last row (fence,
/// then read).
///
/// While nobody else can have rows of ours to read it rests: a flow that runs all its lanes would only read back what it
/// writes itself.
final class ProgressFollower: Sendable {
    private struct State {
        var rows: [TopicPartition: StoredProgress] = [:]
        /// Per partition of the progress topic: everything before this is in `rows`.
        var positions: [Int32: Int64] = [:]
        var failure: KafkaError?
        var isResting = false
    }
    private let topic: ProgressTopicConfiguration
    private let source: ClusterAlias
    private let target: ClusterAlias
    private let partitionCount: Int32
    private let state = Mutex(State())
    private let stop = StopFlag()
    private let wake = Mailbox<Void>()
    private let ended: AsyncStream<Void>

    /// - Parameter partitionCount: what the topic has, which may differ from what a new one would get.
    init(
        _ topic: ProgressTopicConfiguration, partitionCount: Int32, flow: FlowName, properties: ClientProperties,
        traffic: ClientTraffic
    ) {
        self.topic = topic
        self.partitionCount = partitionCount
        source = flow.source
        target = flow.target
        let clientID = "tern|\(flow)|progress"
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
            await runOnOwnThread(name: "progress") { [self] in follow(properties, clientID, traffic) }
            stream.finish()
        }
    }

    /// All rows up to `ends`, the end offsets that the partitions of the progress topic have now.
    func rows(upTo ends: [Int32: Int64], by deadline: ContinuousClock.Instant) async throws -> [TopicPartition:
        StoredProgress]
    {
        goOn()
        while true {
            let (rows, failure) = state.withLock { state in
                // A partition that never had a row is not waited for, since those of a new topic are long in answering; but
                // one must have answered, which shows that the topic may be read.
                let isCurrent =
                    !state.positions.isEmpty && ends.allSatisfy { (state.positions[$0.key] ?? 0) >= $0.value }
                return (isCurrent ? state.rows : nil, state.failure)
            }
            if let rows { return rows }
            if failure?.code == .topicAuthorizationFailed {
                throw ProgressError(
                    reason: "grant Read on topic \(topic.name) on \(target): no lane starts without progress")
            }
            guard ContinuousClock.now < deadline, !stop.isRaised else {
                throw ProgressError(
                    reason: "\(topic.name) was not read to its end in time" + (failure.map { ": \($0.reason)" } ?? ""))
            }
            try await ContinuousClock().sleep(for: .milliseconds(10))
        }
    }

    /// Gives the client up until ``goOn()``; what was read stays, and only what comes after it is read then.
    func rest() { state.withLock { $0.isResting = true } }

    func goOn() {
        let wasResting = state.withLock { state in
            defer { state.isResting = false }
            return state.isResting
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
                    (TopicPartition(topic.name, partition), positions[partition].map { .at($0) } ?? .beginning)
                })
            while isReading {
                guard let event = consumer.nextEvent(within: .milliseconds(200)) else { continue }
                switch consume event {
                case .record(let record): take(record)
                case .partitionEnd(let partition, let offset):
                    state.withLock { state in
                        state.positions[partition.partition] = offset
                        state.failure = nil
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
            guard let key = owned.key, let row = SourceOffsetRow.parseKey(key),
                row.connector == topic.connectorName, row.cluster == source
            else { return }
            let place = TopicPartition(row.topic, row.partition)
            guard let value = owned.value, let offset = SourceOffsetRow.parseValue(value), offset >= -1 else {
                state.rows[place] = nil
                return
            }
            let witness = owned.headers.last { $0.name == Array(Witness.headerName.utf8) }?.value
            state.rows[place] = StoredProgress(offset: offset, witness: witness.flatMap(Witness.init(encoded:)))
        }
    }
}

/// Progress could not be read, so nothing may start.
struct ProgressError: Error, CustomStringConvertible {
    var reason: String
    var description: String { reason }
}
