// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Platform

/// Reads stretches of partitions of one cluster once, with little memory, and hands out each record.
struct LogScan: Sendable {
    /// What is read of a partition: from an offset to before another, and no more than so many records.
    struct Stretch: Sendable {
        var place: TopicPartition
        var offsets: Range<Int64>
        var limit = Int.max
    }
    /// How reading a stretch ended.
    struct End: Sendable, Equatable {
        /// The next offset that would be read.
        var next: Int64
        /// The limit came before the end.
        var isCut = false
        var failure: String?
    }

    /// In librdkafka's names.
    let properties: ClientProperties
    let clientID: String
    /// How long no record may come while some are to come.
    let patience: Duration
    let stop: StopFlag

    /// Fetched ahead, in bytes: with what librdkafka keeps beside records of 100 bytes two sides stay below 128 MB.
    fileprivate static let queueBytes = 3 << 20

    init(_ properties: ClientProperties, isolation: String, clientID: String, patience: Duration, stop: StopFlag) {
        self.properties = properties.merging([
            "group.id": clientID,
            "enable.auto.commit": "false",
            "enable.auto.offset.store": "false",
            "enable.partition.eof": "true",
            "auto.offset.reset": "error",
            "allow.auto.create.topics": "false",
            "isolation.level": isolation,
            "queued.max.messages.kbytes": "\(Self.queueBytes >> 10)",
            "queued.min.messages": "1000000",
            "fetch.max.bytes": "\(Self.queueBytes)",
            "fetch.message.max.bytes": "1048576",
            "fetch.wait.max.ms": "100",
            "fetch.error.backoff.ms": "100",
        ])
        self.clientID = clientID
        self.patience = patience
        self.stop = stop
    }

    /// Reads on a thread of its own. Stretches of one partition are read one after the other.
    ///
    /// - Parameter take: gets each record with the place of its stretch in the list, and whatever is kept meanwhile.
    /// - Throws: `CancellationError` when it was stopped; `KafkaError` when there can be no client. What concerns one stretch is
    ///   in its end.
    func read<State: Sendable>(
        _ stretches: [Stretch], keeping state: State,
        _ take: @escaping @Sendable (inout State, Int, borrowing Record) -> Void
    ) async throws -> (state: State, ends: [End]) {
        guard !stretches.isEmpty else { return (state, []) }
        return try await ThreadExecutor.shared.run { () throws(any Error) in
            var reading = LogReading(scan: self, stretches: stretches, state: state, take: take)
            let ends = try reading.run()
            return (reading.state, ends)
        }
    }
}

/// One reading of a scan: for one thread.
private struct LogReading<State> {
    let scan: LogScan
    let stretches: [LogScan.Stretch]
    let take: (inout State, Int, borrowing Record) -> Void
    private(set) var state: State
    private var ends: [LogScan.End]
    private var counts: [Int]
    private var isOpen: [Bool]
    private var openCount = 0
    /// Stretches that wait for another of their partition, the next one last.
    private var waiting: [TopicPartition: [Int]] = [:]
    /// The stretch of each partition of a topic, by the topic's identity; -1 where there is none.
    private var routes: [UInt: [Int]] = [:]
    private var lastRoute: (identity: UInt, places: [Int]) = (0, [])
    private var bytesSinceWake = 0

    init(
        scan: LogScan, stretches: [LogScan.Stretch], state: State,
        take: @escaping (inout State, Int, borrowing Record) -> Void
    ) {
        self.scan = scan
        self.stretches = stretches
        self.state = state
        self.take = take
        ends = stretches.map { LogScan.End(next: $0.offsets.lowerBound) }
        counts = [Int](repeating: 0, count: stretches.count)
        isOpen = [Bool](repeating: false, count: stretches.count)
        for index in stretches.indices.reversed() where !stretches[index].offsets.isEmpty {
            waiting[stretches[index].place, default: []].append(index)
        }
    }

    mutating func run() throws -> [LogScan.End] {
        guard !waiting.isEmpty else { return ends }
        let consumer = try Consumer(scan.properties, clientID: scan.clientID)
        defer { consumer.close(by: .now + .seconds(5)) }
        try start(waiting.keys.sorted(), consumer)
        var lastEvent = ContinuousClock.now
        while openCount > 0 {
            if scan.stop.isRaised { throw CancellationError() }
            let hasCome = try takeBurst(consumer)
            let now = ContinuousClock.now
            if hasCome { lastEvent = now }
            if now - lastEvent > scan.patience { try giveUp(consumer) }
            if bytesSinceWake * 4 >= LogScan.queueBytes {
                bytesSinceWake = 0
                let open = stretches.indices.lazy.filter { [isOpen] in isOpen[$0] }.prefix(32)
                consumer.wakeFetchers(of: open.map { stretches[$0].place })
            }
        }
        return ends
    }

    private mutating func takeBurst(_ consumer: Consumer) throws -> Bool {
        for step in 0..<1000 where openCount > 0 {
            guard let event = consumer.nextEvent(within: step == 0 ? .milliseconds(200) : .zero) else {
                return step > 0
            }
            switch consume event {
            case .record(let record): try take(record, consumer)
            case .partitionEnd(let place, let offset): try reachedEnd(of: place, at: offset, consumer)
            case .failure(let error, let place, _):
                // Of the client as a whole: it tries again by itself, and patience ends.
                guard let place, let index = openStretch(of: place) else { continue }
                ends[index].failure = error.reason
                try close(index, consumer, next: ends[index].next)
            }
        }
        return true
    }

    private mutating func start(_ places: [TopicPartition], _ consumer: Consumer) throws {
        let started = places.compactMap { waiting[$0]?.popLast() }
        guard !started.isEmpty else { return }
        try consumer.incrementalAssign(started.map { (stretches[$0].place, .at(stretches[$0].offsets.lowerBound)) })
        for index in started {
            let place = stretches[index].place
            isOpen[index] = true
            guard let identity = consumer.topicIdentity(of: place.topic) else { continue }
            var known = routes[identity] ?? []
            while known.count <= Int(place.partition) { known.append(-1) }
            known[Int(place.partition)] = index
            routes[identity] = known
        }
        lastRoute = (0, [])
        openCount += started.count
    }

    private mutating func take(_ record: borrowing Record, _ consumer: Consumer) throws {
        let identity = record.topicIdentity
        if identity != lastRoute.identity { lastRoute = (identity, routes[identity] ?? []) }
        let partition = Int(record.partition)
        guard partition < lastRoute.places.count, lastRoute.places[partition] >= 0 else { return }
        let index = lastRoute.places[partition]
        guard isOpen[index] else { return }
        let offset = record.offset
        let end = stretches[index].offsets.upperBound
        bytesSinceWake += max(256, (record.keyCount ?? 0) + (record.valueCount ?? 0))
        if offset < end {
            take(&state, index, record)
            counts[index] += 1
            ends[index].next = offset + 1
        }
        if offset >= end - 1 {
            try close(index, consumer, next: end)
        } else if counts[index] >= stretches[index].limit {
            ends[index].isCut = true
            try close(index, consumer, next: offset + 1)
        }
    }

    private func openStretch(of place: TopicPartition) -> Int? {
        stretches.indices.first { isOpen[$0] && stretches[$0].place == place }
    }

    private mutating func reachedEnd(of place: TopicPartition, at offset: Int64, _ consumer: Consumer) throws {
        guard let index = openStretch(of: place) else { return }
        let wanted = stretches[index].offsets.upperBound
        if offset < wanted { ends[index].failure = "its log ends at \(offset), before \(wanted)" }
        try close(index, consumer, next: min(offset, wanted))
    }

    private mutating func giveUp(_ consumer: Consumer) throws {
        for index in stretches.indices where isOpen[index] {
            ends[index].failure = "nothing came for \(scan.patience) at offset \(ends[index].next)"
            try close(index, consumer, next: ends[index].next)
        }
    }

    private mutating func close(_ index: Int, _ consumer: Consumer, next: Int64) throws {
        isOpen[index] = false
        openCount -= 1
        ends[index].next = next
        let place = stretches[index].place
        let hasMore = waiting[place]?.isEmpty == false
        if openCount > 0 || hasMore { try consumer.incrementalUnassign([place]) }
        if hasMore { try start([place], consumer) }
    }
}
