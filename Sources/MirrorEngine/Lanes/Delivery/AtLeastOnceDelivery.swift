// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTypes
import Mirroring

/// At least once: a gapless producer for data, a second one for topics that take small batches only, and a plain idempotent one
/// for rows and for records that go singly.
final class AtLeastOnceDelivery: DeliveryStrategy {
    /// Gapless: it dies at the first refused batch, so that nothing behind it is written.
    private let large: DataProducers
    private let small: DataProducers
    private var side: Producer
    private var progressTopic: TopicHandle
    private let progressName: TopicName
    private let sideProperties: ClientProperties
    private let sideID: String
    private let traffic: ClientTraffic
    /// The side producer is dead: without another one no progress would ever be written again.
    private var isSideBroken = false
    private var sideResumesAt = ContinuousClock.now

    init(_ settings: LaneSettings, clientID name: String) throws(KafkaError) {
        var properties = settings.producer
        properties["batch.size"] = "\(settings.batchBytes)"
        large = DataProducers(
            properties: properties, farBatchBytes: settings.farBatchBytes, clientID: name,
            traffic: settings.traffic.producing)
        properties["batch.size"] = "\(LaneSettings.smallBatchBytes)"
        small = DataProducers(properties: properties, clientID: name + "|small", traffic: settings.traffic.producing)
        var plain = settings.producer
        plain["enable.gapless.guarantee"] = "false"
        plain["linger.ms"] = "0"
        sideProperties = plain
        sideID = name + "|side"
        traffic = settings.traffic.progress
        progressName = settings.progress.name
        side = try Producer(plain, clientID: sideID, traffic: traffic)
        progressTopic = try side.topic(named: progressName)
    }

    func isBroken(_ batching: PartitionMachine.Batching) -> Bool {
        batching == .small ? small.isBroken : large.isBroken
    }

    var isAnyBroken: Bool { large.isBroken || small.isBroken }

    func breakProducer(_ batching: PartitionMachine.Batching) {
        if batching == .small { small.isBroken = true } else { large.isBroken = true }
    }

    func isBackingOff(at now: ContinuousClock.Instant) -> Bool {
        large.isBackingOff(at: now) || small.isBackingOff(at: now)
    }

    func succeeded(_ batching: PartitionMachine.Batching) {
        if batching == .small { small.noteSuccess() } else { large.noteSuccess() }
    }

    // MARK: sending

    func send(
        _ record: consuming OutgoingRecord, _ partition: LanePartition, _ token: Token
    ) throws(KafkaError) -> OutgoingRecord? {
        let producer = try client(of: partition.route)
        return try producer.enqueue(
            record, to: partition.topic(at: producer), partition: partition.source.partition, token: token.rawValue)
    }

    func sendSingly(
        _ record: consuming OutgoingRecord, _ partition: LanePartition, _ token: Token
    ) throws(KafkaError) -> Bool {
        do throws(KafkaError) {
            let topic: TopicHandle
            if let known = partition.sideTopic {
                topic = known
            } else {
                topic = try side.topic(named: partition.targetTopic)
                partition.sideTopic = topic
            }
            let returned = try side.enqueue(
                record, to: topic, partition: partition.source.partition, token: token.rawValue)
            return returned == nil
        } catch {
            noteSide(error)
            throw error
        }
    }

    func sendEnvelope(
        _ envelope: QuarantineEnvelope.Message, to topic: TopicName, _ token: Token
    ) throws(KafkaError) {
        do throws(KafkaError) { try side.writeEnvelope(envelope, to: topic, token) } catch {
            noteSide(error)
            throw error
        }
    }

    func writeRow(_ offset: Int64, _ witness: Witness?, _ partition: LanePartition) throws(KafkaError) {
        do throws(KafkaError) { try side.writeRow(offset, witness, partition, to: progressTopic) } catch {
            noteSide(error)
            throw error
        }
    }

    func writeMapRow(
        key: [UInt8], value: [UInt8]?, to topic: TopicName, _ partition: LanePartition
    ) throws(KafkaError) {
        do throws(KafkaError) { try side.writeMapRow(key: key, value: value, to: topic, partition) } catch {
            noteSide(error)
            throw error
        }
    }

    private func noteSide(_ error: KafkaError) {
        if error.isFatal || error.remedy == .recreateClient { isSideBroken = true }
    }

    var rowsOutstanding: Int { side.outstanding }

    // MARK: reports

    func serve(within wait: Duration, _ report: (borrowing Delivery) -> Void) -> [ClientFailure] {
        var wait = wait
        var failures: [ClientFailure] = []
        // Where several may have something to report, none is waited for long while another's report lies there.
        let turn = large.isSingle ? wait : min(wait, Self.turnOfOne)
        for producer in large.made {
            let isAwaited = producer.outstanding > 0
            producer.pollDeliveries(within: isAwaited ? min(wait, turn) : .zero, report)
            if isAwaited { wait -= min(wait, turn) }
            note(producer.takeFailures(), .large, &failures)
        }
        for producer in small.made {
            producer.pollDeliveries(within: .zero, report)
            note(producer.takeFailures(), .small, &failures)
        }
        side.pollDeliveries(within: min(wait, turn), report)
        for failure in side.takeFailures() {
            if failure.isFatal { isSideBroken = true }
            failures.append(ClientFailure(error: failure, isNews: false))
        }
        return failures
    }

    private func note(
        _ errors: [KafkaError], _ batching: PartitionMachine.Batching, _ failures: inout [ClientFailure]
    ) {
        for error in errors {
            if error.isFatal { breakProducer(batching) }
            failures.append(
                ClientFailure(error: error, isNews: error.isFatal && error.code != ._gaplessGuarantee))
        }
    }

    func replaceBroken(at now: ContinuousClock.Instant) -> ReplacedProducers {
        var replaced = ReplacedProducers()
        if large.isBroken {
            large.discard(at: now)
            replaced.batchings.append(.large)
        }
        if small.isBroken {
            small.discard(at: now)
            replaced.batchings.append(.small)
        }
        guard isSideBroken, now >= sideResumesAt else { return replaced }
        sideResumesAt = now + .seconds(1)
        do throws(KafkaError) {
            let made = try Producer(sideProperties, clientID: sideID, traffic: traffic)
            progressTopic = try made.topic(named: progressName)
            side.close(purging: true)
            side = made
            isSideBroken = false
            replaced.isSide = true
        } catch {
            replaced.failure = error
        }
        return replaced
    }

    func purgeBroken() {
        if large.isBroken { for producer in large.made { producer.purgeQueue() } }
        if small.isBroken { for producer in small.made { producer.purgeQueue() } }
    }

    // MARK: the clients

    /// How long one of several producers is waited for.
    private static let turnOfOne = Duration.milliseconds(2)

    /// Only large batches are spread: small ones are for topics that take little.
    private func client(of route: PartitionMachine.Route) throws(KafkaError) -> Producer {
        guard route.batching == .small else { return try large.client(route.connection) }
        return try small.client(route.connection < Self.firstFar ? 0 : Self.firstFar)
    }

    private static let firstFar = ConnectionPlan.mostConnections

    func use(connections: Int) {
        large.use(connections)
        if connections > Self.firstFar { small.use(Self.firstFar + 1) }
    }

    func learnTopics(within limit: Duration, isFirst: Bool) {
        if let producer = try? large.client(0) { producer.learnTopics(within: limit) }
        for producer in large.made.dropFirst() { producer.learnTopics(within: .zero) }
        guard !isFirst else { return }
        for producer in small.made { producer.learnTopics(within: limit) }
        side.learnTopics(within: limit)
    }

    /// The first record to a topic waits up to a second for its metadata unless the handle is older than the record.
    func warmUp(_ partition: LanePartition) throws(KafkaError) {
        let producer = try client(of: partition.machine.route)
        partition.topic = try producer.topic(named: partition.targetTopic)
    }

    /// librdkafka does not split a batch that the target refuses for its size.
    func fitSmallBatches(to smallest: Int64) {
        let bytes = max(512, min(LaneSettings.smallBatchBytes, Int(clamping: smallest / 4 * 3)))
        guard small.properties["batch.size"] != "\(bytes)" else { return }
        small.properties["batch.size"] = "\(bytes)"
        if small.made.contains(where: { _ in true }) { small.isBroken = true }
    }

    var targetID: String? { side.clusterID }

    func close() {
        large.close(purging: true)
        small.close(purging: true)
        side.close(purging: true)
    }
}
