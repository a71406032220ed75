// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes
public import TernConfiguration

/// Which record a copy is a copy of, by Tern's headers.
public enum RecordIdentity: Sendable, Hashable {
    /// Born on the flow's source.
    case born(partition: Int32, offset: Int64)
    /// Born on an earlier cluster: a hash of its `tern.origin`, which the record has on both sides.
    case passed(UInt64)
}

/// What Tern's headers say of a record on the target.
public enum CopyLabel: Sendable, Hashable {
    /// None, or those of an application's own record.
    case none
    /// Another flow brought it.
    case otherFlow
    /// The flow brought it; `nil` where there was no room for `tern.origin`.
    case ours(RecordIdentity?)
}

/// Reads labels of one topic's copies. The origin's partition is not compared with the record's: a copy may have strayed.
public struct LabelReader: Sendable {
    /// The headers that are Tern's own, in the order in which ``PrintReader`` is told them.
    public static let headers = [OriginHeader.name, PathHeader.name, RepairMark.name]

    private let sourceID: [UInt8]
    private let topic: [UInt8]
    private let origins: [[UInt8]]

    /// - Parameter topic: on the source.
    public init(topic: TopicName, naming: any ReplicationNaming, sourceClusterID: String) {
        sourceID = PathHeader.element(for: sourceClusterID)
        self.topic = Array(topic.rawValue.utf8)
        origins = naming.possibleOrigins(of: topic).map { Array($0.rawValue.utf8) }
    }

    /// - Parameters: the values of the last header of each name; `nil` where there is none, or a null.
    public func label(origin: RawSpan?, path: RawSpan?) -> CopyLabel {
        guard let path, path.byteCount >= sourceID.count else { return path == nil ? .none : .otherFlow }
        let start = path.byteCount - sourceID.count
        guard path.equals(sourceID, from: start, to: path.byteCount),
            start == 0 || path.byte(at: start - 1) == UInt8(ascii: ",")
        else { return .otherFlow }
        guard let origin else { return .ours(nil) }
        guard let places = OriginPlaces(origin) else { return .none }
        if start > 0 {
            let isKnown = origins.contains { origin.equals($0, from: places.aliasEnd + 1, to: places.topicEnd) }
            return isKnown ? .ours(.passed(Self.hash(origin))) : .none
        }
        guard origin.equals(topic, from: places.aliasEnd + 1, to: places.topicEnd) else { return .none }
        return .ours(.born(partition: places.partition, offset: places.offset))
    }

    /// The identity of a record of the source that is itself a copy.
    public func identity(ofPassed origin: RawSpan?) -> RecordIdentity? {
        guard let origin else { return nil }
        return .passed(Self.hash(origin))
    }

    private static func hash(_ bytes: RawSpan) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in 0..<bytes.byteCount { hash = (hash ^ UInt64(bytes.byte(at: index))) &* 0x0000_0100_0000_01b3 }
        return hash
    }
}

/// `tern.repair`: the header of a record that `tern repair` or `tern replay` copied again. Its value is when, in UTC.
public enum RepairMark {
    public static let name = "tern.repair"
}
