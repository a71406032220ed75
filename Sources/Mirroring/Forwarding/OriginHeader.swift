// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
public import KafkaTypes

/// `tern.origin`: where a record was born, `<alias>/<topic>/<partition>/<offset>`, for people and applications.
///
/// It is read from its right end, since an alias may contain `/` and a topic cannot.
public struct OriginHeader: Sendable, Hashable {
    public static let name = "tern.origin"

    public var alias: ClusterAlias
    public var topic: TopicName
    public var partition: Int32
    public var offset: Int64

    public init(alias: ClusterAlias, topic: TopicName, partition: Int32, offset: Int64) {
        self.alias = alias
        self.topic = topic
        self.partition = partition
        self.offset = offset
    }

    /// What a value says; `nil` when it is not of this form. For people; the lanes ask `ForwardingPolicy`.
    public init?(_ value: [UInt8]) {
        guard let places = value.withRawSpan({ OriginPlaces($0) }) else { return nil }
        let alias = String(validating: value[..<places.aliasEnd], as: UTF8.self)
        let topic = String(validating: value[(places.aliasEnd + 1)..<places.topicEnd], as: UTF8.self)
        guard let alias, let topic else { return nil }
        self.init(
            alias: ClusterAlias(alias), topic: TopicName(topic), partition: places.partition, offset: places.offset)
    }

    public var encoded: [UInt8] { Array("\(alias)/\(topic)/\(partition)/\(offset)".utf8) }

    /// The most bytes that the value for a topic can have.
    public static func largestValue(alias: ClusterAlias, topic: TopicName) -> Int {
        alias.rawValue.utf8.count + topic.rawValue.utf8.count + "/".utf8.count * 3
            + String(Int32.max).utf8.count + String(Int64.max).utf8.count
    }
}

/// Where the parts of a value lie in it.
struct OriginPlaces {
    let aliasEnd: Int
    let topicEnd: Int
    let partition: Int32
    let offset: Int64

    init?(_ value: RawSpan) {
        let slash = UInt8(ascii: "/")
        guard let third = value.lastIndex(of: slash, before: value.byteCount),
            let offset = value.decimal(from: third + 1, to: value.byteCount),
            let second = value.lastIndex(of: slash, before: third),
            let number = value.decimal(from: second + 1, to: third), let partition = Int32(exactly: number),
            let first = value.lastIndex(of: slash, before: second), second > first + 1
        else { return nil }
        aliasEnd = first
        topicEnd = second
        self.partition = partition
        self.offset = offset
    }
}

/// Writes the `tern.origin` of the records of one partition: everything but the offset is written once, and of an offset that
/// follows the last one only the digits that change.
public struct OriginEncoder: Sendable {
    private var bytes: [UInt8]
    private let prefixCount: Int
    /// The offset that stands in `bytes`; -1 before the first.
    private var written: Int64 = -1

    public init(alias: ClusterAlias, topic: TopicName, partition: Int32) {
        bytes = Array("\(alias)/\(topic)/\(partition)/".utf8)
        prefixCount = bytes.count
        // The longest offset has 19 digits: no growth later.
        bytes.reserveCapacity(prefixCount + 19)
    }

    /// Lends the value for a record. Allocates nothing.
    public mutating func withValue<Result, Failure: Error>(
        offset: Int64, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let offset = max(0, offset)
        if offset == 0 || offset - 1 != written || !countUp() {
            bytes.removeLast(bytes.count - prefixCount)
            bytes.appendDecimal(offset)
        }
        written = offset
        return try bytes.withRawSpan(body)
    }

    /// Adds one to the number that is written, where that needs no further digit.
    private mutating func countUp() -> Bool {
        var place = bytes.count - 1
        while place >= prefixCount {
            if bytes[place] != UInt8(ascii: "9") {
                bytes[place] += 1
                return true
            }
            bytes[place] = UInt8(ascii: "0")
            place -= 1
        }
        return false
    }
}
