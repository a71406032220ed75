// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring

/// What every strategy sends, by whichever producer it has for it.
extension Producer {
    private static let witnessHeader = HeaderName(Witness.headerName)

    /// Hands over one progress row.
    func writeRow(
        _ offset: Int64, _ witness: Witness?, _ partition: LanePartition, to topic: TopicHandle
    ) throws(KafkaError) {
        var headers: [(HeaderName, [UInt8]?)] = []
        if let witness { headers.append((Self.witnessHeader, witness.encoded)) }
        try enqueue(
            key: partition.progressKey, value: SourceOffsetRow.value(offset: offset), headers: headers,
            timestamp: nil, to: topic, partition: partition.progressPartition,
            token: Token.progress(place: partition.index).rawValue)
    }

    /// Hands over the envelope of a record, into the one partition of the quarantine topic. It has the time at which it is written:
    /// a timestamp that is out of range may be why the record is refused.
    func writeEnvelope(
        _ envelope: QuarantineEnvelope.Message, to name: TopicName, _ token: Token
    ) throws(KafkaError) {
        try enqueue(
            key: envelope.key, value: envelope.value,
            headers: envelope.headers.map { (HeaderName(bytes: $0.name), $0.value) }, timestamp: nil,
            to: topic(named: name), partition: 0, token: token.rawValue)
    }

    /// Hands over one row of the offset map; a `value` of nil forgets it.
    func writeMapRow(
        key: [UInt8], value: [UInt8]?, to name: TopicName, _ partition: LanePartition
    ) throws(KafkaError) {
        try enqueue(
            key: key, value: value, to: topic(named: name), partition: 0,
            token: Token.mapRow(place: partition.index).rawValue)
    }
}

extension LanePartition {
    /// The target's topic at the producer of its data, opened with the first record.
    func topic(at producer: Producer) throws(KafkaError) -> TopicHandle {
        if let topic { return topic }
        let opened = try producer.topic(named: targetTopic)
        topic = opened
        return opened
    }
}
