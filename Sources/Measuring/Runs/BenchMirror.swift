// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Telemetry

/// The daemon between two clusters, as `tern run` would have it for one topic.
struct BenchMirror: Sendable {
    static let prefix = "A."

    let options: BenchOptions
    let topic: TopicName
    let source: String
    let target: String
    let codec: String
    /// The clusters are librdkafka's mock.
    let isMock: Bool

    var remoteTopic: TopicName { TopicName(Self.prefix + topic.rawValue) }

    func configuration() throws -> MirrorConfiguration {
        var lines = [
            "clusters = A, B", "A.bootstrap.servers = \(source)", "B.bootstrap.servers = \(target)",
            "A->B.enabled = true", "A->B.topics = \(topic)", "B->A.enabled = false", "emit.heartbeats.enabled = false",
            "replication.factor = 1", "offset.storage.replication.factor = 1", "http.listen = none",
            "lag.interval.ms = 100", "tasks.max = \(options.tasks)", "B.producer.compression.type = \(codec)",
        ]
        // The mock answers an empty fetch only after this time.
        if isMock { lines.append("A.consumer.fetch.wait.max.ms = 10") }
        lines += options.settings
        let loaded = ConfigurationLoader.load(file: "bench.properties", text: Array(lines.joined(separator: "\n").utf8))
        guard let configuration = loaded.configuration else {
            throw BenchFailure(loaded.problems.map { "\($0)" }.joined(separator: "; "))
        }
        return configuration
    }

    func daemon() throws -> MirrorDaemon {
        var environment = MirrorEnvironment.real
        environment.instanceName = "bench-\(topic)"
        if isMock {
            // Its host has made the topics; it has no administration, and no lanes to share.
            environment = MirrorEnvironment(
                createTopics: { _, topics in Dictionary(uniqueKeysWithValues: topics.map { ($0.name, nil) }) },
                sharesLanes: false, describesConfigurations: false, instanceName: "bench")
        }
        return try MirrorDaemon(
            configuration: configuration(), log: Log(level: .error, sink: StandardErrorSink()), version: "bench",
            environment: environment)
    }

    /// How many records of the topic the target has acknowledged.
    /// - Throws: `BenchFailure` when a partition has stopped.
    static func replicated(_ daemon: MirrorDaemon) throws -> (records: Int, lag: Int64?, acknowledgedAt: Int64?) {
        guard let flow = daemon.status.flows.first(where: \.isEnabled) else { return (0, nil, nil) }
        var records = 0
        for topic in flow.topics {
            records += Int(topic.counters.replicatedRecords)
            if let stop = topic.partitions.compactMap(\.stop).first {
                throw BenchFailure("\(topic.topic): \(stop.state.rawValue) \(stop.code): \(stop.text)")
            }
        }
        return (records, flow.lagRecords, flow.lastAcknowledgedAt)
    }

    /// What the target has: the sum of its partitions' ends. Refuses anything but the number that was written.
    func verify(_ topic: TopicName, partitions: Int, records: Int) async throws {
        let admin = try AdminClient(["bootstrap.servers": target, "log_level": "0"], clientID: "tern-bench-count")
        defer { admin.close() }
        let places = (0..<Int32(partitions)).map { TopicPartition(topic, $0) }
        let ends = try await admin.offsets(.end, of: places, within: .seconds(10))
        let starts = try await admin.offsets(.beginning, of: places, within: .seconds(10))
        var found = 0
        for place in places { found += Int(try (ends[place]?.get() ?? 0)) - Int(try (starts[place]?.get() ?? 0)) }
        guard found == records else {
            throw BenchFailure("\(topic) has \(found) records on the target instead of \(records): nothing is reported")
        }
    }

    static func drain(_ daemon: MirrorDaemon, _ run: Task<MirrorDaemon.End, Never>) async throws {
        daemon.requestStop()
        switch await run.value {
        case .drained: return
        case .notDrained(let lines): throw BenchFailure("not drained: \(lines.joined(separator: "; "))")
        case .invalid(let reason): throw BenchFailure(reason)
        }
    }
}

/// Rate and cost between the first tenth and the end: starting up is not what is measured.
struct Marks {
    private let total: Int
    private let firstShare: Int
    private let counter: AllocationCounter
    private let mallocs: UInt64?
    private var start: (records: Int, at: UInt64, cpu: Double)
    private var isPastStart = false

    init(total: Int, counter: @escaping AllocationCounter) {
        self.total = total
        self.counter = counter
        firstShare = total / 10
        mallocs = Self.requests(counter)
        start = (0, ProcessCost.nanoseconds, ProcessCost.cpuSeconds)
    }

    /// Records pass through many threads.
    private static func requests(_ counter: AllocationCounter) -> UInt64? {
        counter().flatMap { $0.coversAllThreads ? $0.requests : nil }
    }

    mutating func see(_ records: Int) {
        guard !isPastStart, records >= firstShare, records < total else { return }
        start = (records, ProcessCost.nanoseconds, ProcessCost.cpuSeconds)
        isPastStart = true
    }

    /// - Parameter idle: how long ago the last record arrived, in seconds.
    func finish(_ sample: inout Sample, idle: Double) {
        sample.measuredRecords = total - start.records
        let seconds = Double(ProcessCost.nanoseconds - start.at) / 1e9 - idle
        sample.seconds = max(seconds, 0.001)
        sample.cpuSeconds = ProcessCost.cpuSeconds - start.cpu
        sample.peakBytes = ProcessCost.peakBytes
        // From the beginning on: between two looks at the daemon's counters many a record has been on its way.
        if let mallocs, let after = Self.requests(counter) {
            sample.mallocs = Double(after - mallocs) / Double(max(1, total))
        }
    }
}

/// Throughput of the daemon over a topic that is there already.
struct ThroughputRun {
    let mirror: BenchMirror
    let size: Int
    let records: Int
    let partitions: Int
    let counter: AllocationCounter

    func measure() async throws -> Sample {
        var sample = Sample(kind: .mirror, size: size, codec: mirror.codec, records: records)
        let daemon = try mirror.daemon()
        var marks = Marks(total: records, counter: counter)
        let run = Task { await daemon.run() }
        let deadline = ContinuousClock.now + .seconds(mirror.options.limit)
        do {
            while true {
                let (done, _, acknowledgedAt) = try BenchMirror.replicated(daemon)
                marks.see(done)
                if done >= records {
                    let idle = acknowledgedAt.map { Double(WallClock.milliseconds() - $0) / 1000 } ?? 0
                    marks.finish(&sample, idle: max(0, idle))
                    break
                }
                guard ContinuousClock.now < deadline else {
                    throw BenchFailure("\(done) of \(records) records after \(mirror.options.limit) s")
                }
                try await ContinuousClock().sleep(for: .milliseconds(10))
            }
        } catch {
            daemon.requestStop()
            _ = await run.value
            throw error
        }
        try await BenchMirror.drain(daemon, run)
        try await mirror.verify(mirror.remoteTopic, partitions: partitions, records: records)
        return sample
    }
}
