// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes

/// Asks brokers where logs end, or start: one question to each broker at a time, so that one that does not answer delays the
/// answers of no other.
actor OffsetReader {
    struct Answer: Sendable {
        var offset: Result<Int64, KafkaError>
        /// The tick in which the question was asked.
        var asked: Int
    }

    private let client: AdminClient
    private let query: OffsetQuery
    /// Brokers with a question that is not answered.
    private var underway: Set<Int32> = []
    /// Brokers that did not answer in time when they were last waited for: what they say is taken when it comes.
    private var slow: Set<Int32> = []
    private var found: [TopicPartition: Answer] = [:]
    private var awaited: Set<Int32> = []
    private var waiter: CheckedContinuation<Void, Never>?

    init(_ client: AdminClient, _ query: OffsetQuery) {
        self.client = client
        self.query = query
    }

    /// Asks each broker about its partitions, unless it still owes an answer.
    /// - Parameters:
    ///   - groups: partitions by the id of the broker that leads them.
    ///   - limit: how long to wait for brokers that answered in time before.
    /// - Returns: all answers that have come since the last call.
    func read(
        _ groups: [Int32: [TopicPartition]], tick: Int, waiting limit: Duration
    ) async -> [TopicPartition: Answer] {
        for (broker, places) in groups where underway.insert(broker).inserted {
            if !slow.contains(broker) { awaited.insert(broker) }
            Task { await ask(broker, places, tick, limit) }
        }
        if !awaited.isEmpty {
            let timer = Task {
                try await ContinuousClock().sleep(for: limit)
                stopWaiting()
            }
            await withCheckedContinuation { waiter = $0 }
            timer.cancel()
        }
        defer { found = [:] }
        return found
    }

    private func ask(_ broker: Int32, _ places: [TopicPartition], _ tick: Int, _ limit: Duration) async {
        let began = ContinuousClock.now
        let answers = try? await client.offsets(query, of: places, within: .seconds(5), isPatient: true)
        for (place, offset) in answers ?? [:] { found[place] = Answer(offset: offset, asked: tick) }
        underway.remove(broker)
        if .now - began < limit { slow.remove(broker) }
        guard awaited.remove(broker) != nil, awaited.isEmpty else { return }
        goOn()
    }

    private func stopWaiting() {
        slow.formUnion(awaited)
        awaited = []
        goOn()
    }

    private func goOn() { waiter.take()?.resume() }
}
