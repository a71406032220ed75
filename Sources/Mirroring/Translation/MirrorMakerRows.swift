// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes
public import TernConfiguration

/// A row of the `heartbeats` topic: a flow lives (reference: org.apache.kafka.connect.mirror.Heartbeat, version 0).
public struct HeartbeatRow: Sendable, Equatable {
    public var source: ClusterAlias
    public var target: ClusterAlias
    /// Milliseconds since 1970.
    public var timestamp: Int64

    public init(source: ClusterAlias, target: ClusterAlias, timestamp: Int64) {
        self.source = source
        self.target = target
        self.timestamp = timestamp
    }

    /// `nil` when an alias is too long for a row.
    public var key: [UInt8]? {
        var writer = ProtocolWriter()
        guard writer.append(source.rawValue), writer.append(target.rawValue) else { return nil }
        return writer.bytes
    }

    public var value: [UInt8] {
        var writer = ProtocolWriter()
        writer.append(Int16(0))
        writer.append(timestamp)
        return writer.bytes
    }
}

/// A row of the offset-syncs topic: a record of the source and its copy. MirrorMaker translates group offsets from these
/// (reference: org.apache.kafka.connect.mirror.OffsetSync; it has no version).
public struct OffsetSyncRow: Sendable, Equatable {
    /// The topic's name on the source.
    public var partition: TopicPartition
    public var upstream: Int64
    public var downstream: Int64

    public init(_ partition: TopicPartition, upstream: Int64, downstream: Int64) {
        self.partition = partition
        self.upstream = upstream
        self.downstream = downstream
    }

    /// `nil` when the name is too long for a row, which no broker's topic is.
    public var key: [UInt8]? {
        var writer = ProtocolWriter()
        guard writer.append(partition.topic.rawValue) else { return nil }
        writer.append(partition.partition)
        return writer.bytes
    }

    public var value: [UInt8] {
        var writer = ProtocolWriter()
        writer.append(upstream)
        writer.append(downstream)
        return writer.bytes
    }

    /// `nil` when the bytes are no row.
    public init?(key: [UInt8], value: [UInt8]) {
        var keyReader = ProtocolReader(key)
        var valueReader = ProtocolReader(value)
        guard let topic = keyReader.text(), let partition = keyReader.number(Int32.self), partition >= 0,
            let upstream = valueReader.number(Int64.self), let downstream = valueReader.number(Int64.self)
        else { return nil }
        self.init(TopicPartition(TopicName(topic), partition), upstream: upstream, downstream: downstream)
    }
}

/// A row of a checkpoints topic: where a group stands on the source, and where that is on the target
/// (reference: org.apache.kafka.connect.mirror.Checkpoint, version 0).
public struct CheckpointRow: Sendable, Equatable {
    public var group: GroupID
    /// The topic's name on the target.
    public var partition: TopicPartition
    public var upstream: Int64
    public var downstream: Int64
    /// What the group committed beside its offset; empty where it committed nothing, which Java does not tell apart.
    public var metadata: String

    public init(group: GroupID, partition: TopicPartition, upstream: Int64, downstream: Int64, metadata: String) {
        self.group = group
        self.partition = partition
        self.upstream = upstream
        self.downstream = downstream
        self.metadata = metadata
    }

    /// `nil` when a name is too long for a row.
    public var key: [UInt8]? {
        var writer = ProtocolWriter()
        guard writer.append(group.rawValue), writer.append(partition.topic.rawValue) else { return nil }
        writer.append(partition.partition)
        return writer.bytes
    }

    /// `nil` when the metadata is too long for a row.
    public var value: [UInt8]? {
        var writer = ProtocolWriter()
        writer.append(Int16(0))
        writer.append(upstream)
        writer.append(downstream)
        guard writer.append(metadata) else { return nil }
        return writer.bytes
    }

    /// `nil` when the bytes are no row of version 0.
    public init?(key: [UInt8], value: [UInt8]) {
        var keyReader = ProtocolReader(key)
        var valueReader = ProtocolReader(value)
        guard let group = keyReader.text(), let topic = keyReader.text(), let partition = keyReader.number(Int32.self),
            partition >= 0, valueReader.number(Int16.self) == 0, let upstream = valueReader.number(Int64.self),
            let downstream = valueReader.number(Int64.self), let metadata = valueReader.text()
        else { return nil }
        self.init(
            group: GroupID(group), partition: TopicPartition(TopicName(topic), partition), upstream: upstream,
            downstream: downstream, metadata: metadata)
    }
}
