// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
internal import KafkaTypes

/// Partitions with an offset each. The corresponding C type is `rd_kafka_topic_partition_list_t`.
struct PartitionList: ~Copyable {
    private let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(capacity: Int = 0) { pointer = rd_kafka_topic_partition_list_new(Int32(clamping: capacity)) }

    init(_ partitions: some Collection<TopicPartition>) {
        self.init(capacity: partitions.count)
        for partition in partitions { append(partition) }
    }

    init(_ positions: [(TopicPartition, Offset)]) {
        self.init(capacity: positions.count)
        for (partition, offset) in positions { append(partition, offset: offset.native) }
    }

    func append(_ partition: TopicPartition, offset: Int64 = Int64(RD_KAFKA_OFFSET_INVALID)) {
        rd_kafka_topic_partition_list_add(pointer, partition.topic.rawValue, partition.partition).pointee.offset =
            offset
    }

    /// Lends the list to a call. A bare pointer would outlive the list: it is freed after its last use by name.
    borrowing func withPointer<Result>(
        _ body: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> Result
    ) -> Result {
        body(pointer)
    }

    deinit { rd_kafka_topic_partition_list_destroy(pointer) }
}

extension UnsafeMutablePointer<rd_kafka_topic_partition_list_t> {
    var elements: UnsafeMutableBufferPointer<rd_kafka_topic_partition_t> {
        UnsafeMutableBufferPointer(start: pointee.elems, count: Int(pointee.cnt))
    }

    /// A copy of the names and indexes.
    var partitions: [TopicPartition] { elements.map(\.key) }
}

extension UnsafePointer<rd_kafka_topic_partition_list_t> {
    var elements: UnsafeMutableBufferPointer<rd_kafka_topic_partition_t> {
        UnsafeMutableBufferPointer(start: pointee.elems, count: Int(pointee.cnt))
    }
}

extension rd_kafka_topic_partition_t {
    var key: TopicPartition { TopicPartition(TopicName(String(cString: topic)), partition) }
}

extension Offset {
    /// librdkafka's way to write it: the ends are magic negatives.
    var native: Int64 {
        switch self {
        case .beginning: Int64(RD_KAFKA_OFFSET_BEGINNING)
        case .end: Int64(RD_KAFKA_OFFSET_END)
        case .at(let offset): offset
        }
    }
}
