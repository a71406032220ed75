// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes

/// Which offset of a partition is asked for.
public enum OffsetQuery: Sendable, Hashable {
    /// The start of the log.
    case beginning
    /// Behind the last record: the high watermark, or the last stable offset where the handle's `isolation.level` is
    /// `read_committed`.
    case end
    /// The first record that is not older, in milliseconds since 1970.
    case atTime(Int64)
}

extension AdminClient {
    /// Offsets of many partitions, by a request to each broker for every 100 of them. A time after the last record is -1.
    ///
    /// The corresponding C function is `rd_kafka_offsets_for_times`, with -2 and -1 for the two ends.
    /// - Parameter isPatient: waits until librdkafka gives up, which before 2.3 may be long after the limit, and keeps nobody else
    ///   from asking meanwhile. For a caller that has few such questions under way.
    /// - Throws: a failure of the whole; an unknown topic or a missing permission is that partition's result.
    public func offsets(
        _ query: OffsetQuery, of partitions: [TopicPartition], within limit: Duration, isPatient: Bool = false
    ) async throws(KafkaError) -> [TopicPartition: Result<Int64, KafkaError>] {
        guard !partitions.isEmpty else { return [:] }
        let operation = "look up offsets"
        let requests = requests
        return try await block(during: operation, within: isPatient ? nil : limit) { (handle) throws(KafkaError) in
            let deadline = ContinuousClock.now + limit
            var answers: [TopicPartition: Result<Int64, KafkaError>] = [:]
            answers.reserveCapacity(partitions.count)
            for start in stride(from: 0, to: partitions.count, by: Self.partitionsPerLookup) {
                let part = partitions[start..<min(start + Self.partitionsPerLookup, partitions.count)]
                let left = max(.milliseconds(1), deadline - .now)
                let code = query.lookUp(part, by: handle, within: left) {
                    requests.learnLeaders(handle)
                } answer: {
                    answers[$0] = $1
                }
                switch KafkaErrorCode(code) {
                case .noError: break
                case ._timedOut, ._transport: throw requests.unanswered(operation, within: limit)
                default: throw KafkaError(code, during: operation)
                }
            }
            requests.noteAnswer()
            return answers
        }
    }

    /// As ``offsets(_:of:within:isPatient:)``, without the partitions that have no such offset, or of which it cannot be told.
    public func knownOffsets(
        _ query: OffsetQuery, of partitions: [TopicPartition], within limit: Duration
    ) async throws(KafkaError) -> [TopicPartition: Int64] {
        try await offsets(query, of: partitions, within: limit).compactMapValues { answer in
            guard let offset = try? answer.get(), offset >= 0 else { return nil }
            return offset
        }
    }

    /// librdkafka finds each answer's place in the list by comparing names from its start: the work grows with the square.
    private static var partitionsPerLookup: Int { 100 }
}

extension OffsetQuery {
    /// As `rd_kafka_offsets_for_times` takes it: other negatives fail the whole call.
    fileprivate var native: Int64 {
        switch self {
        case .beginning: Int64(RD_KAFKA_OFFSET_BEGINNING)
        case .end: Int64(RD_KAFKA_OFFSET_END)
        case .atTime(let milliseconds): max(0, milliseconds)
        }
    }

    /// Asks for a few partitions.
    ///
    /// - Parameter moved: called when the answer may mean that a leader is elsewhere now.
    /// - Returns: the failure of the whole, or no error.
    fileprivate func lookUp(
        _ partitions: ArraySlice<TopicPartition>, by handle: ClientHandle, within limit: Duration, moved: () -> Void,
        answer: (TopicPartition, Result<Int64, KafkaError>) -> Void
    ) -> rd_kafka_resp_err_t {
        let deadline = ContinuousClock.now + limit
        let list = PartitionList(capacity: partitions.count)
        for partition in partitions { list.append(partition, offset: native) }
        let code = list.withPointer { rd_kafka_offsets_for_times(handle.pointer, $0, limit.wholeMilliseconds) }
        let elements = list.withPointer { Array($0.elements) }
        if code.mayMeanMoved || elements.contains(where: \.err.mayMeanMoved) { moved() }
        // Some codes only repeat what single partitions have: then those say more.
        let isOfItems = elements.contains {
            $0.err != RD_KAFKA_RESP_ERR_NO_ERROR && $0.err != RD_KAFKA_RESP_ERR__IN_PROGRESS
        }
        extendLifetime(list)
        if code == RD_KAFKA_RESP_ERR_NO_ERROR || isOfItems {
            for element in elements { answer(element.key, result(of: element)) }
            return RD_KAFKA_RESP_ERR_NO_ERROR
        }
        guard code.isOfPartition else { return code }
        // A newer librdkafka fails the whole for one partition: found by asking for ever fewer.
        guard partitions.count > 1 else {
            for place in partitions {
                answer(place, .failure(KafkaError(code, during: "look up the offset of \(place)")))
            }
            return RD_KAFKA_RESP_ERR_NO_ERROR
        }
        let middle = partitions.startIndex + partitions.count / 2
        for half in [partitions[..<middle], partitions[middle...]] {
            let left = max(.milliseconds(1), deadline - .now)
            let code = lookUp(half, by: handle, within: left, moved: moved, answer: answer)
            if code != RD_KAFKA_RESP_ERR_NO_ERROR { return code }
        }
        return RD_KAFKA_RESP_ERR_NO_ERROR
    }

    fileprivate func result(of element: rd_kafka_topic_partition_t) -> Result<Int64, KafkaError> {
        // What was not answered when the time was up is left "in progress".
        guard element.err != RD_KAFKA_RESP_ERR__IN_PROGRESS else {
            return .failure(KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, during: "look up the offset of \(element.key)"))
        }
        guard element.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
            return .failure(KafkaError(element.err, during: "look up the offset of \(element.key)"))
        }
        switch self {
        case .atTime: return .success(element.offset)
        case .beginning, .end:
            guard element.offset >= 0 else {
                return .failure(
                    KafkaError(._noOffset, during: "look up the offset of \(element.key)", reason: "not answered"))
            }
            return .success(element.offset)
        }
    }
}

extension AdminClient {
    /// Deletes every record before these offsets; -1 is the end.
    ///
    /// The corresponding C function is `rd_kafka_DeleteRecords`.
    /// - Returns: for each partition where its log starts now, or why nothing was deleted.
    /// - Throws: `_noent` for all of them when one does not exist.
    public func deleteRecords(
        before offsets: [TopicPartition: Int64], within limit: Duration
    ) async throws(KafkaError) -> [TopicPartition: Result<Int64, KafkaError>] {
        guard !offsets.isEmpty else { return [:] }
        return try await request(
            RD_KAFKA_ADMIN_OP_DELETERECORDS, during: "delete records", within: limit
        ) { (client, options, queue) throws(KafkaError) in
            options.setOperationTimeout(limit)
            let list = PartitionList(capacity: offsets.count)
            for (partition, offset) in offsets { list.append(partition, offset: offset) }
            var natives = OwnedPointers(freeing: rd_kafka_DeleteRecords_destroy)
            list.withPointer { natives.append(rd_kafka_DeleteRecords_new($0)) }
            natives.withArray { rd_kafka_DeleteRecords(client, $0, $1, options.pointer, queue) }
        } read: { event in
            let list = rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event))
            return partitionResults(list) { element in
                guard let error = element.error(during: "delete records of") else { return .success(element.offset) }
                return .failure(error)
            }
        }
    }
}

extension rd_kafka_resp_err_t {
    /// The failure of a query that one partition alone may be the cause of.
    fileprivate var isOfPartition: Bool {
        switch KafkaErrorCode(self) {
        case .unknownTopicOrPart, ._unknownTopic, ._unknownPartition, .topicAuthorizationFailed, .notLeaderForPartition,
            .leaderNotAvailable, .fencedLeaderEpoch, .kafkaStorageError, .offsetNotAvailable:
            true
        default: false
        }
    }

    /// Another broker may lead the partition than the one that was asked, or would have been.
    fileprivate var mayMeanMoved: Bool {
        switch KafkaErrorCode(self) {
        case .notLeaderForPartition, .leaderNotAvailable, .fencedLeaderEpoch, .kafkaStorageError, .unknownTopicOrPart,
            ._inProgress, ._transport, ._timedOut, ._timedOutQueue:
            true
        default: false
        }
    }
}

/// What a result says about each partition.
func partitionResults<Value>(
    _ list: UnsafePointer<rd_kafka_topic_partition_list_t>?, _ value: (rd_kafka_topic_partition_t) -> Value
) -> [TopicPartition: Value] {
    guard let list else { return [:] }
    return Dictionary(list.elements.map { ($0.key, value($0)) }, uniquingKeysWith: { first, _ in first })
}

extension rd_kafka_topic_partition_t {
    /// The element's own error, if it has one; `operation` ends where the partition's name follows.
    func error(during operation: String) -> KafkaError? {
        err == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaError(err, during: "\(operation) \(key)")
    }
}
