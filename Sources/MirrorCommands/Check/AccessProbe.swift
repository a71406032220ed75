// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes
internal import Mirroring
internal import Platform

/// Tries what a flow will do, as far as trying changes nothing: reads, requests that are only validated, descriptions.
///
/// Not tried is what leaves a trace: writing records, committing offsets. A transactional id of the check's own is taken, which
/// nobody sees, and the target forgets.
struct AccessProbe: Sendable {
    let flow: FlowConfiguration
    let plan: TopicPlan
    let source: AdminClient
    let target: AdminClient
    /// Names of the topics that the target has.
    let existing: Set<TopicName>
    let timeout: Duration

    func run() async -> [AccessSummary] {
        async let read = read()
        async let settings = describeSettings()
        async let create = create()
        async let grow = grow()
        async let groups = groups()
        async let transactions = transactions()
        return await ([read, settings] + [create, grow, transactions].compactMap { $0 } + groups)
    }

    private func read() async -> AccessSummary {
        var summary = AccessSummary(flow.name.source, "Read", kind: "topic")
        let topics = plan.mirrored.map(\.source)
        guard !topics.isEmpty else { return summary }
        let flow = flow
        let deadline = ContinuousClock.now + timeout
        let result: Result<ReadProbe.Answers, KafkaError> = await ThreadExecutor.shared.run {
            do throws(KafkaError) { return .success(try ReadProbe.run(flow, topics, by: deadline)) } catch {
                return .failure(error)
            }
        }
        switch result {
        case .failure(let error): summary.unknown = error.reason
        case .success(let answers):
            for topic in topics {
                guard let answer = answers.topics[topic] else { continue }
                summary.note(topic.rawValue, answer.error)
            }
            let silent = topics.count - answers.topics.count
            if silent > 0 {
                let cause = answers.clientErrors.last.map { ": \($0.reason)" } ?? ""
                summary.unknown = "\(silent) of \(topics.count) topics gave no answer in time\(cause)"
            }
        }
        return summary
    }

    private func describeSettings() async -> AccessSummary {
        var summary = AccessSummary(flow.name.source, "DescribeConfigs", kind: "topic")
        do {
            let described = try await source.describeConfigurations(
                topics: plan.mirrored.map(\.source), within: timeout)
            for (topic, result) in described.sorted(by: { $0.key < $1.key }) {
                if case .failure(let error) = result {
                    summary.note(topic.rawValue, error)
                } else {
                    summary.note(topic.rawValue, nil)
                }
            }
        } catch { summary.unknown = error.reason }
        return summary
    }

    private func create() async -> AccessSummary? {
        var wanted = plan.changes.compactMap { change -> NewTopic? in
            guard case .create(let topic) = change else { return nil }
            return NewTopic(
                name: topic.target, partitionCount: topic.partitionCount, replicationFactor: flow.replicationFactor)
        }
        wanted += internalTopics.filter { !existing.contains($0.name) }
        guard !wanted.isEmpty else { return nil }
        var summary = AccessSummary(flow.name.target, "Create", kind: "topic")
        summary.internalTopics = Set(internalTopics.map(\.name.rawValue))
        await note(&summary) { () throws(KafkaError) in
            try await target.createTopics(wanted, validateOnly: true, within: timeout)
        }
        return summary
    }

    private var internalTopics: [NewTopic] {
        let progress = flow.progressTopic
        let aside = NewTopic(
            name: flow.quarantineTopic, partitionCount: 1, replicationFactor: progress.replicationFactor)
        return (flow.quarantines ? [aside] : []) + [
            NewTopic(
                name: progress.name, partitionCount: progress.partitionCount,
                replicationFactor: progress.replicationFactor),
            NewTopic(
                name: flow.lanesTopic, partitionCount: Int32(clamping: flow.laneCount),
                replicationFactor: flow.lanesReplicationFactor),
        ]
    }

    private func grow() async -> AccessSummary? {
        let totals = plan.changes.compactMap { change -> (TopicName, Int32)? in
            guard case .addPartitions(let topic, let total) = change else { return nil }
            return (topic, total)
        }
        guard !totals.isEmpty else { return nil }
        var summary = AccessSummary(flow.name.target, "Alter", kind: "topic")
        await note(&summary) { () throws(KafkaError) in
            try await target.createPartitions(
                Dictionary(totals) { first, _ in first }, validateOnly: true, within: timeout)
        }
        return summary
    }

    private func note(
        _ summary: inout AccessSummary, _ call: () async throws(KafkaError) -> [TopicName: KafkaError?]
    ) async {
        do {
            for (topic, error) in try await call().sorted(by: { $0.key < $1.key }) {
                summary.note(topic.rawValue, error)
            }
        } catch { summary.unknown = error.reason }
    }

    private func transactions() async -> AccessSummary? {
        guard flow.exactlyOnce.isEnabled else { return nil }
        var summary = AccessSummary(flow.name.target, "Write", kind: "transactional id")
        // Whoever takes the id of a lane ends what a running daemon has open.
        let id = flow.transactionalIDPrefix + "check"
        let (properties, timeout) = (flow.producerProperties.merging(["transactional.id": id]), timeout)
        let problem = await ThreadExecutor.shared.run { TransactionProbe.problem(properties, within: timeout) }
        if let problem, problem.remedy == .retry { summary.unknown = problem.reason } else { summary.note(id, problem) }
        return summary
    }

    /// The group that shares the lanes, and the one that shows the progress to people's tools.
    private func groups() async -> [AccessSummary] {
        var lanes = AccessSummary(flow.name.target, "Read", kind: "group")
        await note(&lanes, target, GroupID("tern-lanes.\(flow.name)"))
        guard flow.emitsSourceGroupOffsets else { return [lanes] }
        var shown = AccessSummary(flow.name.source, "Read", kind: "group")
        await note(&shown, source, GroupID("tern.\(flow.name)"))
        return [lanes, shown]
    }

    private func note(_ summary: inout AccessSummary, _ admin: AdminClient, _ group: GroupID) async {
        let deadline = ContinuousClock.now + timeout
        while true {
            do {
                _ = try await admin.groupOffsets(of: group, within: timeout)
                return summary.note(group.rawValue, nil)
            } catch {
                if error.code == .groupAuthorizationFailed { return summary.note(group.rawValue, error) }
                // A young cluster has no coordinator for a moment.
                let pause = Duration.milliseconds(200)
                guard error.remedy == .retry, ContinuousClock.now + pause < deadline else {
                    summary.unknown = error.reason
                    return
                }
                try? await Task.sleep(for: pause)
            }
        }
    }
}

/// Reads the end of one partition of each topic: a broker answers with the end, or with a refusal.
enum ReadProbe {
    struct Answer: Sendable { let error: KafkaError? }
    struct Answers: Sendable {
        var topics: [TopicName: Answer] = [:]
        var clientErrors: [KafkaError] = []
    }

    /// Blocks until every topic has answered, or the deadline has passed.
    static func run(
        _ flow: FlowConfiguration, _ topics: [TopicName], by deadline: ContinuousClock.Instant
    ) throws(KafkaError) -> Answers {
        let properties = flow.consumerProperties.merging([
            "group.id": "tern.\(flow.name)", "enable.auto.commit": "false", "enable.auto.offset.store": "false",
            "auto.offset.reset": "error", "enable.partition.eof": "true", "allow.auto.create.topics": "false",
            "isolation.level": flow.isolation.rawValue,
            // At the end there is nothing to wait for, and questions about other partitions queue behind a waiting fetch.
            "fetch.wait.max.ms": "10", "topic.metadata.refresh.fast.interval.ms": "50",
        ])
        let consumer = try Consumer(properties, clientID: "tern|\(flow.name)|check")
        defer { consumer.close(by: deadline + .seconds(2)) }
        try consumer.assign(topics.map { (TopicPartition($0, 0), .end) })
        var answers = Answers()
        while answers.topics.count < topics.count {
            let left = deadline - .now
            guard left > .zero else { break }
            guard let event = consumer.nextEvent(within: left) else { continue }
            switch consume event {
            case .partitionEnd(let partition, _): answers.topics[partition.topic] = Answer(error: nil)
            case .record(let record): answers.topics[record.topic] = Answer(error: nil)
            case .failure(let error, let partition, _):
                if let partition, error.remedy != .retry {
                    answers.topics[partition.topic] = Answer(error: error)
                } else {
                    answers.clientErrors.append(error)
                }
            }
        }
        return answers
    }
}
