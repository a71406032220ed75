// SPDX-License-Identifier: Apache-2.0
private import FoundationEssentials
public import TernConfiguration
public import KafkaTypes

/// A row of `mm2-offsets.<source>.internal`: how far one source partition has been mirrored.
///
/// Java looks a row up by the exact bytes of its key, so keys are written as Connect's JSON converter writes them: no
/// blanks, members in the order `cluster`, `partition`, `topic` (reference: OffsetStorageWriter, MirrorUtils.wrapPartition).
public enum SourceOffsetRow {
    /// What a key names.
    public struct Key: Sendable, Equatable {
        public var connector: String
        public var cluster: ClusterAlias
        public var topic: TopicName
        public var partition: Int32

        public init(connector: String, cluster: ClusterAlias, topic: TopicName, partition: Int32) {
            self.connector = connector
            self.cluster = cluster
            self.topic = topic
            self.partition = partition
        }
    }

    /// `["MirrorSourceConnector",{"cluster":"A","partition":0,"topic":"orders"}]`
    public static func key(_ key: Key) -> [UInt8] {
        var bytes: [UInt8] = Array("[".utf8)
        appendString(key.connector, to: &bytes)
        bytes += Array(",{\"cluster\":".utf8)
        appendString(key.cluster.rawValue, to: &bytes)
        bytes += Array(",\"partition\":\(key.partition),\"topic\":".utf8)
        appendString(key.topic.rawValue, to: &bytes)
        bytes += Array("}]".utf8)
        return bytes
    }

    /// `{"offset":41}`, the offset of the last record that was mirrored.
    public static func value(offset: Int64) -> [UInt8] { Array("{\"offset\":\(offset)}".utf8) }

    /// What a key says, whatever the order of its members; `nil` when it is not the key of a source partition.
    public static func parseKey(_ bytes: [UInt8]) -> Key? {
        if let key = canonicalKey(bytes) { return key }
        guard let parts = try? JSONDecoder().decode(KeyParts.self, from: Data(bytes)) else { return nil }
        return Key(
            connector: parts.connector, cluster: ClusterAlias(parts.place.cluster),
            topic: TopicName(parts.place.topic), partition: parts.place.partition)
    }

    /// The offset that a value holds; `nil` when there is none, as in `null` and in values that are malformed. The largest
    /// number is malformed too: no record can follow it.
    public static func parseValue(_ bytes: [UInt8]) -> Int64? {
        guard let offset = number(in: bytes), offset < .max else { return nil }
        return offset
    }

    private static func number(in bytes: [UInt8]) -> Int64? {
        var reader = CanonicalRowReader(bytes)
        if reader.take("{\"offset\":"), let offset = reader.takeNumber(), reader.take("}"), reader.isAtEnd {
            return offset
        }
        return (try? JSONDecoder().decode(Value.self, from: Data(bytes)))?.offset
    }

    private static func canonicalKey(_ bytes: [UInt8]) -> Key? {
        var reader = CanonicalRowReader(bytes)
        guard reader.take("[\""), let connector = reader.takeString(),
            reader.take("\",{\"cluster\":\""), let cluster = reader.takeString(),
            reader.take("\",\"partition\":"), let number = reader.takeNumber(), let partition = Int32(exactly: number),
            reader.take(",\"topic\":\""), let topic = reader.takeString(), reader.take("\"}]"), reader.isAtEnd
        else { return nil }
        return Key(
            connector: connector, cluster: ClusterAlias(cluster), topic: TopicName(topic), partition: partition)
    }

    private struct KeyParts: Decodable {
        struct Place: Decodable {
            var cluster: String
            var partition: Int32
            var topic: String
        }
        var connector: String
        var place: Place

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            connector = try list.decode(String.self)
            place = try list.decode(Place.self)
        }
    }

    private struct Value: Decodable {
        var offset: Int64
    }

    /// As Jackson writes it: quotes, backslashes and control characters escaped, what is beyond the basic plane as two
    /// escaped surrogates, everything else in UTF-8 as it is.
    private static func appendString(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": bytes += Array("\\\"".utf8)
            case "\\": bytes += Array("\\\\".utf8)
            case "\u{08}": bytes += Array("\\b".utf8)
            case "\t": bytes += Array("\\t".utf8)
            case "\n": bytes += Array("\\n".utf8)
            case "\u{0C}": bytes += Array("\\f".utf8)
            case "\r": bytes += Array("\\r".utf8)
            case "\u{0}"..<" ": appendEscape(UInt16(scalar.value), to: &bytes)
            case "\u{10000}"...: for unit in UTF16.encode(scalar) ?? .init() { appendEscape(unit, to: &bytes) }
            default: bytes += Array(String(Character(scalar)).utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func appendEscape(_ unit: UInt16, to bytes: inout [UInt8]) {
        let digits = String(unit, radix: 16, uppercase: true)
        bytes += Array(("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).utf8)
    }
}
