// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Foundation
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Synchronization
import Telemetry

/// Real clusters under aliases of this test's own, and what is needed to mirror between them. Topics, aliases and so the
/// internal topics and groups carry a tag that no other test has.
final class RealMirror: Sendable {
    private static let nextNumber = Mutex(0)

    let clusters: [RealCluster]
    let tag: String
    /// Of the clusters, in their order.
    let aliases: [String]
    let log = MemorySink()
    let folder: TemporaryFolder

    /// - Parameter aliases: where a file has aliases of its own.
    init(_ clusters: [RealCluster], aliases: [String]? = nil) throws {
        self.clusters = clusters
        let number = Self.nextNumber.withLock { number in
            number += 1
            return number
        }
        let tag = "t" + String(1000 + number).dropFirst()
        self.tag = tag
        self.aliases = aliases ?? zip(["A", "B", "C"], clusters).map { name, _ in name + tag }
        folder = try TemporaryFolder()
    }

    /// Runs a body with the mirror, and removes what it left on the brokers.
    static func with<Value>(
        _ clusters: [RealCluster], aliases: [String]? = nil, _ body: (RealMirror) async throws -> Value
    ) async throws -> Value {
        let mirror = try RealMirror(clusters, aliases: aliases)
        do {
            let value = try await body(mirror)
            await mirror.close()
            return value
        } catch {
            for line in mirror.log.lines.suffix(60) { print("    \(line)") }
            await mirror.close()
            throw error
        }
    }

    static func withPair<Value>(_ body: (RealMirror) async throws -> Value) async throws -> Value {
        try await with([try await Brokers.first(), try await Brokers.second()], body)
    }

    func close() async {
        folder.remove()
        for cluster in clusters {
            try? await cluster.withAdmin { admin in
                let names = try await admin.topics(within: .seconds(10)).map(\.name)
                _ = try await admin.deleteTopics(names.filter { $0.rawValue.contains(tag) }, within: .seconds(20))
            }
        }
    }

    /// The name of a topic of this test.
    func topic(_ name: String) -> TopicName { TopicName("\(tag)-\(name)") }

    /// What it is called on another cluster under the default policy.
    func copy(_ name: String, from source: Int = 0) -> TopicName { TopicName("\(aliases[source]).\(tag)-\(name)") }

    func address(_ index: Int) -> String { clusters[index].bootstrapServers }

    func flow(_ source: Int, _ target: Int) -> String { "\(aliases[source])->\(aliases[target])" }

    // MARK: configuration

    /// A properties file with the clusters, the flows given, and further lines.
    /// - Parameter replicas: of the topics that are made.
    func file(
        _ flows: [(Int, Int)] = [(0, 1)], _ lines: String = "", addresses: [Int: String] = [:], replicas: Int32 = 1
    ) -> String {
        var text = "clusters = \(aliases.joined(separator: ", "))\n"
        for (index, alias) in aliases.enumerated() {
            text += "\(alias).bootstrap.servers = \(addresses[index] ?? address(index))\n"
        }
        for (source, target) in flows {
            text += "\(flow(source, target)).enabled = true\n"
            text += "\(flow(source, target)).topics = \(tag)-.*\n"
        }
        return text + """
            replication.factor = \(replicas)
            offset.storage.replication.factor = \(replicas)
            checkpoints.topic.replication.factor = \(replicas)
            offset-syncs.topic.replication.factor = \(replicas)
            heartbeats.topic.replication.factor = \(replicas)
            emit.heartbeats.enabled = false
            heartbeats.replication.enabled = false
            refresh.topics.interval.seconds = 1
            http.listen = none
            \(lines)

            """
    }

    func configuration(_ text: String) throws -> MirrorConfiguration {
        let loaded = ConfigurationLoader.load(file: "test.properties", text: Array(text.utf8))
        guard let configuration = loaded.configuration else { throw InvalidConfiguration(problems: loaded.problems) }
        return configuration
    }

    /// A daemon of a whole file.
    func daemon(of text: String, instance: String = "") throws -> MirrorDaemon {
        let environment = MirrorEnvironment(
            instanceName: tag + instance, retries: BackOff(first: .milliseconds(500), longest: .milliseconds(500)))
        return try MirrorDaemon(
            configuration: configuration(text), log: Log(level: .debug, format: .logfmt, sink: log), version: "test",
            environment: environment)
    }

    func daemon(_ flows: [(Int, Int)] = [(0, 1)], _ lines: String = "") throws -> MirrorDaemon {
        try daemon(of: file(flows, lines))
    }

    /// For tests about what a target refuses: the settings of its topics would be brought in step first.
    func daemonWithoutSync() throws -> MirrorDaemon { try daemon([(0, 1)], "sync.topic.configs.enabled = false") }
}

struct InvalidConfiguration: Error {
    var problems: [ConfigurationProblem]
}

/// A daemon that runs while a test looks at it.
@discardableResult
func running<Value>(_ daemon: MirrorDaemon, _ body: () async throws -> Value) async throws -> Value {
    let run = Task { await daemon.run() }
    do {
        let value = try await body()
        daemon.requestStop()
        guard case .drained = await run.value else { throw NeverHappened("a drained end") }
        return value
    } catch {
        daemon.requestStop()
        _ = await run.value
        throw error
    }
}

/// Waits for something that a daemon's status tells; what it told last is part of the failure.
func until(
    _ what: String, of daemon: MirrorDaemon, within limit: Duration = .seconds(30),
    _ question: (MirrorStatus) -> Bool
) async throws {
    do {
        try await eventually(within: limit, what) { () async throws -> Bool in question(daemon.status) }
    } catch {
        throw NeverHappened("\(error); status: \(daemon.status.summary)")
    }
}

extension MirrorStatus {
    func flow(_ name: String) -> FlowStatus? { flows.first { $0.name.description == name } }

    /// Every flow has seen so many records through, and is not behind.
    func isCaughtUp(after records: Int64) -> Bool {
        flows.allSatisfy { $0.lagRecords == 0 } && flows.reduce(0) { $0 + $1.replicated } >= records
    }

    /// One line per flow and partition, for messages.
    var summary: String {
        flows.map { flow in
            let topics = flow.topics.flatMap { topic in
                topic.partitions.map { partition in
                    "\(topic.topic)/\(partition.partition) \(partition.state.rawValue) at "
                        + "\(partition.replicatedOffset.map(String.init) ?? "?") of "
                        + "\(partition.endOffset.map(String.init) ?? "?") \(partition.stop?.text ?? "")"
                }
            }
            return "\(flow.name) \(flow.state.rawValue) \(flow.reason ?? "") [\(topics.joined(separator: ", "))]"
        }.joined(separator: "; ")
    }
}

extension FlowStatus {
    var replicated: Int64 { topics.reduce(0) { $0 + $1.counters.replicatedRecords } }

    func partition(_ topic: TopicName, _ partition: Int32) -> PartitionStatus? {
        topics.first { $0.topic == topic }?.partitions.first { $0.partition == partition }
    }
}
