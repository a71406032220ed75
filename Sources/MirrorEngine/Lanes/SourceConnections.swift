// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Platform
import Synchronization
import TernConfiguration

/// The clients by which a lane reads its source: one where the source is near, several where it is far
/// (``ConnectionPlan``), and others for what is far behind (``Backlogs``). A partition is read by one of them at a time. For the
/// lane's thread.
final class SourceConnections {
    private let properties: ClientProperties
    private let clientID: String
    /// Of these clients alone.
    let traffic: ClientTraffic
    private let prefetchBytes: Int
    private let doorbell: Doorbell
    /// What a client reads.
    enum Kind {
        case current
        case behind
    }

    /// Those that read partitions of a kind.
    private struct Group {
        var plan: ConnectionPlan
        var consumers: [Consumer]
    }

    private var groups: [Kind: Group] = [:]
    /// Those of all groups.
    private(set) var consumers: [Consumer] = []
    /// All that there are, by what their fetches bring. Clients are kept until the lane ends: they may be needed again, and one does
    /// not close while any of its records is held.
    private var pools: [Pool: [Consumer]] = [:]
    private let first: Consumer
    private var clientCount = 1

    private struct Pool: Hashable {
        var kind: Kind
        var fetchBytes: Int?
        var partitionFetchBytes: Int?
    }

    /// Partitions that are read apart.
    var behind: Set<TopicPartition> = []
    private var assigned: [TopicPartition: Consumer] = [:]
    private var turn = 0
    private var takenInTurn = 0

    /// - Throws: when the first client cannot be made.
    init(
        _ properties: ClientProperties, clientID: String, traffic: ClientTraffic, prefetchBytes: Int
    ) throws {
        self.properties = properties
        self.clientID = clientID
        self.traffic = traffic
        self.prefetchBytes = prefetchBytes
        doorbell = try Doorbell()
        first = try Consumer(properties, clientID: clientID, traffic: traffic)
        interrupter = first.interrupter
        interrupter.ring(doorbell)
        first.ring(doorbell)
        pools[Pool(kind: .current)] = [first]
        groups[.current] = Group(plan: ConnectionPlan(connections: 1), consumers: [first])
        consumers = [first]
    }

    /// Ends a wait in ``nextEvent(within:)``, from any thread.
    let interrupter: Interrupter

    private var all: [Consumer] { pools.values.flatMap(\.self) }

    // MARK: plans

    /// `nil` where nothing was read so yet.
    func plan(_ kind: Kind) -> ConnectionPlan? { groups[kind]?.plan }
    var plans: [ConnectionPlan] { groups.values.map(\.plan) }

    /// Reads partitions of a kind by other clients from now on. What is assigned stays where it is until it is assigned anew.
    func use(_ plan: ConnectionPlan, _ kind: Kind) throws(KafkaError) {
        let key = Pool(kind: kind, fetchBytes: plan.fetchBytes, partitionFetchBytes: plan.partitionFetchBytes)
        var pool = pools[key] ?? []
        // What could be made is kept, also where the next one cannot.
        defer { pools[key] = pool }
        while pool.count < plan.connections {
            let consumer = try Consumer(
                properties(of: plan), clientID: "\(clientID)|\(clientCount + 1)", traffic: traffic)
            clientCount += 1
            consumer.ring(doorbell)
            pool.append(consumer)
        }
        groups[kind] = Group(plan: plan, consumers: Array(pool.prefix(plan.connections)))
        gatherConsumers()
    }

    private func gatherConsumers() {
        consumers = (groups[.current]?.consumers ?? []) + (groups[.behind]?.consumers ?? [])
        turn = 0
    }

    /// Nothing is behind any more: its clients rest once nothing is assigned to them.
    func restIdle() {
        guard behind.isEmpty, let group = groups[.behind] else { return }
        guard !assigned.values.contains(where: { used in group.consumers.contains { $0 === used } }) else { return }
        groups[.behind] = nil
        gatherConsumers()
    }

    private func group(of partition: TopicPartition) -> [Consumer] {
        (behind.contains(partition) ? groups[.behind]?.consumers : nil) ?? groups[.current]?.consumers ?? []
    }

    private func properties(of plan: ConnectionPlan) -> ClientProperties {
        guard let bytes = plan.fetchBytes else { return properties }
        // The next one is asked for while the last waits to be taken.
        return properties.merging([
            "fetch.max.bytes": "\(bytes)", "fetch.message.max.bytes": "\(plan.partitionFetchBytes ?? bytes)",
            "queued.max.messages.kbytes": "\(bytes / 1024)",
            "queued.min.messages": "\(bytes / FlowLimits.leastPrefetchedSize)",
        ])
    }

    /// What may wait in each client before it fetches no more, in bytes.
    private func queueBytes(_ plan: ConnectionPlan) -> Int { plan.fetchBytes ?? prefetchBytes }

    /// What may wait in all clients of those that are not read apart.
    var currentQueueBytes: Int { plan(.current).map { queueBytes($0) * $0.connections } ?? prefetchBytes }

    /// The end of a partition's log as its broker said with the last answer; `nil` before the first one.
    func endOffset(of partition: TopicPartition) -> Int64? { assigned[partition]?.endOffset(of: partition) }

    /// Partitions that the plan has other clients read: those of clients that do not read their kind, and what one has beyond its
    /// share.
    var misplaced: [TopicPartition] {
        guard all.count > 1 else { return [] }
        return [Kind.current, .behind].flatMap { kind in
            let group = groups[kind]?.consumers ?? []
            let members = assigned.filter { (behind.contains($0.key) ? .behind : .current) == kind }
            guard !group.isEmpty, !members.isEmpty else { return [TopicPartition]() }
            let share = (members.count + group.count - 1) / group.count
            var counts = group.map { _ in 0 }
            return members.compactMap { partition, consumer in
                guard let index = group.firstIndex(where: { $0 === consumer }) else { return partition }
                counts[index] += 1
                return counts[index] > share ? partition : nil
            }
        }
    }

    // MARK: partitions

    /// Reads these too; each is given to the client that has the fewest, of those that read its kind.
    func assign(_ positions: [(TopicPartition, Offset)]) throws(KafkaError) {
        var shares = consumers.map { (consumer: $0, positions: [(TopicPartition, Offset)]()) }
        var counts = consumers.map { consumer in assigned.values.count { $0 === consumer } }
        for position in positions {
            let group = group(of: position.0)
            let able = shares.indices.filter { index in group.contains { $0 === shares[index].consumer } }
            guard let least = able.min(by: { counts[$0] < counts[$1] }) else { continue }
            counts[least] += 1
            shares[least].positions.append(position)
        }
        for (consumer, share) in shares where !share.isEmpty {
            try consumer.incrementalAssign(share)
            for (partition, _) in share { assigned[partition] = consumer }
        }
    }

    /// Reads these no more; nothing of them comes after this call.
    func unassign(_ partitions: [TopicPartition]) throws(KafkaError) {
        for consumer in all {
            let share = partitions.filter { assigned[$0] === consumer }
            try consumer.incrementalUnassign(share)
            for partition in share { assigned[partition] = nil }
        }
    }

    // MARK: events

    /// How many events one client tells before the next has its turn. A whole fetch of one partition would fill what the lane may have in
    /// flight, while a far target waits for records of the others.
    private static let longestTurn = 64

    /// The next event; `nil` when none comes within that time, or after an interruption. The clients take turns.
    func nextEvent(within wait: Duration) -> ConsumerEvent? {
        if consumers.count == 1, consumers[0] === first { return first.nextEvent(within: wait) }
        if let event = nextEventOfAny() { return event }
        guard wait > .zero else { return nil }
        doorbell.wait(within: wait)
        return nextEventOfAny()
    }

    private func nextEventOfAny() -> ConsumerEvent? {
        for _ in consumers.indices {
            let consumer = consumers[turn]
            let event = consumer.nextEvent(within: .zero)
            takenInTurn += 1
            if consumer.bufferedCount == 0 || takenInTurn >= Self.longestTurn {
                takenInTurn = 0
                turn = turn + 1 == consumers.count ? 0 : turn + 1
            }
            if let event { return event }
        }
        return nil
    }

    /// A fetcher that found the queue full would sleep on for up to a second: 250,000 records a second became 20,000 with
    /// a small queue. Woken each time a quarter of the queue was taken, a small one, and so little memory, is enough.
    func wakeFetchers(of partitions: [TopicPartition]) {
        if consumers.count == 1 { return consumers[0].wakeFetchers(of: partitions) }
        for consumer in consumers {
            consumer.wakeFetchers(of: partitions.filter { assigned[$0] === consumer })
        }
    }

    /// How much may be taken of all clients before their fetchers are to be woken, in bytes.
    var wakeAfterBytes: Int { (groups.values.map { queueBytes($0.plan) }.min() ?? prefetchBytes) / 4 }

    var fetchedCount: Int { all.reduce(0) { $0 + $1.fetchedCount } }

    func nextClientFailure() -> KafkaError? {
        for consumer in all {
            if let failure = consumer.nextClientFailure() { return failure }
        }
        return nil
    }

    // MARK: the clusters behind them

    /// The cluster's id as each client was told it.
    var clusterIDs: [String?] { all.map(\.clusterID) }

    /// Whether the cluster has answered each client that reads within that time.
    func refreshMetadata(within limit: Duration) -> Bool {
        consumers.allSatisfy { $0.refreshMetadata(within: limit) }
    }

    func learnTopics(within limit: Duration) {
        for consumer in consumers.dropFirst() { consumer.learnTopics(within: .zero) }
        consumers.first?.learnTopics(within: limit)
    }

    /// - Returns: whether all clients have ended by the deadline; the others are left behind.
    func close(by deadline: ContinuousClock.Instant) -> Bool {
        var isComplete = true
        for consumer in all where !consumer.close(by: deadline) { isComplete = false }
        // A client that is left behind may ring for as long as the process lives.
        if !isComplete { Self.leftBehind.withLock { $0.append(doorbell) } }
        return isComplete
    }

    private static let leftBehind = Mutex<[Doorbell]>([])
}
