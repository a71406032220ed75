// SPDX-License-Identifier: Apache-2.0

/// A name that Kafka compares byte by byte.
///
/// Swift's `String` calls "café" and "cafe\u{301}" equal; a broker does not. Names therefore equal, hash and sort by
/// their UTF-8 bytes.
public protocol ByteComparedName: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    var rawValue: String { get }
    init(_ rawValue: String)
}

extension ByteComparedName {
    public init(stringLiteral value: String) { self.init(value) }
    public var description: String { rawValue }

    public static func == (left: Self, right: Self) -> Bool {
        unsafe left.withBytes { left in
            unsafe right.withBytes { unsafe left.count == $0.count && left.elementsEqual($0) }
        }
    }

    public static func < (left: Self, right: Self) -> Bool {
        unsafe left.withBytes { left in unsafe right.withBytes { unsafe left.lexicographicallyPrecedes($0) } }
    }

    public func hash(into hasher: inout Hasher) {
        unsafe withBytes { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }

    /// Tables of thousands of partitions are keyed by names: a byte at a time is slow.
    private func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        unsafe rawValue.utf8.withContiguousStorageIfAvailable(body)
            ?? Array(rawValue.utf8).withUnsafeBufferPointer(body)
    }
}

/// The name of a topic.
public struct TopicName: ByteComparedName {
    public let rawValue: String
    public init(_ rawValue: String) { self.rawValue = rawValue }
}

/// The name of a consumer group.
public struct GroupID: ByteComparedName {
    public let rawValue: String
    public init(_ rawValue: String) { self.rawValue = rawValue }
}

/// One partition of one topic. Partitions count from 0.
public struct TopicPartition: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let topic: TopicName
    public let partition: Int32

    public init(_ topic: TopicName, _ partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    /// `topic/partition`, as people and logs write it.
    public var description: String { "\(topic)/\(partition)" }

    public static func < (left: TopicPartition, right: TopicPartition) -> Bool {
        left.topic == right.topic ? left.partition < right.partition : left.topic < right.topic
    }
}

/// Where reading starts: a place in the log, or one of its two ends.
public enum Offset: Hashable, Sendable {
    case beginning
    case end
    case at(Int64)
}
