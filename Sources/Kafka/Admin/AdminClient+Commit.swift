// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes

extension AdminClient {
    /// Commits offsets for the handle's own group, the one of its `group.id`, which has no members; their metadata is not written.
    ///
    /// Unlike ``alterGroupOffsets(of:to:within:)`` this survives the loss of the group's coordinator: librdkafka 2.0.2
    /// aborts the process (`eonce->refcnt > 0`) when the connection ends while that request waits for it.
    ///
    /// Where the group is denied, librdkafka reports it after 45 s.
    ///
    /// The corresponding C function is `rd_kafka_commit`.
    /// - Returns: for each partition nil when it was written, else why not.
    public func commit(
        _ offsets: [TopicPartition: GroupOffset], within limit: Duration
    ) async throws(KafkaError) -> [TopicPartition: KafkaError?] {
        guard !offsets.isEmpty else { return [:] }
        let operation = "commit offsets"
        return try await block(during: operation, within: limit, delaysOthers: false) { (handle) throws(KafkaError) in
            let list = PartitionList(capacity: offsets.count)
            for (partition, offset) in offsets {
                list.append(partition, offset: offset.offset)
            }
            let code = list.withPointer { rd_kafka_commit(handle.pointer, $0, 0) }
            let elements = list.withPointer { Array($0.elements) }
            let answers = elements.map { ($0.key, $0.error(during: operation)) }
            extendLifetime(list)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR || answers.contains(where: { $0.1 != nil }) else {
                throw KafkaError(code, during: operation)
            }
            return Dictionary(answers, uniquingKeysWith: { first, _ in first })
        }
    }
}
