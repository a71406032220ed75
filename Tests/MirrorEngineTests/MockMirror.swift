// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Telemetry
import Testing

/// Two mock clusters, A and B, and a daemon that mirrors between them.
final class MockMirror: Sendable {
    let pair: MockPair
    let log = MemorySink()

    init(brokers: Int = 1) throws { pair = try MockPair(brokers: brokers) }

    func close() { pair.close() }

    /// The configuration that a properties file with these lines gives. No heartbeat is to get an answer that is meant for a record.
    func configuration(_ lines: String) throws -> MirrorConfiguration {
        let text = """
            clusters = A, B
            A.bootstrap.servers = \(pair.source.bootstrapServers)
            B.bootstrap.servers = \(pair.target.bootstrapServers)
            A.consumer.fetch.wait.max.ms = 10
            B.consumer.fetch.wait.max.ms = 10
            replication.factor = 1
            http.listen = none
            lag.interval.ms = 100
            \(lines)
            emit.heartbeats.enabled = false
            """
        let loaded = ConfigurationLoader.load(file: "test.properties", text: Array(text.utf8))
        guard let configuration = loaded.configuration else {
            throw InvalidConfiguration(problems: loaded.problems)
        }
        return configuration
    }

    /// - Parameters:
    ///   - retry: how long a refused record rests before it is tried again.
    ///   - clock: what jobs go by; `nil`: the system's.
    ///   - lanes: where they come from; `nil`: all are the daemon's.
    ///   - refusal: why a topic is not created; `nil` lets it be.
    ///   - creating: comes before a topic is created.
    func daemon(
        _ lines: String = "A->B.enabled = true", retry: Duration = .seconds(3600), clock: ManualClock? = nil,
        lanes: GivenLanes? = nil,
        refusing refusal: @escaping @Sendable (NewTopic) -> KafkaError? = { _ in nil },
        creating: @escaping @Sendable (NewTopic) async -> Void = { _ in }
    ) throws -> MirrorDaemon {
        let pair = pair
        var environment = MirrorEnvironment(
            createTopics: { alias, topics in
                let cluster = alias == "A" ? pair.source : pair.target
                var results: [TopicName: KafkaError?] = [:]
                for topic in topics {
                    await creating(topic)
                    if let error = refusal(topic) {
                        results[topic.name] = error
                        continue
                    }
                    do throws(KafkaError) {
                        try cluster.createTopic(topic.name, partitions: Int(topic.partitionCount))
                        results[topic.name] = .some(nil)
                    } catch {
                        results[topic.name] = error
                    }
                }
                return results
            }, sharesLanes: false, describesConfigurations: false)
        environment.instanceName = "test"
        // A mock refuses as often as it is told: what is tried again sooner would be taken.
        environment.retries = BackOff(first: retry, longest: retry)
        if let clock { environment.setClock(clock) }
        if let lanes { environment.setLanes(lanes) }
        return try MirrorDaemon(
            configuration: configuration(lines), log: Log(level: .debug, format: .logfmt, sink: log), version: "test",
            environment: environment)
    }
}

extension MockMirror {
    /// Writes numbered records to a partition of a topic on A.
    func write(_ topic: TopicName, partition: Int32 = 0, _ numbers: Range<Int>) throws {
        try KafkaTesting.Witness.write(
            numbers.map { .sample(topic, partition, key: "k\($0)", value: "v\($0)") }, to: pair.source.bootstrapServers)
    }

    /// The copy on B holds each of the numbered records once, in order.
    func expectCopies(
        of topic: TopicName, partition: Int32 = 0, _ numbers: Range<Int>,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let copies = try KafkaTesting.Witness.records(
            of: TopicName("A.\(topic)"), partitions: Int(partition) + 1, at: pair.target.bootstrapServers)
        let values = copies.filter { $0.partition == partition }.map { String(decoding: $0.value ?? [], as: UTF8.self) }
        #expect(values == numbers.map { "v\($0)" }, sourceLocation: sourceLocation)
    }
}

extension MirrorDaemon {
    /// Of the only flow.
    var flow: FlowStatus? { status.flows.first }
    var lag: Int64? { flow?.lagRecords }
    var replicated: Int64 { flow?.topics.reduce(0) { $0 + $1.counters.replicatedRecords } ?? 0 }

    func partition(_ topic: TopicName, _ partition: Int32 = 0) -> PartitionStatus? {
        flow?.topics.first { $0.topic == topic }?.partitions.first { $0.partition == partition }
    }

    func untilReplicated(_ count: Int64, within limit: Duration = .seconds(20)) async throws {
        do {
            try await until("\(count) records mirrored and lag 0", within: limit) { replicated == count && lag == 0 }
        } catch {
            throw NeverHappened(
                "\(error): \(replicated) mirrored, lag \(lag?.description ?? "unknown"), \(flow?.reason ?? "")")
        }
    }

    /// The lane runs and has read its partitions to their ends.
    func untilFlowing() async throws {
        try await until("a flow that has caught up") { lag == 0 && flow?.topics.isEmpty == false }
    }
}

/// A daemon that runs while a test looks at it.
func running<Result>(_ daemon: MirrorDaemon, _ body: () async throws -> Result) async throws -> (
    Result, MirrorDaemon.End
) {
    let run = Task { await daemon.run() }
    do {
        let result = try await body()
        daemon.requestStop()
        return (result, await run.value)
    } catch {
        daemon.requestStop()
        _ = await run.value
        throw error
    }
}

struct InvalidConfiguration: Error {
    var problems: [ConfigurationProblem]
}

/// Waits for something that a daemon's status tells.
func until(_ what: String, within limit: Duration = .seconds(30), _ question: () -> Bool) async throws {
    try await eventually(within: limit, what) { () async throws -> Bool in question() }
}
