// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Synchronization

/// Whoever waits until source records of one flow are on the target.
///
/// A lane knows the smallest offset that is waited for in each of its partitions, and nothing where nobody waits; it tells when
/// the prefix has passed one. No thread and no polling for each waiter; time is kept by sleeping tasks.
final class WriteBarriers: Sendable {
    typealias Answer = @Sendable (BarrierAnswer) -> Void

    private struct Waiter {
        var offset: Int64
        var answer: Answer
        var timer: Task<Void, Never>?
    }

    private struct State {
        var lastID: UInt64 = 0
        var waiting: [TopicPartition: [UInt64: Waiter]] = [:]
        var topics: [TopicName: MirroredTopic] = [:]
        var lanes: [LaneHandle] = []
    }

    private let state = Mutex(State())
    private let count = Atomic<Int>(0)

    /// Whether anybody waits: cheap enough to be asked at any time.
    var isAwaited: Bool { count.load(ordering: .relaxed) > 0 }

    func setTopics(_ topics: [TopicName: MirroredTopic]) { state.withLock { $0.topics = topics } }

    func started(_ lane: LaneHandle) { state.withLock { $0.lanes.append(lane) } }
    func ended(_ lane: LaneHandle) { state.withLock { $0.lanes.removeAll { $0 === lane } } }

    /// Calls `answer` once: when the record is on the target or was skipped by rule, or when the time is up. Returns at once.
    func wait(for place: TopicPartition, _ offset: Int64, within limit: Duration, _ answer: @escaping Answer) {
        let (topic, lanes) = state.withLock { ($0.topics[place.topic], $0.lanes) }
        guard let topic else { return answer(.topicUnknown) }
        guard (0..<topic.partitionCount).contains(place.partition) else {
            return answer(.partitionUnknown(count: topic.partitionCount))
        }
        guard let lane = lanes.first(where: { $0.snapshot.partitions[place] != nil }) else { return answer(.elsewhere) }
        guard limit > .zero else { return answer(Self.late(place, offset, lane)) }
        let id = state.withLock { state in
            state.lastID += 1
            state.waiting[place, default: [:]][state.lastID] = Waiter(offset: offset, answer: answer)
            return state.lastID
        }
        count.add(1, ordering: .relaxed)
        let timer = Task { [self] in
            guard (try? await ContinuousClock().sleep(for: limit)) != nil else { return }
            take(id, of: place)?.answer(Self.late(place, offset, lane))
        }
        state.withLock { $0.waiting[place]?[id]?.timer = timer }
        // It may have passed already: the lane looks, and knows what became of it.
        lane.post(.await(place))
    }

    /// As the lane published it last.
    private static func late(_ place: TopicPartition, _ offset: Int64, _ lane: LaneHandle) -> BarrierAnswer {
        let partition = lane.snapshot.partitions[place]
        if let next = partition?.nextOffset, next > offset { return .passed(.passed, next: next) }
        return .late(next: partition?.nextOffset, stop: partition?.stop?.text)
    }

    private func take(_ id: UInt64, of place: TopicPartition) -> Waiter? {
        let waiter = state.withLock { state in
            let waiter = state.waiting[place]?.removeValue(forKey: id)
            if state.waiting[place]?.isEmpty == true { state.waiting[place] = nil }
            return waiter
        }
        if waiter != nil { count.subtract(1, ordering: .relaxed) }
        return waiter
    }

    // MARK: for lanes

    /// The smallest offset that is waited for; `nil` where nobody waits.
    func watermark(of place: TopicPartition) -> Int64? {
        guard isAwaited else { return nil }
        return state.withLock { $0.waiting[place]?.values.lazy.map(\.offset).min() }
    }

    /// The prefix of a partition has come so far.
    ///
    /// - Parameter passage: what became of an offset before `next`.
    /// - Returns: the smallest offset that is still waited for.
    func reached(_ next: Int64, of place: TopicPartition, _ passage: (Int64) -> BarrierPassage) -> Int64? {
        let (done, rest) = state.withLock { state -> ([Waiter], Int64?) in
            guard let waiters = state.waiting[place] else { return ([], nil) }
            let rest = waiters.filter { $0.value.offset >= next }
            state.waiting[place] = rest.isEmpty ? nil : rest
            return (waiters.values.filter { $0.offset < next }, rest.values.lazy.map(\.offset).min())
        }
        count.subtract(done.count, ordering: .relaxed)
        for waiter in done {
            waiter.timer?.cancel()
            waiter.answer(.passed(passage(waiter.offset), next: next))
        }
        return rest
    }
}
