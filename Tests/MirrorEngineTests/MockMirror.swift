// SPDX-License-Identifier: Apache-2.0
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

    init() throws { pair = try MockPair() }

    func close() { pair.close() }

    /// The configuration that a properties file with these lines gives.
    func configuration(_ lines: String) throws -> MirrorConfiguration {
        let text = """
            clusters = A, B
            A.bootstrap.servers = \(pair.source.bootstrapServers)
            B.bootstrap.servers = \(pair.target.bootstrapServers)
            A.consumer.fetch.wait.max.ms = 10
            B.consumer.fetch.wait.max.ms = 10
            replication.factor = 1
            http.listen = none
            \(lines)
            """
        let loaded = ConfigurationLoader.load(file: "test.properties", text: Array(text.utf8))
        guard let configuration = loaded.configuration else {
            throw InvalidConfiguration(problems: loaded.problems)
        }
        return configuration
    }

    func daemon(_ lines: String) throws -> MirrorDaemon {
        let pair = pair
        var environment = MirrorEnvironment(
            createTopics: { alias, topics in
                let cluster = alias == "A" ? pair.source : pair.target
                var results: [TopicName: KafkaError?] = [:]
                for topic in topics {
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
        return try MirrorDaemon(
            configuration: configuration(lines), log: Log(level: .debug, format: .logfmt, sink: log), version: "test",
            environment: environment)
    }
}

extension MockMirror {
    /// Writes numbered records to partition 0 of a topic on A.
    func write(_ topic: TopicName, _ numbers: Range<Int>) throws {
        try KafkaTesting.Witness.write(
            numbers.map { .sample(topic, 0, key: "k\($0)", value: "v\($0)") }, to: pair.source.bootstrapServers)
    }

    /// The values in partition 0 of the copy of a topic on B.
    func copies(of topic: TopicName) throws -> [String] {
        try KafkaTesting.Witness.records(
            of: TopicName("A.\(topic)"), partitions: 1, at: pair.target.bootstrapServers
        ).map {
            String(decoding: $0.value ?? [], as: UTF8.self)
        }
    }

    /// Each of the numbered records once, in order.
    func expectCopies(
        of topic: TopicName, _ numbers: Range<Int>, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let values = try copies(of: topic)
        #expect(values == numbers.map { "v\($0)" }, sourceLocation: sourceLocation)
    }
}

extension MirrorDaemon {
    /// Of the only flow.
    var lag: Int64? { status.flows.first?.lagRecords }
    var replicated: Int64 {
        status.flows.first?.topics.reduce(0) { $0 + $1.counters.replicatedRecords } ?? 0
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
