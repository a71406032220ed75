// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// Which partitions of a lane are read by clients of their own, since they are far behind and others are not.
///
/// The partitions of a client share its queue. When it is full librdkafka asks for none, and its next request begins with the same
/// partition as the last: with 8 MiB a fetch and 1 MiB a partition, the first eight that have a backlog are all that is read until
/// one of them is done, and a topic beside them that is written a hundred times a second stands still. Smaller shares are no way
/// out: a broker leaves out a batch that is larger than its partition's share, and a share of less than the largest batch would hold
/// that partition up for as long.
public enum Backlogs {
    /// One of a lane's partitions.
    public struct Reading: Sendable {
        public var partition: TopicPartition
        /// About so much of it is still to be read, in bytes; `nil` before a broker has said where it ends.
        public var bytes: Int?

        public init(_ partition: TopicPartition, bytes: Int?) {
            self.partition = partition
            self.bytes = bytes
        }
    }

    /// The partitions with the least to read stay together, as many as have no more to be read than fills their queues twice; the
    /// others are read apart. Where that would be all of them, none is.
    /// - Parameters:
    ///   - already: what was read apart so far: goes on so until next to nothing of it is left.
    ///   - queueBytes: what the clients of those that are not read apart fetch ahead.
    public static func readApart(
        _ readings: [Reading], already: Set<TopicPartition>, queueBytes: Int
    ) -> Set<TopicPartition> {
        var apart: Set<TopicPartition> = []
        var sum = 0
        for (partition, bytes) in readings.map({ ($0.partition, $0.bytes ?? 0) }).sorted(by: { $0.1 < $1.1 }) {
            if already.contains(partition), bytes >= queueBytes / 32 {
                apart.insert(partition)
                continue
            }
            let (total, isTooMuch) = sum.addingReportingOverflow(bytes)
            sum = isTooMuch ? .max : total
            // What is read in a moment is not worth a move.
            if sum > queueBytes * 2, bytes >= queueBytes / 4 { apart.insert(partition) }
        }
        return already.isEmpty && apart.count == readings.count ? [] : apart
    }
}
