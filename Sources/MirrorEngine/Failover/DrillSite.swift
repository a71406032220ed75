// SPDX-License-Identifier: Apache-2.0
public import Kafka
public import KafkaTypes
public import Mirroring
import Platform
public import TernConfiguration

/// What a drill makes on the two clusters of a flow, and deletes again: a topic on the source with its copy, shadow groups on both,
/// and the rows that daemons keep of them.
public final class DrillSite: Sendable {
    public let topic: TopicName
    public let copy: TopicName
    public let partitions: Int32
    /// Of the topic and the shadow groups alone.
    public let probe: FlowProbe
    private let flow: FlowConfiguration
    private let desk: ControlDesk
    private let limit: Duration

    /// - Throws: `KafkaError` when a client cannot be made.
    public init(
        _ flow: FlowConfiguration, of configuration: MirrorConfiguration, topic: TopicName, groups: [GroupID],
        partitions: Int32, within limit: Duration
    ) throws(KafkaError) {
        self.topic = topic
        self.partitions = partitions
        self.limit = limit
        self.flow = flow
        copy = flow.naming.remoteTopic(for: topic)
        var shadow = flow
        shadow.topics = TopicSelection(include: .none, replicatesHeartbeats: false)
        shadow.topics.drills = [topic]
        shadow.groups = GroupSelection(include: .none, drills: Set(groups))
        probe = try FlowProbe(shadow, of: configuration, within: limit, sourceWithin: limit)
        desk = ControlDesk(flow, target: probe.target, within: limit)
    }

    public func close() async {
        await desk.close()
        await probe.close()
    }

    var places: [TopicPartition] { (0..<partitions).map { TopicPartition(topic, $0) } }
    private var copies: [TopicPartition] { (0..<partitions).map { TopicPartition(copy, $0) } }

    /// Whether any daemon carries the flow.
    public func hasDaemon() async throws -> Bool { try await desk.hasDaemon() }

    /// Drills that were announced and never withdrawn: the one that was killed left its topics behind.
    public func leftBehind() async throws -> [TopicName] {
        try await desk.orders().drills.keys.filter { $0 != topic }.sorted()
    }

    /// Makes the topic, and tells the daemons of the flow to carry it.
    public func prepare(_ order: ControlOrder) async throws {
        // Whatever ends this process from here on, the row says what it has made.
        try await desk.order(.init(.drill, .topic(topic)), ControlRow.value(order))
        let wanted = NewTopic(
            name: topic, partitionCount: partitions, replicationFactor: -1,
            configuration: [("retention.ms", "3600000"), ("cleanup.policy", "delete")])
        if let error = try await probe.source.createTopics([wanted], within: limit)[topic] ?? nil {
            throw KafkaError(error.code, during: "create \(topic) on \(flow.name.source)", reason: error.reason)
        }
    }

    public func commit(_ offsets: [TopicPartition: GroupOffset], for group: GroupID) async throws(KafkaError) {
        let answers = try await probe.source.alterGroupOffsets(of: group, to: offsets, within: limit)
        if let error = answers.values.compactMap(\.self).first { throw error }
    }

    /// Reads what a group reads on the target from its offsets there to the end that the copy has now.
    /// - Parameter onFirst: called with the first record, or at the end where there is none.
    /// - Returns: the numbers of the records, by partition.
    public func read(_ group: GroupID, onFirst: @escaping @Sendable () -> Void) async throws -> [Int32: [Int64]] {
        let offsets = try await probe.target.groupOffsets(of: group, partitions: copies, within: limit)
        let ends = try await probe.committedTarget.offsets(.end, of: copies, within: limit).mapValues { try $0.get() }
        let properties = flow.clients.targetConsumer.merging([
            "group.id": group.rawValue, "enable.auto.commit": "false", "auto.offset.reset": "earliest",
            "enable.partition.eof": "true", "isolation.level": "read_committed", "allow.auto.create.topics": "false",
        ])
        let (name, limit) = (flow.name, limit)
        let result = await ThreadExecutor.shared.run { () -> Result<[Int32: [Int64]], KafkaError> in
            do throws(KafkaError) {
                return .success(
                    try Self.read(properties, "tern|\(name)|drill", offsets, ends, by: .now + limit * 3, onFirst))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func read(
        _ properties: ClientProperties, _ clientID: String, _ offsets: [TopicPartition: GroupOffset],
        _ ends: [TopicPartition: Int64], by deadline: ContinuousClock.Instant, _ onFirst: () -> Void
    ) throws(KafkaError) -> [Int32: [Int64]] {
        let consumer = try Consumer(properties, clientID: clientID, traffic: ClientTraffic())
        defer { _ = consumer.close(by: .now + .seconds(5)) }
        // A partition without an offset is read from its beginning, as `auto.offset.reset` would have it.
        try consumer.assign(ends.keys.map { ($0, offsets[$0].map { .at($0.offset) } ?? .beginning) })
        var open = Set(ends.filter { $0.value > offsets[$0.key]?.offset ?? 0 }.keys)
        var numbers: [Int32: [Int64]] = [:]
        var isFirst = true
        if open.isEmpty { onFirst() }
        while !open.isEmpty {
            guard ContinuousClock.now < deadline else {
                throw KafkaError(
                    ._timedOut, during: "read the copies",
                    reason: "\(open.count) partitions were not read to their ends in time")
            }
            guard let event = consumer.nextEvent(within: .milliseconds(50)) else { continue }
            switch consume event {
            case .record(let record):
                if isFirst { onFirst() }
                isFirst = false
                let place = TopicPartition(record.topic, record.partition)
                if record.offset + 1 >= ends[place] ?? 0 { open.remove(place) }
                let value = String(decoding: record.detached().value ?? [], as: UTF8.self)
                if let number = Int64(value) { numbers[place.partition, default: []].append(number) }
            case .partitionEnd(let place, _): open.remove(place)
            case .failure(let error, _, _): if error.isFatal { throw error }
            }
        }
        return numbers
    }

    // MARK: leaving nothing behind

    /// Deletes everything of a drill, as far as that is possible.
    /// - Parameters:
    ///   - topic: of this drill, or of one that left it behind.
    ///   - settling: how long daemons have to let go of the topic before it is deleted.
    /// - Returns: what could not be deleted, in sentences.
    public func clean(_ topic: TopicName, settling: Duration = .seconds(3)) async -> [String] {
        var problems: [String] = []
        // Daemons let go of it first: a topic that is gone while it is carried would stop a partition.
        do { try await withdraw(topic) } catch { problems.append("daemons cannot be told: \(error)") }
        try? await ContinuousClock().sleep(for: settling)
        for (admin, alias, name) in [
            (probe.source, flow.name.source, topic),
            (probe.target, flow.name.target, flow.naming.remoteTopic(for: topic)),
        ] {
            problems += await deleteGroups(of: topic, admin, alias)
            do throws(KafkaError) {
                let error = try await admin.deleteTopics([name], within: limit)[name] ?? nil
                if let error, !error.saysMissing { problems.append("\(name) on \(alias): \(error.reason)") }
            } catch {
                problems.append("\(name) on \(alias): \(error.reason)")
            }
        }
        do { try await forgetRows(of: topic) } catch { problems.append("rows of \(topic): \(error)") }
        return problems
    }

    private func withdraw(_ topic: TopicName) async throws {
        try await desk.order(.init(.drill, .topic(topic)), nil)
    }

    private func deleteGroups(of topic: TopicName, _ admin: AdminClient, _ alias: ClusterAlias) async -> [String] {
        do throws(KafkaError) {
            let groups = try await admin.listGroups(within: limit).groups.map(\.id).filter {
                $0.rawValue.hasPrefix("\(topic)-")
            }
            return try await admin.deleteGroups(groups, within: limit).compactMap { group, error in
                error.map { "\(group) on \(alias): \($0.reason)" }
            }
        } catch {
            return ["groups on \(alias): \(error.reason)"]
        }
    }

    /// The rows that daemons keep of a topic: how far it is, and where its copies are.
    private func forgetRows(of topic: TopicName) async throws {
        let counts = Dictionary(
            try await probe.target.topics(within: limit).map { ($0.name, Int32(clamping: $0.partitions.count)) }
        ) { first, _ in first }
        let known = await probe.rows(target: counts, source: nil, maps: true, checkpoints: false)
        var rows: [RowWriter.Row] = []
        for place in known.progress.keys where place.topic == topic {
            let key = SourceOffsetRow.key(
                .init(
                    connector: flow.progressTopic.connectorName, cluster: flow.name.source, topic: place.topic,
                    partition: place.partition))
            let count = counts[flow.progressTopic.name] ?? 1
            rows.append(
                RowWriter.Row(
                    topic: flow.progressTopic.name, partition: Murmur2.partition(of: key, count: count), key: key,
                    value: nil))
        }
        for (place, map) in known.maps where place.topic == topic {
            for block in map.blocks {
                guard let key = OffsetMapRow.key(place, first: block.first) else { continue }
                rows.append(RowWriter.Row(topic: flow.offsetMapTopic, key: key, value: nil))
            }
        }
        let writer = RowWriter(
            flow.clients.targetProducer.merging(["enable.idempotence": "true", "acks": "all", "linger.ms": "0"]),
            clientID: "tern|\(flow.name)|drill", traffic: ClientTraffic())
        do {
            try await writer.write(rows, within: limit)
            await writer.close()
        } catch {
            await writer.close()
            throw error
        }
    }

    // MARK: writing

    /// Writes records, whose values are their offsets, until it is told to stop.
    public func writer(perSecond rate: Int, first: Int) -> DrillWriter {
        DrillWriter(
            topic, partitions: partitions, flow.clients.sourceProducer, clientID: "tern|\(flow.name)|drill",
            perSecond: rate, first: first)
    }
}

/// Somebody who writes to the topic of a drill all the time, as an application would.
public final class DrillWriter: Sendable {
    private let stop = StopFlag()
    private let task: Task<Result<Int64, KafkaError>, Never>

    init(
        _ topic: TopicName, partitions: Int32, _ properties: ClientProperties, clientID: String, perSecond rate: Int,
        first: Int
    ) {
        let stop = stop
        let properties = properties.merging(["enable.idempotence": "true", "acks": "all", "linger.ms": "5"])
        task = Task {
            await ThreadExecutor.shared.run { () -> Result<Int64, KafkaError> in
                do throws(KafkaError) {
                    let producer = try Producer(properties, clientID: clientID, traffic: ClientTraffic())
                    defer { producer.close(purging: true) }
                    return .success(
                        try Self.write(producer, try producer.topic(named: topic), partitions, rate, first, stop))
                } catch {
                    return .failure(error)
                }
            }
        }
    }

    /// Stops at once; what is under way is dropped.
    /// - Returns: records that the source has acknowledged.
    @discardableResult
    public func end() async throws -> Int64 {
        stop.raise()
        return try await task.value.get()
    }

    private static func write(
        _ producer: Producer, _ topic: TopicHandle, _ partitions: Int32, _ rate: Int, _ first: Int, _ stop: StopFlag
    ) throws(KafkaError) -> Int64 {
        let began = ContinuousClock.now
        var (count, acknowledged): (Int64, Int64) = (0, 0)
        var failure: KafkaError?
        while !stop.isRaised, failure == nil {
            let due = Int64(first) + Int64((ContinuousClock.now - began) / .seconds(1) * Double(rate))
            while count < due, producer.outstanding < 10_000 {
                let (number, partition) = count.quotientAndRemainder(dividingBy: Int64(partitions))
                try producer.enqueue(
                    key: nil, value: Array(String(number).utf8), headers: [], timestamp: nil, to: topic,
                    partition: Int32(partition))
                count += 1
            }
            producer.pollDeliveries(within: .milliseconds(20)) { delivery in
                switch delivery.outcome {
                case .acknowledged: acknowledged += 1
                case .failed(let code, _):
                    failure = KafkaError(code, during: "write to the drill's topic", reason: code.name)
                }
            }
        }
        if let failure { throw failure }
        return acknowledged
    }
}
