// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import KafkaTypes
internal import Platform

/// Two clusters with the topics of one measurement: mock ones in a process of their own, or those that were named.
final class Rig {
    let source: String
    let target: String
    let isMock: Bool
    private let host: HostProcess?
    private let topics: [TopicName]

    private init(source: String, target: String, host: HostProcess?, topics: [TopicName]) {
        self.source = source
        self.target = target
        self.host = host
        self.topics = topics
        isMock = host != nil
    }

    static func start(_ options: BenchOptions, topics: [(TopicName, Int)]) async throws -> Rig {
        let names = topics.map { $0.0 }
        guard let source = options.source, let target = options.target else {
            let all = topics.map { "\($0.0):\($0.1)" } + ["mm2-offsets.A.internal:25"]
            let host = try HostProcess(topics: all)
            return Rig(source: host.source, target: host.target, host: host, topics: names)
        }
        let rig = Rig(source: source, target: target, host: nil, topics: names)
        for address in Set([source, target]) { try await rig.create(topics, at: address) }
        return rig
    }

    /// Ends the mock clusters; deletes what was made on real ones.
    func stop() async {
        if let host { return host.stop() }
        for address in Set([source, target]) {
            guard let admin = try? Self.admin(address) else { continue }
            _ = try? await admin.deleteTopics(topics, within: .seconds(30))
            admin.close()
        }
    }

    private func create(_ topics: [(TopicName, Int)], at address: String) async throws {
        let admin = try Self.admin(address)
        defer { admin.close() }
        let wanted = topics.map {
            NewTopic(name: $0.0, partitionCount: Int32($0.1), replicationFactor: 1, configuration: [])
        }
        for (topic, error) in try await admin.createTopics(wanted, within: .seconds(30)) {
            if let error { throw BenchFailure("create \(topic) at \(address): \(error.reason)") }
        }
    }

    private static func admin(_ address: String) throws -> AdminClient {
        try AdminClient(["bootstrap.servers": address, "log_level": "0"], clientID: "tern-bench-rig")
    }
}
