// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import TernConfiguration

/// A record that goes singly, until it is acknowledged: what the target refuses is gone with its report, and its envelope is made of
/// this.
struct KeptRecord {
    var witness: Witness
    var size: Int
    /// `nil` where it cannot be read whole.
    var body: QuarantineEnvelope.Body?
}

/// Records that the target refuses for good, where the flow sets them aside (`errors.tolerance=all`).
extension Lane {
    /// - Parameter record: with the headers with which it is sent.
    func keep(_ record: borrowing OutgoingRecord, size: Int, _ partition: LanePartition) {
        guard settings.quarantineTopic != nil else { return }
        let witness = Witness(
            clusterID: settings.sourceID, sourceOffset: record.offset, timestamp: record.timestamp.milliseconds,
            contentHash: record.contentHash(), targetOffset: partition.machine.witness?.targetOffset ?? -1)
        let body = record.lacksHeaders ? nil : QuarantineEnvelope.Body(record.detached())
        partition.kept = KeptRecord(witness: witness, size: size, body: body)
    }

    /// Sends the envelope of a record in the record's place.
    func sendEnvelope(_ quarantine: PartitionMachine.Quarantine, _ partition: LanePartition) {
        guard let topic = settings.quarantineTopic, let kept = partition.kept,
            kept.witness.sourceOffset == quarantine.offset
        else { return feed(partition) { $0.envelopeNotKept(&$1) } }
        let body = quarantine.holdsRecord ? kept.body : nil
        let envelope = envelope(quarantine, kept.witness, body, partition)
        do throws(KafkaError) {
            let token = Token.data(place: partition.index, sequence: partition.machine.ledger.nextSequence)
            try openTransaction(single: true)
            try delivery.sendEnvelope(envelope.encoded, to: topic, token)
            partition.machine.submit(offset: quarantine.offset, timestamp: kept.witness.timestamp, size: kept.size)
            inFlight.add(bytes: kept.size)
        } catch {
            let failure = PartitionMachine.Failure(error.code)
            feed(partition) { [moment] in $0.singleNotTaken(quarantine.offset, failure, moment, &$1) }
        }
    }

    private func envelope(
        _ quarantine: PartitionMachine.Quarantine, _ witness: Witness, _ body: QuarantineEnvelope.Body?,
        _ partition: LanePartition
    ) -> QuarantineEnvelope {
        let target = TopicPartition(partition.targetTopic, partition.source.partition)
        return QuarantineEnvelope(
            sourceCluster: settings.flow.source, source: partition.source, target: target, witness: witness,
            code: quarantine.code.name, message: quarantine.refusal(by: target, on: settings.flow.target),
            connector: settings.progress.connectorName, lane: settings.lane, body: body)
    }
}

extension PartitionMachine.Quarantine {
    /// Who said what, in a sentence.
    func refusal(by target: TopicPartition, on cluster: ClusterAlias) -> String {
        code == ._badMsg
            ? "the record's headers cannot be read: librdkafka takes 100,000 at most"
            : "\(target) on \(cluster) refuses the record: \(code.sentence)"
    }
}

extension QuarantineEnvelope.Body {
    init(_ record: OwnedRecord) {
        self.init(
            key: record.key, value: record.value,
            headers: record.headers.map { QuarantineEnvelope.Header(name: $0.name, value: $0.value) })
    }
}
