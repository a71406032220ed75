// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Telemetry
import Testing

/// Two real clusters under aliases of one test's own, and a daemon that compares their topics every second.
struct TopicSyncMirror: Sendable {
    let source: RealCluster
    let target: RealCluster
    /// In the names of topics and aliases, so that tests that share clusters keep apart.
    let tag: String
    let log = MemorySink()

    var names: (source: String, target: String) { ("A\(tag)", "B\(tag)") }

    func topic(_ name: String) -> TopicName { TopicName("\(tag)-\(name)") }

    /// What the target calls it under the default policy.
    func copy(_ name: String) -> TopicName { TopicName("\(names.source).\(tag)-\(name)") }

    func daemon(_ lines: String = "", bothWays: Bool = false) throws -> MirrorDaemon {
        let text = """
            clusters = \(names.source), \(names.target)
            \(names.source).bootstrap.servers = \(source.bootstrapServers)
            \(names.target).bootstrap.servers = \(target.bootstrapServers)
            \(names.source)->\(names.target).enabled = true
            \(names.target)->\(names.source).enabled = \(bothWays)
            topics = \(tag)-.*
            replication.factor = 1
            offset.storage.replication.factor = 1
            refresh.topics.interval.seconds = 1
            sync.topic.configs.interval.seconds = 1
            sync.topic.acls.interval.seconds = 1
            http.listen = none
            \(lines)
            """
        let loaded = ConfigurationLoader.load(file: "test.properties", text: Array(text.utf8))
        guard let configuration = loaded.configuration else {
            throw NeverHappened("a valid configuration: \(loaded.problems)")
        }
        return try MirrorDaemon(
            configuration: configuration, log: Log(level: .info, format: .logfmt, sink: log), version: "test",
            environment: MirrorEnvironment(instanceName: "sync-\(tag)"))
    }

    /// Runs a daemon while the body looks at what it does; what it logged is shown when that fails.
    func running(_ daemon: MirrorDaemon, _ body: () async throws -> Void) async throws {
        let run = Task { await daemon.run() }
        do {
            try await body()
        } catch {
            for line in log.lines.suffix(40) { print("    \(line)") }
            daemon.requestStop()
            _ = await run.value
            throw error
        }
        daemon.requestStop()
        _ = await run.value
    }

    /// Lines of the log that have all of these words.
    func lines(_ words: String...) -> [String] {
        log.lines.filter { line in words.allSatisfy { line.contains($0) } }
    }
}

extension RealCluster {
    /// The settings that are the topic's own; `nil` while there is no such topic.
    func overrides(of topic: TopicName) async throws -> [String: String]? {
        try await withAdmin { admin in
            let answer = try await admin.describeConfigurations(topics: [topic], within: .seconds(20))
            guard let entries = try? answer[topic]?.get() else { return nil }
            return entries.reduce(into: [:]) { own, entry in
                if entry.source == .dynamicTopic { own[entry.name] = entry.value }
            }
        }
    }

    /// Waits until these are the only settings of the topic's own.
    func settle(_ topic: TopicName, at wanted: [String: String]) async throws {
        var last: [String: String]?
        do {
            try await eventually(within: .seconds(30), "\(topic) to have \(wanted)") {
                last = try await overrides(of: topic)
                return last == wanted
            }
        } catch {
            throw NeverHappened("\(error); it has \(last?.description ?? "no settings that can be read")")
        }
    }

    /// Makes these the only settings of the topic's own.
    func replace(_ topic: TopicName, with settings: [(String, String)]) async throws {
        let answer = try await withAdmin { try await $0.alterConfigurations([topic: settings], within: .seconds(20)) }
        if let error = answer[topic] ?? nil { throw error }
    }

    /// Makes a change with Kafka's own tool, as a person would: `--add-config a=b`, `--delete-config a`.
    func configure(_ topic: TopicName, _ arguments: String...) async throws {
        let result = try await distribution.run(
            "kafka-configs.sh",
            ["--bootstrap-server", bootstrapServers, "--alter", "--entity-type", "topics", "--entity-name"]
                + [topic.rawValue] + arguments)
        try #require(result.status == 0, "\(result.output)\(result.errors)")
    }
}
