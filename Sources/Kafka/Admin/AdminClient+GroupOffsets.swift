// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
internal import Glibc
public import KafkaTypes

extension AdminClient {
    /// What a group has committed, of all partitions or of these; what it has not committed is missing. An unknown group
    /// has committed nothing. One group a call: librdkafka takes no more.
    ///
    /// The corresponding C function is `rd_kafka_ListConsumerGroupOffsets`.
    /// - Parameter requiresStable: refuse (`unstableOffsetCommit`) while a transaction may still change something.
    public func groupOffsets(
        of group: GroupID, partitions: [TopicPartition]? = nil, requiresStable: Bool = false, within limit: Duration
    ) async throws(KafkaError) -> [TopicPartition: GroupOffset] {
        if let partitions, partitions.isEmpty { return [:] }
        let operation = "read the offsets of \(group)"
        let answer = try await askingCoordinator(during: operation, within: limit) {
            (client, left) throws(KafkaError) in
            try await client.offsets(of: group, partitions, requiresStable, operation, left).get()
        }
        var offsets: [TopicPartition: GroupOffset] = [:]
        for (partition, result) in answer {
            let offset = try result.get()
            if offset.offset >= 0 { offsets[partition] = offset }
        }
        return offsets
    }

    private func offsets(
        of group: GroupID, _ partitions: [TopicPartition]?, _ requiresStable: Bool, _ operation: String,
        _ limit: Duration
    ) async throws(KafkaError) -> Result<[TopicPartition: Result<GroupOffset, KafkaError>], KafkaError> {
        try await request(
            RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, during: operation, within: limit
        ) { (client, options, queue) throws(KafkaError) in
            if requiresStable { try options.setRequiresStableOffsets() }
            var natives = OwnedPointers(freeing: rd_kafka_ListConsumerGroupOffsets_destroy)
            if let partitions {
                PartitionList(partitions).withPointer {
                    natives.append(rd_kafka_ListConsumerGroupOffsets_new(group.rawValue, $0))
                }
            } else {
                natives.append(rd_kafka_ListConsumerGroupOffsets_new(group.rawValue, nil))
            }
            natives.withArray { rd_kafka_ListConsumerGroupOffsets(client, $0, $1, options.pointer, queue) }
        } read: { event in
            var count = 0
            let result = rd_kafka_event_ListConsumerGroupOffsets_result(event)
            let groups = nativeElements(rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count), count)
            return groupResult(groups.first, operation) { element in
                if let error = element.error(during: operation) { return .failure(error) }
                return .success(GroupOffset(element.offset, metadata: element.metadataText))
            }
        }
    }

    /// Writes what a group has committed. Refused (`unknownMemberId`) while the group has members; a group that does not
    /// exist is created. The metadata is replaced, by nothing where it is nil.
    ///
    /// The corresponding C function is `rd_kafka_AlterConsumerGroupOffsets`.
    /// - Returns: for each partition nil when it was written, else why not.
    public func alterGroupOffsets(
        of group: GroupID, to offsets: [TopicPartition: GroupOffset], within limit: Duration
    ) async throws(KafkaError) -> [TopicPartition: KafkaError?] {
        guard !offsets.isEmpty else { return [:] }
        let operation = "write the offsets of \(group)"
        return try await askingCoordinator(during: operation, within: limit) { (client, left) throws(KafkaError) in
            let results = try await client.write(offsets, of: group, operation, left).get()
            // Where nothing was written because nobody was there to write it.
            let errors = results.values.compactMap { $0 }
            if errors.count == results.count, let error = errors.first, error.isOfCoordinator { throw error }
            return results
        }
    }

    private func write(
        _ offsets: [TopicPartition: GroupOffset], of group: GroupID, _ operation: String, _ limit: Duration
    ) async throws(KafkaError) -> Result<[TopicPartition: KafkaError?], KafkaError> {
        try await request(
            RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS, during: operation, within: limit
        ) { (client, options, queue) throws(KafkaError) in
            let list = PartitionList(capacity: offsets.count)
            for (partition, offset) in offsets {
                list.append(partition, offset: offset.offset, metadata: offset.metadata)
            }
            var natives = OwnedPointers(freeing: rd_kafka_AlterConsumerGroupOffsets_destroy)
            list.withPointer { natives.append(rd_kafka_AlterConsumerGroupOffsets_new(group.rawValue, $0)) }
            natives.withArray { rd_kafka_AlterConsumerGroupOffsets(client, $0, $1, options.pointer, queue) }
        } read: { event in
            var count = 0
            let result = rd_kafka_event_AlterConsumerGroupOffsets_result(event)
            let groups = nativeElements(rd_kafka_AlterConsumerGroupOffsets_result_groups(result, &count), count)
            return groupResult(groups.first, operation) { $0.error(during: operation) }
        }
    }

    /// Forgets what a group has committed for these partitions. Refused while a member subscribes to the topic.
    ///
    /// The corresponding C function is `rd_kafka_DeleteConsumerGroupOffsets`.
    /// - Returns: for each partition nil when nothing is committed any more, else why not.
    public func deleteGroupOffsets(
        of group: GroupID, _ partitions: [TopicPartition], within limit: Duration
    ) async throws(KafkaError) -> [TopicPartition: KafkaError?] {
        guard !partitions.isEmpty else { return [:] }
        let operation = "forget the offsets of \(group)"
        let client = try forGroups(during: operation)
        let answer: Result<[TopicPartition: KafkaError?], KafkaError> = try await client.request(
            RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS, during: operation, within: limit
        ) { (client, options, queue) throws(KafkaError) in
            var natives = OwnedPointers(freeing: rd_kafka_DeleteConsumerGroupOffsets_destroy)
            PartitionList(partitions).withPointer {
                natives.append(rd_kafka_DeleteConsumerGroupOffsets_new(group.rawValue, $0))
            }
            natives.withArray { rd_kafka_DeleteConsumerGroupOffsets(client, $0, $1, options.pointer, queue) }
        } read: { event in
            var count = 0
            let result = rd_kafka_event_DeleteConsumerGroupOffsets_result(event)
            let groups = nativeElements(rd_kafka_DeleteConsumerGroupOffsets_result_groups(result, &count), count)
            return groupResult(groups.first, operation) { $0.error(during: operation) }
        }
        return try answer.get()
    }
}

extension AdminClient {
    /// Asks a group's coordinator, and again while it is being found or loads what it knows, as on a fresh cluster.
    fileprivate func askingCoordinator<Value: Sendable>(
        during operation: String, within limit: Duration,
        _ ask: (_ client: AdminClient, _ left: Duration) async throws(KafkaError) -> Value
    ) async throws(KafkaError) -> Value {
        let client = try forGroups(during: operation)
        let deadline = ContinuousClock.now + limit
        let pause = Duration.milliseconds(100)
        while true {
            do throws(KafkaError) {
                return try await ask(client, deadline - .now)
            } catch {
                guard error.isOfCoordinator, .now + pause < deadline,
                    (try? await ContinuousClock().sleep(for: pause)) != nil
                else { throw error }
            }
        }
    }
}

extension KafkaError {
    /// The coordinator is elsewhere, or not ready: asked again, it answers.
    fileprivate var isOfCoordinator: Bool {
        [.coordinatorLoadInProgress, .coordinatorNotAvailable, .notCoordinator].contains(code)
    }
}

/// The answer about the one group of a request: the error of the whole group, or a value for each partition.
private func groupResult<Value>(
    _ group: OpaquePointer?, _ operation: String, _ value: (rd_kafka_topic_partition_t) -> Value
) -> Result<[TopicPartition: Value], KafkaError> {
    guard let group else {
        return .failure(KafkaError(._noent, during: operation, reason: "no answer for the group"))
    }
    if let error = groupError(rd_kafka_group_result_error(group), operation) { return .failure(error) }
    return .success(partitionResults(rd_kafka_group_result_partitions(group), value))
}

extension PartitionList {
    /// Appends a partition with metadata, which the list frees with `free`.
    fileprivate func append(_ partition: TopicPartition, offset: Int64, metadata: String?) {
        append(partition, offset: offset)
        guard let metadata, let copy = strdup(metadata) else { return }
        withPointer { list in
            guard let last = list.elements.indices.last else { return free(copy) }
            list.elements[last].metadata = UnsafeMutableRawPointer(copy)
            list.elements[last].metadata_size = strlen(copy)
        }
    }
}

extension rd_kafka_topic_partition_t {
    fileprivate var metadataText: String? {
        guard let metadata, metadata_size > 0 else { return nil }
        return String(decoding: UnsafeRawBufferPointer(start: metadata, count: metadata_size), as: UTF8.self)
    }
}
