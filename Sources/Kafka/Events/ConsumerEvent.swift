// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// What a consumer has to say. A record in it is owned: a case that drops it frees it.
public enum ConsumerEvent: ~Copyable {
    case record(Record)
    /// Everything up to `offset` has been read, markers and aborted records included.
    case partitionEnd(TopicPartition, offset: Int64)
    /// An error of one partition, with the offset it is about where that means something, or of the whole client.
    case failure(KafkaError, partition: TopicPartition?, offset: Int64?)
}
