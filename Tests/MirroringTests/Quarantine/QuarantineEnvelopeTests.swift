// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Testing

@Suite struct QuarantineEnvelopeTests {
    private func envelope(_ body: QuarantineEnvelope.Body?) -> QuarantineEnvelope {
        QuarantineEnvelope(
            sourceCluster: "eu/1", source: TopicPartition("orders", 3), target: TopicPartition("eu.orders", 3),
            witness: Witness(
                clusterID: "id", sourceOffset: 42, timestamp: 1_700_000_000_000, contentHash: 7, targetOffset: -1),
            code: "MSG_SIZE_TOO_LARGE", message: "too \"large\"", connector: "MirrorSourceConnector", lane: 2,
            body: body)
    }

    private static let header = QuarantineEnvelope.Header(name: [0xFF, 1], value: nil)
    /// A record that was a dead letter already, on another cluster: its headers are not the envelope's.
    private static let older = QuarantineEnvelope.Header(
        name: Array("__connect.errors.topic".utf8), value: Array("older".utf8))

    static let bodies: [QuarantineEnvelope.Body?] = [
        nil, .init(key: [1], value: [2, 3], headers: [header, older]), .init(key: nil, value: nil, headers: []),
        .init(key: [], value: [], headers: [older]),
    ]

    @Test(arguments: bodies)
    func `what is written is read back, null and empty apart`(body: QuarantineEnvelope.Body?) {
        let message = envelope(body).encoded
        #expect(QuarantineEnvelope(message) == envelope(body))
        #expect(message.value != nil, "a null value would be a tombstone")
    }

    @Test func `tools for Connect's dead letter queues find their headers`() {
        let message = envelope(nil).encoded
        func text(_ name: String) -> String? {
            message.headers.last { $0.name == Array(name.utf8) }?.value.map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(text("__connect.errors.topic") == "orders")
        #expect(text("__connect.errors.partition") == "3")
        #expect(text("__connect.errors.offset") == "42")
        #expect(text("__connect.errors.connector.name") == "MirrorSourceConnector")
        #expect(text("__connect.errors.task.id") == "2")
        #expect(text("__connect.errors.stage") == "KAFKA_PRODUCE")
        #expect(
            text("__connect.errors.exception.class.name") == "org.apache.kafka.common.errors.RecordTooLargeException")
        #expect(text("__connect.errors.exception.message") == "too \"large\"")
    }

    @Test func `the key is that of the record, and another one for another record at its offset`() {
        let key = envelope(nil).key
        #expect(
            String(decoding: key, as: UTF8.self)
                == #"{"cluster":"id","topic":"orders","partition":3,"offset":42,"timestamp":1700000000000}"#)
        var other = envelope(nil)
        other.witness.timestamp += 1
        #expect(other.key != key)
    }

    @Test func `a message of somebody else is none`() {
        #expect(QuarantineEnvelope(.init(key: [1], value: [2], headers: [])) == nil)
        for index in envelope(nil).encoded.headers.indices {
            var message = envelope(nil).encoded
            message.headers[index].value = Array("\u{0}".utf8)
            _ = QuarantineEnvelope(message)  // does not trap
        }
    }
}
