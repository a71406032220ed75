// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// A row of `mm2-tern-offset-map.<source>.internal`: a block of one partition's offset map. Tern's own format.
///
///     key     int16 version 0 · string topic on the source · int32 partition · int64 first source offset
///     value   int16 version 0 · int64 covered · int32 segments · each: varint source, varint target, varint count,
///             the first two counted from the end of the segment before (from `first` and 0 for the first)
///
/// A null value forgets the block.
public struct OffsetMapRow: Sendable, Equatable {
    public var partition: TopicPartition
    public var block: OffsetMapBlock

    public init(_ partition: TopicPartition, _ block: OffsetMapBlock) {
        self.partition = partition
        self.block = block
    }

    /// `nil` when the topic's name is too long for a row, which no broker's is.
    public static func key(_ partition: TopicPartition, first: Int64) -> [UInt8]? {
        var writer = ProtocolWriter()
        writer.append(Int16(0))
        guard writer.append(partition.topic.rawValue) else { return nil }
        writer.append(partition.partition)
        writer.append(first)
        return writer.bytes
    }

    public var value: [UInt8] {
        var writer = ProtocolWriter()
        writer.append(Int16(0))
        writer.append(block.covered)
        writer.append(Int32(block.segments.count))
        var source = block.first
        var target: Int64 = 0
        for segment in block.segments {
            writer.append(variable: UInt64(segment.source - source))
            writer.append(variable: UInt64(segment.target - target))
            writer.append(variable: UInt64(segment.count))
            (source, target) = (segment.sourceEnd, segment.targetEnd)
        }
        return writer.bytes
    }

    /// What a key names; `nil` when it is none of version 0.
    public static func parseKey(_ bytes: [UInt8]) -> (partition: TopicPartition, first: Int64)? {
        var reader = ProtocolReader(bytes)
        guard reader.number(Int16.self) == 0, let topic = reader.text(), let partition = reader.number(Int32.self),
            partition >= 0, let first = reader.number(Int64.self), first >= 0
        else { return nil }
        return (TopicPartition(TopicName(topic), partition), first)
    }

    /// The block that a value holds; `nil` when it is malformed, contradicts itself or is of another version.
    public static func parseValue(_ bytes: [UInt8], first: Int64) -> OffsetMapBlock? {
        var reader = ProtocolReader(bytes)
        guard reader.number(Int16.self) == 0, let covered = reader.number(Int64.self),
            let count = reader.number(Int32.self), (0...Int32(OffsetMapBlock.capacity)).contains(count)
        else { return nil }
        var segments: [OffsetSegment] = []
        segments.reserveCapacity(Int(count))
        var source = first
        var target: Int64 = 0
        for _ in 0..<count {
            guard let sourceGap = reader.variable(), let targetGap = reader.variable(), let length = reader.variable(),
                let start = source.adding(sourceGap), let copy = target.adding(targetGap),
                let end = start.adding(length), let copyEnd = copy.adding(length)
            else { return nil }
            segments.append(OffsetSegment(source: start, target: copy, count: length))
            (source, target) = (end, copyEnd)
        }
        return OffsetMapBlock(first: first, covered: covered, segments: segments)
    }
}

extension Int64 {
    /// `nil` instead of an overflow.
    fileprivate func adding(_ other: Int64) -> Int64? {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? nil : sum
    }
}

extension ProtocolWriter {
    /// Seven bits a byte, the lowest first, the highest bit set where another byte follows.
    fileprivate mutating func append(variable number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}

extension ProtocolReader {
    /// `nil` at the end of the bytes, and for what is no positive number of 63 bits.
    fileprivate mutating func variable() -> Int64? {
        var number: UInt64 = 0
        for shift in stride(from: 0, through: 56, by: 7) {
            guard let byte = self.number(UInt8.self) else { return nil }
            number |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte < 0x80 { return Int64(number) }
        }
        return nil
    }
}
