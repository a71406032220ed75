// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import TopicPlanning
import Kafka
import KafkaTypes
import Mirroring
import Platform
import Telemetry

/// The region check behind `/health`: a real write to this region's cluster and a real read of it, not just a connection.
///
/// Done every few seconds by a thread of its own, so that a probe costs the prober nothing and Kafka nothing more.
final class RegionCheck: Sendable {
    static let interval = Duration.seconds(5)

    private let configuration: HealthConfiguration
    private let cluster: ClusterConfiguration?
    private let traffic: ClientTraffic?
    private let environment: MirrorEnvironment
    private let log: Log
    private let stop = StopFlag()

    /// - Parameter traffic: of the cluster that is checked.
    init(
        configuration: MirrorConfiguration, environment: MirrorEnvironment, traffic: ClientTraffic?, log: Log
    ) {
        self.configuration = configuration.health
        cluster = configuration.cluster(configuration.health.cluster)
        self.environment = environment
        self.traffic = traffic
        self.log = log
    }

    /// Checks until the task is cancelled.
    func run(board: StatusBoard) async {
        guard let cluster else { return }
        await withTaskCancellationHandler {
            guard let topic = await ensureTopic(cluster, board), !stop.isRaised else { return }
            await runOnOwnThread(name: "region-check") { [self] in checkRepeatedly(cluster, topic, board) }
        } onCancel: {
            stop.raise()
        }
    }

    /// - Returns: the topic to check with; `nil` when the check ends first.
    private func ensureTopic(_ cluster: ClusterConfiguration, _ board: StatusBoard) async -> TopicName? {
        let topic = InternalTopics.health
        let wanted = NewTopic(
            name: topic, partitionCount: 1, replicationFactor: -1,
            configuration: [("retention.ms", "3600000"), ("cleanup.policy", "delete")])
        while !stop.isRaised {
            if let create = environment.createTopics {
                _ = await create(cluster.alias, [wanted])
                return topic
            }
            do {
                let admin = try AdminClient(cluster.adminProperties, clientID: "tern|health|admin", traffic: traffic)
                defer { admin.close() }
                let existing = try await admin.topics(within: .seconds(10))
                if existing.contains(where: { $0.name == topic }) { return topic }
                let results = try await admin.createTopics([wanted], within: .seconds(10))
                guard let error = results[topic] ?? nil, error.code != .topicAlreadyExists else { return topic }
                if error.code == .topicAuthorizationFailed,
                    existing.contains(where: { $0.name == InternalTopics.formerHealth })
                {
                    // The rights of a user of an older Tern are enough to go on as it did.
                    return InternalTopics.formerHealth
                }
                // Another may create it, or grant the right to: looked at again like the check itself.
                let detail = "\(topic) cannot be created: \(error.reason) (\(error.code.name))"
                publish([.init(name: "write", isHealthy: false, detail: detail)], board)
                try? await ContinuousClock().sleep(for: Self.interval)
            } catch {
                try? await ContinuousClock().sleep(for: .seconds(1))
            }
        }
        return nil
    }

    private func checkRepeatedly(_ cluster: ClusterConfiguration, _ topic: TopicName, _ board: StatusBoard) {
        let pause = Mailbox<Void>()
        while !stop.isRaised {
            do {
                let probe = try RegionProbe(cluster.adminProperties, topic: topic, traffic: traffic)
                defer { probe.close() }
                while !stop.isRaised {
                    let checks = probe.check(within: configuration.timeout)
                    publish(checks, board)
                    if !checks.allSatisfy(\.isHealthy) { break }
                    _ = pause.takeAll(within: Self.interval)
                }
            } catch {
                publish([.init(name: "client", isHealthy: false, detail: "\(error)")], board)
            }
            if !stop.isRaised { _ = pause.takeAll(within: .seconds(1)) }
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
                .init(name: "write", isHealthy: false, detail: written.detail),
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
        var outcome: Delivery.Outcome?
        while outcome == nil, ContinuousClock.now < deadline {
            producer.pollDeliveries(within: .milliseconds(100)) { delivery in
                if delivery.token == count { outcome = delivery.outcome }
            }
        }
        switch outcome {
        case .acknowledged(let offset): return (offset, "")
        case .failed(let code, _): return (nil, "the write to \(topic) failed: \(code.name)")
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
