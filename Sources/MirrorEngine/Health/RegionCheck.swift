// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import TopicPlanning
import Kafka
import KafkaTypes
import Mirroring
import Platform
import Synchronization
import Telemetry

/// The region check behind `/health`: a real write to this region's cluster and a real read of it, not just a connection.
///
/// A job every few seconds, so that a probe costs the prober nothing and Kafka nothing more.
final class RegionCheck: Sendable {
    static let interval = Duration.seconds(5)

    private let configuration: HealthConfiguration
    private let cluster: ClusterConfiguration
    private let admin: AdminClient
    private let traffic: ClientTraffic
    private let environment: MirrorEnvironment
    private let state = Mutex(State())
    /// Used by one round at a time.
    private let probe = Mutex<RegionProbe?>(nil)

    private struct State {
        var topic: TopicName?
        var isClosed = false
    }

    /// - Parameter cluster: the one that is checked.
    init(
        _ configuration: HealthConfiguration, of cluster: ClusterConfiguration, _ handle: Cluster,
        environment: MirrorEnvironment
    ) {
        self.configuration = configuration
        self.cluster = cluster
        self.environment = environment
        admin = handle.admin
        traffic = handle.traffic
    }

    /// - Parameter round: of the check that is there at that time.
    static func job(
        _ configuration: HealthConfiguration, _ round: @escaping @Sendable () async -> Job.Outcome
    ) -> Job {
        Job(
            name: "region-check", interval: Self.interval,
            backOff: BackOff(first: .seconds(1), longest: .seconds(1)), limit: longest(configuration), round: round)
    }

    /// A round that cannot be cancelled, since it is inside of librdkafka: it ends by its own time limits.
    private static func longest(_ configuration: HealthConfiguration) -> Duration {
        configuration.timeout * 2 + .seconds(30)
    }

    /// Ends the clients; does not wait for it.
    func close() {
        state.withLock { $0.isClosed = true }
        detachThread(name: "region-check") { [self] in probe.withLock { $0.take() }?.close() }
    }

    func round(_ board: StatusBoard) async -> Job.Outcome {
        switch await look() {
        case .silent(let reason): return .failed(reason)
        case .refused(let detail):
            publish([.init(name: "write", isHealthy: false, detail: detail)], board)
            return .failed(detail, retryAfter: Self.interval)
        case .checked(let checks):
            publish(checks, board)
            let failed = checks.first { !$0.isHealthy }
            return failed.map { .failed($0.detail) } ?? .done
        }
    }

    /// What one check comes to.
    enum Look: Sendable {
        case checked([RegionCheckStatus.Check])
        /// The topic to check with is not there, and the cluster does not let it be made. Another may create it, or grant the right to: it is
        /// looked at again like the check itself.
        case refused(String)
        /// The cluster does not answer. What the last check said stays, and grows old.
        case silent(String)
    }

    func look() async -> Look {
        let topic: TopicName
        do throws(KafkaError) {
            switch try await ensuredTopic() {
            case .success(let found): topic = found
            case .failure(let error):
                return .refused("\(InternalTopics.health) cannot be created: \(error.reason) (\(error.code.name))")
            }
        } catch {
            return .silent(error.reason)
        }
        let limit = Self.longest(configuration)
        let answer = await ThreadExecutor.shared.run(within: limit) { [self] in check(topic) }
        guard let checks = answer ?? nil else { return .silent("the check did not come back") }
        return .checked(checks)
    }

    /// The topic to check with, made where it is not there; or why it cannot be made.
    /// - Throws: `KafkaError` when the cluster does not answer.
    private func ensuredTopic() async throws(KafkaError) -> Result<TopicName, KafkaError> {
        if let known = state.withLock(\.topic) { return .success(known) }
        let found = try await findTopic()
        if case .success(let topic) = found { state.withLock { $0.topic = topic } }
        return found
    }

    private func findTopic() async throws(KafkaError) -> Result<TopicName, KafkaError> {
        let topic = InternalTopics.health
        let wanted = NewTopic(
            name: topic, partitionCount: 1, replicationFactor: -1,
            configuration: [("retention.ms", "3600000"), ("cleanup.policy", "delete")])
        if let create = environment.createTopics {
            _ = await create(cluster.alias, [wanted])
            return .success(topic)
        }
        let existing = try await admin.topics(within: .seconds(10))
        if existing.contains(where: { $0.name == topic }) { return .success(topic) }
        let results = try await admin.createTopics([wanted], within: .seconds(10))
        guard let error = results[topic] ?? nil, error.code != .topicAlreadyExists else { return .success(topic) }
        // The rights of a user of an older Tern are enough to go on as it did.
        let isFormerThere = existing.contains { $0.name == InternalTopics.formerHealth }
        let goesOn = error.code == .topicAuthorizationFailed && isFormerThere
        return goesOn ? .success(InternalTopics.formerHealth) : .failure(error)
    }

    /// Blocks. After a check that failed the next one has clients of its own.
    private func check(_ topic: TopicName) -> [RegionCheckStatus.Check]? {
        probe.withLock { probe in
            guard !state.withLock(\.isClosed) else { return nil }
            do {
                let present = try probe ?? RegionProbe(cluster.adminProperties, topic: topic, traffic: traffic)
                let checks = present.check(within: configuration.timeout)
                if checks.allSatisfy(\.isHealthy) {
                    probe = present
                } else {
                    probe = nil
                    present.close()
                }
                return checks
            } catch {
                return [.init(name: "client", isHealthy: false, detail: "\(error)")]
            }
        }
    }

    private func publish(_ checks: [RegionCheckStatus.Check], _ board: StatusBoard) {
        board.update { status in
            status.regionCheck.checkedAt = WallClock.milliseconds()
            status.regionCheck.checks = checks
        }
    }
}

/// One producer and one consumer that write and read a mark; confined to the thread that checks.
private final class RegionProbe {
    private let producer: Producer
    private let consumer: Consumer
    private let handle: TopicHandle
    private let topic: TopicName
    private var count: UInt64 = 0
    private var isAssigned = false
    /// The last write was forbidden: the cluster is well.
    private var isRefused = false
    private let mark = UInt64.random(in: .min ... .max)

    init(_ properties: ClientProperties, topic: TopicName, traffic: ClientTraffic?) throws {
        var producing = properties
        producing["message.timeout.ms"] = "5000"
        producing["linger.ms"] = "0"
        producing["isolation.level"] = nil
        producer = try Producer(producing, clientID: "tern|health", traffic: traffic)
        handle = try producer.topic(named: topic)
        var consuming = properties
        consuming["group.id"] = "tern-health"
        consuming["enable.auto.commit"] = "false"
        consuming["auto.offset.reset"] = "latest"
        consuming["allow.auto.create.topics"] = "false"
        // A mark is answered with at once; between two there is nothing to ask for.
        consuming["fetch.wait.max.ms"] = "5000"
        consumer = try Consumer(consuming, clientID: "tern|health", traffic: traffic)
        self.topic = topic
    }

    func close() {
        producer.close(purging: true)
        _ = consumer.close(by: .now + .seconds(5))
    }

    func check(within limit: Duration) -> [RegionCheckStatus.Check] {
        count += 1
        let value = Array("\(mark)/\(count)".utf8)
        let written = write(value, by: .now + limit)
        guard let offset = written.offset else {
            return [
                .init(name: "write", isHealthy: false, detail: written.detail, isRefused: isRefused),
                .init(name: "read", isHealthy: false, detail: "not tried: the write failed"),
            ]
        }
        let read = read(value, at: offset, by: .now + limit)
        return [
            .init(name: "write", isHealthy: true, detail: "acknowledged at offset \(offset)"),
            .init(name: "read", isHealthy: read == nil, detail: read ?? "read back offset \(offset)"),
        ]
    }

    private func write(_ value: [UInt8], by deadline: ContinuousClock.Instant) -> (offset: Int64?, detail: String) {
        do {
            try producer.enqueue(
                key: nil, value: value, headers: [], timestamp: nil, to: handle, partition: 0, token: count)
        } catch {
            return (nil, error.reason)
        }
        isRefused = false
        var outcome: Delivery.Outcome?
        while outcome == nil, ContinuousClock.now < deadline {
            producer.pollDeliveries(within: .milliseconds(100)) { delivery in
                if delivery.token == count { outcome = delivery.outcome }
            }
        }
        switch outcome {
        case .acknowledged(let offset): return (offset, "")
        case .failed(let code, _):
            isRefused = code == .topicAuthorizationFailed || code == .clusterAuthorizationFailed
            return (nil, "the write to \(topic) failed: \(code.name)")
        case nil:
            let reasons = producer.takeFailures().map(\.reason)
            return (nil, "no acknowledgement of a write to \(topic)" + (reasons.last.map { ": \($0)" } ?? ""))
        }
    }

    private func read(_ value: [UInt8], at offset: Int64, by deadline: ContinuousClock.Instant) -> String? {
        do {
            if !isAssigned {
                try consumer.assign([(TopicPartition(topic, 0), .at(offset))])
                isAssigned = true
            }
        } catch {
            return error.reason
        }
        while ContinuousClock.now < deadline {
            guard let event = consumer.nextEvent(within: .milliseconds(100)) else { continue }
            if case .record(let record) = consume event, record.offset >= offset {
                return record.detached().value == value ? nil : "offset \(offset) holds another record"
            }
        }
        isAssigned = false
        return "offset \(offset) was not read back in time"
    }
}
