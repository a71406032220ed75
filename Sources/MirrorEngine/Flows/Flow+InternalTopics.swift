// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import TopicPlanning
import Kafka
import KafkaTypes
import Mirroring
import Telemetry

/// The topics that a flow needs on its target before anything else.
extension Flow {
    /// Creates what is missing; what another daemon creates at the same moment is no error.
    func ensureInternalTopics() async throws {
        let progress = configuration.progressTopic
        let rows = NewTopic.ofRows(
            progress.name, partitions: progress.partitionCount, replicationFactor: progress.replicationFactor)
        if let create = environment.createTopics {
            _ = await create(name.target, [rows, newLanesTopic(.current)])
            return
        }
        let existing = try await target.admin.topics(within: configuration.adminTimeout)
        let counts = Dictionary(existing.map { ($0.name, Int32($0.partitions.count)) }) { first, _ in first }
        if let count = counts[progress.name], count > 0 {
            progressPartitionCount = count
            try await verifyProgressTopic()
        }
        lanesTopicName = try await chooseLanesTopic(now: nil, among: existing)
        // What an older Tern has made says how many lanes there are, also by the new name.
        let count = [sharedTopic, configuration.formerLanesTopic].compactMap { counts[$0] }.first.map(Int.init)
        laneCount = LaneCount.atStart(topic: count, tasksMax: configuration.laneCount)
        hasLedger = counts[configuration.ledgerTopic] != nil
        controlReading.isTopicThere = counts[configuration.controlTopic] != nil
        try await ensureQuarantineTopic(among: counts)
        let missing = [rows, newLanesTopic(lanesTopicName), newControlTopic].filter { counts[$0.name] == nil }
        if !missing.isEmpty {
            var results = try await target.admin.createTopics(missing, within: configuration.adminTimeout)
            if counts[configuration.formerLanesTopic] != nil, let refusal = results[configuration.lanesTopic] ?? nil,
                refusal.code == .topicAuthorizationFailed
            {
                // The rights of a user of an older Tern are enough to go on as it did.
                lanesTopicName = .former
                results[configuration.lanesTopic] = nil
            }
            noteControlTopic(&results)
            try noteCreated(results)
            await seen(results.keys.sorted())
        }
        if counts[configuration.formerLanesTopic] != nil { noteLanesTopicName() }
        try await growLanesTopic(from: counts[sharedTopic].map(Int.init))
    }

    /// Not where nothing is set aside: a topic that is never written would only ask for a right.
    private func ensureQuarantineTopic(among counts: [TopicName: Int32]) async throws {
        guard configuration.quarantines, counts[configuration.quarantineTopic] == nil else { return }
        var topic = NewTopic.ofRows(
            configuration.quarantineTopic, replicationFactor: configuration.progressTopic.replicationFactor)
        topic.configuration.append(.init("max.message.bytes", "\(Self.quarantinedBytes)"))
        var results = try await target.admin.createTopics([topic], within: configuration.adminTimeout)
        if let refusal = results[topic.name] ?? nil, [.invalidConfig, .policyViolation].contains(refusal.code) {
            // As where a provider allows less: what does not fit is then kept without its content.
            topic.configuration.removeLast()
            results = try await target.admin.createTopics([topic], within: configuration.adminTimeout)
        }
        try noteCreated(results)
        await seen([topic.name])
    }

    /// `max.message.bytes` of the quarantine topic: a record that is too large for its own topic should fit there.
    private static let quarantinedBytes = 64 << 20

    /// Adds the partitions that this daemon's `tasks.max` asks for beyond those that are there.
    private func growLanesTopic(from count: Int?) async throws {
        guard let count, count < laneCount else { return }
        let grown = try await target.admin.createPartitions(
            [sharedTopic: Int32(laneCount)], within: configuration.adminTimeout)
        if let error = grown[sharedTopic] ?? nil, error.code != .invalidPartitions {
            throw named(error, "add partitions to \(sharedTopic)")
        }
    }

    /// Rows in a topic that deletes expire: refused at the start, as Connect does, rather than found out at a restart.
    private func verifyProgressTopic() async throws {
        guard environment.describesConfigurations else { return }
        let topic = configuration.progressTopic.name
        let described = try await target.admin.describeConfigurations(
            topics: [topic], within: configuration.adminTimeout)
        switch described[topic] {
        case .success(let entries):
            if let complaint = ProgressTopicComplaint(topic, on: name.target, settings: entries) { throw complaint }
        case .failure(let error):
            // Reading settings is no right that a flow must have.
            infoOnce(
                "progress policy", .progressPolicyUnknown,
                "whether \(topic) on \(name.target) keeps its rows (cleanup.policy=compact) cannot be seen: "
                    + error.reason)
        case nil: break
        }
    }

    /// Waits until the brokers tell of new topics: a client that asks too early waits a second before it asks again.
    func seen(_ topics: [TopicName]) async {
        let deadline = ContinuousClock.now + .seconds(5)
        while ContinuousClock.now < deadline, !Task.isCancelled {
            let present = try? await target.admin.topics(within: configuration.adminTimeout)
            let ready = Set((present ?? []).filter { $0.error == nil && !$0.partitions.isEmpty }.map(\.name))
            if topics.allSatisfy(ready.contains) { return }
            try? await ContinuousClock().sleep(for: .milliseconds(10))
        }
    }

    func noteCreated(_ results: [TopicName: KafkaError?]) throws {
        for (topic, error) in results.sorted(by: { $0.key < $1.key }) {
            guard let error else {
                log.info(.topicCreated, [.topic(topic), .cluster(name.target)])
                continue
            }
            guard error.code != .topicAlreadyExists else { continue }
            throw named(error, "create \(topic)")
        }
    }

    /// A broker's answer about one topic of several, with the topic.
    private func named(_ error: KafkaError, _ operation: String) -> KafkaError {
        let cure =
            error.code == .invalidReplicationFactor
            ? "; set offset.storage.replication.factor to no more than \(name.target) has brokers" : ""
        return KafkaError(error.code, during: "\(operation) on \(name.target)", reason: error.reason + cure)
    }
}

extension NewTopic {
    /// A topic in which the last row of each key counts.
    static func ofRows(_ name: TopicName, partitions: Int32 = 1, replicationFactor: Int16) -> NewTopic {
        NewTopic(
            name: name, partitionCount: partitions, replicationFactor: replicationFactor,
            configuration: [("cleanup.policy", "compact")])
    }
}
