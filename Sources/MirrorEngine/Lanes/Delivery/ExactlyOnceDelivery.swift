// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import TernConfiguration

/// Exactly once: one transactional producer. Records, progress rows and rows of the offset map are in the same transaction, so that a
/// committed reader sees all of them or none.
///
/// What comes next is decided by its ``TransactionMachine``. The lane feeds it (`Lane+Transactions`), keeps the reports back until the
/// transaction is decided, and takes nothing while it is.
final class ExactlyOnceDelivery: DeliveryStrategy {
    var machine: TransactionMachine
    private var producer: Producer?
    private var calls: TransactionalCalls?
    private var progressTopic: TopicHandle?
    private let progressName: TopicName
    private let worker: TransactionWorker
    private var properties: ClientProperties
    private let clientID: String
    /// Of all clients that this lane has had, and of the present one.
    private let traffic: ClientTraffic
    private var ownTraffic: ClientTraffic
    private var death: KafkaError?
    /// How many clients have taken the transactional id.
    private(set) var fences = 0
    /// Why the last transaction, or fence, failed.
    private(set) var cause: KafkaError?
    /// The open transaction must not be asked to commit, not even to learn why it failed.
    private var mayAskWhy = true

    init(_ settings: LaneSettings, _ transactions: TransactionSettings, clientID name: String) {
        machine = TransactionMachine(interval: transactions.interval)
        properties = settings.producer
        properties["batch.size"] = "\(settings.batchBytes)"
        properties["enable.gapless.guarantee"] = "false"
        properties["transactional.id"] = transactions.id
        properties["transaction.timeout.ms"] = "\(transactions.timeout / .milliseconds(1))"
        clientID = name
        traffic = settings.traffic.producing
        ownTraffic = traffic.ofOneClient()
        progressName = settings.progress.name
        worker = TransactionWorker(name: "commit-\(settings.lane)")
    }

    // MARK: what the lane asks for each record

    func isBroken(_ batching: PartitionMachine.Batching) -> Bool { !machine.isUsable }

    var isAnyBroken: Bool { !machine.takesRecords }

    func isBackingOff(at now: ContinuousClock.Instant) -> Bool { !machine.takesRecords }

    /// The lane fails the transaction itself: see ``Lane/failTransaction()``.
    func breakProducer(_ batching: PartitionMachine.Batching) {}

    func succeeded(_ batching: PartitionMachine.Batching) {}

    // MARK: sending

    func send(
        _ record: consuming OutgoingRecord, _ partition: LanePartition, _ token: Token
    ) throws(KafkaError) -> OutgoingRecord? {
        try enqueue(record, partition, token)
    }

    func sendSingly(
        _ record: consuming OutgoingRecord, _ partition: LanePartition, _ token: Token
    ) throws(KafkaError) -> Bool {
        let returned = try enqueue(record, partition, token)
        return returned == nil
    }

    func sendEnvelope(
        _ envelope: QuarantineEnvelope.Message, to topic: TopicName, _ token: Token
    ) throws(KafkaError) {
        try client().writeEnvelope(envelope, to: topic, token)
    }

    private func enqueue(
        _ record: consuming OutgoingRecord, _ partition: LanePartition, _ token: Token
    ) throws(KafkaError) -> OutgoingRecord? {
        let producer = try client()
        return try producer.enqueue(
            record, to: partition.topic(at: producer), partition: partition.source.partition, token: token.rawValue)
    }

    func writeRow(_ offset: Int64, _ witness: Witness?, _ partition: LanePartition) throws(KafkaError) {
        guard let progressTopic else { throw closed }
        try client().writeRow(offset, witness, partition, to: progressTopic)
    }

    func writeMapRow(
        key: [UInt8], value: [UInt8]?, to topic: TopicName, _ partition: LanePartition
    ) throws(KafkaError) {
        try client().writeMapRow(key: key, value: value, to: topic, partition)
    }

    private func client() throws(KafkaError) -> Producer {
        guard let producer else { throw closed }
        return producer
    }

    private var closed: KafkaError {
        KafkaError(._state, during: "produce", reason: "no client has the transactional id")
    }

    var rowsOutstanding: Int { producer?.outstanding ?? 0 }

    // MARK: reports

    func serve(within wait: Duration, _ report: (borrowing Delivery) -> Void) -> [ClientFailure] {
        guard let producer else {
            // Nothing is there that could be waited for but the next try.
            if let answer = worker.answer(within: wait) { answers.append(answer) }
            return []
        }
        producer.pollDeliveries(within: wait, report)
        let failures = producer.takeFailures()
        if let fatal = failures.first(where: \.isFatal) { death = death ?? fatal }
        // What a fence means is said when it is known.
        return failures.map { ClientFailure(error: $0, isNews: $0.isFatal && $0.code != ._fenced) }
    }

    private var answers: [TransactionWorker.Answer] = []

    func replaceBroken(at now: ContinuousClock.Instant) -> ReplacedProducers { ReplacedProducers() }

    func purgeBroken() {}

    // MARK: the machine

    /// Hears what the worker and the client have to say, and lets the machine decide.
    func advance(at instant: Duration, closesEarly: Bool, _ actions: inout [TransactionMachine.Action]) {
        if let answer = worker.answer() { answers.append(answer) }
        for answer in answers { heard(answer, at: instant, &actions) }
        answers.removeAll()
        if let death = death.take() {
            cause = death
            machine.clientDied(isFenced: true, at: instant, &actions)
        }
        machine.tick(
            at: instant, outstanding: producer?.outstanding ?? 0, closesEarly: closesEarly, &actions)
    }

    private func heard(
        _ answer: TransactionWorker.Answer, at instant: Duration, _ actions: inout [TransactionMachine.Action]
    ) {
        cause = answer.error
        switch answer.request {
        case .fence:
            if answer.ending == .done { fences += 1 }
            machine.fenceEnded(answer.ending, at: instant, &actions)
        case .commit:
            machine.commitEnded(answer.ending, lostAnswers: hasLostAnswers, at: instant, &actions)
        case .abort: machine.abortEnded(answer.ending, at: instant, &actions)
        }
    }

    /// A request of a transaction was sent, and has no answer: a broker may carry it out whenever it gets to it.
    private var hasLostAnswers: Bool { ownTraffic.transactionalRequestsWithoutAnswer > 0 }

    func fail(at instant: Duration, mayAskWhy: Bool) {
        guard machine.isOpen else { return }
        if !mayAskWhy { self.mayAskWhy = false }
        machine.deliveryFailed(at: instant)
    }

    /// Throws the client away and has another one take the transactional id.
    func fence(at instant: Duration, _ actions: inout [TransactionMachine.Action]) {
        discard()
        ownTraffic = traffic.ofOneClient()
        do throws(KafkaError) {
            let made = try Producer(properties, clientID: clientID, traffic: ownTraffic)
            producer = made
            progressTopic = try made.topic(named: progressName)
            let calls = try made.transactionalCalls()
            self.calls = calls
            worker.ask(.fence, calls, waking: made.interrupter)
        } catch {
            cause = error
            machine.fenceEnded(.refused, at: instant, &actions)
        }
    }

    func begin() throws(KafkaError) {
        mayAskWhy = true
        try client().beginTransaction()
    }

    func commit() { ask(.commit) }

    func abort(asksWhy: Bool) { ask(.abort(asksWhy: asksWhy && mayAskWhy && rowsOutstanding == 0)) }

    private func ask(_ request: TransactionWorker.Request) {
        guard let calls, let producer else { return }
        worker.ask(request, calls, waking: producer.interrupter)
    }

    // MARK: the clients

    /// A transaction is one producer's: its lane has no other connection (``LaneSettings/targetPlan(partitions:)``).
    func use(connections: Int) {}

    func learnTopics(within limit: Duration, isFirst: Bool) { producer?.learnTopics(within: limit) }

    func warmUp(_ partition: LanePartition) throws(KafkaError) {
        guard let producer else { return }
        partition.topic = try producer.topic(named: partition.targetTopic)
    }

    /// One producer has one size of batches: the smallest that a topic of the lane takes.
    func fitSmallBatches(to smallest: Int64) {
        let bytes = max(512, min(LaneSettings.smallBatchBytes, Int(clamping: smallest / 4 * 3)))
        guard properties["batch.size"] != "\(bytes)" else { return }
        properties["batch.size"] = "\(bytes)"
        needsOtherBatches = true
    }

    /// The present client makes batches that a topic of the lane does not take.
    var needsOtherBatches = false

    var targetID: String? { producer?.clusterID }

    private func discard() {
        death = nil
        needsOtherBatches = false
        progressTopic = nil
        calls = nil
        producer?.close(purging: true)
        producer = nil
    }

    /// What is open is aborted, so that committed readers need not wait for the lane's next client.
    func close() {
        if machine.isOpen, !worker.isBusy, let calls, let producer {
            producer.purge()
            worker.ask(.abort(asksWhy: false), calls, waking: producer.interrupter)
            _ = worker.answer(within: .seconds(1))
        }
        worker.end()
        discard()
    }
}
