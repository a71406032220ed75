// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes
public import TernConfiguration

/// A record that the target refused for good, as it is kept in `mm2-tern-quarantine.<source>.internal`.
///
/// The topic is compacted, and its key names the record: one that was set aside again after a crash is there once, and a tombstone
/// says that a person has dealt with it. The value is the record's own, and its headers come first, so that tools for the dead letter
/// queues of Kafka Connect find what they look for; `__connect.errors.*` are Connect's names, `tern.quarantine.*` are Tern's.
public struct QuarantineEnvelope: Sendable, Equatable {
    /// Names are bytes; a value of nil is a null value.
    public struct Header: Sendable, Equatable {
        public var name: [UInt8]
        public var value: [UInt8]?

        public init(name: [UInt8], value: [UInt8]?) {
            self.name = name
            self.value = value
        }

        init(_ name: String, _ value: String) { self.init(name: Array(name.utf8), value: Array(value.utf8)) }
    }

    /// The record as the target would have got it, with Tern's headers.
    public struct Body: Sendable, Equatable {
        public var key: [UInt8]?
        public var value: [UInt8]?
        public var headers: [Header]

        public init(key: [UInt8]?, value: [UInt8]?, headers: [Header]) {
            self.key = key
            self.value = value
            self.headers = headers
        }
    }

    /// One message as it is written or read.
    public struct Message: Sendable, Equatable {
        public var key: [UInt8]?
        public var value: [UInt8]?
        public var headers: [Header]

        public init(key: [UInt8]?, value: [UInt8]?, headers: [Header]) {
            self.key = key
            self.value = value
            self.headers = headers
        }
    }

    public var sourceCluster: ClusterAlias
    public var source: TopicPartition
    public var target: TopicPartition
    /// Names the record: its cluster, offset, timestamp and content. No offset of the target belongs to it.
    public var witness: Witness
    /// Kafka's name of the error, such as `MSG_SIZE_TOO_LARGE`.
    public var code: String
    /// Who said what, in a sentence.
    public var message: String
    public var connector: String
    public var lane: Int
    /// `nil` where it did not fit, or cannot be read.
    public var body: Body?

    public init(
        sourceCluster: ClusterAlias, source: TopicPartition, target: TopicPartition, witness: Witness, code: String,
        message: String, connector: String, lane: Int, body: Body?
    ) {
        self.sourceCluster = sourceCluster
        self.source = source
        self.target = target
        self.witness = witness
        self.code = code
        self.message = message
        self.connector = connector
        self.lane = lane
        self.body = body
    }

    public var offset: Int64 { witness.sourceOffset }

    /// `{"cluster":"…","topic":"orders","partition":3,"offset":42,"timestamp":1700000000000}`: the same whenever the record is set
    /// aside, and another one for another record at that offset of a topic that was recreated.
    public var key: [UInt8] {
        Array(
            ("{\"cluster\":\"\(witness.clusterID)\",\"topic\":\"\(source.topic)\",\"partition\":\(source.partition),"
                + "\"offset\":\(witness.sourceOffset),\"timestamp\":\(witness.timestamp)}").utf8)
    }

    private enum Name {
        static let headers = "tern.quarantine.headers"
        static let key = "tern.quarantine.key"
        static let value = "tern.quarantine.value"
        static let source = "tern.quarantine.source"
        static let target = "tern.quarantine.target"
        static let code = "tern.quarantine.code"
        static let witness = "tern.quarantine.witness"
    }

    /// What `tern.quarantine.value` says. A null value would be a tombstone.
    private enum ValueWord: String { case whole, null, absent }

    public var encoded: Message {
        let own = body?.headers ?? []
        var headers = own
        headers += [
            Header("__connect.errors.topic", source.topic.rawValue),
            Header("__connect.errors.partition", "\(source.partition)"),
            Header("__connect.errors.offset", "\(witness.sourceOffset)"),
            Header("__connect.errors.connector.name", connector),
            Header("__connect.errors.task.id", "\(lane)"),
            Header("__connect.errors.stage", "KAFKA_PRODUCE"),
            Header("__connect.errors.class.name", "tern"),
            Header("__connect.errors.exception.class.name", Self.exceptionClass(of: code)),
            Header("__connect.errors.exception.message", message),
            Header(Name.source, sourceCluster.rawValue),
            Header(Name.target, "\(target)"),
            Header(Name.code, code),
            Header(name: Array(Name.witness.utf8), value: witness.encoded),
            Header(Name.headers, "\(own.count)"),
            Header(name: Array(Name.key.utf8), value: body?.key),
        ]
        let word: ValueWord = body.map { $0.value == nil ? .null : .whole } ?? .absent
        headers.append(Header(Name.value, word.rawValue))
        return Message(key: key, value: body?.value ?? [], headers: headers)
    }

    /// What a message says; `nil` for one that no version of Tern has written.
    public init?(_ message: Message) {
        func last(_ name: String) -> Header? {
            let bytes = Array(name.utf8)
            return message.headers.last { $0.name == bytes }
        }
        func text(_ name: String) -> String? { last(name)?.value.map { String(decoding: $0, as: UTF8.self) } }
        guard let topic = text("__connect.errors.topic"),
            let partition = text("__connect.errors.partition").flatMap(Int32.init),
            let witness = last(Name.witness)?.value.flatMap(Witness.init(encoded:)), let alias = text(Name.source),
            let target = text(Name.target).flatMap(Self.place), let code = text(Name.code),
            let count = text(Name.headers).flatMap(Int.init), (0...message.headers.count).contains(count),
            let word = text(Name.value).flatMap(ValueWord.init)
        else { return nil }
        var body: Body?
        if word != .absent {
            body = Body(
                key: last(Name.key)?.value, value: word == .null ? nil : message.value,
                headers: Array(message.headers.prefix(count)))
        }
        self.init(
            sourceCluster: ClusterAlias(alias), source: TopicPartition(TopicName(topic), partition), target: target,
            witness: witness, code: code, message: text("__connect.errors.exception.message") ?? "",
            connector: text("__connect.errors.connector.name") ?? "",
            lane: text("__connect.errors.task.id").flatMap(Int.init) ?? 0, body: body)
    }

    private static func place(_ text: String) -> TopicPartition? {
        guard let slash = text.lastIndex(of: "/"), let partition = Int32(text[text.index(after: slash)...]) else {
            return nil
        }
        return TopicPartition(TopicName(String(text[..<slash])), partition)
    }

    /// What Java's producer throws for the error, as Connect would have written it.
    private static func exceptionClass(of code: String) -> String {
        let name =
            switch code {
            case "MSG_SIZE_TOO_LARGE": "RecordTooLargeException"
            case "RECORD_LIST_TOO_LARGE": "RecordBatchTooLargeException"
            case "INVALID_TIMESTAMP": "InvalidTimestampException"
            case "INVALID_RECORD": "InvalidRecordException"
            case "POLICY_VIOLATION": "PolicyViolationException"
            case "UNSUPPORTED_FOR_MESSAGE_FORMAT": "UnsupportedForMessageFormatException"
            default: "KafkaException"
            }
        return name == "KafkaException" ? "org.apache.kafka.common.\(name)" : "org.apache.kafka.common.errors.\(name)"
    }
}
