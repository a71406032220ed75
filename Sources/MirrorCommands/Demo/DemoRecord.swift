// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes

/// A partition of a topic on one of the demo's clusters.
struct DemoPlace: Hashable, Sendable {
    let cluster: ClusterAlias
    let topic: TopicName
    let partition: Int32
}

/// A topic of the demo: the same on every cluster.
struct DemoTopic: Sendable {
    let name: TopicName
    let partitionCount: Int32
    /// Of ten records written on a cluster, how many go here.
    let share: Int

    static let all = [
        DemoTopic(name: "orders", partitionCount: 6, share: 6),
        DemoTopic(name: "payments", partitionCount: 4, share: 3),
        DemoTopic(name: "customers", partitionCount: 2, share: 1),
    ]
}

/// What an application writes. No two records of a demo are equal, so that each is identified by its checksum alone.
struct DemoRecord: Sendable, Equatable {
    var topic: TopicName
    var partition: Int32
    var key: [UInt8]?
    var value: [UInt8]?
    var headers: [OwnedHeader] = []

    /// The record that an application in a cluster writes as its so-many-th: every shape that Kafka allows comes round.
    init(number: Int, at cluster: ClusterAlias) {
        let topic = Self.topic(of: number)
        self.topic = topic.name
        partition = Int32(number / 10 % Int(topic.partitionCount))
        switch topic.name {
        case "orders":
            key = Self.bytes("order-\(cluster)-\(number)")
            value = Self.bytes(#"{"order":\#(number),"region":"\#(cluster)","cents":\#(number * 7919 % 100_000)}"#)
            headers = [OwnedHeader("content-type", "application/json")]
        case "payments":
            key = number % 11 == 0 ? [] : number / 10 % 5 == 0 ? nil : Self.bytes("payment-\(number)")
            value =
                Self.bytes("\(cluster):\(number):") + (0..<(number * 31 % 200)).map { UInt8(truncatingIfNeeded: $0) }
            headers = Self.awkwardHeaders(number)
        default:
            // Every third customer is deleted by the record after it.
            let deletes = number / 10 % 3 == 2
            key = Self.bytes("customer-\(cluster)-\(deletes ? number - 10 : number)")
            value = deletes ? nil : number / 10 % 3 == 0 ? [] : Self.bytes("customer \(number) of \(cluster)")
            // A tombstone goes where the record went that it deletes.
            partition = Int32((deletes ? number - 10 : number) / 10 % Int(topic.partitionCount))
        }
    }

    private static func topic(of number: Int) -> DemoTopic {
        var rest = number % 10
        for topic in DemoTopic.all {
            if rest < topic.share { return topic }
            rest -= topic.share
        }
        preconditionFailure("the shares of the demo's topics are ten in all, and \(number) % 10 is beyond them")
    }

    /// One name twice, a null value, an empty value; and sometimes none at all.
    private static func awkwardHeaders(_ number: Int) -> [OwnedHeader] {
        if number % 4 == 0 { return [] }
        return [
            OwnedHeader("attempt", "1"), OwnedHeader("attempt", "\(number)"), OwnedHeader("trace", nil),
            OwnedHeader("note", ""),
        ]
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}

/// A number for every byte of a record and for what is not there: null differs from empty, and the order of headers
/// counts. FNV-1a, 64 bits wide, over lengths and bytes.
struct DemoChecksum {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    static func of(
        key: [UInt8]?, value: [UInt8]?, headers: some Collection<OwnedHeader>, timestamp: Int64
    ) -> UInt64 {
        var sum = DemoChecksum()
        sum.add(timestamp)
        sum.add(key)
        sum.add(value)
        sum.add(Int64(headers.count))
        for header in headers {
            sum.add(header.name)
            sum.add(header.value)
        }
        return sum.value
    }

    private mutating func add(_ bytes: [UInt8]?) {
        guard let bytes else { return add(-1) }
        add(Int64(bytes.count))
        for byte in bytes { add(byte: byte) }
    }

    private mutating func add(_ number: Int64) {
        for shift in stride(from: 0, to: 64, by: 8) { add(byte: UInt8(truncatingIfNeeded: number >> Int64(shift))) }
    }

    private mutating func add(byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
}
